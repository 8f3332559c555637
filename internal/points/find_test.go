package points

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

var aliano, matera = geo.Point{Lat: 40.3136, Lon: 16.2298}, geo.Point{Lat: 40.6664, Lon: 16.6043}

func codesOf(list []Near) string {
	var got []string
	for _, n := range list {
		got = append(got, n.Point.Code)
	}
	return strings.Join(got, " ")
}

// village adds four points: in Aliano, in Matera (without coordinates), in Potenza, and one that goes
// round Potenza (Tuesday afternoon) and Matera (Tuesday morning); and two that no citizen should find.
func village(t *testing.T, b *bench) {
	t.Helper()
	place := func(code, belfiore string) Point {
		p := b.point(code)
		p.PublicName, p.Addresses[0].Belfiore, p.Addresses[0].HasAt, p.Addresses[0].At = "Punto "+code, belfiore, false, geo.Point{}
		return p
	}
	a := b.point("ALIANO")
	m, z := place("MATERA", "F052"), place("POTENZA", "G942")
	m.Accessibility = []string{"ramp"}
	z.Addresses[0].Schedules[0].Bands = bands("mer 9-13")
	giro := place("GIRO", "G942")
	giro.Kind, giro.Languages = Itinerant, []string{"lis"}
	giro.Addresses[0].Schedules[0].Bands = bands("mar 15-18")
	giro.Addresses = append(giro.Addresses, Address{Belfiore: "F052", Schedules: []Schedule{{Bands: bands("mar 9-13")}}})
	gone, later := place("GONE", "A194"), place("LATER", "A194")
	gone.State, gone.ClosedOn = StateClosed, day(2026, 11, 1)
	later.State, later.OpenedOn = StateSettingUp, calendar.Day{}
	for _, p := range []Point{a, m, z, giro, gone, later} {
		b.add(t, p)
	}
}

func TestNear(t *testing.T) {
	t.Parallel()
	at := func(d, h int) time.Time { return time.Date(2026, 11, d, h, 0, 0, 0, calendar.Rome) }
	tests := []struct {
		name  string
		s     Search
		want  string
		total int
	}{
		{"from Aliano", Search{From: aliano}, "ALIANO GIRO MATERA POTENZA", 4},
		{"from Matera", Search{From: matera}, "GIRO MATERA ALIANO POTENZA", 4},
		{"by name", Search{}, "ALIANO GIRO MATERA POTENZA", 4},
		{"page", Search{From: aliano, Max: 2, Offset: 1}, "GIRO MATERA", 4},
		{"past the end", Search{From: aliano, Offset: 9}, "", 4},
		{"ramp", Search{From: matera, Accessibility: []string{"ramp"}}, "GIRO MATERA ALIANO POTENZA", 4},
		{"ramp and toilet", Search{From: matera, Accessibility: []string{"toilet", "ramp"}}, "GIRO ALIANO POTENZA", 3},
		{"sign language", Search{From: aliano, Languages: []string{"lis"}}, "GIRO", 1},
		{"nobody has it", Search{From: aliano, Services: []string{"home_visits"}}, "", 0},
		{"open on Tuesday morning", Search{From: aliano, OpenAt: at(24, 10)}, "ALIANO GIRO MATERA", 3},
		{"open on Tuesday afternoon", Search{From: matera, OpenAt: at(24, 16)}, "MATERA ALIANO GIRO", 3},
		{"open on Wednesday", Search{From: aliano, OpenAt: at(25, 10)}, "ALIANO MATERA POTENZA", 3},
		{"open at night", Search{From: aliano, OpenAt: at(24, 22)}, "", 0},
	}
	run(t, func(t *testing.T, b *bench) {
		village(t, b)
		for _, tt := range tests {
			got, total, err := b.Near(b.ctx, tt.s)
			if err != nil || codesOf(got) != tt.want || total != tt.total {
				t.Errorf("Near(%s) = %q of %d, %v, want %q of %d", tt.name, codesOf(got), total, err, tt.want, tt.total)
			}
		}
		// The itinerant point is where it is open, not where it is nearest.
		got, _, err := b.Near(b.ctx, Search{From: matera, OpenAt: at(24, 16), Languages: []string{"lis"}})
		if err != nil || len(got) != 1 || got[0].AddressID != got[0].Point.Addresses[0].ID || got[0].Km < 60 || got[0].Minutes < 60 || !got[0].Located {
			t.Errorf("Near(itinerant, afternoon) = %+v, %v, want it in Potenza", got, err)
		}
		public, err := b.Public(b.ctx)
		if err != nil || len(public) != 4 {
			t.Errorf("Public has %d, %v, want 4", len(public), err)
		}
	})
}

