package imports

import (
	"context"
	"fmt"
	"io"
	"slices"

	"capillare/internal/funding"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/tabular"
)

// Template writes an empty workbook of a kind, with lists to choose from and a second sheet that says
// what to write in each column, in the language of p.
func (s *Service) Template(ctx context.Context, who identity.Actor, kind string, p i18n.Printer, w io.Writer) error {
	if err := allow(who); err != nil {
		return err
	}
	columns := ColumnsOf(kind)
	if columns == nil {
		return ErrKind
	}
	choices, err := s.choices(ctx, who, kind)
	if err != nil {
		return fault("lists of a template", err)
	}
	sheet := tabular.Sheet{Name: p.T("imports.kind." + kind), Choices: choices}
	guide := tabular.Sheet{Name: p.T("imports.template.guide"), Header: []string{
		p.T("imports.template.column"), p.T("imports.template.required"), p.T("imports.template.what"),
	}}
	var rows [][]string
	for _, c := range columns {
		sheet.Header = append(sheet.Header, c.Name)
		rows = append(rows, []string{c.Name, required(p, c), p.T("imports.column." + kind + "." + c.Name)})
	}
	guide.Rows = tabular.RowsOf(rows)
	if err := tabular.WriteXLSX(w, sheet, guide); err != nil {
		return fmt.Errorf("imports: write a template: %w", err)
	}
	return nil
}

func required(p i18n.Printer, c Column) string {
	if c.Required {
		return p.T("imports.template.yes")
	}
	return p.T("imports.template.no")
}

// choices are the lists of a template, by column.
func (s *Service) choices(ctx context.Context, who identity.Actor, kind string) (map[string][]string, error) {
	bodies, err := s.Orgs.List(ctx, who, orgs.Filter{Max: everyBody})
	if err != nil {
		return nil, err
	}
	var names, codes, places []string
	for _, b := range bodies {
		names = append(names, b.Name)
	}
	projects, err := s.Funding.Projects(ctx, who, funding.Filter{})
	if err != nil {
		return nil, err
	}
	for _, one := range projects {
		codes = append(codes, one.Code)
	}
	all, err := s.Points.All(ctx, who, identity.EditPoints)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if one.State != points.StateClosed {
			places = append(places, one.Code)
		}
	}
	switch kind {
	case Facilitators:
		return map[string][]string{colBody: names, colPoints: places, colContract: firstTexts(contractWords())}, nil
	case Targets:
		return map[string][]string{colProject: codes, colKPI: firstTexts(kpiWords())}, nil
	}
	towns, err := s.newTowns(ctx)
	if err != nil {
		return nil, err
	}
	var near []string
	for _, m := range towns.all {
		if m.RegionCode == towns.region.Code {
			near = append(near, m.Name)
		}
	}
	return map[string][]string{colKind: firstTexts(kindWords()), colTown: slices.Compact(near), colProject: codes}, nil
}
