package campaigns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/campaigns/internal/db"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// AddTurn adds a turn to a campaign: planned, nothing is booked of it yet. It refuses with fields, and with
// identity.ErrNotHere at points of others.
func (s *Service) AddTurn(ctx context.Context, who identity.Actor, campaignID string, t Turn) (id string, err error) {
	if err := s.checkPlace(ctx, who, &t); err != nil {
		return "", err
	}
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		c, err := s.editable(ctx, tx, who, campaignID)
		if err != nil {
			return err
		}
		if len(c.Turns) >= mostTurns {
			return ErrTooMany
		}
		if t, err = checkedTurn(c, t); err != nil {
			return err
		}
		if err := s.requireTurn(ctx, tx, who, c, t); err != nil {
			return err
		}
		t.ID = sqldb.NewID(tx.Now)
		err = db.New(tx).InsertTurn(ctx, db.InsertTurnParams{
			ID: t.ID, CampaignID: c.ID, FacilitatorID: t.FacilitatorID, PointID: t.PointID, AddressID: sqldb.OptText(t.AddressID),
			Place: t.Place.Name, Street: t.Place.Street, Cap: t.Place.CAP, Belfiore: t.Place.Belfiore, Weekdays: int(t.Weekdays),
			Starts: int(t.Starts), Ends: int(t.Ends), FromDay: t.From, ToDay: t.To,
		})
		if err != nil {
			return fmt.Errorf("add a turn: %w", err)
		}
		return note(ctx, tx, who, c, "campaigns.turn_add", t.detail())
	})
	return t.ID, err
}

// requireTurn refuses a turn at a point or of a person that who may not plan for, and at a point that does not
// offer the kind of the campaign.
func (s *Service) requireTurn(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Campaign, t Turn) error {
	p, err := s.Points.RequirePoint(ctx, tx, who, identity.EditFacilitators, t.PointID)
	if err != nil {
		return err
	}
	if _, ok := p.Address(t.AddressID); !ok && t.AddressID != "" {
		return errs.Problems{{Field: "address", Key: "campaigns.address_missing"}}.Err()
	}
	found, err := s.Kinds.ByIDs(ctx, tx, []string{c.KindID})
	if err != nil {
		return err
	}
	if !found[c.KindID].OfferedAt(p) {
		return errs.Problems{{Field: "point", Key: "campaigns.kind_place"}}.Err()
	}
	people, err := s.Facilitators.ByIDsTx(ctx, tx, []string{t.FacilitatorID})
	if err != nil {
		return err
	}
	f, ok := people[t.FacilitatorID]
	if !ok || f.MergedInto != "" || !f.WorksOn(t.From) || !f.WorksOn(t.To) {
		return errs.Problems{{Field: "facilitator", Key: "campaigns.not_working"}}.Err()
	}
	if f.ServesOn(t.PointID, t.From) && f.ServesOn(t.PointID, t.To) {
		return nil
	}
	// Making the turn will have the person serve the point: the same authority is asked for now.
	return who.Require(identity.EditFacilitators, identity.Target{Bodies: []string{f.BodyID}})
}

// checkPlace checks the new place of a turn as the points do, and tidies it.
func (s *Service) checkPlace(ctx context.Context, who identity.Actor, t *Turn) error {
	if t.AddressID != "" || t.Place.Name == "" {
		t.Place = Place{}
		return nil
	}
	p, err := s.Points.ByID(ctx, who, t.PointID)
	if err != nil {
		return err
	}
	p.Addresses = append(slices.Clone(p.Addresses), t.Place.address())
	p, err = s.Points.Check(ctx, p)
	if err != nil {
		return placeProblems(err, len(p.Addresses)-1)
	}
	a := p.Addresses[len(p.Addresses)-1]
	t.Place = Place{Name: a.Place, Street: a.Street, CAP: a.CAP, Belfiore: a.Belfiore}
	return nil
}

func (p Place) address() points.Address {
	return points.Address{Place: p.Name, Street: p.Street, CAP: p.CAP, Belfiore: p.Belfiore}
}

// placeProblems renames the fields of the last address of a point to those of the place of a turn.
func placeProblems(err error, last int) error {
	r, ok := errors.AsType[*errs.Refusal](err)
	if !ok {
		return err
	}
	prefix := fmt.Sprintf("addresses.%d.", last)
	var p errs.Problems
	for _, problem := range r.Problems {
		if field, ours := strings.CutPrefix(problem.Field, prefix); ours {
			problem.Field = "place_" + field
		}
		p = append(p, problem)
	}
	return p.Err()
}

// DropTurn takes away a turn that is only planned. One that is made is ended: see [Service.EndTurn].
func (s *Service) DropTurn(ctx context.Context, who identity.Actor, campaignID, turnID string) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		c, err := s.editable(ctx, tx, who, campaignID)
		if err != nil {
			return err
		}
		t, ok := c.turn(turnID)
		if !ok {
			return ErrNotFound
		}
		if _, err := s.Points.RequirePoint(ctx, tx, who, identity.EditFacilitators, t.PointID); err != nil {
			return err
		}
		n, err := db.New(tx).DeleteTurn(ctx, db.DeleteTurnParams{ID: turnID, CampaignID: c.ID})
		if err != nil {
			return fmt.Errorf("drop a turn: %w", err)
		}
		if n == 0 {
			return ErrRival
		}
		return note(ctx, tx, who, c, "campaigns.turn_drop", t.detail())
	})
}

func (c Campaign) turn(id string) (Turn, bool) {
	i := slices.IndexFunc(c.Turns, func(t Turn) bool { return t.ID == id })
	if i < 0 {
		return Turn{}, false
	}
	return c.Turns[i], true
}

// detail is what the audit keeps of a turn: no names.
func (t Turn) detail() map[string]any {
	return map[string]any{
		"turn": t.ID, "facilitator": t.FacilitatorID, "point": t.PointID, "from": t.From, "to": t.To,
		"starts": t.Starts.String(), "ends": t.Ends.String(), "weekdays": weekdayNames(t.Weekdays),
	}
}

func weekdayNames(w calendar.Weekdays) []string {
	var names []string
	for _, d := range w.List() {
		names = append(names, d.String())
	}
	return names
}
