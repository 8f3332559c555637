package imports

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// dutyRows is what the rows of a duty plan are held against.
type dutyRows struct {
	s      *Service
	plan   *plan
	people *facilitators.Directory
	points map[string]points.Point
	codes  []string
	bodies *bodies
	// lines are the rows without problems so far, in order.
	lines []*dutyRow
	// persons are the ids of the people that the rows name, in order.
	persons []string
	// count is how many rows a person has.
	count map[string]int
	today calendar.Day
}

// dutyRow is one row as it will be. Large plans have many: it keeps no cells.
type dutyRow struct {
	check  *check
	person string
	name   string
	want   facilitators.Duty
	// fromSaid, lengthSaid and seatsSaid tell a cell from what is put where it is empty.
	fromSaid, lengthSaid, seatsSaid, kindSaid bool
	// change is what becomes of the row.
	change string
}

// maxOfPerson is how many rows a file may have for one person: each is held against all the others.
const maxOfPerson = 1000

func (s *Service) planDuties(ctx context.Context, who identity.Actor, src source, p *plan) error {
	rows := &dutyRows{s: s, plan: p, points: map[string]points.Point{}, count: map[string]int{}, today: calendar.DayOf(s.db.Now())}
	var err error
	if rows.people, err = s.Facilitators.Directory(ctx, who); err != nil {
		return err
	}
	if rows.bodies, err = s.newBodies(ctx, who, p); err != nil {
		return err
	}
	all, err := s.Points.All(ctx, who, identity.EditFacilitators)
	if err != nil {
		return err
	}
	for _, one := range all {
		rows.points[one.Code] = one
		rows.codes = append(rows.codes, one.Code)
	}
	for r, err := range src.rows {
		if err != nil {
			return err
		}
		if err := rows.read(p.begin(r)); err != nil {
			return err
		}
	}
	return rows.compare(ctx)
}

// read takes from a row what needs no look at other shifts.
func (rows *dutyRows) read(c *check) error {
	r := &dutyRow{check: c, want: facilitators.Duty{Kind: facilitators.Individual, SlotMinutes: 30, Seats: 1}}
	person, found := rows.person(c)
	point, known := rows.point(c)
	if known {
		r.want.PointID, r.want.AddressID = point.ID, addressOf(c, point)
	}
	rows.times(c, r)
	rows.offer(c, r)
	if r.want.To = c.day(colTo); !r.want.To.IsZero() && r.want.To.Before(r.want.From) {
		c.wrong(colTo, "facilitators.ends_before")
	}
	if found && known && !c.failed && !person.ServesOn(point.ID, r.want.From) {
		c.wrong(colPoint, "imports.not_serving", errs.Args{"name": person.FullName(), "code": point.Code})
	}
	if c.failed {
		return nil
	}
	r.person, r.name, r.want.FacilitatorID = person.ID, person.FullName(), person.ID
	checked, err := facilitators.CheckDuty(r.want)
	if err != nil {
		return c.refused(err, colStarts, map[string]string{"weekday": colWeekday, "starts": colStarts, "ends": colEnds, "kind": colKind,
			"seats": colSeats, "slot_minutes": colDuration, "from": colFrom, "to": colTo})
	}
	r.want = checked
	if rows.count[r.person] == 0 {
		rows.persons = append(rows.persons, r.person)
	}
	if rows.count[r.person]++; rows.count[r.person] > maxOfPerson {
		c.wrong(colStarts, "imports.person_rows", errs.Args{"name": r.name, "n": maxOfPerson})
		return nil
	}
	rows.lines = append(rows.lines, r)
	return nil
}

// person finds who is on duty: by tax code, else by e-mail, else by name in the body.
func (rows *dutyRows) person(c *check) (facilitators.Facilitator, bool) {
	switch {
	case c.cell(colTaxCode) != "":
		code, err := codes.ParseTaxCode(c.cell(colTaxCode))
		if refusal, ok := refusalOf(err); ok {
			c.wrong(colTaxCode, refusal.Key, refusal.Args)
			return facilitators.Facilitator{}, false
		}
		f, ok := rows.people.ByTaxCode(code)
		if !ok {
			c.wrong(colTaxCode, "imports.person_unknown")
		}
		return f, ok
	case c.cell(colEmail) != "":
		return one(c, colEmail, rows.people.ByEmail(c.cell(colEmail)))
	case c.cell(colSurname) == "" && c.cell(colGiven) == "":
		c.wrong(colEmail, "imports.person_missing")
		return facilitators.Facilitator{}, false
	}
	for _, column := range []string{colSurname, colGiven, colBody} {
		if c.cell(column) == "" {
			c.wrong(column, "imports.required")
			return facilitators.Facilitator{}, false
		}
	}
	body, ok := rows.bodies.known(c.cell(colBody))
	if !ok {
		unknown(c, colBody, "imports.body_unknown", c.cell(colBody), rows.bodies.names)
		return facilitators.Facilitator{}, false
	}
	return one(c, colSurname, rows.people.ByName(body.id, c.cell(colSurname), c.cell(colGiven)))
}

