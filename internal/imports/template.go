package imports

import (
	"context"
	"fmt"
	"io"
	"slices"

	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/tabular"
)

// The formats of templates and lists of wrong rows.
const (
	XLSX = "xlsx"
	CSV  = "csv"
)

// Form says which template is wanted.
type Form struct {
	// Kind is one of Kinds, Format XLSX or CSV.
	Kind, Format string
	// Filled puts in rows of this network that can be imported as they are.
	Filled bool
}

// Template writes a file of a kind to fill in. A workbook has lists to choose from, a sheet that says
// what to write in each column, in the language of p, and sheets with what this network has. It refuses
// with ErrNoSample when a filled one is wanted and the network has not yet what its rows would name.
func (s *Service) Template(ctx context.Context, who identity.Actor, form Form, p i18n.Printer, w io.Writer) error {
	if err := allow(who); err != nil {
		return err
	}
	columns := ColumnsOf(form.Kind)
	if columns == nil {
		return ErrKind
	}
	stock, err := s.stock(ctx, who)
	if err != nil {
		return fault("lists of a template", err)
	}
	sheet := tabular.Sheet{Name: p.T("imports.kind." + form.Kind), Choices: choicesOf(form.Kind), From: map[string]string{}}
	for _, c := range columns {
		sheet.Header = append(sheet.Header, c.Name)
		if c.Required {
			sheet.Must = append(sheet.Must, c.Name)
		}
		if from := listOf(form.Kind, c.Name); from != "" {
			sheet.From[c.Name] = p.T("imports.list." + from)
		}
	}
	for _, name := range []string{colKind, colState, colWeekday, colContract, colKPI} {
		if len(sheet.Choices[name]) > 0 {
			sheet.Closed = append(sheet.Closed, name)
		}
	}
	if form.Filled {
		rows, err := s.sampleRows(form.Kind, stock, sheet.Header)
		if err != nil {
			return err
		}
		sheet.Rows = tabular.RowsOf(rows)
	}
	if form.Format == CSV {
		if sheet.Rows == nil {
			sheet.Rows = tabular.RowsOf(nil)
		}
		return written(tabular.WriteCSV(w, sheet.Header, sheet.Rows, tabular.CSVOptions{}))
	}
	sheets := append([]tabular.Sheet{sheet, guide(form.Kind, columns, p)}, stock.sheets(form.Kind, p)...)
	return written(tabular.WriteXLSX(w, sheets...))
}

func written(err error) error {
	if err != nil {
		return fmt.Errorf("imports: write a template: %w", err)
	}
	return nil
}

// guide says what to write in each column.
func guide(kind string, columns []Column, p i18n.Printer) tabular.Sheet {
	sheet := tabular.Sheet{Name: p.T("imports.template.guide"), Prose: true, Header: []string{
		p.T("imports.template.column"), p.T("imports.template.required"), p.T("imports.template.example"), p.T("imports.template.what"),
	}}
	var rows [][]string
	for _, c := range columns {
		required := "imports.template.no"
		if c.Required {
			required = "imports.template.yes"
		}
		rows = append(rows, []string{c.Name, p.T(required), exampleOf(kind, c.Name), p.T("imports.column." + kind + "." + c.Name)})
	}
	sheet.Rows = tabular.RowsOf(rows)
	return sheet
}

// choicesOf are the words among which cells of a column choose.
func choicesOf(kind string) map[string][]string {
	switch kind {
	case Points:
		return map[string][]string{colKind: firstTexts(kindWords()), colState: firstTexts(stateWords())}
	case Bodies:
		return map[string][]string{colKind: firstTexts(bodyKindWords()), colRoles: firstTexts(roleWords())}
	case Facilitators:
		return map[string][]string{colContract: firstTexts(contractWords())}
	case Duties:
		return map[string][]string{colKind: firstTexts(dutyKindWords()), colWeekday: firstTexts(weekdayWords())}
	case Targets:
		return map[string][]string{colKPI: firstTexts(kpiWords())}
	}
	return nil
}

// The lists of what the network has; "imports.list." + list is the name of its sheet.
const (
	listBodies     = "bodies"
	listPoints     = "points"
	listTowns      = "towns"
	listProjects   = "projects"
	listProgrammes = "programmes"
	listPeople     = "people"
)

