package points

import (
	"strings"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/sqldb"
)

// placesOf asks for places as another domain does.
func placesOf(t *testing.T, b *bench, s Search) *Places {
	t.Helper()
	roads, err := b.Roads(b.ctx)
	check(t, err)
	var places *Places
	check(t, b.db.View(b.ctx, func(tx *sqldb.Tx) (err error) {
		places, err = b.PlacesTx(b.ctx, tx, roads, s)
		return err
	}))
	return places
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		s      Search
		want   string
		points int
	}{
		{"the own town first, each stop of a tour for itself", Search{Town: "F052"}, "GIRO/1 MATERA/0 ALIANO/0 GIRO/0 POTENZA/0", 4},
		{"within 65 minutes", Search{Town: "F052", Within: 65}, "GIRO/1 MATERA/0 ALIANO/0", 3},
		{"the own town is never too far", Search{Town: "F052", Within: 1}, "GIRO/1 MATERA/0", 2},
		{"nobody said from where", Search{Within: 30}, "", 0},
	}
	run(t, func(t *testing.T, b *bench) {
		village(t, b)
		var two Visible
		for _, p := range placesOf(t, b, Search{}).snap.all {
			if p.Code == "ALIANO" || p.Code == "GONE" {
				two.IDs = append(two.IDs, p.ID)
			}
		}
		tests := append(tests, struct {
			name   string
			s      Search
			want   string
			points int
		}{"among two, of which one has closed", Search{Only: &two}, "ALIANO/0", 1})
		for _, tt := range tests {
			places := placesOf(t, b, tt.s)
			var got []string
			for rank := range places.Len() {
				at := places.At(rank)
				p, ok := places.Point(at.PointID)
				a, _ := p.Address(at.AddressID)
				if !ok {
					t.Fatalf("Point(%s) is missing", at.PointID)
				}
				got = append(got, p.Code+"/"+string(rune('0'+a.Position)))
			}
			if strings.Join(got, " ") != tt.want || places.Points() != tt.points {
				t.Errorf("PlacesTx(%s) = %q of %d points, want %q of %d", tt.name, strings.Join(got, " "), places.Points(), tt.want, tt.points)
			}
		}
	})
}

// A change is seen by the next search, also when another service made the one before.
func TestPlacesFollowChanges(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		p := b.add(t, b.point("ALIANO"))
		if n := placesOf(t, b, Search{}).Len(); n != 1 {
			t.Fatalf("Len() = %d, want 1", n)
		}
		other := New(b.db, Deps{Bus: b.bus, Territory: b.territory, Orgs: b.orgs, Funding: b.funding, Files: b.files})
		check(t, other.SetState(b.ctx, system, p.ID, StateSuspended, calendar.DayOf(start)))
		if n := placesOf(t, b, Search{}).Len(); n != 0 {
			t.Errorf("Len() after the point is suspended by another process = %d, want 0", n)
		}
	})
}
