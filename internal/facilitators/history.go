package facilitators

import (
	"context"

	"capillare/internal/audit"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// History returns what was done to a person's record, the latest first, to who may see the person.
func (s *Service) History(ctx context.Context, who identity.Actor, id string) ([]audit.Row, error) {
	if _, err := s.ByID(ctx, who, id); err != nil {
		return nil, err
	}
	var rows []audit.Row
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		rows, err = audit.List(ctx, tx, audit.Filter{Subject: "facilitator", SubjectID: id})
		return err
	})
	return rows, err
}
