package sqldbtest

import (
	"context"
	"maps"
	"slices"
	"testing"

	"capillare/internal/sqldb"
)

// PrepareAll prepares every query, by name, on both engines: one that only one of them understands
// fails by its name.
func PrepareAll(t *testing.T, queries map[string]string) {
	t.Helper()
	Run(t, func(t *testing.T, db *sqldb.DB) {
		for _, name := range slices.Sorted(maps.Keys(queries)) {
			err := db.View(context.Background(), func(tx *sqldb.Tx) error {
				stmt, err := tx.PrepareContext(context.Background(), queries[name])
				if err != nil {
					return err
				}
				return stmt.Close()
			})
			if err != nil {
				t.Errorf("prepare %s: %v", name, err)
			}
		}
	})
}
