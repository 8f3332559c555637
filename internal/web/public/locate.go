package public

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

// mostChoices is how many towns of the same postal code are listed: the largest have some thirty.
const mostChoices = 40

// mostSlips is how far from a name what was typed may be.
const mostSlips = 2

// locate finds the town that was meant. Several of the same name or postal code become a choice.
func (d Deps) locate(r *http.Request, path string, q query) (found, error) {
	if f, ok, err := d.around(r, q); ok || err != nil {
		return f, err
	}
	if q.Town != "" {
		towns, err := d.Territory.Today(r.Context(), []string{q.Town})
		if err != nil {
			return found{}, err
		}
		if town, ok := towns[q.Town]; ok {
			return found{Town: town, HasTown: true}, nil
		}
	}
	if q.Text == "" {
		return found{}, nil
	}
	set, err := d.setting(r)
	if err != nil {
		return found{}, err
	}
	towns, err := d.Territory.Find(r.Context(), q.Text, set.RegionCode, mostChoices)
	if err != nil {
		return found{}, err
	}
	exact := slices.DeleteFunc(slices.Clone(towns), func(m territory.Municipality) bool { return !answers(m, q.Text) })
	switch {
	case len(exact) == 1:
		return found{Town: exact[0], HasTown: true}, nil
	case len(exact) > 1:
		slices.SortStableFunc(exact, func(a, b territory.Municipality) int { return strings.Compare(a.Name, b.Name) })
		return found{Choices: choices(r, path, q, exact)}, nil
	case len(towns) == 1:
		return found{Town: towns[0], HasTown: true}, nil
	case len(towns) > 1:
		return found{Unknown: true, Similar: choices(r, path, q, towns[:min(len(towns), 8)])}, nil
	}
	similar, err := d.similar(r, q.Text, set.RegionCode)
	return found{Unknown: true, Similar: choices(r, path, q, similar)}, err
}

// around finds the point that was meant, by its code: the search is around its first address.
func (d Deps) around(r *http.Request, q query) (f found, ok bool, err error) {
	if q.Near == "" || q.Text != "" {
		return f, false, nil
	}
	point, err := d.Points.ByCode(r.Context(), q.Near)
	if errors.Is(err, points.ErrNoCode) || err == nil && len(point.Addresses) == 0 {
		return f, false, nil
	}
	if err != nil {
		return f, false, err
	}
	a := point.Addresses[0]
	towns, err := d.Territory.Today(r.Context(), []string{a.Belfiore})
	f = found{Town: towns[a.Belfiore], HasTown: true, Name: point.PublicName}
	if a.HasAt {
		f.From = a.At
	}
	return f, true, err
}

// answers reports whether text is exactly the name or a postal code of m.
func answers(m territory.Municipality, text string) bool {
	folded := territory.Fold(text)
	return folded == territory.Fold(m.Name) || m.Formerly != "" && folded == territory.Fold(m.Formerly) || folded == territory.Fold(m.Name+" "+m.ProvinceAbbr) ||
		m.NameOther != "" && folded == territory.Fold(m.NameOther) || slices.Contains(m.CAPs, folded)
}

func choices(r *http.Request, path string, q query, towns []territory.Municipality) []ui.Link {
	var out []ui.Link
	for _, m := range towns {
		out = append(out, ui.Link{Label: m.Name + " (" + m.ProvinceAbbr + ")" + formerly(ui.PrinterOf(r), m), Href: path + q.values(m.Belfiore, 1)})
	}
	return out
}

// formerly says by which old name a town was found; nothing when it was by the present one.
func formerly(p i18n.Printer, m territory.Municipality) string {
	if m.Formerly == "" {
		return ""
	}
	return p.T("public.search.formerly", errs.Args{"town": m.Formerly})
}

// similar returns the towns of the region whose name is at most two slips of the pen away from text.
func (d Deps) similar(r *http.Request, text, region string) ([]territory.Municipality, error) {
	towns, err := d.Territory.InRegion(r.Context(), region)
	if err != nil {
		return nil, err
	}
	type near struct {
		town  territory.Municipality
		slips int
	}
	var closest []near
	typed := territory.Fold(text)
	for _, m := range towns {
		name := territory.Fold(m.Name)
		// Lengths that differ by more are more slips already, and a long text would take long.
		if d := len(name) - len(typed); d < -mostSlips || d > mostSlips {
			continue
		}
		if n := slips(typed, name); n <= min(mostSlips, len(typed)/3) {
			closest = append(closest, near{m, n})
		}
	}
	slices.SortStableFunc(closest, func(a, b near) int {
		return cmp.Or(a.slips-b.slips, b.town.Population-a.town.Population, strings.Compare(a.town.Name, b.town.Name))
	})
	var out []territory.Municipality
	for _, c := range closest[:min(len(closest), 5)] {
		out = append(out, c.town)
	}
	return out, nil
}

// slips returns how many letters have to be added, dropped or changed to make a into b.
func slips(a, b string) int {
	before := make([]int, len(b)+1)
	for j := range before {
		before[j] = j
	}
	for i := range len(a) {
		now := make([]int, len(b)+1)
		now[0] = i + 1
		for j := range len(b) {
			same := 1
			if a[i] == b[j] {
				same = 0
			}
			now[j+1] = min(before[j]+same, before[j+1]+1, now[j]+1)
		}
		before = now
	}
	return before[len(b)]
}
