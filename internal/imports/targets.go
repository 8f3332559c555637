package imports

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/sqldb"
)

// targetRows is what the rows of targets are held against.
type targetRows struct {
	s          *Service
	who        identity.Actor
	plan       *plan
	programmes []funding.Programme
	projects   map[string]funding.Project
	// codes are those of projects and programmes, for suggestions.
	codes []string
	// there are the targets of the programmes that were asked for.
	there map[string][]funding.Target
	seen  map[funding.Target]int
	today calendar.Day
}

func (s *Service) planTargets(ctx context.Context, who identity.Actor, src source, p *plan) (err error) {
	rows := &targetRows{s: s, who: who, plan: p, projects: map[string]funding.Project{}, there: map[string][]funding.Target{},
		seen: map[funding.Target]int{}, today: calendar.DayOf(s.db.Now())}
	if rows.programmes, err = s.Funding.Programmes(ctx, who); err != nil {
		return err
	}
	for _, one := range rows.programmes {
		rows.codes = append(rows.codes, one.Code)
	}
	projects, err := s.Funding.Projects(ctx, who, funding.Filter{})
	if err != nil {
		return err
	}
	for _, one := range projects {
		rows.projects[folded(one.Code)] = one
		rows.codes = append(rows.codes, one.Code)
	}
	if src.head.Form == formRegions {
		return rows.ofRegion(ctx, src)
	}
	for r, err := range src.rows {
		if err != nil {
			return err
		}
		if err := rows.single(ctx, p.begin(r)); err != nil {
			return err
		}
	}
	return nil
}

// ofRegion takes the row of the network's region and says that the others are not of this network.
func (rows *targetRows) ofRegion(ctx context.Context, src source) error {
	name, err := rows.regionName(ctx)
	if err != nil {
		return err
	}
	found := false
	for r, err := range src.rows {
		if err != nil {
			return err
		}
		if !sameRegion(r.cell(colTerritory), name) {
			rows.plan.report.Ignored++
			continue
		}
		found = true
		if err := rows.region(ctx, rows.plan.begin(r)); err != nil {
			return err
		}
	}
	if !found {
		return ErrNoRegion.With(errs.Args{"region": name})
	}
	return nil
}

func (rows *targetRows) regionName(ctx context.Context) (string, error) {
	set, err := rows.s.network.Setting(ctx)
	if err != nil {
		return "", err
	}
	regions, err := rows.s.Territory.Regions(ctx)
	if err != nil {
		return "", err
	}
	for _, r := range regions {
		if r.Code == set.RegionCode {
			return r.Name, nil
		}
	}
	return "", network.ErrNotSetUp
}

// sameRegion compares names of regions, of which two have a second one after a slash.
func sameRegion(text, name string) bool {
	text = strings.TrimPrefix(folded(text), "regione ")
	first, _, _ := strings.Cut(name, "/")
	return text != "" && (text == folded(name) || text == folded(first))
}

// region plans the targets of one row, one for each indicator.
func (rows *targetRows) region(ctx context.Context, c *check) error {
	programme, ok := rows.programme(c)
	if !ok {
		return nil
	}
	due := c.day(colDue)
	if due.IsZero() {
		due = programme.EndsOn
	}
	money, sample := rows.amount(c, programme)
	var targets []funding.Target
	for _, one := range []struct{ column, kpi string }{
		{colPointsTarget, funding.KPIPoints}, {colPeopleTarget, funding.KPIUniqueCitizens},
		{colServices, funding.KPIServices}, {colStaffTarget, funding.KPIFacilitators},
	} {
		if c.cell(one.column) == "" {
			continue
		}
		if n, ok := c.number(one.column); ok {
			targets = append(targets, funding.Target{ProgrammeID: programme.ID, KPI: one.kpi, DueOn: due, Value: n})
		}
	}
	if c.failed {
		return nil
	}
	if money != nil {
		c.count(Changed, sample)
		rows.plan.steps = append(rows.plan.steps, money)
	}
	if len(targets) == 0 && c.cell(colAmount) == "" {
		c.wrong(colPointsTarget, "imports.no_target")
		return nil
	}
	for _, t := range targets {
		if err := rows.keep(ctx, c, t, programme.Name); err != nil {
			return err
		}
	}
	return nil
}

