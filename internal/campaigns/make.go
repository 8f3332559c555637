package campaigns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/campaigns/internal/db"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// Outcome is what making a campaign gives, or would give.
type Outcome struct {
	// Days are the days with times, by day and point.
	Days []DayOutcome
	// Seats is how many appointments there are room for in all, those of turns made before included.
	Seats int
	// LeftOut are the days on which a place is shut.
	LeftOut []LeftOut
	// Conflicts say why the campaign cannot be made.
	Conflicts []Conflict
}

// DayOutcome is what a campaign has at one address on one day.
type DayOutcome struct {
	Day                calendar.Day
	PointID, AddressID string
	// Seats is how many people can come; Extra says that the place opens only for the campaign at that hour.
	Seats int
	Extra bool
}

// LeftOut is a day of a turn that gives nothing, and why: one of the words of points.Opening.
type LeftOut struct {
	TurnID string
	Day    calendar.Day
	Why    string
	Reason string
}

// Conflict is what stands in the way of a turn.
type Conflict struct {
	TurnID string
	// Err is a refusal: facilitators.ErrDutyOverlap, points.ErrChanged...
	Err error
}

// errTried takes back the transaction of a preview.
var errTried = errors.New("campaigns: only tried")

// Preview returns what Make would do now: it does it, and takes it back.
func (s *Service) Preview(ctx context.Context, who identity.Actor, id string) (Outcome, error) {
	var out Outcome
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		c, err := s.editable(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if out, err = s.make(ctx, tx, who, c); err != nil {
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		err = nil
	}
	return out, err
}

// Make turns what is planned into shifts and openings, all of it or nothing. version is that of the campaign
// whose preview was seen. It refuses with ErrRival, ErrOver, ErrNothing and ErrConflicts.
func (s *Service) Make(ctx context.Context, who identity.Actor, id string, version int) (Outcome, error) {
	var out Outcome
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		c, err := s.editable(ctx, tx, who, id)
		if err != nil {
			return err
		}
		n, err := db.New(tx).Touch(ctx, db.TouchParams{ID: c.ID, Version: version})
		if err != nil {
			return fmt.Errorf("make a campaign: %w", err)
		}
		if n == 0 {
			return ErrRival
		}
		if !c.Planned() {
			return ErrNothing
		}
		if out, err = s.make(ctx, tx, who, c); err != nil {
			return err
		}
		if len(out.Conflicts) > 0 {
			return ErrConflicts
		}
		return note(ctx, tx, who, c, "campaigns.make", map[string]any{"seats": out.Seats, "left_out": len(out.LeftOut)})
	})
	return out, err
}

// make does the work of both. A turn with a conflict is left, so that a preview names all of them.
func (s *Service) make(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Campaign) (out Outcome, err error) {
	var turns []Turn
	for _, t := range c.Turns {
		if t.State != Planned {
			continue
		}
		ready, err := s.prepare(ctx, tx, who, t)
		if conflict, is := conflictOf(t, err); is {
			out.Conflicts = append(out.Conflicts, conflict)
			continue
		}
		if err != nil {
			return out, err
		}
		turns = append(turns, ready)
	}
	extra, err := s.open(ctx, tx, who, c, turns, &out)
	if err != nil {
		return out, err
	}
	if err := s.putOnDuty(ctx, tx, who, c, turns, &out); err != nil {
		return out, err
	}
	return out, s.count(ctx, tx, c, extra, &out)
}

// conflictOf reports whether err is a refusal about the turn, which its planner can mend.
func conflictOf(t Turn, err error) (Conflict, bool) {
	for _, known := range []error{facilitators.ErrDutyOverlap, facilitators.ErrNotServing, facilitators.ErrServesTwice, facilitators.ErrNotWorking} {
		if errors.Is(err, known) {
			return Conflict{TurnID: t.ID, Err: known}, true
		}
	}
	return Conflict{}, false
}