// one returns the only person of a list, or notes that there is none or more than one.
func one(c *check, column string, list []facilitators.Facilitator) (facilitators.Facilitator, bool) {
	switch len(list) {
	case 1:
		return list[0], true
	case 0:
		c.wrong(column, "imports.person_unknown")
	default:
		c.wrong(column, "imports.person_many")
	}
	return facilitators.Facilitator{}, false
}

func (rows *dutyRows) point(c *check) (points.Point, bool) {
	code := c.cell(colPoint)
	if code == "" {
		c.wrong(colPoint, "imports.required")
		return points.Point{}, false
	}
	p, ok := rows.points[strings.ToUpper(code)]
	if !ok {
		unknownPoint(c, colPoint, code, rows.codes)
	}
	return p, ok
}

// addressOf returns the address that a row names by street or place; a point with one needs no name.
func addressOf(c *check, p points.Point) string {
	text := folded(c.cell(colStreet))
	if text == "" && len(p.Addresses) == 1 {
		return p.Addresses[0].ID
	}
	var names []string
	for _, a := range p.Addresses {
		if text != "" && (folded(a.Street) == text || folded(a.Place) == text) {
			return a.ID
		}
		name := a.Street
		if name == "" {
			name = a.Place
		}
		names = append(names, name)
	}
	key := "imports.address_unknown"
	if text == "" {
		key = "imports.address_which"
	}
	c.wrong(colStreet, key, errs.Args{"addresses": strings.Join(names, "; ")})
	return ""
}

func (rows *dutyRows) times(c *check, r *dutyRow) {
	if c.cell(colWeekday) == "" {
		c.wrong(colWeekday, "imports.required")
	} else if n, err := strconv.Atoi(c.word(colWeekday, weekdayWords(), "0")); err == nil {
		r.want.Weekday = calendar.Weekday(n)
	}
	for _, one := range []struct {
		column string
		at     *calendar.Minute
	}{{colStarts, &r.want.Starts}, {colEnds, &r.want.Ends}} {
		if c.cell(one.column) == "" {
			c.wrong(one.column, "imports.required")
			continue
		}
		minute, err := calendar.ParseMinute(c.cell(one.column))
		if refusal, ok := refusalOf(err); ok {
			c.wrong(one.column, refusal.Key, refusal.Args)
		}
		*one.at = minute
	}
	r.want.From, r.fromSaid = c.day(colFrom), c.cell(colFrom) != ""
	if !r.fromSaid {
		r.want.From = rows.today
	}
}

// offer reads what the shift offers to citizens.
func (rows *dutyRows) offer(c *check, r *dutyRow) {
	r.want.Kind, r.kindSaid = c.word(colKind, dutyKindWords(), facilitators.Individual), c.cell(colKind) != ""
	if r.lengthSaid = c.cell(colDuration) != ""; r.lengthSaid {
		r.want.SlotMinutes, _ = c.number(colDuration)
	}
	if r.seatsSaid = c.cell(colSeats) != ""; r.seatsSaid {
		r.want.Seats, _ = c.number(colSeats)
	} else if r.want.Kind == facilitators.Group {
		c.wrong(colSeats, "imports.seats_of_group")
	}
}

// compare holds the rows against the shifts that are there and against each other, person by person.
func (rows *dutyRows) compare(ctx context.Context) error {
	first := rows.today
	for _, r := range rows.lines {
		if r.want.From.Before(first) {
			first = r.want.From
		}
	}
	var there map[string][]facilitators.Duty
	err := rows.s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		there, err = rows.s.Facilitators.DutiesOf(ctx, tx, rows.persons, first)
		return err
	})
	if err != nil {
		return err
	}
	byPerson := map[string][]*dutyRow{}
	for _, r := range rows.lines {
		byPerson[r.person] = append(byPerson[r.person], r)
	}
	var todo facilitators.DutyPlan
	for _, id := range rows.persons {
		todo.Seen = append(todo.Seen, there[id]...)
		todo = rows.week(todo, byPerson[id], there[id])
	}
	if len(todo.Add)+len(todo.End) == 0 {
		return nil
	}
	lines := rows.lines
	rows.plan.steps = append(rows.plan.steps, func(ctx context.Context, tx *sqldb.Tx, at *run) error {
		touched, err := rows.s.Facilitators.PublishTx(ctx, tx, at.who, todo)
		if overlap, ok := errors.AsType[*facilitators.OverlapError](err); ok {
			return atRow(facilitators.ErrDutyOverlap, rowOf(lines, overlap.A))
		}
		if errors.Is(err, facilitators.ErrNotServing) || errors.Is(err, facilitators.ErrNotFound) {
			return errMeanwhile
		}
		if err != nil {
			return err
		}
		return rows.s.followLater(ctx, tx, touched)
	})
	return nil
}

// rowOf returns the number of the row that asks for a shift.
func rowOf(lines []*dutyRow, d facilitators.Duty) int {
	for _, r := range lines {
		if r.want.Equal(d) {
			return r.check.Number
		}
	}
	return 0
}

