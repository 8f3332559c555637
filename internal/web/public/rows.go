package public

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"capillare/internal/agenda"
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

// of leads to the times of a point: to those of the day of the first one when a day was asked for.
func (b bookLinks) of(code string, q query, first time.Time) string {
	v, path := url.Values{}, "/prenota/"+code
	if b.base != "" {
		path = b.base + "/orario"
		v.Set("punto", code)
	} else if q.Topic != "" {
		v.Set("tema", q.Topic)
	}
	if q.Filter.Mode != "" {
		v.Set("come", q.Filter.Mode)
	}
	if q.Filter.Narrows() && !first.IsZero() {
		v.Set("dal", calendar.DayOf(first).String())
	}
	if len(v) > 0 {
		path += "?" + v.Encode()
	}
	return path
}

// rows puts points into words, with the first free time of each.
func (d Deps) rows(r *http.Request, list []agenda.Found, view searchPage, links bookLinks) ([]pointRow, error) {
	var codes []string
	for _, f := range list {
		for _, a := range f.Point.Addresses {
			codes = append(codes, a.Belfiore)
		}
	}
	towns, err := d.Territory.Today(r.Context(), codes)
	if err != nil {
		return nil, err
	}
	p, now := ui.PrinterOf(r), ui.Now(r)
	var out []pointRow
	for i, f := range list {
		address, _ := f.Point.Address(f.AddressID)
		here := address.Belfiore == view.Found.Town.Belfiore && view.Found.From.IsZero()
		row := pointRow{
			Number: (view.Query.Page-1)*pageSize + i + 1, Itinerant: f.Point.Kind == points.Itinerant, Name: f.Point.PublicName,
			Href: "/punti/" + f.Point.Code, BookHref: links.of(f.Point.Code, view.Query, f.First),
			Address: addressLine(address, towns), Distance: distance(p, f.Travel, here),
			Today: today(p, f.Point, f.AddressID, now), At: placeOf(address, towns),
		}
		if !f.First.IsZero() {
			row.First = p.When(f.First, now)
			if there, _ := f.Point.Address(f.FirstAddressID); there.Belfiore != address.Belfiore {
				row.First = whenWhere(p, row.First, towns[there.Belfiore])
			}
		}
		out = append(out, row)
	}
	return out, nil
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

// distance returns "3,2 km, circa 13 minuti in auto", without minutes where no road leads, or nothing when
// nobody said from where. Within the town itself only the town is known, and a distance from its centre
// would say nothing.
func distance(p i18n.Printer, t points.Travel, here bool) string {
	switch {
	case !t.Located:
		return ""
	case here:
		return p.T("public.row.here")
	case !t.ByRoad:
		return p.T("public.row.over_sea", errs.Args{"km": p.Km(t.Km)})
	}
	return p.N("public.row.distance", t.Minutes, errs.Args{"km": p.Km(t.Km)})
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
