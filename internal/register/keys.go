package register

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"capillare/internal/register/internal/db"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
)

// KeysFit reports whether the register holds sealed tax codes, and whether keys open the newest of them. It
// is for those who look after the program: nil keys open nothing, and no code is returned.
func KeysFit(ctx context.Context, tx *sqldb.Tx, keys *sealed.Keys) (holds, fit bool, err error) {
	row, err := db.New(tx).SealedSample(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("register: look at a sealed code: %w", err)
	}
	if keys == nil {
		return true, false, nil
	}
	_, err = keys.Open(sealTaxCode, row.TaxCodeCipher, row.ID)
	return true, err == nil, nil
}