// prepare makes what a turn stands on: its place, and that the person serves the point.
func (s *Service) prepare(ctx context.Context, tx *sqldb.Tx, who identity.Actor, t Turn) (Turn, error) {
	p, err := s.Points.RequirePoint(ctx, tx, who, identity.EditFacilitators, t.PointID)
	if err != nil {
		return t, err
	}
	if t.AddressID == "" {
		if t.AddressID, err = s.place(ctx, tx, who, p, t.Place); err != nil {
			return t, err
		}
	}
	people, err := s.Facilitators.ByIDsTx(ctx, tx, []string{t.FacilitatorID})
	if err != nil {
		return t, err
	}
	f, ok := people[t.FacilitatorID]
	if !ok || !f.WorksOn(t.From) || !f.WorksOn(t.To) {
		return t, facilitators.ErrNotWorking
	}
	if f.ServesOn(t.PointID, t.From) && f.ServesOn(t.PointID, t.To) {
		return t, nil
	}
	at := facilitators.Served{PointID: t.PointID, From: t.From, To: t.To}
	// Who serves the point for a part of these days, perhaps by another turn, serves it for the rest too.
	for f.ServesOn(t.PointID, at.From) {
		at.From = at.From.AddDays(1)
	}
	for f.ServesOn(t.PointID, at.To) {
		at.To = at.To.AddDays(-1)
	}
	return t, s.Facilitators.ServeTx(ctx, tx, who, t.FacilitatorID, at)
}

// place returns the address of a point with the name and street of a place, and makes it when there is none.
func (s *Service) place(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p points.Point, place Place) (string, error) {
	if a, ok := findPlace(p, place); ok {
		return a.ID, nil
	}
	p.Addresses = append(slices.Clone(p.Addresses), place.address())
	for i := range p.Addresses {
		p.Addresses[i].Position = i
	}
	if err := s.Points.EditTx(ctx, tx, who, p); err != nil {
		return "", err
	}
	p, err := s.Points.RequirePoint(ctx, tx, who, identity.EditPoints, p.ID)
	if err != nil {
		return "", err
	}
	a, ok := findPlace(p, place)
	if !ok {
		return "", fmt.Errorf("campaigns: the place that was made is not there")
	}
	return a.ID, nil
}

func findPlace(p points.Point, place Place) (points.Address, bool) {
	i := slices.IndexFunc(p.Addresses, func(a points.Address) bool {
		return a.Place == place.Name && a.Street == place.Street && a.Belfiore == place.Belfiore
	})
	if i < 0 {
		return points.Address{}, false
	}
	return p.Addresses[i], true
}

// spot is an address on a day.
type spot struct {
	addressID string
	day       calendar.Day
}

// open opens the places of turns at the hours at which they are shut, and returns where. Days on which a place
// is shut for a reason are left out.
func (s *Service) open(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Campaign, turns []Turn, out *Outcome) (map[spot]bool, error) {
	extra := map[spot]bool{}
	for _, id := range pointsOf(turns) {
		p, err := s.Points.RequirePoint(ctx, tx, who, identity.EditFacilitators, id)
		if err != nil {
			return nil, err
		}
		needed := map[spot]points.Exception{}
		for _, t := range turns {
			if t.PointID == id {
				out.LeftOut = append(out.LeftOut, t.needs(p, calendar.DayOf(tx.Now), needed)...)
			}
		}
		plan := points.ExceptionPlan{PointID: id}
		for _, at := range sortedSpots(needed) {
			e := needed[at]
			if err := s.remember(ctx, tx, c, p, e); err != nil {
				return nil, err
			}
			if e.Reason == "" {
				e.Reason = c.Name
			}
			plan.Put = append(plan.Put, e)
			extra[at] = true
		}
		if err := s.Points.PutExceptionsTx(ctx, tx, who, plan); err != nil {
			return nil, err
		}
	}
	return extra, nil
}

func pointsOf(turns []Turn) []string { return Campaign{Turns: turns}.PointIDs() }

func sortedSpots(m map[spot]points.Exception) []spot {
	list := make([]spot, 0, len(m))
	for at := range m {
		list = append(list, at)
	}
	slices.SortFunc(list, func(a, b spot) int { return cmp.Or(a.day.Compare(b.day), cmp.Compare(a.addressID, b.addressID)) })
	return list
}

// needs adds to needed the openings that t lacks at p, and returns the days that it leaves out.
func (t Turn) needs(p points.Point, today calendar.Day, needed map[spot]points.Exception) (out []LeftOut) {
	a, _ := p.Address(t.AddressID)
	for _, d := range t.days(today) {
		at := spot{t.AddressID, d}
		opening := p.OpeningOn(a, d)
		switch {
		case opening.Why == points.ByState || opening.Why == points.ByClosure || opening.Why == points.ByPatron || opening.Why == points.ByHoliday:
			out = append(out, LeftOut{TurnID: t.ID, Day: d, Why: opening.Why, Reason: opening.Reason})
			continue
		}
		e, ok := needed[at]
		if !ok {
			e = points.Exception{AddressID: t.AddressID, Day: d, Bands: opening.Bands}
			if opening.Why == points.ByException {
				e.Reason = opening.Reason
			}
		}
		if bands, wider := widened(e.Bands, calendar.Band{Weekday: d.Weekday(), Opens: t.Starts, Closes: t.Ends}); wider {
			e.Bands = bands
			needed[at] = e
		}
	}
	return out
}

