package imports

import (
	"context"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/sqldb"
)

// bodyRows is what the rows of bodies are held against.
type bodyRows struct {
	s      *Service
	plan   *plan
	towns  *towns
	byName map[string]orgs.Body
	byIPA  map[string]orgs.Body
	byTax  map[string]orgs.Body
	roles  map[string][]orgs.Role
	seen   map[string]int
	today  calendar.Day
}

// bodyRow is one body as it will be.
type bodyRow struct {
	check  *check
	old    orgs.Body
	exists bool
	want   orgs.Body
	// give are the roles that the body does not hold yet.
	give []orgs.Role
	// ends is the day from which it is no more; zero when the row does not end it.
	ends calendar.Day
}

func (s *Service) planBodies(ctx context.Context, who identity.Actor, src source, p *plan) error {
	rows := &bodyRows{s: s, plan: p, byName: map[string]orgs.Body{}, byIPA: map[string]orgs.Body{}, byTax: map[string]orgs.Body{},
		seen: map[string]int{}, today: calendar.DayOf(s.db.Now())}
	var err error
	if rows.towns, err = s.newTowns(ctx); err != nil {
		return err
	}
	list, err := s.Orgs.List(ctx, who, orgs.Filter{Ended: true, Max: everyBody})
	if err != nil {
		return err
	}
	ids, byID := make([]string, len(list)), map[string]orgs.Body{}
	for i, b := range list {
		ids[i], byID[b.ID] = b.ID, b
	}
	for _, b := range list {
		rows.know(b, byID)
	}
	if rows.roles, err = s.Orgs.Roles(ctx, ids); err != nil {
		return err
	}
	for r, err := range src.rows {
		if err != nil {
			return err
		}
		if err := rows.add(ctx, p.begin(r)); err != nil {
			return err
		}
	}
	return nil
}

// know takes in a body that is there. One in force goes before one that ended and left its name behind;
// the names of one that became part of another mean that other.
func (rows *bodyRows) know(b orgs.Body, byID map[string]orgs.Body) {
	means := b
	for range len(byID) {
		if means.MergedInto == "" {
			break
		}
		means = byID[means.MergedInto]
	}
	keep := func(m map[string]orgs.Body, key string) {
		if was, taken := m[key]; key != "" && (!taken || !was.EndedOn.IsZero()) {
			m[key] = means
		}
	}
	keep(rows.byName, folded(b.Name))
	keep(rows.byIPA, strings.ToLower(b.IPACode))
	keep(rows.byTax, b.TaxCode)
}

func (rows *bodyRows) add(ctx context.Context, c *check) error {
	r := &bodyRow{check: c}
	name := tidy(c.cell(colName))
	if name == "" {
		c.wrong(colName, "imports.required")
	}
	r.old, r.exists = rows.find(c)
	r.want = r.old
	// First, because a row that is wrong already is not searched for its municipality.
	if c.cell(colTown) != "" || c.cell(colISTAT) != "" {
		if town, ok := rows.towns.of(ctx, c); ok {
			r.want.Belfiore = town.Belfiore
		}
	}
	set(&r.want.Name, name)
	set(&r.want.ShortName, c.cell(colShortName))
	set(&r.want.IPACode, strings.ToLower(c.cell(colIPA)))
	set(&r.want.TaxCode, taxDigits(c.cell(colTaxCode)))
	set(&r.want.Email, c.cell(colEmail))
	set(&r.want.PEC, c.cell(colPEC))
	set(&r.want.Phone, c.cell(colPhone))
	if !r.exists {
		r.want.Kind = guessKind(name)
	}
	r.want.Kind = c.word(colKind, bodyKindWords(), r.want.Kind)
	rows.relations(r)
	rows.once(r)
	if c.failed {
		return nil
	}
	checked, err := rows.s.Orgs.Check(ctx, r.want)
	if err != nil {
		return c.refused(err, colName, map[string]string{"name": colName, "kind": colKind, "ipa_code": colIPA, "tax_code": colTaxCode,
			"email": colEmail, "pec": colPEC, "belfiore": colTown})
	}
	r.want = checked
	if rows.free(r); !c.failed {
		rows.keep(r)
	}
	return nil
}

// taxDigits puts back the zeros that spreadsheets eat.
func taxDigits(text string) string {
	text = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "IT")
	if strings.Trim(text, "0123456789") == "" && len(text) > 7 && len(text) < 11 {
		text = strings.Repeat("0", 11-len(text)) + text
	}
	return text
}

