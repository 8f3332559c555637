package region

import (
	"net/http"
	"strings"

	"capillare/internal/coverage"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// townPage is what the people of the network see of a municipality.
type townPage struct {
	Town  coverage.Town
	Facts []ui.SummaryItem
	Near  []nearRow
	// Here are the points that the person sees in the municipality, in whatever state.
	Here   []hereRow
	Visits []string
	Bodies []string
	// Public is the page that citizens see.
	Public string
}

// nearRow is a point near by.
type nearRow struct{ Name, Href, Where, Minutes, How, Opening string }

// hereRow is a point in the municipality.
type hereRow struct {
	Name, Href, Address string
	State               ui.BadgeText
}

func (d Deps) town(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Coverage.BySlug(r.Context(), r.PathValue("slug"), today(r))
	if err != nil {
		return err
	}
	if slug := coverage.Slug(m); slug != r.PathValue("slug") {
		return ui.Redirect(w, r, townsPath+"/"+slug)
	}
	t, err := d.Coverage.Town(r.Context(), m.Belfiore, ui.Now(r))
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view := townPage{Town: t, Facts: append(ui.TownFacts(p, t), codesOf(p, t)...), Public: "/comuni/" + coverage.Slug(m)}
	for _, one := range t.Near {
		view.Near = append(view.Near, nearRow{Name: one.Point.PublicName, Href: "/punti/" + one.Point.Code, Where: townName(one.Town),
			Minutes: ui.MinutesWords(p, one.How, one.Minutes), How: howWords(p, one), Opening: ui.OpeningWords(p, one.Opening, ui.Now(r))})
	}
	for _, v := range t.Visits {
		view.Visits = append(view.Visits, ui.VisitWords(p, v))
	}
	if view.Here, err = d.pointsIn(r, m.Belfiore); err != nil {
		return err
	}
	bodies, err := d.Orgs.ByIDs(r.Context(), t.Bodies)
	if err != nil {
		return err
	}
	for _, id := range t.Bodies {
		view.Bodies = append(view.Bodies, bodies[id].Name)
	}
	page := territoryFrame(r, townName(m), ui.Link{Label: p.T("coverage.title"), Href: coveragePath}, ui.Link{Label: p.T("coverage.list_title"), Href: townsPath})
	return ui.Render(w, r, http.StatusOK, townView(page, view))
}

func howWords(p i18n.Printer, o coverage.Option) string {
	if o.How == "" {
		return ""
	}
	return p.T("territory.how." + string(o.How))
}

// codesOf are the facts that only people of the network need.
func codesOf(p i18n.Printer, t coverage.Town) []ui.SummaryItem {
	items := []ui.SummaryItem{{Term: p.T("coverage.town.codes"), Value: p.T("coverage.town.codes_value", errs.Args{"istat": t.ISTAT, "belfiore": t.Belfiore})}}
	if len(t.CAPs) > 0 {
		items = append(items, ui.SummaryItem{Term: p.T("coverage.town.caps"), Value: strings.Join(t.CAPs, ", ")})
	}
	if t.HasAltitude {
		items = append(items, ui.SummaryItem{Term: p.T("coverage.town.altitude"), Value: p.T("coverage.town.altitude_value", errs.Args{"n": p.Number(t.Altitude)})})
	}
	return items
}

// pointsIn returns the points that the person sees in a municipality, by code.
func (d Deps) pointsIn(r *http.Request, belfiore string) ([]hereRow, error) {
	all, err := d.Points.All(r.Context(), session.Actor(r), identity.SeePoints)
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, one := range all {
		for _, a := range one.Addresses {
			codes = append(codes, a.Belfiore)
		}
	}
	towns, err := d.Territory.Today(r.Context(), codes)
	p := ui.PrinterOf(r)
	var out []hereRow
	for _, one := range all {
		for _, a := range one.Addresses {
			if towns[a.Belfiore].Belfiore == belfiore {
				out = append(out, hereRow{Name: one.PublicName, Href: "/gestione/punti/" + one.ID, Address: a.Street, State: pointState(p, one)})
				break
			}
		}
	}
	return out, err
}

func pointState(p i18n.Printer, one points.Point) ui.BadgeText {
	tone := ui.Info
	switch one.State {
	case points.StateOpen:
		tone = ui.Success
	case points.StateSuspended:
		tone = ui.Warning
	case points.StateClosed:
		tone = ui.Neutral
	}
	return ui.BadgeText{Tone: tone, Text: p.T("points.state." + one.State)}
}
