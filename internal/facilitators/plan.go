package facilitators

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// DutyPlan is what a file of shifts changes (it: piano dei turni): shifts that end, then shifts that
// begin.
type DutyPlan struct {
	End []DutyEnd
	Add []Duty
	// Seen are the shifts of the same people against which Add was found free: only what is not among
	// them is looked at again.
	Seen []Duty
}

// DutyEnd sets the last day of a shift, earlier or later than it was; zero lets it go on. With Away the
// shift is taken away as if it had never been.
type DutyEnd struct {
	Duty Duty
	On   calendar.Day
	Away bool
}

// OverlapError says which two shifts of one person claim the same minute.
type OverlapError struct{ A, B Duty }

// Error implements error.
func (e *OverlapError) Error() string { return "facilitators: two shifts of one person overlap" }

// Unwrap makes it the refusal that pages know.
func (e *OverlapError) Unwrap() error { return ErrDutyOverlap }

// CheckDuty returns d as [Service.AddDuty] would keep it, or refuses with fields.
func CheckDuty(d Duty) (Duty, error) { return checkedDuty(d) }

// Overlap reports whether two shifts of one person claim the same minute of some day.
func Overlap(a, b Duty) bool { return overlaps(a, b) }

// Directory finds the people in service without asking the database for each: for imports.
type Directory struct {
	people map[string]Facilitator
	byMail map[string][]string
	byName map[string][]string
	byTax  map[string]string
	keys   *sealed.Keys
}

// Directory reads the people in service today or later. It asks for the permission over the network.
func (s *Service) Directory(ctx context.Context, who identity.Actor) (*Directory, error) {
	if err := who.Require(identity.EditFacilitators, identity.Target{}); err != nil {
		return nil, err
	}
	d := &Directory{keys: s.keys}
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		d.people, d.byMail, d.byName, d.byTax = map[string]Facilitator{}, map[string][]string{}, map[string][]string{}, map[string]string{}
		rows, err := db.New(tx).InService(ctx, today(tx))
		if err != nil {
			return fmt.Errorf("people in service: %w", err)
		}
		ids := make([]string, len(rows))
		for i, r := range rows {
			if ids[i] = r.ID; r.TaxCodeKey != "" {
				d.byTax[string(r.TaxCodeKey)] = r.ID
			}
		}
		people, err := s.load(ctx, tx, ids)
		for _, f := range people {
			d.add(f)
		}
		return err
	})
	return d, err
}

func (d *Directory) add(f Facilitator) {
	d.people[f.ID] = f
	if f.Email != "" {
		mail := territory.Fold(f.Email)
		d.byMail[mail] = append(d.byMail[mail], f.ID)
	}
	name := nameKey(f.BodyID, f.Surname+" "+f.Name)
	d.byName[name] = append(d.byName[name], f.ID)
}

func nameKey(bodyID, name string) string { return bodyID + "|" + territory.Fold(name) }

// ByTaxCode returns the person with a tax code.
func (d *Directory) ByTaxCode(code codes.TaxCode) (Facilitator, bool) {
	f, ok := d.people[d.byTax[d.keys.TaxCodeKey(code)]]
	return f, ok
}

// ByEmail returns the people with an e-mail address.
func (d *Directory) ByEmail(email string) []Facilitator {
	return d.all(d.byMail[territory.Fold(email)])
}

// ByName returns the people of a body with a surname and a name.
func (d *Directory) ByName(bodyID, surname, name string) []Facilitator {
	return d.all(d.byName[nameKey(bodyID, surname+" "+name)])
}

func (d *Directory) all(ids []string) []Facilitator {
	list := make([]Facilitator, len(ids))
	for i, id := range ids {
		list[i] = d.people[id]
	}
	return list
}

// peopleAtOnce is how many people one question to the database is about.
const peopleAtOnce = 500

// DutiesOf returns the shifts of people that have not ended before a day, by person, weekday and time.
func (s *Service) DutiesOf(ctx context.Context, tx *sqldb.Tx, ids []string, from calendar.Day) (map[string][]Duty, error) {
	found := map[string][]Duty{}
	for some := range slices.Chunk(ids, peopleAtOnce) {
		rows, err := db.New(tx).DutiesOfPeople(ctx, db.DutiesOfPeopleParams{Ids: sqldb.List(some), FromDay: from})
		if err != nil {
			return nil, fmt.Errorf("shifts of people: %w", err)
		}
		list, err := duties(ctx, tx, rows)
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			found[d.FacilitatorID] = append(found[d.FacilitatorID], d)
		}
	}
	return found, nil
}