func TestList(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		f     Filter
		want  string
		total int
	}{
		{"all, by name", Filter{}, "ALIANO GIRO GONE LATER MATERA POTENZA", 6},
		{"page", Filter{Page: 1, Size: 2}, "GONE LATER", 6},
		{"state", Filter{State: StateClosed}, "GONE", 1},
		{"province by letters", Filter{Province: "pz"}, "GIRO POTENZA", 2},
		{"province by code", Filter{Province: "077"}, "ALIANO GIRO GONE LATER MATERA", 5},
		{"no such province", Filter{Province: "XX"}, "", 0},
		{"name", Filter{Search: "PUNTO gi"}, "GIRO", 1},
		{"municipality", Filter{Search: "alìano"}, "ALIANO GONE LATER", 3},
		{"a percent sign finds all", Filter{Search: "%"}, "ALIANO GIRO GONE LATER MATERA POTENZA", 6},
	}
	run(t, func(t *testing.T, b *bench) {
		village(t, b)
		for _, tt := range tests {
			page, total, err := b.List(b.ctx, system, tt.f)
			var got []string
			for _, p := range page {
				got = append(got, p.Code)
			}
			if err != nil || strings.Join(got, " ") != tt.want || total != tt.total {
				t.Errorf("List(%s) = %v of %d, %v, want %q of %d", tt.name, got, total, err, tt.want, tt.total)
			}
		}
		if page, _, err := b.List(b.ctx, system, Filter{BodyID: b.bodies[1]}); err != nil || len(page) != 0 {
			t.Errorf("List(other body) = %v, %v, want none", page, err)
		}
		awaiting := b.point("VUOTO")
		awaiting.State, awaiting.OpenedOn, awaiting.Addresses[0].Schedules = StateSettingUp, calendar.Day{}, nil
		b.add(t, awaiting)
		if page, total, err := b.List(b.ctx, system, Filter{HoursToComplete: true}); err != nil || total != 1 || len(page) != 1 || page[0].Code != "VUOTO" {
			t.Errorf("List(hours to complete) = %v, %v, want VUOTO", page, err)
		}
	})
}

// Two services on one database are as two processes: what one changes the other sees at once.
func TestAnotherProcess(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		village(t, b)
		other := New(b.db, Deps{Territory: b.territory, Orgs: b.orgs, Funding: b.funding})
		before, err := other.Public(b.ctx)
		check(t, err)
		check(t, b.SetState(b.ctx, system, before[0].ID, StateClosed, calendar.Day{}))
		after, err := other.Public(b.ctx)
		if err != nil || len(after) != len(before)-1 {
			t.Errorf("Public after a change elsewhere has %d, %v, want %d", len(after), err, len(before)-1)
		}
		// What is returned is the caller's own.
		after[0].Addresses[0].Schedules[0].Bands[0].Opens = 0
		again, err := other.Public(b.ctx)
		if err != nil || again[0].Addresses[0].Schedules[0].Bands[0].Opens == 0 {
			t.Errorf("a caller changed what is in memory, %v", err)
		}
	})
}

func BenchmarkNear(b *testing.B) {
	for _, engine := range []sqldb.Engine{sqldb.SQLite, sqldb.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			net := newBench(b, sqldbtest.Open(b, engine))
			for i := range 169 {
				if _, err := net.Add(net.ctx, system, net.point(fmt.Sprintf("P%03d", i))); err != nil {
					b.Fatal(err)
				}
			}
			b.Run("unchanged", func(b *testing.B) {
				for b.Loop() {
					if _, _, err := net.Near(net.ctx, Search{From: matera}); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("changed each time", func(b *testing.B) {
				for b.Loop() {
					net.seen.Store(nil)
					if _, _, err := net.Near(net.ctx, Search{From: matera}); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