// listOf returns the list from which the cells of a column are taken, "" when there is none.
func listOf(kind, column string) string {
	switch column {
	case colManaging, colDelivering, colBody:
		return listBodies
	case colPoint, colPoints:
		return listPoints
	case colProject:
		return listProjects
	case colProgramme:
		return listProgrammes
	case colTown:
		return listTowns
	case colEmail:
		if kind == Duties {
			return listPeople
		}
	}
	return ""
}

// stock is what the network has and templates name.
type stock struct {
	bodies     []orgs.Body
	points     []points.Point
	towns      []string
	projects   []funding.Project
	programmes []funding.Programme
	people     []facilitators.Facilitator
}

func (s *Service) stock(ctx context.Context, who identity.Actor) (have stock, err error) {
	if have.bodies, err = s.Orgs.List(ctx, who, orgs.Filter{Max: everyBody}); err != nil {
		return stock{}, err
	}
	if have.projects, err = s.Funding.Projects(ctx, who, funding.Filter{}); err != nil {
		return stock{}, err
	}
	if have.programmes, err = s.Funding.Programmes(ctx, who); err != nil {
		return stock{}, err
	}
	all, err := s.Points.All(ctx, who, identity.EditPoints)
	if err != nil {
		return stock{}, err
	}
	have.points = slices.DeleteFunc(all, func(p points.Point) bool { return p.State == points.StateClosed })
	towns, err := s.newTowns(ctx)
	if err != nil {
		return stock{}, err
	}
	for _, m := range towns.all {
		if m.RegionCode == towns.region.Code {
			have.towns = append(have.towns, m.Name)
		}
	}
	have.towns = slices.Compact(have.towns)
	have.people, _, err = s.Facilitators.List(ctx, who, facilitators.Filter{State: facilitators.Active, Max: MaxRows(Facilitators)})
	return have, err
}

// sheets are the lists that the columns of a kind are taken from, each named only when it holds
// something: a sheet without rows would be an empty drop-down.
func (have stock) sheets(kind string, p i18n.Printer) []tabular.Sheet {
	var sheets []tabular.Sheet
	for _, one := range []struct {
		list  string
		heads []string
		rows  [][]string
	}{
		{listBodies, []string{colBody, colKind}, rowsOf(have.bodies, func(b orgs.Body) []string {
			return []string{b.Name, p.T("orgs.kind." + b.Kind)}
		})},
		{listPoints, []string{colPoint, colName}, rowsOf(have.points, func(p points.Point) []string { return []string{p.Code, p.OfficialName} })},
		{listPeople, []string{colEmail, colSurname, colGiven}, rowsOf(withMail(have.people), func(f facilitators.Facilitator) []string {
			return []string{f.Email, f.Surname, f.Name}
		})},
		{listProjects, []string{colProject, colName}, rowsOf(have.projects, func(p funding.Project) []string { return []string{p.Code, p.Name} })},
		{listProgrammes, []string{colProgramme, colName}, rowsOf(have.programmes, func(p funding.Programme) []string { return []string{p.Code, p.Name} })},
		{listTowns, []string{colTown}, rowsOf(have.towns, func(name string) []string { return []string{name} })},
	} {
		used := slices.ContainsFunc(ColumnsOf(kind), func(c Column) bool { return listOf(kind, c.Name) == one.list })
		if used && len(one.rows) > 0 {
			sheets = append(sheets, tabular.Sheet{Name: p.T("imports.list." + one.list), Header: one.heads, Rows: tabular.RowsOf(one.rows)})
		}
	}
	return sheets
}

func rowsOf[T any](list []T, row func(T) []string) [][]string {
	rows := make([][]string, len(list))
	for i, one := range list {
		rows[i] = row(one)
	}
	return rows
}

func withMail(people []facilitators.Facilitator) []facilitators.Facilitator {
	return slices.DeleteFunc(slices.Clone(people), func(f facilitators.Facilitator) bool { return f.Email == "" })
}

// Words returns the words that a column of a kind takes, none when it takes any text.
func Words(kind, column string) []string { return choicesOf(kind)[column] }
