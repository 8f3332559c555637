package campaigns

import (
	"context"
	"errors"
	"fmt"

	"capillare/internal/calendar"
	"capillare/internal/campaigns/internal/db"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// EndTurn makes on the last day of a turn that was made; yesterday at the earliest, as [Service.End] does. It
// refuses with ErrRival one that is not.
func (s *Service) EndTurn(ctx context.Context, who identity.Actor, campaignID, turnID string, on calendar.Day) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		c, err := s.editable(ctx, tx, who, campaignID)
		if err != nil {
			return err
		}
		t, ok := c.turn(turnID)
		if !ok {
			return ErrNotFound
		}
		if t.State != Made {
			return ErrRival
		}
		if on.IsZero() {
			return errs.Problems{{Field: "on", Key: "form.required"}}.Err()
		}
		if err := s.endTurn(ctx, tx, who, c, t, notBeforeYesterday(tx, on)); err != nil {
			return err
		}
		return note(ctx, tx, who, c, "campaigns.turn_end", t.detail())
	})
}

// End makes on the last day of a campaign: its turns end, planned ones go. It refuses with ErrOver one that has
// ended, and with ErrRival when version is not the latest.
func (s *Service) End(ctx context.Context, who identity.Actor, id string, on calendar.Day, version int) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		c, err := s.editable(ctx, tx, who, id)
		if err != nil {
			return err
		}
		q := db.New(tx)
		n, err := q.Touch(ctx, db.TouchParams{ID: c.ID, Version: version})
		if err != nil {
			return fmt.Errorf("end a campaign: %w", err)
		}
		if n == 0 {
			return ErrRival
		}
		if on.After(c.To) {
			on = c.To
		}
		on = notBeforeYesterday(tx, on)
		for i, t := range c.Turns {
			switch t.State {
			case Planned:
				_, err = q.DeleteTurn(ctx, db.DeleteTurnParams{ID: t.ID, CampaignID: c.ID})
			case Made:
				err = s.endTurn(ctx, tx, who, c, t, on)
				c.Turns[i].State = Ended
			}
			if err != nil {
				return err
			}
		}
		if err := q.EndCampaign(ctx, db.EndCampaignParams{ID: c.ID, EndedOn: on}); err != nil {
			return fmt.Errorf("end a campaign: %w", err)
		}
		return note(ctx, tx, who, c, "campaigns.end", map[string]any{"on": on})
	})
}

// notBeforeYesterday is the last day that an end can have: what was open until now was open.
func notBeforeYesterday(tx *sqldb.Tx, on calendar.Day) calendar.Day {
	if yesterday := calendar.DayOf(tx.Now).AddDays(-1); on.Before(yesterday) {
		return yesterday
	}
	return on
}

// endTurn ends the shifts of a turn, and gives back the openings that no other turn needs.
func (s *Service) endTurn(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Campaign, t Turn, on calendar.Day) error {
	if !on.Before(t.To) {
		return nil
	}
	q := db.New(tx)
	duties, err := q.DutiesOfTurn(ctx, t.ID)
	if err != nil {
		return fmt.Errorf("shifts of a turn: %w", err)
	}
	for _, id := range duties {
		// One that somebody took away by hand is gone already.
		if err := s.Facilitators.EndDutyTx(ctx, tx, who, id, on); err != nil && !errors.Is(err, facilitators.ErrNotFound) {
			return err
		}
	}
	last := on
	if last.Before(t.From) {
		last = t.From
	}
	if err := q.TurnEnded(ctx, db.TurnEndedParams{ID: t.ID, ToDay: last}); err != nil {
		return fmt.Errorf("end a turn: %w", err)
	}
	return s.giveBack(ctx, tx, who, c, t, on)
}

// giveBack takes away the openings after a day that were made for a turn, unless another turn of the campaign
// is there on that day. What somebody said of a day since then stays: an opening that no longer has the hours of
// the turn is not that of the campaign.
func (s *Service) giveBack(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Campaign, t Turn, after calendar.Day) error {
	q := db.New(tx)
	rows, err := q.OpeningsAfter(ctx, db.OpeningsAfterParams{CampaignID: c.ID, AddressID: t.AddressID, After: after})
	if err != nil {
		return fmt.Errorf("openings of a campaign: %w", err)
	}
	p, err := s.Points.RequirePoint(ctx, tx, who, identity.EditPoints, t.PointID)
	if err != nil {
		return err
	}
	a, _ := p.Address(t.AddressID)
	plan := points.ExceptionPlan{PointID: t.PointID}
	for _, r := range rows {
		if needed(c, t, r.Day) {
			continue
		}
		if err := q.DeleteOpening(ctx, db.DeleteOpeningParams{CampaignID: c.ID, AddressID: r.AddressID, Day: r.Day}); err != nil {
			return fmt.Errorf("openings of a campaign: %w", err)
		}
		if !opensFor(a, c, r.Day) {
			continue
		}
		e := points.Exception{AddressID: r.AddressID, Day: r.Day, Reason: r.ReasonBefore}
		if r.HoursBefore == "" {
			plan.Drop = append(plan.Drop, e)
		} else {
			if e.Bands, err = calendar.ParseBands(r.HoursBefore); err != nil {
				return fmt.Errorf("openings of a campaign: %w", err)
			}
			plan.Put = append(plan.Put, e)
		}
	}
	return s.Points.PutExceptionsTx(ctx, tx, who, plan)
}

// opensFor reports whether what is said of a day at an address still has the hours of a turn of c that was there.
func opensFor(a points.Address, c Campaign, d calendar.Day) bool {
	e, there := a.ExceptionOn(d)
	if !there {
		return false
	}
	for _, t := range c.Turns {
		if t.AddressID != a.ID || !t.Weekdays.Has(d.Weekday()) {
			continue
		}
		if _, wider := widened(e.Bands, calendar.Band{Weekday: d.Weekday(), Opens: t.Starts, Closes: t.Ends}); !wider {
			return true
		}
	}
	return false
}

// needed reports whether a turn of c other than t is at its address on a day.
func needed(c Campaign, t Turn, d calendar.Day) bool {
	for _, o := range c.Turns {
		if o.ID != t.ID && o.State == Made && o.AddressID == t.AddressID && !d.Before(o.From) && !d.After(o.To) && o.Weekdays.Has(d.Weekday()) {
			return true
		}
	}
	return false
}
