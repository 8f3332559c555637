package managers

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// every is more rows than any list of a network has.
const every = 100_000

// bodyNames returns the names of bodies by id.
func (d Deps) bodyNames(ctx context.Context, ids ...string) (map[string]string, error) {
	found, err := d.Orgs.ByIDs(ctx, unique(ids))
	names := map[string]string{}
	for id, b := range found {
		names[id] = b.Name
	}
	return names, err
}

// bodyOptions are the bodies that the person may choose, and those already chosen.
func (d Deps) bodyOptions(r *http.Request, first string, chosen ...string) ([]ui.Option, error) {
	out := []ui.Option{{Label: first}}
	var seen []orgs.Body
	who := session.Actor(r)
	if who.Can(identity.SeeBodies) {
		met, err := d.metBodies(r.Context(), who)
		if err != nil {
			return nil, err
		}
		list, err := d.Orgs.List(r.Context(), who, orgs.Filter{Max: every, Also: met})
		if err != nil {
			return nil, err
		}
		seen = list
	}
	for _, b := range seen {
		out = append(out, ui.Option{Value: b.ID, Label: b.Name})
	}
	names, err := d.bodyNames(r.Context(), chosen...)
	if err != nil {
		return nil, err
	}
	for _, id := range unique(chosen) {
		if names[id] != "" && !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == id }) {
			out = append(out, ui.Option{Value: id, Label: names[id]})
		}
	}
	return out, nil
}

// townsOf returns the municipalities of points, by Belfiore code.
func (d Deps) townsOf(ctx context.Context, list ...points.Point) (map[string]territory.Municipality, error) {
	var codes []string
	for _, p := range list {
		for _, a := range p.Addresses {
			codes = append(codes, a.Belfiore)
		}
	}
	return d.Territory.Today(ctx, unique(codes))
}

// region returns the code of the region of the network, "" before the set-up.
func (d Deps) region(ctx context.Context) string {
	set, err := d.Network.Setting(ctx)
	if err != nil {
		return ""
	}
	return set.RegionCode
}

// townName is how forms show a municipality, so that they can read it back: "Aliano (MT)".
func townName(m territory.Municipality) string {
	if m.Name == "" {
		return ""
	}
	return fmt.Sprintf("%s (%s)", m.Name, m.ProvinceAbbr)
}

// townNames are all those of the region of the network, to suggest while typing.
func (d Deps) townNames(ctx context.Context) ([]string, error) {
	code := d.region(ctx)
	if code == "" {
		return nil, nil
	}
	towns, err := d.Territory.InRegion(ctx, code)
	names := make([]string, len(towns))
	for i, t := range towns {
		names[i] = townName(t)
	}
	slices.Sort(names)
	return names, err
}

// townCode reads what townName wrote, a bare name, or a Belfiore code; "" when there is no one such place.
func (d Deps) townCode(ctx context.Context, typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", nil
	}
	if known, err := d.Territory.ByBelfiore(ctx, []string{strings.ToUpper(typed)}); err != nil || len(known) == 1 {
		return strings.ToUpper(typed), err
	}
	name, letters, _ := strings.Cut(strings.TrimSuffix(typed, ")"), "(")
	found, err := d.Territory.Find(ctx, strings.TrimSpace(name), "", perPage)
	if err != nil {
		return "", err
	}
	here := d.region(ctx)
	var codes, near []string
	for _, m := range found {
		if territory.Fold(m.Name) != territory.Fold(name) || letters != "" && !strings.EqualFold(m.ProvinceAbbr, strings.TrimSpace(letters)) {
			continue
		}
		codes = append(codes, m.Belfiore)
		if m.RegionCode == here {
			near = append(near, m.Belfiore)
		}
	}
	switch {
	case len(codes) == 1:
		return codes[0], nil
	case len(near) == 1:
		return near[0], nil
	}
	return "", nil
}

// addressLine is an address in one line.
func addressLine(a points.Address, towns map[string]territory.Municipality) string {
	parts := filled(a.Place, a.Street, strings.TrimSpace(a.CAP+" "+townName(towns[a.Belfiore])))
	return strings.Join(parts, ", ")
}

func filled(parts ...string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

// pointLink is the way to the page of a point.
func pointLink(p points.Point) ui.Link {
	return ui.Link{Label: p.PublicName, Href: "/gestione/punti/" + p.ID}
}
