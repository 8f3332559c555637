// Package opendata writes what everybody may know of the points, in forms that others read (it: i dati
// aperti): the columns of Puglia's open data, the French standard of places of digital mediation,
// GeoJSON, and JSON with the openings of the next days.
//
// Its rules: only points that citizens may find, and nothing personal; one row for each address; the
// same network gives the same bytes, ordered by code; hours come from points.Point.OpeningOn and from
// nowhere else, so that no file says another thing than the pages.
//
// It does not decide who may read (everybody may) and keeps nothing.
package opendata

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/territory"
)

// The forms in which the points are written.
const (
	Puglia  = "puglia"
	France  = "france"
	GeoJSON = "geojson"
	JSON    = "json"
)

// ErrFormat refuses a form that is not one of Formats.
var ErrFormat = errs.New(errs.Invalid, "opendata.format")

// Format is one form of the file of the points.
type Format struct {
	// Name is one of the words above; File is how the file is called; Type is its media type.
	Name, File, Type string
}

// Formats lists the forms.
func Formats() []Format {
	return []Format{
		{Puglia, "punti.csv", "text/csv; charset=utf-8"},
		{France, "punti-francia.csv", "text/csv; charset=utf-8"},
		{GeoJSON, "punti.geojson", "application/geo+json"},
		{JSON, "punti.json", "application/json"},
	}
}

// Deps is what the files are made of.
type Deps struct {
	Points    *points.Service
	Orgs      *orgs.Service
	Territory *territory.Service
}

// Service writes the files.
type Service struct{ d Deps }

// New returns a Service.
func New(d Deps) *Service { return &Service{d: d} }

// About is what a file says of itself.
type About struct {
	// Day is the day of which the file speaks.
	Day calendar.Day
	// Site is the address of the pages, without a slash at the end: "" leaves links out.
	Site string
	// Network is how the network calls itself.
	Network string
}

// place is one address of a point with what is known around it.
type place struct {
	points.Point
	points.Address
	// town is the municipality of today, of which the address may have become a part.
	town territory.Municipality
	body string
	// hours is the text of Hours.
	hours string
}

// Write writes the points of the day in one of the forms. It is for everybody.
func (s *Service) Write(ctx context.Context, format string, about About, w io.Writer) error {
	write, ok := map[string]func(io.Writer, []place, About) error{
		Puglia: writePuglia, France: writeFrance, GeoJSON: writeGeoJSON, JSON: writeJSON,
	}[format]
	if !ok {
		return ErrFormat.With(errs.Args{"format": format})
	}
	places, err := s.places(ctx, about.Day)
	if err != nil {
		return fmt.Errorf("open data: %w", err)
	}
	return write(w, places, about)
}

// places returns the addresses of the points that citizens may find, by code and position.
func (s *Service) places(ctx context.Context, day calendar.Day) ([]place, error) {
	list, err := s.d.Points.Public(ctx)
	if err != nil {
		return nil, err
	}
	var towns, bodies []string
	for _, p := range list {
		bodies = append(bodies, p.ManagingBodyID)
		for _, a := range p.Addresses {
			towns = append(towns, a.Belfiore)
		}
	}
	town, err := s.d.Territory.Today(ctx, towns)
	if err != nil {
		return nil, err
	}
	body, err := s.d.Orgs.ByIDs(ctx, bodies)
	if err != nil {
		return nil, err
	}
	var places []place
	for _, p := range list {
		for _, a := range p.Addresses {
			places = append(places, place{Point: p, Address: a, town: town[a.Belfiore], body: body[p.ManagingBodyID].Name, hours: Hours(p, a, day)})
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Position, b.Position))
	})
	return places, nil
}

// id names an address for as long as the point keeps it at that position: "PT010", then "PT010-2".
func (p place) id() string {
	if p.Position == 0 {
		return p.Code
	}
	return p.Code + "-" + strconv.Itoa(p.Position+1)
}

// lat and lon are degrees, or "" when the address has none.
func (p place) lat() string { return degrees(p.At.Lat, p.HasAt) }
func (p place) lon() string { return degrees(p.At.Lon, p.HasAt) }

// degrees keeps six decimals, a tenth of a metre.
func degrees(value float64, known bool) string {
	if !known {
		return ""
	}
	return strconv.FormatFloat(value, 'f', 6, 64)
}