// amount plans the money of the programme when the row says another.
func (rows *targetRows) amount(c *check, p funding.Programme) (step, SampleRow) {
	if c.cell(colAmount) == "" {
		return nil, SampleRow{}
	}
	euro, ok := decimal(c.cell(colAmount))
	if !ok {
		n, good := c.number(colAmount)
		if !good {
			return nil, SampleRow{}
		}
		euro = float64(n)
	}
	cents := int64(euro*100 + 0.5)
	if cents == p.AmountCents {
		return nil, SampleRow{}
	}
	c.warn(colAmount, "imports.amount_changes", errs.Args{"programme": p.Name})
	p.AmountCents = cents
	return func(ctx context.Context, tx *sqldb.Tx, at *run) error {
			return atRow(rows.s.Funding.EditProgrammeTx(ctx, tx, at.who, p), c.Number)
		}, SampleRow{Title: p.Name, Cells: []SampleCell{
			{Name: "kpi", Word: "imports.amount"}, {Name: "due"}, {Name: "value", Text: strconv.FormatInt((cents+50)/100, 10), Changed: true},
		}}
}

// programme returns the programme of a row: the one named, else the only one that runs today.
func (rows *targetRows) programme(c *check) (funding.Programme, bool) {
	if code := c.cell(colProgramme); code != "" {
		for _, p := range rows.programmes {
			if folded(p.Code) == folded(code) {
				return p, true
			}
		}
		unknown(c, colProgramme, "imports.programme_unknown", code, rows.codes)
		return funding.Programme{}, false
	}
	var running []funding.Programme
	for _, p := range rows.programmes {
		if !rows.today.Before(p.StartsOn) && !rows.today.After(p.EndsOn) {
			running = append(running, p)
		}
	}
	switch len(running) {
	case 0:
		c.wrong(colProgramme, "imports.programme_none")
	case 1:
		return running[0], true
	default:
		c.wrong(colProgramme, "imports.programme_which")
	}
	return funding.Programme{}, false
}

// single plans the target of one row: of a project, or of the programme when no project is named.
func (rows *targetRows) single(ctx context.Context, c *check) error {
	t := funding.Target{DueOn: c.day(colDue)}
	title := ""
	var from, last calendar.Day
	if code := c.cell(colProject); code != "" {
		project, ok := rows.projects[folded(code)]
		if !ok {
			unknown(c, colProject, "imports.project_unknown", code, rows.codes)
		}
		t.ProgrammeID, t.ProjectID, title = project.ProgrammeID, project.ID, project.Name
		from, last = project.StartsOn, project.EndsOn
	} else if programme, ok := rows.programme(c); ok {
		t.ProgrammeID, title = programme.ID, programme.Name
		from, last = programme.StartsOn, programme.EndsOn
	}
	if t.DueOn.IsZero() {
		t.DueOn = last
	} else if !last.IsZero() && (t.DueOn.After(last) || t.DueOn.Before(from)) {
		c.warn(colDue, "imports.due_outside", errs.Args{"from": from, "to": last})
	}
	if c.cell(colKPI) == "" {
		c.wrong(colKPI, "imports.required")
	}
	t.KPI = c.word(colKPI, kpiWords(), "")
	if c.cell(colValue) == "" {
		c.wrong(colValue, "imports.required")
	} else if n, ok := c.number(colValue); ok {
		t.Value = n
	}
	if c.failed {
		return nil
	}
	return rows.keep(ctx, c, t, title)
}

// keep plans one target.
func (rows *targetRows) keep(ctx context.Context, c *check, t funding.Target, title string) error {
	key := t
	key.Value = 0
	if first, twice := rows.seen[key]; twice {
		c.wrong(colKPI, "imports.target_twice", errs.Args{"row": first})
		return nil
	}
	rows.seen[key] = c.Number
	was, there, err := rows.before(ctx, t)
	if err != nil {
		return err
	}
	change := Added
	if there {
		change = Changed
		if was == t.Value {
			change = Unchanged
		}
	}
	c.count(change, SampleRow{Title: title, Cells: []SampleCell{
		{Name: "kpi", Word: "funding.kpi." + t.KPI}, {Name: "due", Text: t.DueOn.String()},
		{Name: "value", Text: strconv.Itoa(t.Value), Changed: change == Changed},
	}})
	if change == Unchanged {
		return nil
	}
	service := rows.s.Funding
	rows.plan.steps = append(rows.plan.steps, func(ctx context.Context, tx *sqldb.Tx, at *run) error {
		return atRow(service.SetTargetTx(ctx, tx, at.who, t), c.Number)
	})
	return nil
}

// before returns the value that a target has now.
func (rows *targetRows) before(ctx context.Context, t funding.Target) (value int, there bool, err error) {
	list, asked := rows.there[t.ProgrammeID]
	if !asked {
		list, err = rows.s.Funding.Targets(ctx, rows.who, t.ProgrammeID)
		if err != nil && !errors.Is(err, funding.ErrNoProgramme) {
			return 0, false, err
		}
		rows.there[t.ProgrammeID] = list
	}
	for _, one := range list {
		if one.KPI == t.KPI && one.DueOn == t.DueOn && one.ProjectID == t.ProjectID {
			return one.Value, true, nil
		}
	}
	return 0, false, nil
}
