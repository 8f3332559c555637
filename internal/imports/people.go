package imports

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// personRows is what the rows of facilitators are held against.
type personRows struct {
	s      *Service
	plan   *plan
	bodies *bodies
	points map[string]points.Point
	codes  []string
	seen   map[string]int
	today  calendar.Day
}

// personRow is one row as it will be.
type personRow struct {
	check   *check
	old     facilitators.Facilitator
	exists  bool
	want    facilitators.Facilitator
	body    bodyRef
	taxCode codes.TaxCode
	// newCode says that the person has no tax code yet.
	newCode bool
	// serve are the points to add.
	serve []facilitators.Served
	// pointIDs are all the points that the row names.
	pointIDs []string
}

func (s *Service) planPeople(ctx context.Context, who identity.Actor, src source, p *plan) error {
	rows := &personRows{s: s, plan: p, points: map[string]points.Point{}, seen: map[string]int{}, today: calendar.DayOf(s.db.Now())}
	var err error
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
	var read []*personRow
	for r, err := range src.rows {
		if err != nil {
			return err
		}
		one := rows.read(p.begin(r))
		if !one.check.failed {
			read = append(read, one)
		}
	}
	if err := rows.find(ctx, read); err != nil {
		return err
	}
	for _, one := range read {
		if err := rows.keep(ctx, who, one); err != nil {
			return err
		}
	}
	return nil
}

// read takes from a row what needs no look at the people.
func (rows *personRows) read(c *check) *personRow {
	r := &personRow{check: c}
	for _, column := range []string{colSurname, colGiven, colBody} {
		if c.cell(column) == "" {
			c.wrong(column, "imports.required")
		}
	}
	if text := c.cell(colTaxCode); text != "" {
		code, err := codes.ParseTaxCode(text)
		if refusal, ok := refusalOf(err); ok {
			c.wrong(colTaxCode, refusal.Key, refusal.Args)
		}
		r.taxCode = code
	} else {
		c.warn(colTaxCode, "imports.no_tax_code")
	}
	if name := c.cell(colBody); name != "" {
		ref, ok := rows.bodies.known(name)
		if !ok {
			unknown(c, colBody, "imports.body_unknown", name, rows.bodies.names)
		}
		r.body = ref
	}
	for _, code := range c.items(colPoints) {
		point, ok := rows.points[strings.ToUpper(code)]
		if !ok {
			unknownPoint(c, colPoints, code, rows.codes)
			continue
		}
		r.pointIDs = append(r.pointIDs, point.ID)
	}
	rows.twice(c, r)
	return r
}

// unknownPoint refuses the code of no point, with the one that was probably meant.
func unknownPoint(c *check, column, code string, known []string) {
	args := errs.Args{"code": code}
	if near := nearest(code, known); near != "" {
		args["name"] = near
		c.wrong(column, "imports.point_unknown_near", args)
		return
	}
	c.wrong(column, "imports.point_unknown", args)
}

// twice refuses a person whom an earlier row has: by tax code, or by name and body.
func (rows *personRows) twice(c *check, r *personRow) {
	column, key := colTaxCode, string(r.taxCode.Base())
	if r.taxCode == "" {
		column, key = colSurname, folded(c.cell(colSurname)+" "+c.cell(colGiven))+"|"+r.body.id
	}
	if first, twice := rows.seen[key]; twice {
		c.wrong(column, "imports.person_twice", errs.Args{"row": first})
		return
	}
	rows.seen[key] = c.Number
}

// find looks for the people of the rows: by tax code, else by name in their body.
func (rows *personRows) find(ctx context.Context, read []*personRow) error {
	return rows.s.db.View(ctx, func(tx *sqldb.Tx) error {
		var ids []string
		found := make([]string, len(read))
		for i, r := range read {
			id, err := rows.s.identify(ctx, tx, r)
			if err != nil {
				return err
			}
			if found[i] = id; id != "" {
				ids = append(ids, id)
			}
		}
		people, err := rows.s.Facilitators.ByIDsTx(ctx, tx, ids)
		if err != nil {
			return err
		}
		for i, r := range read {
			old, ok := people[found[i]]
			// A namesake with another tax code is somebody else.
			if r.newCode = ok && r.taxCode != "" && !old.HasTaxCode; ok && (r.taxCode == "" || r.newCode || rows.s.sameCode(ctx, tx, r, old)) {
				r.old, r.exists = old, true
			}
		}
		return nil
	})
}

// identify returns the id of the person of a row, "" when nobody is.
func (s *Service) identify(ctx context.Context, tx *sqldb.Tx, r *personRow) (string, error) {
	given, surname := r.check.cell(colGiven), r.check.cell(colSurname)
	id, err := s.Facilitators.FindTx(ctx, tx, r.body.id, given, surname, r.taxCode)
	if err != nil || id != "" || r.taxCode == "" {
		return id, err
	}
	return s.Facilitators.FindTx(ctx, tx, r.body.id, given, surname, "")
}

func (s *Service) sameCode(ctx context.Context, tx *sqldb.Tx, r *personRow, old facilitators.Facilitator) bool {
	id, err := s.Facilitators.FindTx(ctx, tx, r.body.id, "", "", r.taxCode)
	return err == nil && id == old.ID
}

