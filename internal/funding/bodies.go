package funding

import (
	"context"

	"capillare/internal/calendar"
	"capillare/internal/funding/internal/db"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/sqldb"
)

// whatProject is the word of this package for what followed the merge of two bodies.
const whatProject = "funding.project"

// Subscribe makes projects follow their body: it does not end while one of them is to begin or in
// force, and they move when it becomes part of another.
func (s *Service) Subscribe(bus *jobs.Bus) {
	jobs.Subscribe(bus, keepsBody)
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, m orgs.Merged) error {
		ids, err := db.New(tx).MoveProjects(ctx, db.MoveProjectsParams{FromID: m.From, IntoID: m.Into})
		m.Moved(whatProject, ids...)
		return fault("move projects", err)
	})
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, u orgs.MergeUndone) error {
		ids, err := db.New(tx).MoveProjectsBack(ctx, db.MoveProjectsBackParams{FromID: u.From, IntoID: u.Into, Ids: sqldb.List(u.Of(whatProject))})
		u.Back(whatProject, ids)
		return fault("move projects back", err)
	})
}

func keepsBody(ctx context.Context, tx *sqldb.Tx, e orgs.Ending) error {
	rows, err := db.New(tx).ProjectsOfBody(ctx, e.BodyID)
	if err != nil {
		return fault("projects of a body", err)
	}
	for _, r := range rows {
		if project(db.ProjectsByIDsRow(r)).State(calendar.DayOf(tx.Now)) != StateEnded {
			return ErrBodyNeeded
		}
	}
	return nil
}
