package imports

import (
	"context"
	"errors"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// bodies finds the bodies that a file names, and remembers those to add.
type bodies struct {
	service *orgs.Service
	plan    *plan
	byName  map[string]orgs.Body
	// byTown are the municipalities that are bodies, by Belfiore code.
	byTown map[string]orgs.Body
	names  []string
	nameOf map[string]string
	fresh  map[string]bool
	today  calendar.Day
}

// bodyRef is a body that is there (id) or will be (name).
type bodyRef struct{ id, name string }

const everyBody = 1 << 20

func (s *Service) newBodies(ctx context.Context, who identity.Actor, p *plan) (*bodies, error) {
	list, err := s.Orgs.List(ctx, who, orgs.Filter{Max: everyBody})
	if err != nil {
		return nil, err
	}
	b := &bodies{service: s.Orgs, plan: p, byName: map[string]orgs.Body{}, byTown: map[string]orgs.Body{}, fresh: map[string]bool{},
		nameOf: map[string]string{}, today: calendar.DayOf(s.db.Now())}
	for _, one := range list {
		b.byName[folded(one.Name)] = one
		b.names = append(b.names, one.Name)
		b.nameOf[one.ID] = one.Name
		if one.Kind == orgs.KindMunicipality && one.Belfiore != "" {
			b.byTown[one.Belfiore] = one
		}
	}
	return b, nil
}

// known returns a body that is there.
func (b *bodies) known(name string) (bodyRef, bool) {
	body, ok := b.byName[folded(name)]
	return bodyRef{id: body.ID, name: body.Name}, ok
}

// named returns the body with a name, to be added when it is not there.
func (b *bodies) named(ctx context.Context, c *check, column, name string, town territory.Municipality) (bodyRef, error) {
	if ref, ok := b.known(name); ok {
		return ref, nil
	}
	body := orgs.Body{Name: strings.Join(strings.Fields(name), " "), Kind: guessKind(name)}
	if body.Kind == orgs.KindMunicipality && town.Name != "" && folded(name) == folded(townBody(town)) {
		body.Belfiore = town.Belfiore
	}
	return b.add(ctx, c, column, body)
}

// ofTown returns the municipality itself as a body, to be added when it is not there.
func (b *bodies) ofTown(ctx context.Context, c *check, town territory.Municipality) (bodyRef, error) {
	if body, ok := b.byTown[town.Belfiore]; ok {
		return bodyRef{id: body.ID, name: body.Name}, nil
	}
	return b.named(ctx, c, colTown, townBody(town), town)
}

func townBody(town territory.Municipality) string { return "Comune di " + town.Name }

// add plans a new body, once for each name.
func (b *bodies) add(ctx context.Context, c *check, column string, body orgs.Body) (bodyRef, error) {
	body, err := b.service.Check(ctx, body)
	if err != nil {
		return bodyRef{}, c.refused(err, column, nil)
	}
	key, ref := folded(body.Name), bodyRef{name: body.Name}
	if b.fresh[key] {
		return ref, nil
	}
	b.fresh[key] = true
	if near := nearest(body.Name, b.names); near != "" && column != colTown {
		c.warn(column, "imports.body_near", errs.Args{"name": near})
	}
	b.plan.report.Bodies = append(b.plan.report.Bodies, body.Name)
	role := orgs.Role{Name: orgs.RoleSubImplementer, From: b.today}
	if column == colDelivering {
		role.Name = orgs.RoleDeliveringPartner
	}
	b.plan.steps = append(b.plan.steps, func(ctx context.Context, tx *sqldb.Tx, at *run) error {
		there, err := b.service.FindByName(ctx, tx, body.Name)
		if err == nil {
			at.bodies[key] = there.ID
			return nil
		}
		if !errors.Is(err, orgs.ErrNotHere) {
			return err
		}
		at.bodies[key], err = b.service.AddTx(ctx, tx, at.who, body, role)
		return err
	})
	return ref, nil
}

// id returns the id of a body, also of one added in the same run.
func (at *run) id(ref bodyRef) string {
	if ref.id != "" {
		return ref.id
	}
	return at.bodies[folded(ref.name)]
}

// guessKind tells the kind of a body from its name.
func guessKind(name string) string {
	words := strings.Fields(folded(name))
	has := func(known ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(known, w) })
	}
	first := ""
	if len(words) > 0 {
		first = words[0]
	}
	switch {
	case first == "comune":
		return orgs.KindMunicipality
	case first == "unione" || first == "comunita" && has("montana", "comuni"):
		return orgs.KindUnion
	case first == "provincia" || first == "citta" && has("metropolitana"):
		return orgs.KindProvince
	case first == "regione":
		return orgs.KindRegion
	case has("coop", "cooperativa", "misericordia", "auser", "arci", "acli", "anteas", "aps", "odv", "ets", "onlus", "fondazione", "proloco") ||
		strings.HasPrefix(first, "associazion") || first == "circolo" || first == "consorzio" && has("sociale") ||
		has("associazione", "confraternita", "volontariato") || has("impresa") && has("sociale") || has("pubblica") && has("assistenza") || has("pro") && has("loco"):
		return orgs.KindThirdSector
	case has("srl", "spa", "srls", "snc", "sas") || strings.HasSuffix(folded(name), " s r l") || strings.HasSuffix(folded(name), " s p a"):
		return orgs.KindCompany
	}
	return orgs.KindOther
}