// widened returns bands that also cover band, and whether they did not before. Bands that touch become one.
func widened(bands []calendar.Band, band calendar.Band) (calendar.Bands, bool) {
	for _, b := range bands {
		if b.Opens <= band.Opens && band.Closes <= b.Closes {
			return bands, false
		}
	}
	var list calendar.Bands
	for _, b := range bands {
		if b.Closes < band.Opens || b.Opens > band.Closes {
			list = append(list, b)
			continue
		}
		band.Opens, band.Closes = min(b.Opens, band.Opens), max(b.Closes, band.Closes)
	}
	list = append(list, band)
	slices.SortFunc(list, func(a, b calendar.Band) int { return cmp.Compare(a.Opens, b.Opens) })
	return list, true
}

// remember writes down what was said of a day before the campaign opened on it.
func (s *Service) remember(ctx context.Context, tx *sqldb.Tx, c Campaign, p points.Point, e points.Exception) error {
	row := db.InsertOpeningParams{CampaignID: c.ID, AddressID: e.AddressID, Day: e.Day, PointID: p.ID}
	a, _ := p.Address(e.AddressID)
	if was, ok := a.ExceptionOn(e.Day); ok {
		row.HoursBefore, row.ReasonBefore = was.Bands.String(), was.Reason
	}
	if err := db.New(tx).InsertOpening(ctx, row); err != nil {
		return fmt.Errorf("openings of a campaign: %w", err)
	}
	return nil
}

// putOnDuty makes the shifts of turns.
func (s *Service) putOnDuty(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Campaign, turns []Turn, out *Outcome) error {
	q := db.New(tx)
	for _, t := range turns {
		ids, err := s.shifts(ctx, tx, who, c, t)
		if conflict, is := conflictOf(t, err); is {
			out.Conflicts = append(out.Conflicts, conflict)
			continue
		}
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := q.InsertDuty(ctx, db.InsertDutyParams{TurnID: t.ID, DutyID: id}); err != nil {
				return fmt.Errorf("shifts of a turn: %w", err)
			}
		}
		if err := q.TurnMade(ctx, db.TurnMadeParams{ID: t.ID, AddressID: sqldb.OptText(t.AddressID)}); err != nil {
			return fmt.Errorf("make a turn: %w", err)
		}
	}
	return nil
}

// shifts adds the shifts of a turn, one for each weekday that comes, and returns their ids.
func (s *Service) shifts(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Campaign, t Turn) ([]string, error) {
	found, err := s.Kinds.ByIDs(ctx, tx, []string{c.KindID})
	if err != nil {
		return nil, err
	}
	kind := found[c.KindID]
	from := t.From
	if today := calendar.DayOf(tx.Now); from.Before(today) {
		from = today
	}
	var ids []string
	for _, w := range t.Weekdays.List() {
		if _, comes := (calendar.Recurrence{Weekdays: calendar.WeekdaysOf(w)}).First(from, t.To); !comes {
			continue
		}
		id, err := s.Facilitators.AddDutyTx(ctx, tx, who, facilitators.Duty{
			FacilitatorID: t.FacilitatorID, PointID: t.PointID, AddressID: t.AddressID, Weekday: w, Starts: t.Starts, Ends: t.Ends,
			KindIDs: []string{c.KindID}, Kind: kind.Mode.Shape(), SlotMinutes: kind.Minutes, Seats: kind.Seats, From: from, To: t.To,
		})
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// count fills out with the times that the campaign has until its end, also beyond the days that can be
// booked now.
func (s *Service) count(ctx context.Context, tx *sqldb.Tx, c Campaign, extra map[spot]bool, out *Outcome) error {
	at := map[DayOutcome]int{}
	for _, id := range c.PointIDs() {
		slots, err := s.Agenda.PlannedUntil(ctx, tx, id, c.Last())
		if err != nil {
			return err
		}
		for _, slot := range slots {
			if slot.KindID == c.KindID && !slot.Day.Before(c.From) {
				at[DayOutcome{Day: slot.Day, PointID: id, AddressID: slot.AddressID, Extra: extra[spot{slot.AddressID, slot.Day}]}] += slot.Seats
			}
		}
	}
	for day, seats := range at {
		day.Seats = seats
		out.Days = append(out.Days, day)
		out.Seats += seats
	}
	slices.SortFunc(out.Days, func(a, b DayOutcome) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.PointID, b.PointID), cmp.Compare(a.AddressID, b.AddressID))
	})
	return nil
}
