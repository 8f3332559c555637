package demo

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/funding"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/territory"
)

// project is a managing body with its share of points, and who delivers for it.
type project struct {
	funding.Project
	seat      territory.Municipality
	deliverer string // the body that delivers at most of its points, or empty
	points    int    // still to be opened
	opened    int
}

// money makes the programme, the managing bodies of the largest places, their partners, projects and targets.
func (b *builder) money(ctx context.Context) error {
	from, to := programmeDays()
	region, err := b.Orgs.Add(ctx, b.who, orgs.Body{Name: "Regione " + b.name, Kind: orgs.KindRegion}, orgs.Role{Name: orgs.RoleImplementer, From: from})
	if err != nil {
		return err
	}
	b.programme = funding.Programme{
		Code: "DF-" + b.code + "-2026", Name: "Rete regionale dei Punti Digitale Facile 2026-2027",
		Act: "Deliberazione dimostrativa n. 1 del 15/06/2026", StartsOn: from, EndsOn: to, AmountCents: b.amountCents,
		MinorsFrom: from, MinWeeklyMinutes: network.DefaultWeekly, OpeningDays: 90,
	}
	if b.programme.ID, err = b.Funding.AddProgramme(ctx, b.who, b.programme); err != nil {
		return err
	}
	if err := b.targets(ctx, "", 1); err != nil {
		return err
	}
	partners, err := b.partners(ctx, from)
	if err != nil {
		return err
	}
	seats := slices.Clone(b.places)
	slices.SortStableFunc(seats, func(x, y territory.Municipality) int { return y.Population - x.Population })
	for i, seat := range seats[:b.plan.projects] {
		if err := b.project(ctx, i, seat, partners, region); err != nil {
			return err
		}
		b.Progress("programme", i+1, b.plan.projects)
	}
	return nil
}

func (b *builder) partners(ctx context.Context, from calendar.Day) ([]string, error) {
	var ids []string
	for _, name := range cooperatives() {
		id, err := b.Orgs.Add(ctx, b.who, orgs.Body{Name: name, Kind: orgs.KindThirdSector}, orgs.Role{Name: orgs.RoleDeliveringPartner, From: from})
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (b *builder) project(ctx context.Context, i int, seat territory.Municipality, partners []string, _ string) error {
	from, to := programmeDays()
	body, err := b.Orgs.Add(ctx, b.who, orgs.Body{Name: "Comune di " + seat.Name, Kind: orgs.KindMunicipality, Belfiore: seat.Belfiore},
		orgs.Role{Name: orgs.RoleSubImplementer, From: from})
	if err != nil {
		return err
	}
	share := b.plan.points / b.plan.projects
	if i < b.plan.points%b.plan.projects {
		share++
	}
	one := project{seat: seat, points: share, Project: funding.Project{
		ProgrammeID: b.programme.ID, BodyID: body, Code: fmt.Sprintf("DF-%s-%02d", b.code, i+1),
		Name: "Digitale Facile " + seat.Name, StartsOn: from, EndsOn: to, AmountCents: b.amountCents * int64(share) / int64(b.plan.points),
	}}
	if one.ID, err = b.Funding.AddProject(ctx, b.who, one.Project); err != nil {
		return err
	}
	if i%3 != 0 {
		one.deliverer = partners[i%len(partners)]
	}
	b.projects = append(b.projects, one)
	return b.targets(ctx, one.ID, float64(share)/float64(b.plan.points))
}

// targets sets the dated values of the four indicators: the first year a little above what the demo has
// reached at its full scale, the end of the programme three times as much.
func (b *builder) targets(ctx context.Context, projectID string, share float64) error {
	_, end := programmeDays()
	part := func(n int) int { return int(float64(n)*share + 0.5) }
	for _, t := range []struct {
		kpi        string
		year, last int
	}{
		{funding.KPIPoints, b.plan.points, b.plan.points},
		{funding.KPIFacilitators, b.plan.points, b.plan.points},
		{funding.KPIUniqueCitizens, b.plan.citizens * 6 / 5, b.plan.citizens * 7 / 2},
		{funding.KPIServices, b.plan.services * 6 / 5, b.plan.services * 7 / 2},
	} {
		for due, value := range map[calendar.Day]int{calendar.NewDay(2026, 12, 31): part(t.year), end: part(t.last)} {
			err := b.Funding.SetTarget(ctx, b.who, funding.Target{ProgrammeID: b.programme.ID, ProjectID: projectID, KPI: t.kpi, DueOn: due, Value: value})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