// week plans the rows of one person: each is a shift that is there, one that changes, or a new one.
func (rows *dutyRows) week(todo facilitators.DutyPlan, lines []*dutyRow, there []facilitators.Duty) facilitators.DutyPlan {
	taken := make([]*dutyRow, len(there))
	stay := make([]facilitators.Duty, len(there))
	copy(stay, there)
	var news []*dutyRow
	for _, r := range lines {
		i := r.match(there, taken)
		if i < 0 {
			r.change = Added
			todo.Add = append(todo.Add, r.want)
			news = append(news, r)
			continue
		}
		taken[i] = r
		r.adopt(there[i])
		if r.want.Equal(there[i]) {
			r.change = Unchanged
			continue
		}
		r.change = Changed
		end, add := r.turn(there[i])
		todo.End = append(todo.End, end)
		if stay[i] = there[i]; end.Away {
			stay[i] = facilitators.Duty{}
		} else {
			stay[i].To = end.On
		}
		if add {
			todo.Add = append(todo.Add, r.want)
			news = append(news, r)
		}
	}
	meet(news, stay, taken)
	for _, r := range lines {
		if !r.check.failed {
			r.count()
		}
	}
	return todo
}

// match returns the index of the shift that a row is about: the same place, weekday and beginning, on
// days that meet, the one that lasts longest; -1 when it is a new one.
func (r *dutyRow) match(there []facilitators.Duty, taken []*dutyRow) int {
	best := -1
	for i, d := range there {
		w := r.want
		same := d.PointID == w.PointID && d.AddressID == w.AddressID && d.Weekday == w.Weekday && d.Starts == w.Starts
		if same && taken[i] == nil && (d.To.IsZero() || !d.To.Before(w.From)) && (w.To.IsZero() || !w.To.Before(d.From)) &&
			(best < 0 || d.To.IsZero() || !there[best].To.IsZero() && d.To.After(there[best].To)) {
			best = i
		}
	}
	return best
}

// adopt takes from the shift that is there what the row leaves open. An empty cell changes nothing, and
// a shift that began earlier covers the day that the row names.
func (r *dutyRow) adopt(d facilitators.Duty) {
	r.want.ID = d.ID
	// A file says nothing about these.
	r.want.Every, r.want.Anchor, r.want.Nth, r.want.KindIDs = d.Every, d.Anchor, d.Nth, d.KindIDs
	if !r.lengthSaid {
		r.want.SlotMinutes = d.SlotMinutes
	}
	if !r.kindSaid {
		r.want.Kind = d.Kind
	}
	if !r.seatsSaid && r.want.Kind == d.Kind {
		r.want.Seats = d.Seats
	}
	if r.want.To.IsZero() {
		r.want.To = d.To
	}
	if offer := r.want; !r.fromSaid || !d.From.After(offer.From) {
		offer.From, offer.To = d.From, d.To
		if offer.Equal(d) {
			r.want.From = d.From
		}
	}
}

// turn says how the shift that is there becomes the one of the row: by another last day, or by ending
// the day before the new one begins.
func (r *dutyRow) turn(d facilitators.Duty) (end facilitators.DutyEnd, add bool) {
	same := r.want
	same.To = d.To
	if same.Equal(d) {
		return facilitators.DutyEnd{Duty: d, On: r.want.To}, false
	}
	r.want.ID = ""
	on := r.want.From.AddDays(-1)
	return facilitators.DutyEnd{Duty: d, On: on, Away: on.Before(d.From)}, true
}

// meet refuses new shifts that claim a minute of another, and names the other row, or the shift that is
// there already.
func meet(news []*dutyRow, stay []facilitators.Duty, taken []*dutyRow) {
	for i, r := range news {
		for _, other := range news[:i] {
			if facilitators.Overlap(r.want, other.want) {
				r.overlap("imports.duty_overlap_row", errs.Args{"row": other.check.Number, "name": r.name, "times": timesOf(other.want)})
			}
		}
		for j, d := range stay {
			if taken[j] == r || d.FacilitatorID == "" || !facilitators.Overlap(r.want, d) {
				continue
			}
			if taken[j] != nil {
				r.overlap("imports.duty_overlap_row", errs.Args{"row": taken[j].check.Number, "name": r.name, "times": timesOf(d)})
				continue
			}
			r.overlap("imports.duty_overlap_there", errs.Args{"name": r.name, "times": timesOf(d)})
		}
	}
}

func (r *dutyRow) overlap(key string, args errs.Args) {
	if !r.check.failed {
		r.check.wrong(colStarts, key, args)
	}
}

func timesOf(d facilitators.Duty) string { return d.Starts.String() + "-" + d.Ends.String() }

func (r *dutyRow) count() {
	r.check.count(r.change, SampleRow{Title: r.name, Cells: []SampleCell{
		{Name: "point", Text: strings.ToUpper(r.check.cell(colPoint))},
		{Name: "weekday", Weekday: r.want.Weekday},
		{Name: "times", Text: timesOf(r.want)},
		{Name: "from", Text: r.want.From.String()},
	}})
}
