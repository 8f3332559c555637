package facilitators

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// ErrNotSuited refuses who cannot stand in: not at the point nor of the same body, not free at that time, or
// without what the kinds of the shift need.
var ErrNotSuited = errs.New(errs.Conflict, "facilitators.not_suited")

// Gap is a stretch of a shift that an absence leaves, with who stands in, if anybody.
type Gap struct {
	// Duty is the shift on that day; Starts and Ends are those of the gap.
	Duty      Duty
	Day       calendar.Day
	AbsenceID string
	// SubstituteID is who stands in; empty when nobody does.
	SubstituteID string
}

// StandIn asks for somebody in place of another: for one time of a shift, or for the part of it that an
// absence leaves.
type StandIn struct {
	DutyID string
	Day    calendar.Day
	// AbsenceID is the absence; empty: the whole of that one time changes hands.
	AbsenceID string
}

// Needs are what the kinds of a shift ask of who does it: all of both.
type Needs struct{ Skills, Languages []string }

func (n Needs) metBy(f Facilitator) bool {
	lacks := func(had []string) func(string) bool {
		return func(one string) bool { return !contains(had, one) }
	}
	return !slices.ContainsFunc(n.Skills, lacks(f.Skills)) && !slices.ContainsFunc(n.Languages, lacks(f.Languages))
}

// Gaps returns what an absence leaves of the shifts of its person from today on, by day and time.
func (s *Service) Gaps(ctx context.Context, who identity.Actor, absenceID string) (list []Gap, err error) {
	a, err := s.AbsenceByID(ctx, who, absenceID)
	if err != nil {
		return nil, err
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		list, err = s.gaps(ctx, tx, a)
		return err
	})
	return list, err
}

func (s *Service) gaps(ctx context.Context, tx *sqldb.Tx, a Absence) ([]Gap, error) {
	from := later(a.From, today(tx))
	to := earlier(a.To, from.AddDays(366))
	q := db.New(tx)
	rows, err := q.DutiesOfPeople(ctx, db.DutiesOfPeopleParams{Ids: sqldb.List([]string{a.FacilitatorID}), FromDay: from})
	if err != nil {
		return nil, fmt.Errorf("shifts of an absence: %w", err)
	}
	more, err := q.DutiesInstead(ctx, db.DutiesInsteadParams{Ids: sqldb.List([]string{a.FacilitatorID}), FromDay: from, ToDay: to})
	if err != nil {
		return nil, fmt.Errorf("shifts of an absence: %w", err)
	}
	for _, r := range more {
		if r.FacilitatorID != a.FacilitatorID {
			rows = append(rows, r)
		}
	}
	r, err := s.roster(ctx, tx, rows, from, to)
	if err != nil {
		return nil, err
	}
	return r.gaps(a), nil
}

func (r roster) gaps(a Absence) []Gap {
	var list []Gap
	for _, d := range r.duties {
		for _, day := range d.Recurrence().Between(later(r.from, d.From), earlier(r.to, d.To)) {
			one, held := r.occurrence(d, day)
			away, meets := a.on(day)
			cut := stretch{max(away.starts, one.Starts), min(away.ends, one.Ends)}
			if !held || !meets || one.FacilitatorID != a.FacilitatorID || cut.ends <= cut.starts {
				continue
			}
			one.Starts, one.Ends = cut.starts, cut.ends
			gap := Gap{Duty: one, Day: day, AbsenceID: a.ID}
			gap.SubstituteID = r.standsIn(one, day, a)
			list = append(list, gap)
		}
	}
	slices.SortFunc(list, func(a, b Gap) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Duty.Starts, b.Duty.Starts), cmp.Compare(a.Duty.ID, b.Duty.ID))
	})
	return list
}

// standsIn returns who does one for the hours of an absence; nobody when that person is away too.
func (r roster) standsIn(one Duty, day calendar.Day, a Absence) string {
	for _, sub := range r.instead[dutyDay{one.ID, day}] {
		there := slices.ContainsFunc(r.covered(one, day), func(o OnDay) bool { return o.Duty.FacilitatorID == sub.FacilitatorID })
		if sub.AbsenceID == a.ID && there {
			return sub.FacilitatorID
		}
	}
	return ""
}

// gapOf returns the stretch that a StandIn is about.
func (s *Service) gapOf(ctx context.Context, tx *sqldb.Tx, in StandIn) (Gap, error) {
	if in.Day.Before(today(tx)) {
		return Gap{}, errs.Problems{{Field: "day", Key: "facilitators.no_such_time"}}.Err()
	}
	d, err := dutyByID(ctx, tx, in.DutyID)
	if err != nil {
		return Gap{}, err
	}
	if in.AbsenceID == "" {
		single, err := occurrences(ctx, tx, []string{d.ID}, in.Day, in.Day)
		if err != nil {
			return Gap{}, err
		}
		if o, ok := single[dutyDay{d.ID, in.Day}]; ok {
			if d = d.as(o); o.Cancelled {
				return Gap{}, ErrNotFound
			}
		} else if !d.On(in.Day) {
			return Gap{}, ErrNotFound
		}
		return Gap{Duty: d, Day: in.Day}, nil
	}
	a, err := absenceByID(ctx, tx, in.AbsenceID)
	if err != nil {
		return Gap{}, err
	}
	gaps, err := s.gaps(ctx, tx, a)
	for _, g := range gaps {
		if g.Duty.ID == in.DutyID && g.Day == in.Day {
			return g, err
		}
	}
	if err == nil {
		err = ErrNotFound
	}
	return Gap{}, err
}

