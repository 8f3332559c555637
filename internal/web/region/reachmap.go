package region

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/coverage"
	"capillare/internal/errs"
	"capillare/internal/geo"
	"capillare/internal/i18n"
	"capillare/internal/territory"
	"capillare/internal/territory/official"
	"capillare/internal/web/ui"
)

// drawReach fills the map: the municipalities that the filters keep, by minutes to the nearest point.
func (d Deps) drawReach(r *http.Request, view *coveragePage) error {
	shapes, err := d.Territory.Boundaries(r.Context(), view.Answer.Region)
	if err != nil {
		return err
	}
	p, m := ui.PrinterOf(r), ui.AreaMap{}
	m.Title, m.Classes, m.PointLabel = p.T("coverage.map.title"), reachClasses(p), p.T("coverage.map.point")
	count := make([]int, len(m.Classes))
	for _, place := range view.Places {
		class, shape := reachClass(place), shapes[place.Belfiore]
		count[class]++
		at, ok := place.Place()
		if !ok {
			at = geo.Point{}
		}
		m.Areas = append(m.Areas, ui.Area{Class: class, At: at, Shape: shape})
		view.Shapes = view.Shapes || shape != nil
	}
	var parts []string
	for i, one := range m.Classes {
		parts = append(parts, p.T("coverage.map.part", errs.Args{"label": one.Label, "n": count[i]}))
	}
	m.Summary = p.T("coverage.map.summary", errs.Args{"parts": strings.Join(parts, ", ")})
	m.Names = names(view)
	if view.Shapes {
		// Without outlines a town is a circle, which a dot would hide.
		m.Points = view.Answer.At
		m.Attribution, err = d.attribution(r)
	}
	view.Map = m
	return err
}

// reachClasses are the bands of minutes, then what has no minutes.
func reachClasses(p i18n.Printer) []ui.AreaClass {
	var out []ui.AreaClass
	for i, n := range coverage.Limits() {
		out = append(out, ui.AreaClass{Sign: strconv.Itoa(i + 1), Label: p.T("coverage.map.up_to", errs.Args{"n": n})})
	}
	last := coverage.Limits()[len(coverage.Limits())-1]
	return append(out, ui.AreaClass{Sign: strconv.Itoa(len(out) + 1), Label: p.T("coverage.map.over", errs.Args{"n": last})},
		ui.AreaClass{Sign: "×", Label: p.T("coverage.map.no_road")}, ui.AreaClass{Sign: "?", Label: p.T("coverage.map.unknown")})
}

// reachClass returns the place of a municipality in reachClasses.
func reachClass(place coverage.Place) int {
	limits := coverage.Limits()
	switch place.State {
	case coverage.CutOff:
		return len(limits) + 1
	case coverage.Unplaced:
		return len(limits) + 2
	}
	if i := slices.IndexFunc(limits, func(n int) bool { return place.Near.Minutes <= n }); i >= 0 && place.Near.PointID != "" {
		return i
	}
	return len(limits)
}

// names are the chief towns over their outlines; without outlines the names of the provinces.
func names(view *coveragePage) []ui.Town {
	var out []ui.Town
	if view.Shapes {
		for _, place := range view.Places {
			if place.Capital && place.HasPlace {
				out = append(out, ui.Town{Name: place.Name, Lat: place.Lat, Lon: place.Lon})
			}
		}
		return out
	}
	for _, g := range coverage.ByProvince(view.Places) {
		lat, lon, n := 0.0, 0.0, 0.0
		for _, place := range view.Places {
			if place.ProvinceCode == g.Key && place.HasPlace {
				lat, lon, n = lat+place.Lat, lon+place.Lon, n+1
			}
		}
		if n > 0 {
			out = append(out, ui.Town{Name: g.Name, Lat: lat / n, Lon: lon / n})
		}
	}
	return out
}

// attribution says whose the boundaries are, as their licence asks.
func (d Deps) attribution(r *http.Request) (string, error) {
	sources, err := d.Territory.Sources(r.Context())
	i := slices.IndexFunc(sources, func(s territory.Source) bool { return s.Kind == string(official.Boundaries) })
	if err != nil || i < 0 {
		return "", err
	}
	return ui.PrinterOf(r).T("coverage.map.attribution", errs.Args{"holder": sources[i].Holder, "licence": sources[i].Licence}), nil
}
