package kinds

import (
	"context"

	"capillare/internal/kinds/internal/db"
	"capillare/internal/sqldb"
)

// Serving returns the ids of the kinds that serve a topic, as [Kind.Serves] decides, ended ones too.
func (s *Service) Serving(ctx context.Context, tx *sqldb.Tx, topic string) ([]string, error) {
	ids, err := db.New(tx).Serving(ctx, topic)
	return ids, fault("serving a topic", err)
}
