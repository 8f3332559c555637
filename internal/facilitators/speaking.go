package facilitators

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/facilitators/internal/db"
	"capillare/internal/sqldb"
)

// Speaking returns the ids of who speaks all of the languages, on duty or not.
func (s *Service) Speaking(ctx context.Context, tx *sqldb.Tx, languages []string) ([]string, error) {
	wanted := slices.Compact(slices.Sorted(slices.Values(languages)))
	ids, err := db.New(tx).Speaking(ctx, db.SpeakingParams{Languages: sqldb.List(wanted), N: int64(len(wanted))})
	if err != nil {
		return nil, fmt.Errorf("who speaks a language: %w", err)
	}
	return ids, nil
}

// Languages returns the languages that somebody speaks, for the choices of a search.
func (s *Service) Languages(ctx context.Context) ([]string, error) {
	var list []string
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = db.New(tx).Languages(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("the languages spoken: %w", err)
	}
	return list, nil
}
