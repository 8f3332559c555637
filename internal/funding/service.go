package funding

import (
	"context"
	"fmt"

	"capillare/internal/audit"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
)

// Service keeps programmes, projects and targets.
type Service struct {
	db  *sqldb.DB
	bus *jobs.Bus
}

// New returns a Service on db.
func New(db *sqldb.DB) *Service { return &Service{db: db} }

// Telling returns a Service like s that publishes its facts on bus.
func (s *Service) Telling(bus *jobs.Bus) *Service { return &Service{db: s.db, bus: bus} }

func note(ctx context.Context, tx *sqldb.Tx, who identity.Actor, action, subject, id string, detail any) error {
	return audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: subject, SubjectID: id, Detail: detail})
}

func fault(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("funding: %s: %w", doing, err)
}