// find returns the body that a row is about: by IPA code, else by tax code, else by name.
func (rows *bodyRows) find(c *check) (orgs.Body, bool) {
	if b, ok := rows.byIPA[strings.ToLower(c.cell(colIPA))]; ok {
		return b, true
	}
	if b, ok := rows.byTax[taxDigits(c.cell(colTaxCode))]; ok {
		return b, true
	}
	b, ok := rows.byName[folded(c.cell(colName))]
	// A body that ended has left its name to others.
	return b, ok && (b.EndedOn.IsZero() || c.cell(colEnded) != "")
}

// relations reads the roles with their days, and the end.
func (rows *bodyRows) relations(r *bodyRow) {
	c := r.check
	names, _ := c.tags(colRoles, roleWords())
	from, to := c.day(colRoleFrom), c.day(colRoleTo)
	if len(names) == 0 && c.cell(colRoles) == "" && !(from.IsZero() && to.IsZero()) {
		c.wrong(colRoles, "imports.role_of_days")
	}
	start := from
	if start.IsZero() {
		start = rows.today
	}
	if !to.IsZero() && to.Before(start) {
		c.wrong(colRoleTo, "orgs.role_days")
	}
	for _, name := range names {
		held := r.exists && slices.ContainsFunc(rows.roles[r.old.ID], func(was orgs.Role) bool {
			return was.Name == name && !was.From.After(start) && (was.To.IsZero() || !was.To.Before(start))
		})
		if !held {
			r.give = append(r.give, orgs.Role{Name: name, From: start, To: to})
		}
	}
	switch ended := c.day(colEnded); {
	case ended.IsZero() || r.exists && !r.old.EndedOn.IsZero():
	case !r.exists:
		c.wrong(colEnded, "imports.ended_unknown")
	case ended.After(rows.today):
		c.wrong(colEnded, "orgs.end_future")
	default:
		r.ends = ended
	}
}

// once refuses a body that an earlier row has.
func (rows *bodyRows) once(r *bodyRow) {
	c := r.check
	for _, key := range []struct{ column, text string }{
		{colName, folded(r.want.Name)}, {colIPA, r.want.IPACode}, {colTaxCode, r.want.TaxCode},
	} {
		if key.text == "" {
			continue
		}
		id := key.column + "|" + key.text
		if first, twice := rows.seen[id]; twice {
			c.wrong(key.column, "imports.twice_in_file", errs.Args{"row": first})
			return
		}
		rows.seen[id] = c.Number
	}
}

// free refuses what belongs to another body in force.
func (rows *bodyRows) free(r *bodyRow) {
	for _, one := range []struct {
		column string
		other  orgs.Body
	}{
		{colName, rows.byName[folded(r.want.Name)]}, {colIPA, rows.byIPA[strings.ToLower(r.want.IPACode)]}, {colTaxCode, rows.byTax[r.want.TaxCode]},
	} {
		if one.other.ID != "" && one.other.ID != r.old.ID && one.other.EndedOn.IsZero() {
			r.check.wrong(one.column, "imports.body_has_it", errs.Args{"name": one.other.Name})
		}
	}
}

func (rows *bodyRows) keep(r *bodyRow) {
	edited := r.exists && r.old != r.want
	change := Unchanged
	switch {
	case !r.exists:
		change = Added
	case edited || len(r.give) > 0 || !r.ends.IsZero():
		change = Changed
	}
	r.check.count(change, r.sample())
	if change == Unchanged {
		return
	}
	service, number := rows.s.Orgs, r.check.Number
	rows.plan.steps = append(rows.plan.steps, func(ctx context.Context, tx *sqldb.Tx, at *run) error {
		if !r.exists {
			_, err := service.AddTx(ctx, tx, at.who, r.want, r.give...)
			return atRow(err, number)
		}
		if edited {
			if err := service.EditTx(ctx, tx, at.who, r.want); err != nil {
				return atRow(err, number)
			}
		}
		for _, role := range r.give {
			if err := service.AddRoleTx(ctx, tx, at.who, r.old.ID, role); err != nil {
				return atRow(err, number)
			}
		}
		if !r.ends.IsZero() {
			return atRow(service.EndTx(ctx, tx, at.who, r.old.ID, r.ends), number)
		}
		return nil
	})
}

func (r *bodyRow) sample() SampleRow {
	roles := make([]string, len(r.give))
	for i, one := range r.give {
		roles[i] = "orgs.role." + one.Name
	}
	given := SampleCell{Name: "roles", Words: roles, Changed: r.exists && len(roles) > 0}
	return SampleRow{Title: r.want.Name, Cells: []SampleCell{
		{Name: "kind", Word: "orgs.kind." + r.want.Kind, Changed: r.exists && r.want.Kind != r.old.Kind},
		{Name: "ipa", Text: r.want.IPACode, Changed: r.exists && r.want.IPACode != r.old.IPACode},
		{Name: "tax", Text: r.want.TaxCode, Changed: r.exists && r.want.TaxCode != r.old.TaxCode},
		given,
	}}
}
