package imports

import (
	"context"
	"errors"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/network"
	"capillare/internal/territory"
)

// maxNamesakes is how many municipalities that had one name are looked at.
const maxNamesakes = 20

// towns finds the municipality of a row.
type towns struct {
	service *territory.Service
	all     []territory.Municipality
	byName  map[string][]territory.Municipality
	// region is that of the network, empty before it is set up.
	region territory.Region
	today  calendar.Day
}

func (s *Service) newTowns(ctx context.Context) (*towns, error) {
	t := &towns{service: s.Territory, byName: map[string][]territory.Municipality{}, today: calendar.DayOf(s.db.Now())}
	set, err := s.network.Setting(ctx)
	if err != nil && !errors.Is(err, network.ErrNotSetUp) {
		return nil, err
	}
	regions, err := s.Territory.Regions(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range regions {
		if r.Code == set.RegionCode {
			t.region = r
		}
		list, err := s.Territory.InRegion(ctx, r.Code)
		if err != nil {
			return nil, err
		}
		t.all = append(t.all, list...)
	}
	for _, m := range t.all {
		for _, name := range slices.Compact([]string{folded(m.Name), folded(m.NameOther)}) {
			if name != "" {
				t.byName[name] = append(t.byName[name], m)
			}
		}
	}
	return t, nil
}

// of returns the municipality of a row: by ISTAT code, else by name and province. When there is none it
// notes why, and the name that was probably meant.
func (t *towns) of(ctx context.Context, c *check) (territory.Municipality, bool) {
	m, found := t.byISTAT(ctx, c)
	if !found && !c.failed {
		if m, found = t.named(ctx, c); found && c.cell(colISTAT) != "" {
			c.warn(colISTAT, "imports.istat_not_used")
		}
	}
	if !found || c.failed {
		return territory.Municipality{}, false
	}
	if t.region.Code != "" && m.RegionCode != t.region.Code {
		c.warn(colTown, "imports.town_outside", errs.Args{"name": m.Name, "region": t.region.Name})
	}
	return m, true
}

// byISTAT looks the code up; it leaves the name to decide when the code is not in force any more.
func (t *towns) byISTAT(ctx context.Context, c *check) (territory.Municipality, bool) {
	text := strings.TrimSpace(c.cell(colISTAT))
	if text == "" {
		return territory.Municipality{}, false
	}
	// Spreadsheets eat the zeros in front.
	if strings.Trim(text, "0123456789") == "" && len(text) >= 4 && len(text) < 6 {
		text = strings.Repeat("0", 6-len(text)) + text
	}
	code, err := codes.CheckISTAT(text)
	if r, ok := refusalOf(err); ok {
		c.wrong(colISTAT, r.Key, r.Args)
		return territory.Municipality{}, false
	}
	m, err := t.service.ByISTAT(ctx, code, t.today)
	if err != nil {
		if c.cell(colTown) == "" {
			c.wrong(colISTAT, "imports.istat_unknown")
		}
		return territory.Municipality{}, false
	}
	if name := folded(c.cell(colTown)); name != "" && name != folded(m.Name) && name != folded(m.NameOther) {
		c.wrong(colTown, "imports.town_mismatch", errs.Args{"name": m.Name, "code": code})
		return territory.Municipality{}, false
	}
	if p := c.cell(colProvince); p != "" && !inProvince(m, p) {
		c.warn(colProvince, "imports.province_differs", errs.Args{"name": m.Name, "province": m.ProvinceAbbr})
	}
	return m, true
}

func (t *towns) named(ctx context.Context, c *check) (territory.Municipality, bool) {
	name, province := c.cell(colTown), c.cell(colProvince)
	if name == "" {
		c.wrong(colTown, "imports.required")
		return territory.Municipality{}, false
	}
	same := t.byName[folded(name)]
	here := slices.DeleteFunc(slices.Clone(same), func(m territory.Municipality) bool { return province != "" && !inProvince(m, province) })
	if len(here) > 1 {
		// The same name twice in Italy: the one of this region is meant.
		if own := slices.DeleteFunc(slices.Clone(here), func(m territory.Municipality) bool { return m.RegionCode != t.region.Code }); len(own) == 1 {
			here = own
		}
	}
	switch {
	case len(here) == 1:
		return here[0], true
	case len(here) > 1:
		c.wrong(colTown, "imports.town_ambiguous", errs.Args{"provinces": provincesOf(here)})
	case len(same) > 0:
		c.wrong(colProvince, "imports.town_province", errs.Args{"name": same[0].Name, "provinces": provincesOf(same)})
	default:
		if m, found := t.former(ctx, name); found {
			c.warn(colTown, "imports.town_former", errs.Args{"name": name, "today": m.Name, "province": m.ProvinceAbbr})
			return m, true
		}
		t.suggest(c, name, province)
	}
	return territory.Municipality{}, false
}

// former returns the municipality that is today where one of that name was: files outlive mergers. The
// province of the row may be the old one too.
func (t *towns) former(ctx context.Context, name string) (territory.Municipality, bool) {
	list, err := t.service.Find(ctx, name, t.region.Code, maxNamesakes)
	if err != nil {
		return territory.Municipality{}, false
	}
	var found []territory.Municipality
	for _, m := range list {
		if folded(m.Formerly) == folded(name) {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		return territory.Municipality{}, false
	}
	return found[0], true
}

// suggest notes an unknown name with the closest one of the province, the region or Italy.
func (t *towns) suggest(c *check, name, province string) {
	for _, among := range []func(territory.Municipality) bool{
		func(m territory.Municipality) bool { return province != "" && inProvince(m, province) },
		func(m territory.Municipality) bool { return m.RegionCode == t.region.Code },
		func(territory.Municipality) bool { return true },
	} {
		var names []string
		for _, m := range t.all {
			if among(m) {
				names = append(names, m.Name)
			}
		}
		if near := nearest(name, names); near != "" {
			c.wrong(colTown, "imports.town_near", errs.Args{"name": near})
			return
		}
	}
	c.wrong(colTown, "imports.town_unknown")
}

func inProvince(m territory.Municipality, province string) bool {
	p := folded(province)
	return p == folded(m.ProvinceAbbr) || p == m.ProvinceCode || p == folded(m.ProvinceName)
}

func provincesOf(list []territory.Municipality) string {
	var abbrs []string
	for _, m := range list {
		abbrs = append(abbrs, m.ProvinceAbbr)
	}
	slices.Sort(abbrs)
	return strings.Join(slices.Compact(abbrs), ", ")
}
