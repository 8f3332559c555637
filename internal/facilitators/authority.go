package facilitators

import (
	"context"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// editable loads a person whom who may change: one of an own body, or one who serves a point that who
// manages. A partner who only works at a point has no say over the people of others.
func (s *Service) editable(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id string) (Facilitator, error) {
	f, err := s.byID(ctx, tx, id)
	if err != nil {
		return Facilitator{}, err
	}
	if f.MergedInto != "" {
		return Facilitator{}, ErrMerged
	}
	refusal := who.Require(identity.EditFacilitators, identity.Target{Bodies: []string{f.BodyID}})
	if refusal == nil {
		return f, nil
	}
	some, _, err := s.manages(ctx, tx, who, servedOn(f, today(tx)))
	if err != nil {
		return Facilitator{}, err
	}
	if !some {
		return Facilitator{}, refusal
	}
	return f, nil
}

// dismissable loads a person whose work who may end altogether: one of an own body, or one all of whose
// points who manages.
func (s *Service) dismissable(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id string) (Facilitator, error) {
	f, err := s.editable(ctx, tx, who, id)
	if err != nil {
		return Facilitator{}, err
	}
	refusal := who.Require(identity.EditFacilitators, identity.Target{Bodies: []string{f.BodyID}})
	if refusal == nil {
		return f, nil
	}
	_, all, err := s.manages(ctx, tx, who, servedOn(f, today(tx)))
	if err != nil {
		return Facilitator{}, err
	}
	if !all {
		return Facilitator{}, refusal
	}
	return f, nil
}

// servedOn are the points served on a day or later.
func servedOn(f Facilitator, day calendar.Day) []string {
	var ids []string
	for _, p := range f.Points {
		if (p.To.IsZero() || !p.To.Before(day)) && !contains(ids, p.PointID) {
			ids = append(ids, p.PointID)
		}
	}
	return ids
}

// manages reports whether who manages some, and all, of the points: not as the one who delivers there.
func (s *Service) manages(ctx context.Context, tx *sqldb.Tx, who identity.Actor, pointIDs []string) (some, all bool, err error) {
	found, err := s.points.ByIDsTx(ctx, tx, pointIDs)
	if err != nil {
		return false, false, err
	}
	all = len(found) > 0
	for _, p := range found {
		target, err := s.points.Target(ctx, tx, p)
		if err != nil {
			return false, false, err
		}
		target.Point, target.Bodies = "", []string{p.ManagingBodyID}
		if who.Require(identity.EditFacilitators, target) == nil {
			some = true
		} else {
			all = false
		}
	}
	return some, all, nil
}
