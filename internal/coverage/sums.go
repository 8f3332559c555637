package coverage

import (
	"cmp"
	"slices"

	"capillare/internal/territory"
)

// Tally is a number (of people, of municipalities) by State.
type Tally struct{ Reached, Far, CutOff, Unplaced int }

// Total returns all of them.
func (t Tally) Total() int { return t.Reached + t.Far + t.CutOff + t.Unplaced }

// Of returns the number in one state.
func (t Tally) Of(s State) int {
	switch s {
	case Reached:
		return t.Reached
	case Far:
		return t.Far
	case CutOff:
		return t.CutOff
	}
	return t.Unplaced
}

func (t *Tally) add(s State, n int) {
	switch s {
	case Reached:
		t.Reached += n
	case Far:
		t.Far += n
	case CutOff:
		t.CutOff += n
	default:
		t.Unplaced += n
	}
}

// Group is the sum of some municipalities.
type Group struct {
	// Key is the code of a province or the letter of a class, empty for what is not known; Name is that of
	// a province.
	Key, Name        string
	Towns, Residents Tally
	// From65 are the residents of 65 and more; Ageless is how many municipalities do not tell them.
	From65  Tally
	Ageless int
}

func (g *Group) add(p Place) {
	g.Towns.add(p.State, 1)
	g.Residents.add(p.State, p.Population)
	g.From65.add(p.State, p.Ages.From65)
	if p.Ages.Total() == 0 {
		g.Ageless++
	}
}

// Sum adds places up.
func Sum(places []Place) Group {
	var g Group
	for _, p := range places {
		g.add(p)
	}
	return g
}

// ByProvince adds places up by province, in the order of names.
func ByProvince(places []Place) []Group {
	groups := groupBy(places, func(p Place) (string, string) { return p.ProvinceCode, p.ProvinceName })
	slices.SortStableFunc(groups, func(a, b Group) int { return cmp.Compare(territory.Fold(a.Name), territory.Fold(b.Name)) })
	return groups
}

// ByClass adds places up by class of the inner areas, from the poles outwards; what has no class is
// last.
func ByClass(places []Place) []Group {
	groups := groupBy(places, func(p Place) (string, string) { return p.InnerClass, "" })
	slices.SortStableFunc(groups, func(a, b Group) int { return cmp.Compare(cmp.Or(a.Key, "~"), cmp.Or(b.Key, "~")) })
	return groups
}

func groupBy(places []Place, keyOf func(Place) (key, name string)) []Group {
	var groups []Group
	at := map[string]int{}
	for _, p := range places {
		key, name := keyOf(p)
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, Group{Key: key, Name: name})
		}
		groups[i].add(p)
	}
	return groups
}

// Filter chooses municipalities of an answer; empty fields do not narrow.
type Filter struct {
	// Province is a code; Class a letter, or NoClass.
	Province, Class string
	State           State
	// Among keeps only the municipalities with these Belfiore codes; nil keeps all.
	Among map[string]bool
	// Islands keeps only those on small islands.
	Islands bool
}

// NoClass is the Class of municipalities without one.
const NoClass = "-"

// Where returns the places that f keeps, in their order.
func (a Answer) Where(f Filter) []Place {
	var found []Place
	for _, p := range a.Places {
		if (f.Province == "" || p.ProvinceCode == f.Province) && (f.Class == "" || cmp.Or(p.InnerClass, NoClass) == f.Class) &&
			(f.State == "" || p.State == f.State) && (f.Among == nil || f.Among[p.Belfiore]) && (!f.Islands || p.OffRoad()) {
			found = append(found, p)
		}
	}
	return found
}

// Order is by what a list of municipalities is put.
type Order string

// The orders.
const (
	ByName      Order = "name"
	ByResidents Order = "residents"
	ByOld       Order = "old" // residents of 65 and more
	ByMinutes   Order = "minutes"
)

// Sort puts places in an order, the most first; equals stand by name.
func Sort(places []Place, by Order) {
	key := func(p Place) int { return 0 }
	switch by {
	case ByResidents:
		key = func(p Place) int { return p.Population }
	case ByOld:
		key = func(p Place) int { return p.Ages.From65 }
	case ByMinutes:
		// What nobody can reach stands before the farthest.
		key = func(p Place) int {
			if p.Near.PointID == "" {
				return 1 << 30
			}
			return p.Near.Minutes
		}
	}
	slices.SortStableFunc(places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(key(b), key(a)), cmp.Compare(territory.Fold(a.Name), territory.Fold(b.Name)), cmp.Compare(a.Belfiore, b.Belfiore))
	})
}

// Sources returns the files that the residents and the ages of places come from, each once, the newest
// first. Nil among them stands for the data that come with the program.
func Sources(places []Place) (population, ages []*territory.Source) {
	for _, p := range places {
		population = append(population, p.From.Population)
		if p.Ages.Total() > 0 {
			ages = append(ages, p.From.Ages)
		}
	}
	return distinct(population), distinct(ages)
}

func distinct(list []*territory.Source) []*territory.Source {
	order := func(a, b *territory.Source) int {
		switch {
		case a == b:
			return 0
		case a == nil:
			return 1
		case b == nil:
			return -1
		}
		return cmp.Or(b.Reference.Compare(a.Reference), cmp.Compare(a.ID, b.ID))
	}
	slices.SortFunc(list, order)
	return slices.Compact(list)
}