// keep completes a row and plans its change.
func (rows *personRows) keep(ctx context.Context, who identity.Actor, r *personRow) error {
	c := r.check
	if !r.exists && r.taxCode == "" {
		if err := rows.namesakes(ctx, who, r); err != nil {
			return err
		}
	}
	if r.want = r.old; !r.exists {
		r.want = facilitators.Facilitator{State: facilitators.Active, Contract: facilitators.Employee, From: rows.today}
	}
	r.want.Name, r.want.Surname, r.want.BodyID = tidy(c.cell(colGiven)), tidy(c.cell(colSurname)), r.body.id
	set(&r.want.Email, c.cell(colEmail))
	set(&r.want.Phone, c.cell(colPhone))
	r.want.Contract = c.word(colContract, contractWords(), r.want.Contract)
	if tags, known := c.tags(colLanguages, languageWords()); known {
		r.want.Languages = tags
	}
	if skills := c.items(colSkills); len(skills) > 0 {
		slices.Sort(skills)
		r.want.Skills = slices.Compact(skills)
	}
	from := c.day(colFrom)
	if !from.IsZero() {
		r.want.From = from
	}
	if !r.want.To.IsZero() && r.want.To.Before(r.want.From) {
		c.wrong(colFrom, "facilitators.ends_before")
	}
	if r.want.Email != "" && !strings.Contains(strings.Trim(r.want.Email, "@ "), "@") {
		c.wrong(colEmail, "facilitators.email")
	}
	if r.exists && folded(r.old.FullName()) != folded(r.want.FullName()) {
		c.warn(colSurname, "imports.name_differs", errs.Args{"was": r.old.FullName()})
	}
	if c.failed {
		return nil
	}
	rows.plant(r, from)
	rows.change(r)
	return nil
}

// namesakes refuses a row that two people answer: only the tax code can tell them apart.
func (rows *personRows) namesakes(ctx context.Context, who identity.Actor, r *personRow) error {
	name := r.check.cell(colSurname) + " " + r.check.cell(colGiven)
	list, _, err := rows.s.Facilitators.List(ctx, who, facilitators.Filter{Search: name, BodyID: r.body.id})
	if err != nil {
		return err
	}
	same := 0
	for _, f := range list {
		if folded(f.Surname+" "+f.Name) == folded(name) {
			same++
		}
	}
	if same > 1 {
		r.check.wrong(colTaxCode, "imports.namesakes")
	}
	return nil
}

func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// plant chooses the points that the person does not serve yet; those left out of a file stay.
func (rows *personRows) plant(r *personRow, from calendar.Day) {
	start := from
	if start.IsZero() {
		start = rows.today
		if r.want.From.After(start) {
			start = r.want.From
		}
	}
	for _, id := range r.pointIDs {
		already := slices.ContainsFunc(r.old.Points, func(was facilitators.Served) bool {
			return was.PointID == id && (was.To.IsZero() || !was.To.Before(start))
		})
		twice := slices.ContainsFunc(r.serve, func(s facilitators.Served) bool { return s.PointID == id })
		if !already && !twice {
			r.serve = append(r.serve, facilitators.Served{PointID: id, From: start})
		}
	}
}

func (rows *personRows) change(r *personRow) {
	slices.Sort(r.old.Skills)
	slices.Sort(r.old.Languages)
	edited := r.exists && !reflect.DeepEqual(r.old, r.want)
	change := Unchanged
	switch {
	case !r.exists:
		change = Added
	case edited || r.newCode || len(r.serve) > 0:
		change = Changed
	}
	r.check.count(change, r.sample())
	if change == Unchanged {
		return
	}
	service, base := rows.s.Facilitators, rows.s
	rows.plan.steps = append(rows.plan.steps, func(ctx context.Context, tx *sqldb.Tx, at *run) error {
		id, number := r.old.ID, r.check.Number
		switch {
		case !r.exists:
			// Somebody may have added the same person, without a tax code that the database would refuse twice.
			there, err := base.identify(ctx, tx, r)
			if err != nil {
				return err
			}
			if there != "" && r.taxCode == "" {
				return errMeanwhile
			}
			if id, err = service.AddTx(ctx, tx, at.who, r.want, string(r.taxCode)); err != nil {
				return atRow(err, number)
			}
		case edited:
			if err := service.EditTx(ctx, tx, at.who, r.want); err != nil {
				return atRow(err, number)
			}
		}
		if r.newCode {
			if err := service.SetTaxCodeTx(ctx, tx, at.who, id, string(r.taxCode)); err != nil {
				return atRow(err, number)
			}
		}
		for _, served := range r.serve {
			if err := service.ServeTx(ctx, tx, at.who, id, served); err != nil {
				return atRow(err, number)
			}
		}
		return nil
	})
}

func (r *personRow) sample() SampleRow {
	cell := func(name, text, was string) SampleCell {
		return SampleCell{Name: name, Text: text, Changed: r.exists && text != was}
	}
	points := SampleCell{Name: "points", Text: strings.Join(r.check.items(colPoints), ", "), Changed: r.exists && len(r.serve) > 0}
	return SampleRow{Title: r.want.Surname + " " + r.want.Name, Cells: []SampleCell{
		{Name: "body", Text: r.body.name, Changed: r.exists && r.want.BodyID != r.old.BodyID}, points,
		{Name: "contract", Word: "facilitators.contract." + r.want.Contract, Changed: r.exists && r.want.Contract != r.old.Contract},
		cell("email", r.want.Email, r.old.Email), cell("phone", r.want.Phone, r.old.Phone),
	}}
}
