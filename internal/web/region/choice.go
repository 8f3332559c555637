package region

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// choice is the programme that a page is about, and the others that may be chosen.
type choice struct {
	// Chosen is the zero Programme when there is none.
	Chosen funding.Programme
	All    []funding.Programme
}

// programmes returns those of which the person sees something: the ones seen as such and, for partners,
// those behind their points.
func (d Deps) programmes(ctx context.Context, who identity.Actor) ([]funding.Programme, error) {
	if who.Can(identity.SeeFunding) {
		return d.Funding.Programmes(ctx, who)
	}
	mine, err := d.Points.All(ctx, who, identity.SeeProgress)
	if err != nil {
		return nil, err
	}
	var projects []string
	for _, one := range mine {
		projects = append(projects, one.ProjectID)
	}
	found, err := d.Funding.ProjectsByIDs(ctx, projects)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range found {
		ids = append(ids, p.ProgrammeID)
	}
	byID, err := d.Funding.ProgrammesByIDs(ctx, ids)
	var list []funding.Programme
	for _, one := range byID {
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b funding.Programme) int { return b.StartsOn.Compare(a.StartsOn) })
	return list, err
}

// choose reads which programme is asked for: that of the address, else the one that runs today, else
// the newest.
func (d Deps) choose(r *http.Request) (choice, error) {
	all, err := d.programmes(r.Context(), session.Actor(r))
	if err != nil || len(all) == 0 {
		return choice{}, err
	}
	asked, day := r.URL.Query().Get("programma"), today(r)
	i := slices.IndexFunc(all, func(p funding.Programme) bool { return p.ID == asked })
	if asked != "" && i < 0 {
		return choice{}, funding.ErrNoProgramme
	}
	if i < 0 {
		i = max(0, slices.IndexFunc(all, func(p funding.Programme) bool { return !day.Before(p.StartsOn) && !day.After(p.EndsOn) }))
	}
	return choice{Chosen: all[i], All: all}, nil
}

func (c choice) options() []ui.Option {
	var out []ui.Option
	for _, one := range c.All {
		out = append(out, ui.Option{Value: one.ID, Label: one.Name})
	}
	return out
}

func today(r *http.Request) calendar.Day { return calendar.DayOf(ui.Now(r)) }

// frame returns the frame of a page of progress, with the way to it.
func frame(r *http.Request, title string, way ...ui.Link) ui.Page {
	p := ui.NewPage(r, title)
	p.Section, p.Wide, p.Breadcrumb = "progress", true, way
	return p
}

func home(p ui.Page, c choice) ui.Link {
	return ui.Link{Label: p.Printer.T("region.title"), Href: within("/andamento", c)}
}

// within keeps the programme in the address of another page.
func within(path string, c choice) string {
	if c.Chosen.ID == "" {
		return path
	}
	return path + "?" + url.Values{"programma": {c.Chosen.ID}}.Encode()
}

// sorted returns the columns of a table that can be ordered by a link; name is the part of the address
// that says by which: "ordina" or another one when a page has two tables.
func sorted(r *http.Request, name string, columns []ui.Column, keys []string) []ui.Column {
	by := r.URL.Query().Get(name)
	for i, key := range keys {
		if key == "" {
			continue
		}
		query := r.URL.Query()
		query.Set(name, key)
		columns[i].SortHref = r.URL.Path + "?" + query.Encode() + "#" + name
		if by == key {
			columns[i].Sorted = "descending"
			if key == byName {
				columns[i].Sorted = "ascending"
			}
		}
	}
	return columns
}

// pointsOf returns the points that the person sees and keep wants, by name.
func (d Deps) pointsOf(r *http.Request, keep func(points.Point) bool) ([]points.Point, error) {
	all, err := d.Points.All(r.Context(), session.Actor(r), identity.SeeProgress)
	return slices.DeleteFunc(all, func(p points.Point) bool { return !keep(p) }), err
}

// sendFile answers with a CSV file of today, with titles in words.
func sendFile(w http.ResponseWriter, r *http.Request, name string, header []string, rows [][]string) error {
	return ui.SendCSV(w, name+"-"+today(r).String(), header, rows)
}
