package kinds

import (
	"context"

	"capillare/internal/jobs"
	"capillare/internal/kinds/internal/db"
	"capillare/internal/orgs"
	"capillare/internal/sqldb"
)

// whatKind names the kinds that followed the merge of two bodies.
const whatKind = "kinds.body"

// Subscribe makes kinds follow their body when it becomes part of another.
func (s *Service) Subscribe(bus *jobs.Bus) {
	jobs.Subscribe(bus, s.follow)
	jobs.Subscribe(bus, s.followBack)
}

func (s *Service) follow(ctx context.Context, tx *sqldb.Tx, m orgs.Merged) error {
	ids, err := db.New(tx).MoveKinds(ctx, db.MoveKindsParams{FromID: m.From, IntoID: m.Into})
	if err != nil {
		return fault("move", err)
	}
	m.Moved(whatKind, ids...)
	return nil
}

func (s *Service) followBack(ctx context.Context, tx *sqldb.Tx, u orgs.MergeUndone) error {
	ids, err := db.New(tx).MoveKindsBack(ctx, db.MoveKindsBackParams{FromID: u.From, IntoID: u.Into, Ids: sqldb.List(u.Of(whatKind))})
	if err != nil {
		return fault("move back", err)
	}
	u.Back(whatKind, ids)
	return nil
}
