package imports

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// pointRows is what the rows of points are held against.
type pointRows struct {
	s      *Service
	plan   *plan
	towns  *towns
	bodies *bodies
	byCode map[string]points.Point
	// byName are the codes of the points that are not closed, by official name.
	byName   map[string]string
	projects map[string]funding.Project
	codes    []string
	named    map[string]int
	today    calendar.Day
}

// pointRow is one point as it will be: one row, or one for each address of an itinerant one.
type pointRow struct {
	old    points.Point
	exists bool
	want   points.Point
	places []*place
	// step is the state to reach; empty when the point stays in its own.
	step points.Step
	// managing and delivering are zero when the row says nothing of them.
	managing, delivering bodyRef
	// managed is the name of the managing body.
	managed string
}

func (s *Service) planPoints(ctx context.Context, who identity.Actor, src source, p *plan) error {
	rows, err := s.newPointRows(ctx, who, p)
	if err != nil {
		return err
	}
	// The rows of one point need not stand together.
	var order [][]*check
	at := map[string]int{}
	for r, err := range src.rows {
		if err != nil {
			return err
		}
		c := p.begin(r)
		code := strings.ToUpper(c.cell(colCode))
		if i, known := at[code]; known && code != "" {
			order[i] = append(order[i], c)
			continue
		}
		at[code] = len(order)
		order = append(order, []*check{c})
	}
	for _, one := range order {
		if err := rows.add(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) newPointRows(ctx context.Context, who identity.Actor, p *plan) (*pointRows, error) {
	rows := &pointRows{s: s, plan: p, byCode: map[string]points.Point{}, byName: map[string]string{},
		projects: map[string]funding.Project{}, named: map[string]int{}, today: calendar.DayOf(s.db.Now())}
	var err error
	if rows.towns, err = s.newTowns(ctx); err != nil {
		return nil, err
	}
	// Points before bodies: a rival's import makes both at once, and points seen here without their bodies would
	// look as if they changed hands.
	all, err := s.Points.All(ctx, who, identity.EditPoints)
	if err != nil {
		return nil, err
	}
	if rows.bodies, err = s.newBodies(ctx, who, p); err != nil {
		return nil, err
	}
	for _, one := range all {
		rows.byCode[one.Code] = one
		if one.ClosedOn.IsZero() {
			rows.byName[one.OfficialName] = one.Code
		}
	}
	projects, err := s.Funding.Projects(ctx, who, funding.Filter{})
	for _, one := range projects {
		rows.projects[folded(one.Code)] = one
		rows.codes = append(rows.codes, one.Code)
	}
	return rows, err
}

// add plans the rows of one point. The first says what the point is, each says one address.
func (rows *pointRows) add(ctx context.Context, lines []*check) error {
	c := lines[0]
	code := strings.ToUpper(c.cell(colCode))
	if code == "" {
		c.wrong(colCode, "imports.required")
	}
	r := &pointRow{}
	r.old, r.exists = rows.byCode[code]
	if r.want = r.old; !r.exists {
		r.want = points.Point{Code: code, Kind: points.Fixed}
	}
	r.want.Addresses = slices.Clone(r.want.Addresses)
	r.details(c)
	lines = r.alone(lines)
	for _, line := range lines {
		if err := rows.place(ctx, line, r, len(lines) == 1); err != nil {
			return err
		}
	}
	if err := rows.relations(ctx, c, r); err != nil {
		return err
	}
	r.begin(c)
	if err := r.state(c, rows.today); err != nil {
		return err
	}
	checked, err := rows.check(ctx, c, r)
	if err != nil || r.failed() {
		return err
	}
	r.want = checked
	rows.name(c, r)
	if !c.failed {
		rows.keep(c, r)
	}
	return nil
}

// alone refuses all rows but the first of a point that does not go round.
func (r *pointRow) alone(lines []*check) []*check {
	for _, other := range lines[1:] {
		switch {
		case r.want.Kind != points.Itinerant:
			other.wrong(colCode, "imports.twice_in_file", errs.Args{"row": lines[0].Number})
		case other.cell(colName) != "" && folded(other.cell(colName)) != folded(r.want.OfficialName):
			other.wrong(colName, "imports.other_name", errs.Args{"row": lines[0].Number, "name": r.want.OfficialName})
		}
	}
	if r.want.Kind != points.Itinerant {
		return lines[:1]
	}
	return lines
}

func (r *pointRow) failed() bool {
	return slices.ContainsFunc(r.places, func(p *place) bool { return p.check.failed })
}

// details sets what the row says in words; an empty cell leaves what is there.
func (r *pointRow) details(c *check) {
	if name := c.cell(colName); name != "" && name != r.want.OfficialName {
		if r.want.PublicName == r.old.OfficialName {
			r.want.PublicName = name
		}
		r.want.OfficialName = name
	}
	if r.want.OfficialName == "" {
		c.wrong(colName, "imports.required")
	}
	r.want.Kind = c.word(colKind, kindWords(), r.want.Kind)
	set(&r.want.Phone, c.cell(colPhone))
	set(&r.want.Email, c.cell(colEmail))
	source := c.cell(colSource)
	if reference := c.cell(colReference); reference != "" {
		source = strings.TrimSpace(source + " (" + reference + ")")
	}
	set(&r.want.Source, source)
	if tags, known := c.tags(colAccessibility, accessibilityWords()); known {
		r.want.Accessibility = tags
	}
}

func set(field *string, text string) {
	if text != "" {
		*field = text
	}
}

// relations sets the project and the bodies. A row without a managing body takes that of its project,
// and without a project the municipality.
func (rows *pointRows) relations(ctx context.Context, c *check, r *pointRow) (err error) {
	if code := c.cell(colProject); code != "" {
		project, ok := rows.projects[folded(code)]
		if !ok {
			unknown(c, colProject, "imports.project_unknown", code, rows.codes)
		}
		r.want.ProjectID = project.ID
		if ok && !r.exists && c.cell(colManaging) == "" {
			r.managing = bodyRef{id: project.BodyID}
		}
	}
	switch name := c.cell(colManaging); {
	case name != "":
		r.managing, err = rows.bodies.named(ctx, c, colManaging, name, r.town())
	case !r.exists && r.managing == bodyRef{} && r.town().Belfiore != "":
		r.managing, err = rows.bodies.ofTown(ctx, c, r.town())
	}
	if err != nil {
		return err
	}
	if name := c.cell(colDelivering); name != "" {
		if r.delivering, err = rows.bodies.named(ctx, c, colDelivering, name, r.town()); err != nil {
			return err
		}
	}
	if r.managing != (bodyRef{}) {
		r.want.ManagingBodyID = r.managing.id
	}
	if r.managed = r.managing.name; r.managed == "" {
		r.managed = rows.bodies.nameOf[r.want.ManagingBodyID]
	}
	if r.delivering != (bodyRef{}) {
		r.want.DeliveringBodyID = r.delivering.id
	}
	return nil
}

// unknown refuses a code or name that is not there, with the one that was probably meant.
func unknown(c *check, column, key, text string, known []string) {
	if near := nearest(text, known); near != "" {
		c.wrong(column, key+"_near", errs.Args{"name": near})
		return
	}
	c.wrong(column, key)
}

// check asks package points, which cannot know of bodies that this very import adds.
func (rows *pointRows) check(ctx context.Context, c *check, r *pointRow) (points.Point, error) {
	checked, err := rows.s.Points.Check(ctx, r.want)
	refusal, ok := refusalOf(err)
	if !ok {
		return checked, err
	}
	problems := map[*check]errs.Problems{}
	for _, one := range refusal.Problems {
		at := c
		if p := r.placeOf(one.Field); p != nil {
			at = p.check
		}
		field := addressField.ReplaceAllString(one.Field, "")
		newBody := field == "managing_body_id" && r.managing.id == "" && r.managing.name != ""
		// A municipality, a name or a body that was not found has been said already, better.
		said := at.failed && slices.Contains([]string{"belfiore", "managing_body_id", "project_id", "official_name"}, field)
		if !newBody && !said {
			problems[at] = append(problems[at], errs.Problem{Field: field, Key: one.Key, Args: one.Args})
		}
	}
	for at, list := range problems {
		if err := at.refused(list.Err(), colName, map[string]string{
			"code": colCode, "official_name": colName, "kind": colKind, "managing_body_id": colManaging, "delivering_body_id": colDelivering,
			"project_id": colProject, "email": colEmail, "accessibility": colAccessibility, "cap": colCAP,
			"hours": colHours, "at": colLat, "belfiore": colTown, "state": colState,
		}); err != nil {
			return checked, err
		}
	}
	return checked, nil
}

// name refuses the name of another point, which the whole country must tell apart.
func (rows *pointRows) name(c *check, r *pointRow) {
	if code, ok := rows.byName[r.want.OfficialName]; ok && code != r.want.Code {
		c.wrong(colName, "imports.name_taken", errs.Args{"code": code})
		return
	}
	if first, twice := rows.named[r.want.OfficialName]; twice {
		c.wrong(colName, "imports.twice_in_file", errs.Args{"row": first})
		return
	}
	rows.named[r.want.OfficialName] = c.Number
}

// keep plans the change that a row without problems makes.
func (rows *pointRows) keep(c *check, r *pointRow) {
	moved := r.managing.id == "" && r.managing.name != "" || r.delivering.id == "" && r.delivering.name != ""
	edited := r.exists && (moved || !reflect.DeepEqual(r.old, r.want))
	weeks := r.weeks()
	change := Unchanged
	switch {
	case !r.exists:
		change = Added
	case edited || len(weeks) > 0 || r.step != points.Step{}:
		change = Changed
	}
	c.count(change, r.sample(len(weeks) > 0))
	service := rows.s.Points
	if change == Unchanged {
		return
	}
	row := *r
	rows.plan.steps = append(rows.plan.steps, func(ctx context.Context, tx *sqldb.Tx, at *run) error {
		want := row.want
		if row.managing != (bodyRef{}) {
			want.ManagingBodyID = at.id(row.managing)
		}
		if row.delivering != (bodyRef{}) {
			want.DeliveringBodyID = at.id(row.delivering)
		}
		if !row.exists {
			_, err := service.AddTx(ctx, tx, at.who, want)
			return atRow(err, c.Number)
		}
		if edited {
			if err := service.EditTx(ctx, tx, at.who, want); err != nil {
				return atRow(err, c.Number)
			}
		}
		for _, p := range weeks {
			week := points.Schedule{Bands: p.bands}
			if err := service.SetHoursTx(ctx, tx, at.who, want.Addresses[p.index].ID, week); err != nil {
				return atRow(err, p.check.Number)
			}
		}
		if row.step != (points.Step{}) {
			return atRow(service.SetStateTx(ctx, tx, at.who, want.ID, row.step), c.Number)
		}
		return nil
	})
}

// atRow says at which row a refusal came that only the writing could give.
func atRow(err error, number int) error {
	r, ok := refusalOf(err)
	if !ok || r.Kind != errs.Invalid && r.Kind != errs.Conflict || errors.Is(err, points.ErrChanged) {
		return err
	}
	key, args := r.Key, r.Args
	if len(r.Problems) > 0 {
		key, args = r.Problems[0].Key, r.Problems[0].Args
	}
	return &errs.Refusal{Kind: errs.Conflict, Key: "imports.refused_at_row", Args: errs.Args{"row": number},
		Problems: []errs.Problem{{Key: key, Args: args}}}
}

func (r *pointRow) sample(hours bool) SampleRow {
	first := r.places[0]
	at, bands := r.want.Addresses[first.index], first.bands
	if len(bands) == 0 {
		bands = at.Ordinary()
	}
	week := SampleCell{Name: "hours", Word: "points.hours_to_complete", Changed: hours}
	if len(bands) > 0 {
		week.Word, week.Minutes = "", bands.Minutes()
	}
	street := strings.Join(slices.DeleteFunc([]string{at.Street, at.Place, r.town().Name}, func(s string) bool { return s == "" }), ", ")
	place := SampleCell{Name: "place", Text: street}
	managing := SampleCell{Name: "managing", Text: r.managed}
	if r.exists {
		was, known := r.old.Address(at.ID)
		place.Changed = !known || was.Street != at.Street || was.Place != at.Place || was.Belfiore != at.Belfiore
		managing.Changed = r.want.ManagingBodyID != r.old.ManagingBodyID
	}
	state := SampleCell{Name: "state", Word: "points.state." + r.want.State}
	if r.step.State != "" {
		state.Word, state.Changed = "points.state."+r.step.State, true
	}
	return SampleRow{Title: r.want.Code + " " + r.want.OfficialName, Cells: []SampleCell{place, managing, week, state}}
}
