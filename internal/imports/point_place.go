package imports

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/geo"
	"capillare/internal/points"
	"capillare/internal/territory"
)

// place is one address of a point as a row says it.
type place struct {
	check *check
	// index is its place among the addresses of the point as it will be.
	index int
	town  territory.Municipality
	bands calendar.Bands
}

// addressField matches the beginning of the fields that package points names of one address.
var addressField = regexp.MustCompile(`^addresses\.([0-9]+)\.`)

// placeOf returns the row that says the address of a field, nil when the field is of the point.
func (r *pointRow) placeOf(field string) *place {
	found := addressField.FindStringSubmatch(field)
	if found == nil {
		return nil
	}
	for _, p := range r.places {
		if strconv.Itoa(p.index) == found[1] {
			return p
		}
	}
	return nil
}

// town is the municipality of the first address.
func (r *pointRow) town() territory.Municipality {
	if len(r.places) == 0 {
		return territory.Municipality{}
	}
	return r.places[0].town
}

// place sets the address that a row is about. An address that no row names stays as it is.
func (rows *pointRows) place(ctx context.Context, c *check, r *pointRow, single bool) error {
	p := &place{check: c}
	r.places = append(r.places, p)
	said := c.cell(colTown) != "" || c.cell(colISTAT) != ""
	if said || !r.exists {
		if town, ok := rows.towns.of(ctx, c); ok {
			p.town = town
		}
	}
	p.index = r.match(c, p.town, single)
	at := &r.want.Addresses[p.index]
	switch {
	case p.town.Belfiore != "":
		at.Belfiore = p.town.Belfiore
	case at.Belfiore == "" && !c.failed:
		c.wrong(colTown, "imports.required")
	case r.exists && !said:
		known, err := rows.s.Territory.ByBelfiore(ctx, []string{at.Belfiore})
		if err != nil {
			return err
		}
		p.town = known[at.Belfiore]
	}
	set(&at.Place, c.cell(colPlace))
	set(&at.Street, c.cell(colStreet))
	postcode := c.cell(colCAP)
	if len(postcode) == 4 && strings.Trim(postcode, "0123456789") == "" {
		postcode = "0" + postcode
	}
	set(&at.CAP, postcode)
	coordinates(c, at)
	return p.hours(r)
}

// match returns the index of the address that a row is about, which is added when it is not there. A
// point with one address and one row is simply meant, so that a street can be corrected.
func (r *pointRow) match(c *check, town territory.Municipality, single bool) int {
	if single && r.exists && (len(r.old.Addresses) == 1 || r.want.Kind != points.Itinerant) {
		return 0
	}
	street, name := folded(c.cell(colStreet)), folded(c.cell(colPlace))
	if single && r.exists && town.Belfiore == "" && street == "" && name == "" {
		return 0
	}
	for i, a := range r.want.Addresses {
		same := (town.Belfiore == "" || a.Belfiore == town.Belfiore) && (street == "" || folded(a.Street) == street) && (name == "" || folded(a.Place) == name)
		if !same {
			continue
		}
		for _, other := range r.places[:len(r.places)-1] {
			if other.index == i {
				c.wrong(colStreet, "imports.address_twice", errs.Args{"row": other.check.Number})
			}
		}
		return i
	}
	if r.exists {
		c.warn(colStreet, "imports.address_added")
	}
	r.want.Addresses = append(r.want.Addresses, points.Address{})
	return len(r.want.Addresses) - 1
}

func coordinates(c *check, at *points.Address) {
	lat, lon := c.cell(colLat), c.cell(colLon)
	switch {
	case lat == "" && lon == "":
		return
	case lat == "":
		c.wrong(colLat, "imports.both_coordinates")
		return
	case lon == "":
		c.wrong(colLon, "imports.both_coordinates")
		return
	}
	y, okLat := decimal(lat)
	x, okLon := decimal(lon)
	switch {
	case !okLat:
		c.wrong(colLat, "points.coordinates")
	case !okLon:
		c.wrong(colLon, "points.coordinates")
	case inItaly(x, y) && !inItaly(y, x):
		c.wrong(colLat, "imports.coordinates_swapped")
	case !inItaly(y, x):
		c.wrong(colLat, "imports.coordinates_far")
	default:
		at.At, at.HasAt = geo.Point{Lat: y, Lon: x}, true
	}
}

func inItaly(lat, lon float64) bool { return lat > 35 && lat < 48 && lon > 6 && lon < 19 }

// hours reads the ordinary week and holds it against the figure that people wrote beside it.
func (p *place) hours(r *pointRow) error {
	c, at := p.check, &r.want.Addresses[p.index]
	bands, err := calendar.ParseBands(c.cell(colHours))
	if err != nil {
		return c.refused(err, colHours, nil)
	}
	if p.bands = bands; len(bands) > 0 {
		if at.ID == "" {
			at.Schedules = []points.Schedule{{Bands: bands}}
		}
		p.weekly()
		return nil
	}
	if r.exists && !r.old.HoursToComplete() {
		return nil
	}
	if text := c.cell(colHoursText); text != "" {
		c.warn(colHoursText, "imports.hours_words")
	} else {
		c.warn(colHours, "imports.hours_missing")
	}
	return nil
}

// weeks are the known addresses whose ordinary week changes.
func (r *pointRow) weeks() []*place {
	var list []*place
	for _, p := range r.places {
		if at := r.want.Addresses[p.index]; at.ID != "" && len(p.bands) > 0 && !slices.Equal(p.bands, at.Ordinary()) {
			list = append(list, p)
		}
	}
	return list
}

func (p *place) weekly() {
	c := p.check
	text := c.cell(colWeekly)
	if text == "" {
		return
	}
	if split, err := calendar.ParseBands(text); err == nil && len(split) > 0 {
		c.wrong(colWeekly, "imports.hours_split")
		return
	}
	said, ok := decimal(text)
	computed := p.bands.Minutes()
	if !ok {
		c.warn(colWeekly, "imports.weekly_unread")
	} else if minutes := int(said*60 + 0.5); minutes != computed {
		c.warn(colWeekly, "imports.weekly_differs", errs.Args{"computed": hoursText(computed)})
	}
}

// hoursText writes 1770 minutes as "29,5".
func hoursText(minutes int) string {
	return strings.Replace(strconv.FormatFloat(float64(minutes)/60, 'f', -1, 64), ".", ",", 1)
}
