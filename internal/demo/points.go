package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/points"
	"capillare/internal/territory"
)

// spot is a point with what the demo needs of it.
type spot struct {
	points.Point
	project  int
	place    territory.Municipality
	province string
	helpers  []string // facilitators
	weight   float64  // how many people come, beside the others
}

// points opens the fixed points in the largest places and sends the itinerant ones round small ones.
func (b *builder) points(ctx context.Context) error {
	bySize := slices.Clone(b.places)
	slices.SortStableFunc(bySize, func(x, y territory.Municipality) int { return y.Population - x.Population })
	fixed := b.fixed()
	used := map[string]bool{}
	for i := range fixed {
		// Large places have several points: the list starts again after the places with more than 4,000 people.
		place := bySize[i%min(fixed, b.largePlaces(bySize))]
		used[place.Belfiore] = true
		if err := b.open(ctx, i, points.Fixed, []territory.Municipality{place}); err != nil {
			return err
		}
	}
	small := slices.DeleteFunc(slices.Clone(bySize), func(m territory.Municipality) bool { return used[m.Belfiore] || !m.HasPlace })
	b.rng.Shuffle(len(small), func(i, j int) { small[i], small[j] = small[j], small[i] })
	slices.SortStableFunc(small, func(x, y territory.Municipality) int { return cmp.Compare(rank(x, b.centre), rank(y, b.centre)) })
	for i := range b.itinerant {
		if err := b.open(ctx, fixed+i, points.Itinerant, tour(small, i, b.itinerant)); err != nil {
			return err
		}
	}
	b.result.Points = len(b.spots)
	return nil
}

func rank(m territory.Municipality, first string) int {
	if m.Name == first {
		return 0
	}
	return 1
}

func (b *builder) largePlaces(bySize []territory.Municipality) int {
	n := slices.IndexFunc(bySize, func(m territory.Municipality) bool { return m.Population < 4000 })
	return max(n, b.plan.points/3)
}

// tour gives the i-th itinerant point a first village and the two nearest ones to it.
func tour(villages []territory.Municipality, i, all int) []territory.Municipality {
	first := villages[i]
	rest := slices.Clone(villages[all:])
	here, _ := first.Place()
	slices.SortStableFunc(rest, func(x, y territory.Municipality) int {
		px, _ := x.Place()
		py, _ := y.Place()
		return cmp.Compare(geo.Distance(here, px), geo.Distance(here, py))
	})
	return append([]territory.Municipality{first}, rest[:2]...)
}

// nearestProject returns the project with points left whose seat is nearest to a place; of all projects when
// none has.
func (b *builder) nearestProject(place territory.Municipality) int {
	here, _ := place.Place()
	full := !slices.ContainsFunc(b.projects, func(p project) bool { return p.points > 0 })
	best, distance := -1, 0.0
	for i, p := range b.projects {
		there, _ := p.seat.Place()
		if d := geo.Distance(here, there); (full || p.points > 0) && (best < 0 || d < distance) {
			best, distance = i, d
		}
	}
	return best
}

// open adds a point that has been open since the first day of the programme.
func (b *builder) open(ctx context.Context, i int, kind string, places []territory.Municipality) error {
	from, _ := programmeDays()
	n := b.nearestProject(places[0])
	point, err := b.invent(i, n, kind, places)
	if err != nil {
		return err
	}
	b.projects[n].points--
	b.projects[n].opened++
	point.AwardedOn = from.AddDays(-60)
	if i == b.fixed()-openedLate {
		point.AwardedOn = from.AddDays(-100)
	}
	id, err := b.Points.Add(ctx, b.who, point)
	if err == nil {
		err = b.reach(ctx, id, points.Step{State: points.StateSettingUp, On: from.AddDays(-30)}, points.Step{State: points.StateOpen, On: from})
	}
	if err != nil {
		return fmt.Errorf("%s: %w", point.PublicName, err)
	}
	byID, err := b.Points.ByIDs(ctx, []string{id})
	if err != nil {
		return err
	}
	b.spots = append(b.spots, spot{Point: byID[id], project: n, place: places[0], province: places[0].ProvinceName,
		weight: 1 + float64(min(places[0].Population, 60_000))/20_000})
	b.Progress("points", i+1, b.plan.points)
	return nil
}

// fixed is how many points do not go round: they are the first of the spots.
func (b *builder) fixed() int { return b.plan.points - b.itinerant }

// invent makes up the i-th point, of the n-th project.
func (b *builder) invent(i, n int, kind string, places []territory.Municipality) (points.Point, error) {
	project := b.projects[n]
	point := points.Point{
		Code: fmt.Sprintf("DF%s%03d", b.code, i+1), Kind: kind, ProjectID: project.ID, ManagingBodyID: project.BodyID,
		FacilitaNumber: fmt.Sprint(100_000 + i), Phone: b.people.phone(), Booking: points.BookingPossible,
		Accessibility: b.some(points.AccessibilityTags()), Languages: b.some([]string{"en", "fr", "ar", "ro"}),
		Services: []string{"facilitation"},
	}
	if project.deliverer != "" && project.opened%3 != 0 { // one point in three is run by the managing body itself
		point.DeliveringBodyID = project.deliverer
	}
	host := one(b.rng, hosts())
	point.PublicName = fmt.Sprintf("%s – %s", places[0].Name, host)
	if kind == points.Itinerant {
		point.PublicName = "Facilitatore itinerante – " + places[0].Name
	}
	point.OfficialName = fmt.Sprintf("PDF %s %s %03d", places[0].Name, host, i+1)
	for j, place := range places {
		address, err := b.address(j, place, host, kind)
		if err != nil {
			return points.Point{}, err
		}
		point.Addresses = append(point.Addresses, address)
	}
	return point, nil
}

// reach takes a point through some steps.
func (b *builder) reach(ctx context.Context, id string, steps ...points.Step) error {
	for _, step := range steps {
		if err := b.Points.SetState(ctx, b.who, id, step.State, step.On); err != nil {
			return err
		}
	}
	return nil
}

// some keeps about half of the values.
func (b *builder) some(values []string) []string {
	return slices.DeleteFunc(values, func(string) bool { return b.rng.IntN(2) == 0 })
}

// address gives a fixed point 24 hours a week in one of three shapes, an itinerant one two mornings or
// afternoons in each village.
func (b *builder) address(position int, place territory.Municipality, host, kind string) (points.Address, error) {
	at, ok := place.Place()
	if ok { // not exactly on the town hall, so that two points of a town are two dots
		at.Lat += (b.rng.Float64() - 0.5) * 0.01
		at.Lon += (b.rng.Float64() - 0.5) * 0.01
	}
	a := points.Address{Position: position, Place: host, Street: fmt.Sprintf("%s %d", one(b.rng, streets()), 1+b.rng.IntN(80)),
		Belfiore: place.Belfiore, At: at, HasAt: ok}
	if len(place.CAPs) > 0 {
		a.CAP = place.CAPs[0]
	}
	week := one(b.rng, []string{
		"lun-ven 09:00-13:00; mar e gio 15:00-17:00",
		"lun-ven 08:30-12:30; lun e mer 15:00-17:00",
		"lun-sab 09:00-13:00",
	})
	if kind == points.Itinerant {
		week = []string{"lun 09:00-13:00; gio 09:00-13:00; ven 14:00-18:00", "mar 09:00-13:00; mar 14:30-17:30", "mer 09:00-13:00; mer 14:30-17:30"}[position]
	}
	bands, err := calendar.ParseBands(week)
	a.Schedules = []points.Schedule{{Bands: bands}}
	return a, err
}