// PublishTx puts a plan in force, whose new shifts do not meet each other, inside the caller's
// transaction, and returns the points whose shifts changed. Unlike [Service.AddDuty] it publishes no [DutyChanged]: a plan may touch thousands of points,
// and whoever calls it sees to it that bookable times follow. It refuses with an [OverlapError], with
// ErrNotServing, and with ErrNotFound when a shift to end is no more what the plan saw.
func (s *Service) PublishTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, plan DutyPlan) ([]string, error) {
	see, err := s.points.VisibleTx(ctx, tx, who, identity.EditFacilitators)
	if err != nil {
		return nil, err
	}
	touched, people := map[string]bool{}, map[string]int{}
	for _, e := range plan.End {
		touched[e.Duty.PointID], people[e.Duty.FacilitatorID] = true, people[e.Duty.FacilitatorID]+1
	}
	for _, d := range plan.Add {
		touched[d.PointID], people[d.FacilitatorID] = true, people[d.FacilitatorID]+1
	}
	for id := range touched {
		if !see.Has(id) {
			return nil, identity.ErrNotHere
		}
	}
	ids := sortedKeys(people)
	if err := s.endAll(ctx, tx, plan.End); err != nil {
		return nil, err
	}
	if err := s.holds(ctx, tx, ids, plan); err != nil {
		return nil, err
	}
	if err := s.insertAll(ctx, tx, plan.Add); err != nil {
		return nil, err
	}
	for _, id := range ids {
		entry := audit.Entry{Action: "facilitators.duty_plan", Subject: "facilitator", SubjectID: id, Detail: map[string]any{"shifts": people[id]}}
		if err := audit.Write(ctx, tx, who, entry); err != nil {
			return nil, err
		}
	}
	return sortedKeys(touched), nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (s *Service) endAll(ctx context.Context, tx *sqldb.Tx, ends []DutyEnd) error {
	q := db.New(tx)
	for _, e := range ends {
		there, err := dutyByID(ctx, tx, e.Duty.ID)
		if err == nil && !there.Equal(e.Duty) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		if e.Away || !e.On.IsZero() && e.On.Before(there.From) {
			err = q.DeleteDuty(ctx, there.ID)
		} else {
			err = q.SetDutyEnd(ctx, db.SetDutyEndParams{ID: there.ID, ToDay: e.On})
		}
		if err != nil {
			return fmt.Errorf("end a shift: %w", err)
		}
	}
	return nil
}

// holds asks again, inside the transaction, what a plan was made on: people serve the points, and no
// shift that came or changed meanwhile meets a new one.
func (s *Service) holds(ctx context.Context, tx *sqldb.Tx, ids []string, plan DutyPlan) error {
	first, seen := today(tx), make(map[string]Duty, len(plan.Seen))
	for _, d := range plan.Seen {
		seen[d.ID] = d
	}
	for _, d := range plan.Add {
		if d.From.Before(first) {
			first = d.From
		}
	}
	there, err := s.DutiesOf(ctx, tx, ids, first)
	if err != nil {
		return err
	}
	for id, list := range there {
		there[id] = slices.DeleteFunc(list, func(d Duty) bool { return d.Equal(seen[d.ID]) })
	}
	single, err := s.singleTimes(ctx, tx, ids, later(first, today(tx)))
	if err != nil {
		return err
	}
	serving := map[string]Facilitator{}
	for some := range slices.Chunk(ids, peopleAtOnce) {
		people, err := s.load(ctx, tx, some)
		if err != nil {
			return err
		}
		for _, f := range people {
			serving[f.ID] = f
		}
	}
	for _, d := range plan.Add {
		if !serving[d.FacilitatorID].ServesOn(d.PointID, d.From) {
			return ErrNotServing
		}
		for _, other := range there[d.FacilitatorID] {
			if overlaps(d, other) {
				return &OverlapError{A: d, B: other}
			}
		}
		for _, o := range single {
			if o.Duty.FacilitatorID == d.FacilitatorID && d.On(o.Day) && o.meets(d.Starts, d.Ends) {
				return &OverlapError{A: d, B: o.Duty}
			}
		}
	}
	return nil
}

// dutiesAtOnce is how many shifts one statement inserts.
const dutiesAtOnce = 1000

func (s *Service) insertAll(ctx context.Context, tx *sqldb.Tx, add []Duty) error {
	q, ids, add := db.New(tx), make([]string, len(add)), slices.Clone(add)
	for i := range ids {
		ids[i] = sqldb.NewID(tx.Now)
	}
	// Ids of one instant are in no order; in order they are appended to their index, not spread over it.
	slices.Sort(ids)
	for some := range slices.Chunk(add, dutiesAtOnce) {
		rows := make([][15]any, len(some))
		for i, d := range some {
			d, err := checkedDuty(d)
			if err != nil {
				return err
			}
			d.ID, some[i] = ids[i], d
			rows[i] = rowOf(d)
		}
		ids = ids[len(some):]
		text, err := json.Marshal(rows)
		if err != nil {
			return fmt.Errorf("add shifts: %w", err)
		}
		err = q.InsertDuties(ctx, string(text))
		if c, ok := sqldb.Broken(err); ok && c == sqldb.ForeignKey {
			return errs.Problems{{Field: "address_id", Key: "facilitators.address"}}.Err()
		}
		if err != nil {
			return fmt.Errorf("add shifts: %w", err)
		}
		if err := insertOffers(ctx, q, some); err != nil {
			return err
		}
	}
	return nil
}

// rowOf is a shift as InsertDuties reads it.
func rowOf(d Duty) [15]any {
	day := func(d calendar.Day) any {
		if d.IsZero() {
			return nil
		}
		return d.String()
	}
	return [15]any{d.ID, d.FacilitatorID, d.PointID, d.AddressID, int(d.Weekday), int(d.Starts), int(d.Ends),
		d.Kind, d.SlotMinutes, d.Seats, day(d.From), day(d.To), max(d.Every, 1), day(d.Anchor), d.Nth}
}

// insertOffers writes the kinds that new shifts offer.
func insertOffers(ctx context.Context, q *db.Queries, list []Duty) error {
	for _, d := range list {
		if len(d.KindIDs) == 0 {
			continue
		}
		if err := q.InsertDutyKinds(ctx, db.InsertDutyKindsParams{DutyID: d.ID, Kinds: sqldb.List(d.KindIDs)}); err != nil {
			return fmt.Errorf("add shifts: %w", err)
		}
	}
	return nil
}
