package audit

import (
	"context"
	"fmt"
	"time"

	"capillare/internal/audit/internal/db"
	"capillare/internal/sqldb"
)

// Forget deletes the oldest rows from before an instant, max at most, and returns how many. How long rows
// are kept is a setting of the network, which its caller reads.
func Forget(ctx context.Context, tx *sqldb.Tx, before time.Time, max int) (int, error) {
	n, err := db.New(tx).DeleteOlder(ctx, db.DeleteOlderParams{Before: sqldb.At(before), Max: int32(max)})
	if err != nil {
		return 0, fmt.Errorf("audit: forget: %w", err)
	}
	return int(n), nil
}