// Candidates returns who can stand in: people who serve the point or work for a body of it or for that of who
// is away, in service and free at that time, with what is needed; those of the point first. It asks for the
// permission to change the shifts of the point.
func (s *Service) Candidates(ctx context.Context, who identity.Actor, in StandIn, needs Needs) (list []Facilitator, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		g, err := s.gapOf(ctx, tx, in)
		if err != nil {
			return err
		}
		p, err := s.points.RequirePoint(ctx, tx, who, identity.EditFacilitators, g.Duty.PointID)
		if err != nil {
			return err
		}
		list, err = s.candidates(ctx, tx, g, p, needs)
		return err
	})
	return list, err
}

func (s *Service) candidates(ctx context.Context, tx *sqldb.Tx, g Gap, p points.Point, needs Needs) ([]Facilitator, error) {
	away, err := s.byID(ctx, tx, g.Duty.FacilitatorID)
	if err != nil {
		return nil, err
	}
	ids, err := db.New(tx).Colleagues(ctx, db.ColleaguesParams{
		PointID: p.ID, Day: g.Day, Bodies: sqldb.List(append(p.Bodies(), away.BodyID)), ID: away.ID,
	})
	if err != nil {
		return nil, fmt.Errorf("who can stand in: %w", err)
	}
	people, err := s.load(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	busy, err := s.busy(ctx, tx, ids, g)
	if err != nil {
		return nil, err
	}
	people = slices.DeleteFunc(people, func(f Facilitator) bool { return !f.WorksOn(g.Day) || busy[f.ID] || !needs.metBy(f) })
	slices.SortStableFunc(people, func(a, b Facilitator) int {
		return cmp.Compare(farther(a, p.ID, g.Day), farther(b, p.ID, g.Day))
	})
	return people, nil
}

// farther puts those who serve the point before the others.
func farther(f Facilitator, pointID string, day calendar.Day) int {
	if f.ServesOn(pointID, day) {
		return 0
	}
	return 1
}

// busy returns who of some people is elsewhere, or away, in the hours of a gap.
func (s *Service) busy(ctx context.Context, tx *sqldb.Tx, ids []string, g Gap) (map[string]bool, error) {
	busy := map[string]bool{}
	list, err := s.OnDutyOf(ctx, tx, ids, g.Day, g.Day)
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		if o.meets(g.Duty.Starts, g.Duty.Ends) {
			busy[o.Duty.FacilitatorID] = true
		}
	}
	away, err := absences(ctx, tx, ids, g.Day, g.Day)
	for id, list := range away {
		for _, h := range hoursAway(list, g.Day) {
			if h.starts < g.Duty.Ends && g.Duty.Starts < h.ends {
				busy[id] = true
			}
		}
	}
	return busy, err
}

// StandInTx makes somebody stand in, inside the caller's transaction; facilitatorID "" makes nobody. It
// refuses with ErrNotSuited whom [Service.Candidates] does not list.
func (s *Service) StandInTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, in StandIn, facilitatorID string, needs Needs) error {
	g, err := s.gapOf(ctx, tx, in)
	if err != nil {
		return err
	}
	p, err := s.points.RequirePoint(ctx, tx, who, identity.EditFacilitators, g.Duty.PointID)
	if err != nil {
		return err
	}
	if facilitatorID == "" {
		return s.standDown(ctx, tx, who, in, g, p)
	}
	if g.SubstituteID == facilitatorID {
		return nil
	}
	list, err := s.candidates(ctx, tx, g, p, needs)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(f Facilitator) bool { return f.ID == facilitatorID }) {
		return ErrNotSuited
	}
	if in.AbsenceID == "" {
		one := Occurrence{FacilitatorID: facilitatorID, AddressID: g.Duty.AddressID, Starts: g.Duty.Starts, Ends: g.Duty.Ends}
		return s.ChangeTx(ctx, tx, who, Change{DutyID: in.DutyID, Scope: Once, Day: in.Day, One: one})
	}
	err = db.New(tx).SetSubstitute(ctx, db.SetSubstituteParams{
		ID: sqldb.NewID(tx.Now), AbsenceID: in.AbsenceID, DutyID: in.DutyID, Day: in.Day, FacilitatorID: facilitatorID, CreatedAt: sqldb.At(tx.Now),
	})
	if err != nil {
		return fmt.Errorf("stand in: %w", err)
	}
	return s.recordStandIn(ctx, tx, who, p, g.Duty.FacilitatorID, facilitatorID)
}

// standDown takes back who stands in.
func (s *Service) standDown(ctx context.Context, tx *sqldb.Tx, who identity.Actor, in StandIn, g Gap, p points.Point) error {
	if in.AbsenceID == "" {
		return s.ChangeTx(ctx, tx, who, Change{DutyID: in.DutyID, Scope: Once, Day: in.Day, Restore: true})
	}
	n, err := db.New(tx).DeleteSubstitute(ctx, db.DeleteSubstituteParams{AbsenceID: in.AbsenceID, DutyID: in.DutyID, Day: in.Day})
	if err != nil {
		return fmt.Errorf("stand down: %w", err)
	}
	if n == 0 {
		return nil
	}
	if g.SubstituteID == "" {
		return s.record(ctx, tx, who, p, "facilitators.substituted", g.Duty.FacilitatorID)
	}
	return s.recordStandIn(ctx, tx, who, p, g.Duty.FacilitatorID, g.SubstituteID)
}

// recordStandIn writes the history of both. It names no day of the absence.
func (s *Service) recordStandIn(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p points.Point, awayID, substituteID string) error {
	err := audit.Write(ctx, tx, who, audit.Entry{
		Action: "facilitators.substitute", Subject: "facilitator", SubjectID: substituteID, BodyID: p.ManagingBodyID, PointID: p.ID,
	})
	if err != nil {
		return err
	}
	return s.record(ctx, tx, who, p, "facilitators.substituted", awayID)
}
