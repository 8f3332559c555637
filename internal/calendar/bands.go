package calendar

import (
	"cmp"
	"slices"
	"strings"

	"capillare/internal/errs"
)

// Refusals of opening bands. ErrBandReversed and ErrBandOverlap carry day (a Weekday) and band
// (text such as "09:00-13:00"); ErrBands carries part, the piece of text that was not understood.
var (
	ErrBands        = errs.New(errs.Invalid, "calendar.bands")
	ErrBandReversed = errs.New(errs.Invalid, "calendar.band_reversed")
	ErrBandOverlap  = errs.New(errs.Invalid, "calendar.band_overlap")
)

// Band is one stretch of opening on one weekday, closing time excluded.
type Band struct {
	Weekday       Weekday
	Opens, Closes Minute
}

// Hours returns "09:00-13:00", without the weekday.
func (b Band) Hours() string { return b.Opens.String() + "-" + b.Closes.String() }

// String returns "lun 09:00-13:00".
func (b Band) String() string { return b.Weekday.String() + " " + b.Hours() }

// Bands are the opening bands of a week.
type Bands []Band

// Normal returns the bands by weekday and time, with those that touch joined into one. It refuses a
// band that closes before it opens (ErrBandReversed) and two that overlap (ErrBandOverlap).
func (b Bands) Normal() (Bands, error) {
	sorted := slices.Clone(b)
	slices.SortFunc(sorted, func(x, y Band) int {
		return cmp.Or(cmp.Compare(x.Weekday, y.Weekday), cmp.Compare(x.Opens, y.Opens), cmp.Compare(x.Closes, y.Closes))
	})
	var result Bands
	for _, band := range sorted {
		if err := band.check(); err != nil {
			return nil, err
		}
		if n := len(result); n > 0 && result[n-1].Weekday == band.Weekday {
			last := &result[n-1]
			if band.Opens < last.Closes {
				return nil, ErrBandOverlap.With(errs.Args{"day": band.Weekday, "band": band.Hours()})
			}
			if band.Opens == last.Closes {
				last.Closes = band.Closes
				continue
			}
		}
		result = append(result, band)
	}
	return result, nil
}

func (b Band) check() error {
	switch {
	case !b.Weekday.Valid():
		return ErrBands.With(errs.Args{"part": b.Hours()})
	case !b.Opens.Valid() || !b.Closes.Valid():
		return ErrMinute
	case b.Closes <= b.Opens:
		return ErrBandReversed.With(errs.Args{"day": b.Weekday, "band": b.Hours()})
	}
	return nil
}

// Minutes returns how many minutes a week the bands are open.
func (b Bands) Minutes() int {
	total := 0
	for _, band := range b {
		total += int(band.Closes - band.Opens)
	}
	return total
}

// On returns the bands of one weekday, in the order they have in b.
func (b Bands) On(w Weekday) []Band {
	var result []Band
	for _, band := range b {
		if band.Weekday == w {
			result = append(result, band)
		}
	}
	return result
}

// OpenAt reports whether a band is open on w at m; at its closing time it is not.
func (b Bands) OpenAt(w Weekday, m Minute) bool {
	return slices.ContainsFunc(b, func(band Band) bool {
		return band.Weekday == w && band.Opens <= m && m < band.Closes
	})
}

// String returns "lun 09:00-13:00; mar 09:00-13:00", the form of data files, which ParseBands reads.
func (b Bands) String() string {
	parts := make([]string, len(b))
	for i, band := range b {
		parts[i] = band.String()
	}
	return strings.Join(parts, "; ")
}

// Group is a set of weekdays with the same hours.
type Group struct {
	Weekdays []Weekday
	// Bands are the hours of each of the weekdays; they carry the first of them.
	Bands []Band
}

// Groups gathers the weekdays that have the same hours, in the order of the week, for compact lists.
func (b Bands) Groups() []Group {
	var groups []Group
	for w := Monday; w <= Sunday; w++ {
		bands := b.On(w)
		if len(bands) == 0 {
			continue
		}
		i := slices.IndexFunc(groups, func(g Group) bool { return sameHours(g.Bands, bands) })
		if i < 0 {
			groups = append(groups, Group{Weekdays: []Weekday{w}, Bands: bands})
			continue
		}
		groups[i].Weekdays = append(groups[i].Weekdays, w)
	}
	return groups
}

func sameHours(a, b []Band) bool {
	return slices.EqualFunc(a, b, func(x, y Band) bool { return x.Opens == y.Opens && x.Closes == y.Closes })
}

// OSM returns the bands as the opening_hours tag of OpenStreetMap wants them:
// "Mo-Fr 09:00-13:00,15:00-18:00; Sa 09:00-12:00".
func (b Bands) OSM() string {
	var rules []string
	for _, group := range b.Groups() {
		var hours []string
		for _, band := range group.Bands {
			hours = append(hours, band.Hours())
		}
		rules = append(rules, osmDays(group.Weekdays)+" "+strings.Join(hours, ","))
	}
	return strings.Join(rules, "; ")
}

// osmDays writes runs of three days or more as a range.
func osmDays(days []Weekday) string {
	var parts []string
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && days[j+1] == days[j]+1 {
			j++
		}
		if j-i >= 2 {
			parts = append(parts, days[i].osm()+"-"+days[j].osm())
			i = j + 1
			continue
		}
		parts = append(parts, days[i].osm())
		i++
	}
	return strings.Join(parts, ",")
}
