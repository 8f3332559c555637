package points

import (
	"context"

	"capillare/internal/errs"
	"capillare/internal/funding"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
)

// Refusals of bodies and projects that points still need.
var (
	ErrBodyNeeded    = errs.New(errs.Conflict, "points.body_needed")
	ErrProjectNeeded = errs.New(errs.Conflict, "points.project_needed")
)

// The words of this package for what followed the merge of two bodies.
const (
	whatManaged   = "points.managing"
	whatDelivered = "points.delivering"
	whatWide      = "points.closure"
)

// SubscribeBodies makes points follow their bodies and projects: neither ends while a point that is not closed
// needs it, and points move when their body becomes part of another.
func (s *Service) SubscribeBodies(bus *jobs.Bus) {
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, e orgs.Ending) error {
		n, err := db.New(tx).NeedsBody(ctx, e.BodyID)
		return needed(n, err, ErrBodyNeeded)
	})
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, e funding.ProjectEnding) error {
		n, err := db.New(tx).NeedsProject(ctx, sqldb.OptText(e.ProjectID))
		return needed(n, err, ErrProjectNeeded)
	})
	jobs.Subscribe(bus, s.follow)
	jobs.Subscribe(bus, s.followBack)
}

func needed(n int64, err, refusal error) error {
	if err == nil && n > 0 {
		return refusal
	}
	return fault("what is needed", err)
}

func (s *Service) follow(ctx context.Context, tx *sqldb.Tx, m orgs.Merged) error {
	q := db.New(tx)
	managed, err := q.MoveManaged(ctx, db.MoveManagedParams{FromID: m.From, IntoID: m.Into})
	if err != nil {
		return fault("move", err)
	}
	delivered, err := q.MoveDelivered(ctx, db.MoveDeliveredParams{FromID: sqldb.OptText(m.From), IntoID: sqldb.OptText(m.Into)})
	if err != nil {
		return fault("move", err)
	}
	wide, err := q.MoveWide(ctx, db.MoveWideParams{FromID: sqldb.OptText(m.From), IntoID: sqldb.OptText(m.Into)})
	if err != nil {
		return fault("move", err)
	}
	m.Moved(whatManaged, managed...)
	m.Moved(whatDelivered, delivered...)
	m.Moved(whatWide, wide...)
	return s.reopenAll(ctx, tx, m.Into)
}

func (s *Service) followBack(ctx context.Context, tx *sqldb.Tx, u orgs.MergeUndone) error {
	q := db.New(tx)
	managed, err := q.MoveManagedBack(ctx, db.MoveManagedBackParams{FromID: u.From, IntoID: u.Into, Ids: sqldb.List(u.Of(whatManaged))})
	if err != nil {
		return fault("move back", err)
	}
	from, into := sqldb.OptText(u.From), sqldb.OptText(u.Into)
	delivered, err := q.MoveDeliveredBack(ctx, db.MoveDeliveredBackParams{FromID: from, IntoID: into, Ids: sqldb.List(u.Of(whatDelivered))})
	if err != nil {
		return fault("move back", err)
	}
	wide, err := q.MoveWideBack(ctx, db.MoveWideBackParams{FromID: from, IntoID: into, Ids: sqldb.List(u.Of(whatWide))})
	if err != nil {
		return fault("move back", err)
	}
	u.Back(whatManaged, managed)
	u.Back(whatDelivered, delivered)
	u.Back(whatWide, wide)
	if err := s.reopenAll(ctx, tx, u.From); err != nil {
		return err
	}
	return s.reopenAll(ctx, tx, u.Into)
}

// reopenAll has the bookable times of the points of a body made again: its closures are other ones now.
func (s *Service) reopenAll(ctx context.Context, tx *sqldb.Tx, bodyID string) error {
	ids, err := db.New(tx).VisibleIDs(ctx, db.VisibleIDsParams{Points: "[]", Projects: "[]", Bodies: sqldb.List([]string{bodyID})})
	if err != nil || len(ids) == 0 {
		return fault("points of a body", err)
	}
	return s.bus.Publish(ctx, tx, ManyChanged{PointIDs: ids})
}

// requireLiving refuses bodies and a project that are no more, unless the point had them already: it is
// asked in the transaction of the change, so that none of them ends meanwhile.
func (s *Service) requireLiving(ctx context.Context, tx *sqldb.Tx, old, p Point) error {
	var problems errs.Problems
	for _, b := range []struct{ field, was, is string }{
		{"managing_body_id", old.ManagingBodyID, p.ManagingBodyID}, {"delivering_body_id", old.DeliveringBodyID, p.DeliveringBodyID},
	} {
		if b.is == "" || b.is == b.was {
			continue
		}
		ended, err := orgs.Ended(ctx, tx, b.is)
		if err != nil {
			return err
		}
		if len(ended) > 0 {
			problems.Add(b.field, "points.body_ended")
		}
	}
	if p.ProjectID != "" && p.ProjectID != old.ProjectID {
		project, err := s.funding.ProjectByID(ctx, tx, p.ProjectID)
		if err != nil {
			return err
		}
		if !project.EndedOn.IsZero() {
			problems.Add("project_id", "points.project_ended")
		}
	}
	return problems.Err()
}
