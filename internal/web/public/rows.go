package public

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/geo"
	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

// pointRow is one point in the list, in words.
type pointRow struct {
	Number    int
	Itinerant bool
	Name      string
	// Href leads to the page of the point, BookHref to its free times.
	Href, BookHref string
	// Address is street and town; Distance is empty when nobody said from where.
	Address, Distance string
	// Today is the opening of today, First the first free time; First is empty when there is none.
	Today, First string
	At           geo.Point
}

// bookLinks makes the links of the buttons; the zero value leads to booking, base to moving.
type bookLinks struct {
	// base is the address of the appointment that looks for another point.
	base string
}

func (b bookLinks) of(code, topic string) string {
	switch {
	case b.base != "":
		return b.base + "/orario?punto=" + code
	case topic != "":
		return "/prenota/" + code + "?tema=" + topic
	}
	return "/prenota/" + code
}

// rows puts points into words, with the first free time of all of them from one question.
func (d Deps) rows(r *http.Request, near []points.Near, view searchPage, links bookLinks) ([]pointRow, error) {
	var ids, codes []string
	for _, n := range near {
		ids = append(ids, n.Point.ID)
		for _, a := range n.Point.Addresses {
			codes = append(codes, a.Belfiore)
		}
	}
	first, err := d.Agenda.FirstFree(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	towns, err := d.Territory.Today(r.Context(), codes)
	if err != nil {
		return nil, err
	}
	p, now := ui.PrinterOf(r), ui.Now(r)
	var out []pointRow
	for i, n := range near {
		address, _ := n.Point.Address(n.AddressID)
		row := pointRow{
			Number: (view.Query.Page-1)*pageSize + i + 1, Itinerant: n.Point.Kind == points.Itinerant, Name: n.Point.PublicName,
			Href: "/punti/" + n.Point.Code, BookHref: links.of(n.Point.Code, view.Query.Topic),
			Address: addressLine(address, towns), Distance: distance(p, n, address.Belfiore == view.Found.Town.Belfiore),
			Today: today(p, n.Point, n.AddressID, now), At: placeOf(address, towns),
		}
		if at, ok := first[n.Point.ID]; ok {
			row.First = p.When(at, now)
			if there := standsAt(n.Point, at); there.Belfiore != "" && there.Belfiore != address.Belfiore {
				row.First = whenWhere(p, row.First, towns[there.Belfiore])
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// standsAt returns the address at which a point is open at a time; none when it is open at several.
func standsAt(point points.Point, at time.Time) points.Address {
	day, minute := calendar.DayOf(at), calendar.MinuteOf(at)
	var found []points.Address
	for _, a := range point.Addresses {
		open := func(b calendar.Band) bool { return b.Opens <= minute && minute < b.Closes }
		if slices.ContainsFunc(point.OpenBands(a.ID, day), open) {
			found = append(found, a)
		}
	}
	if len(found) != 1 {
		return points.Address{}
	}
	return found[0]
}

// whenWhere returns "oggi alle 11:30 (Missanello)": a tour is not every day in the same town.
func whenWhere(p i18n.Printer, when string, town territory.Municipality) string {
	return p.T("public.row.when_where", errs.Args{"when": when, "town": town.Name})
}

// addressLine returns "Via Nazario Sauro 1, Potenza"; the place stands before the street when it says more.
func addressLine(a points.Address, towns map[string]territory.Municipality) string {
	var parts []string
	for _, part := range []string{a.Place, a.Street, towns[a.Belfiore].Name} {
		if part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// distance returns "3,2 km, circa 13 minuti in auto", or nothing when nobody said from where. Within
// the town itself only the town is known, and a distance from its centre would say nothing.
func distance(p i18n.Printer, n points.Near, here bool) string {
	switch {
	case !n.Located:
		return ""
	case here:
		return p.T("public.row.here")
	}
	return p.N("public.row.distance", n.Minutes, errs.Args{"km": p.Km(n.Km)})
}

// today says when an address is open today.
func today(p i18n.Printer, point points.Point, addressID string, now time.Time) string {
	if !point.HoursToComplete() {
		bands := point.OpenBands(addressID, calendar.DayOf(now))
		if len(bands) == 0 {
			return p.T("public.row.closed_today")
		}
		return p.T("public.row.today", errs.Args{"hours": hours(bands)})
	}
	return p.T("public.row.ask_hours")
}

// hours returns "09:00–13:00, 15:00–18:00".
func hours(bands []calendar.Band) string {
	sorted := slices.SortedFunc(slices.Values(bands), func(a, b calendar.Band) int { return cmp.Compare(a.Opens, b.Opens) })
	parts := make([]string, len(sorted))
	for i, b := range sorted {
		parts[i] = b.Opens.String() + "–" + b.Closes.String()
	}
	return strings.Join(parts, ", ")
}
