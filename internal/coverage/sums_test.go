package coverage

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"capillare/internal/territory"
)

func anyPlaces() *rapid.Generator[[]Place] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Place {
		m := territory.Municipality{
			Name: rapid.SampledFrom([]string{"Aliano", "Rio", "Sarconi", "Melfi"}).Draw(t, "name"), Belfiore: rapid.StringMatching("[A-Z][0-9]{3}").Draw(t, "belfiore"),
			ProvinceCode: rapid.SampledFrom([]string{"076", "077", "049"}).Draw(t, "province"), InnerClass: rapid.SampledFrom([]string{"", "A", "D", "F"}).Draw(t, "class"),
			Population: rapid.IntRange(0, 3_000_000).Draw(t, "residents"),
		}
		m.ProvinceName = m.ProvinceCode
		if rapid.Bool().Draw(t, "aged") {
			m.Ages = territory.Ages{To64: 1, From65: rapid.IntRange(0, m.Population).Draw(t, "old")}
		}
		return Place{Municipality: m, State: rapid.SampledFrom(States()).Draw(t, "state"), Near: Near{Minutes: rapid.IntRange(0, 90).Draw(t, "minutes")}}
	}), 0, 40)
}

// plus adds two groups without regard to what they are of.
func plus(a, b Group) Group {
	tally := func(a, b Tally) Tally {
		return Tally{a.Reached + b.Reached, a.Far + b.Far, a.CutOff + b.CutOff, a.Unplaced + b.Unplaced}
	}
	return Group{Towns: tally(a.Towns, b.Towns), Residents: tally(a.Residents, b.Residents), From65: tally(a.From65, b.From65), Ageless: a.Ageless + b.Ageless}
}

func TestTablesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		places := anyPlaces().Draw(t, "places")
		want := Sum(places)
		residents := 0
		for _, p := range places {
			residents += p.Population
		}
		if want.Residents.Total() != residents || want.Towns.Total() != len(places) {
			t.Fatalf("Sum(...) has %d residents in %d towns, want %d in %d", want.Residents.Total(), want.Towns.Total(), residents, len(places))
		}
		for name, groups := range map[string][]Group{"ByProvince": ByProvince(places), "ByClass": ByClass(places)} {
			var got Group
			for _, g := range groups {
				got = plus(got, g)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("the rows of %s do not add up to Sum (-want +got):\n%s", name, diff)
			}
		}
		// A figure opens its list: as many people are in it.
		a := Answer{Places: places}
		for _, g := range ByProvince(places) {
			for _, s := range States() {
				if got := Sum(a.Where(Filter{Province: g.Key, State: s})).Residents.Of(s); got != g.Residents.Of(s) {
					t.Fatalf("Where(%s, %s) has %d residents, want %d", g.Key, s, got, g.Residents.Of(s))
				}
			}
		}
	})
}

func TestByClassOrder(t *testing.T) {
	t.Parallel()
	var places []Place
	for _, class := range []string{"", "F", "A", "", "D"} {
		places = append(places, Place{Municipality: territory.Municipality{InnerClass: class}, State: Reached})
	}
	var got []string
	for _, g := range ByClass(places) {
		got = append(got, g.Key)
	}
	if want := []string{"A", "D", "F", ""}; !slices.Equal(got, want) {
		t.Errorf("ByClass(...) = %q, want %q", got, want)
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	place := func(name string, residents, old, minutes int, point string) Place {
		return Place{Municipality: territory.Municipality{Name: name, Population: residents, Ages: territory.Ages{From65: old}}, Near: Near{PointID: point, Minutes: minutes}}
	}
	places := []Place{place("Melfi", 17_000, 4000, 5, "p"), place("Àlbano", 1300, 400, 25, "p"), place("Capraia", 300, 90, 0, ""), place("Rio", 1300, 400, 40, "p")}
	for _, tt := range []struct {
		by   Order
		want string
	}{{ByName, "Àlbano Capraia Melfi Rio"}, {ByResidents, "Melfi Àlbano Rio Capraia"}, {ByOld, "Melfi Àlbano Rio Capraia"}, {ByMinutes, "Capraia Rio Àlbano Melfi"}} {
		sorted, got := slices.Clone(places), ""
		Sort(sorted, tt.by)
		for i, p := range sorted {
			if i > 0 {
				got += " "
			}
			got += p.Name
		}
		if got != tt.want {
			t.Errorf("Sort(%s) = %s, want %s", tt.by, got, tt.want)
		}
	}
}
