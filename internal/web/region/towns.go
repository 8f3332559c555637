package region

import (
	"cmp"
	"net/http"
	"strconv"

	"capillare/internal/coverage"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/territory"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// townsPerPage is how many municipalities a page of the list shows.
const townsPerPage = 50

// townsPage is a list of municipalities: what stands behind a figure of coverage.
type townsPage struct {
	asked
	Head  ui.TableHead
	Rows  []townRow
	Pages ui.Pages
	Sum   coverage.Group
}

// townRow is one municipality with the way to its nearest point.
type townRow struct {
	coverage.Place
	// Label is its name with the letters of the province.
	Label, Href string
	State       ui.BadgeText
	// Class is empty when not known; Minutes where no road leads.
	Class, Minutes, How, HowShort string
	// Point is the nearest one and PointTown where it is, both empty when there is none; PointHref is its
	// page, if the person has one to see.
	Point, PointHref, PointTown string
}

// townOrders are the parts of addresses for the orders of the list.
func townOrders() map[string]coverage.Order {
	return map[string]coverage.Order{"nome": coverage.ByName, "residenti": coverage.ByResidents, "anziani": coverage.ByOld, "minuti": coverage.ByMinutes}
}

func (d Deps) townList(w http.ResponseWriter, r *http.Request) error {
	a, err := d.ask(r)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view := townsPage{asked: a, Sum: coverage.Sum(a.Places)}
	by := sortPlaces(r, a.Places)
	view.Head = townsHead(p, a, by, p.N("coverage.list.count", len(a.Places)))
	page, err := strconv.Atoi(a.Form.Text("pagina"))
	if err != nil {
		page = 1
	}
	pages := max(1, ui.PageCount(len(a.Places), townsPerPage))
	page = min(max(page, 1), pages)
	view.Pages = ui.Pages{Current: page, Total: pages, Href: func(n int) string {
		return a.address(townsPath, "ordina", wordOf(townOrders(), by), "pagina", strconv.Itoa(n))
	}}
	first := (page - 1) * townsPerPage
	if view.Rows, err = d.townRows(r, a.Places[first:min(len(a.Places), first+townsPerPage)]); err != nil {
		return err
	}
	frame := territoryFrame(r, p.T("coverage.list_title"), ui.Link{Label: p.T("coverage.title"), Href: a.address(coveragePath, "stato", "", "cerca", "")})
	return ui.Render(w, r, a.status(), townsView(frame, view))
}

// sortPlaces puts the places in the order that the address asks; the usual one is by old people.
func sortPlaces(r *http.Request, places []coverage.Place) coverage.Order {
	by := cmp.Or(townOrders()[r.URL.Query().Get("ordina")], orderOfOld(places))
	coverage.Sort(places, by)
	return by
}

// townsHead is the head of a list of municipalities; without a question it cannot be ordered.
func townsHead(p i18n.Printer, a asked, by coverage.Order, caption string) ui.TableHead {
	column := func(key string, order coverage.Order) ui.Column {
		c := ui.Column{Label: p.T("coverage.column." + key), Numeric: order != coverage.ByName && order != ""}
		if order != "" && a.Form != nil {
			c.SortHref = a.address(townsPath, "ordina", wordOf(townOrders(), order))
		}
		if order == by && order != "" {
			c.Sorted = "descending"
			if order == coverage.ByName {
				c.Sorted = "ascending"
			}
		}
		return c
	}
	return ui.TableHead{Caption: caption, Columns: []ui.Column{column("town", coverage.ByName), column("state", ""), column("minutes", coverage.ByMinutes),
		column("point", ""), column("residents", coverage.ByResidents), column("old", coverage.ByOld), column("class", "")}}
}

// shortHead is the head of a list in the order of its page.
func shortHead(p i18n.Printer, caption string) ui.TableHead {
	head := townsHead(p, asked{}, "", caption)
	head.HideCaption = true
	return head
}

func townHref(m territory.Municipality) string { return townsPath + "/" + coverage.Slug(m) }

// townRows puts places into words.
func (d Deps) townRows(r *http.Request, places []coverage.Place) ([]townRow, error) {
	var codes []string
	for _, place := range places {
		codes = append(codes, place.Near.Town)
	}
	towns, err := d.Territory.ByBelfiore(r.Context(), codes)
	if err != nil {
		return nil, err
	}
	hrefs, err := d.pointHrefs(r, places)
	p := ui.PrinterOf(r)
	out := make([]townRow, len(places))
	for i, place := range places {
		row := townRow{Place: place, Label: townName(place.Municipality), Href: townHref(place.Municipality), State: stateOf(p, place.State)}
		if place.InnerClass != "" {
			row.Class = className(p, place.InnerClass)
		}
		if near := place.Near; near.PointID != "" {
			row.Minutes, row.How, row.HowShort = p.Number(near.Minutes), p.T("territory.how."+string(near.How)), p.T("coverage.how_short."+howShort(near.How))
			row.Point, row.PointHref, row.PointTown = near.Name, hrefs[near.PointID], towns[near.Town].Name
		}
		out[i] = row
	}
	return out, err
}

// pointHrefs returns the page of each nearest point: that of management for who sees the point, the
// public one where there is one, else none.
func (d Deps) pointHrefs(r *http.Request, places []coverage.Place) (map[string]string, error) {
	var ids []string
	for _, place := range places {
		ids = append(ids, place.Near.PointID)
	}
	seen, err := d.Points.Visible(r.Context(), session.Actor(r), identity.SeePoints)
	if err != nil {
		return nil, err
	}
	found, err := d.Points.ByIDs(r.Context(), ids)
	hrefs := map[string]string{}
	for id, one := range found {
		switch {
		case seen.Has(id):
			hrefs[id] = "/gestione/punti/" + id
		case one.Listed(today(r)):
			hrefs[id] = "/punti/" + one.Code
		}
	}
	return hrefs, err
}

// howShort says whether minutes are measured.
func howShort(how territory.How) string {
	if how == territory.ByMatrix {
		return "measured"
	}
	return "estimate"
}

// stateOf says in a word how a municipality stands.
func stateOf(p i18n.Printer, s coverage.State) ui.BadgeText {
	tone := ui.Neutral
	switch s {
	case coverage.Reached:
		tone = ui.Success
	case coverage.Far:
		tone = ui.Warning
	case coverage.CutOff:
		tone = ui.Danger
	}
	return ui.BadgeText{Tone: tone, Text: p.T("coverage.state." + string(s))}
}

func (d Deps) townsFile(w http.ResponseWriter, r *http.Request) error {
	a, err := d.ask(r)
	if err != nil {
		return err
	}
	if err := a.Form.Err(); err != nil {
		return err
	}
	sortPlaces(r, a.Places)
	list, err := d.townRows(r, a.Places)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	var header []string
	for _, key := range []string{"istat", "town", "province", "state", "minutes", "km", "how", "point", "point_town", "residents", "old", "class", "zone", "island"} {
		header = append(header, p.T("coverage.column."+key))
	}
	for _, key := range []string{"day", "which", "minutes"} {
		header = append(header, p.T("coverage.filter."+key))
	}
	rows := make([][]string, len(list))
	for i, row := range list {
		rows[i] = append(townCells(p, row), dayText(a.Answer.Day), p.T("coverage.which."+string(a.Answer.Which)), strconv.Itoa(a.Answer.Minutes))
	}
	return sendFile(w, r, "comuni", header, rows)
}

// townCells are the cells of a row; figures that are not known stay empty.
func townCells(p i18n.Printer, row townRow) []string {
	known := func(yes bool, text string) string {
		if !yes {
			return ""
		}
		return text
	}
	there, island := row.Near.PointID != "", "no"
	if row.OffRoad() {
		island = "yes"
	}
	return []string{row.ISTAT, row.Name, row.ProvinceName, row.State.Text, known(there, strconv.Itoa(row.Near.Minutes)), known(there, p.Decimal(row.Near.KM, 1)),
		row.How, row.Point, row.PointTown, strconv.Itoa(row.Population), known(row.Ages.Total() > 0, strconv.Itoa(row.Ages.From65)), row.InnerClass,
		known(row.Zone != territory.ZoneUnknown, p.T("territory.zone."+strconv.Itoa(int(row.Zone)))), p.T("coverage." + island)}
}
