package demo_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/demo"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/testkit"
)

func services(t *testing.T, db *sqldb.DB) demo.Services {
	t.Helper()
	keys, _, err := sealed.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	places := territory.New(db)
	bodies := orgs.New(db, places)
	money := funding.New(db)
	spots := points.New(db, points.Deps{Territory: places, Orgs: bodies, Funding: money})
	people := facilitators.New(db, nil, spots, keys)
	times := agenda.New(db, spots, people, agenda.Options{})
	return demo.Services{DB: db, Identity: identity.New(db, identity.Options{Cost: identity.Cost{MemoryKiB: 8, Time: 1, Threads: 1}}),
		Territory: places, Orgs: bodies, Network: network.New(db), Funding: money, Points: spots, Facilitators: people, Agenda: times,
		Register: register.New(db, register.Deps{Points: spots, Facilitators: people, Funding: money, Agenda: times, Territory: places, Keys: keys})}
}

var tuesday = calendar.NewDay(2026, time.November, 24)

func TestASmallNetworkOfTheRightShape(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	morning, err := tuesday.At(7 * 60)
	if err != nil {
		t.Fatal(err)
	}
	sqldbtest.RunAt(t, morning, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		s := services(t, db)
		got, err := demo.Build(t.Context(), s, demo.Options{Region: "basilicata", Today: tuesday, Seed: 1, Scale: 0.01})
		if err != nil {
			t.Fatal(err)
		}
		if got.Points != 32 || got.Facilitators < 32 || got.Citizens != 250 || got.Services != 375 || got.UniqueAccesses != 250 || got.Bookings == 0 {
			t.Errorf("Build = %+v, want 32 points, 250 citizens and unique accesses, 375 services, some bookings", got)
		}
		if got.FacilitatorPointPlace != "Aliano" {
			t.Errorf("the facilitator of the tour is in %q, want Aliano", got.FacilitatorPointPlace)
		}
		err = db.View(t.Context(), func(tx *sqldb.Tx) error {
			wrong, err := s.Register.Recount(t.Context(), tx)
			if len(wrong) > 0 {
				t.Errorf("Recount found %v", wrong)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := demo.Build(t.Context(), s, demo.Options{Region: "basilicata", Today: tuesday, Seed: 1, Scale: 0.01}); err == nil {
			t.Error("a second demo was built over the first")
		}
	})
}

func TestWhatIsAskedMustMakeSense(t *testing.T) {
	t.Parallel()
	for _, o := range []demo.Options{
		{Region: "sardegna", Today: tuesday, Scale: 1},
		{Region: "toscana", Today: calendar.NewDay(2025, 1, 1), Scale: 1},
		{Region: "toscana", Today: tuesday, Scale: 2},
	} {
		if _, err := demo.Build(t.Context(), demo.Services{}, o); err == nil {
			t.Errorf("Build(%+v) was accepted", o)
		}
	}
}

// told is a network without its ids: the places, the people who work there, the figures.
func told(t *testing.T, seed uint64) []string {
	t.Helper()
	morning, err := tuesday.At(7 * 60)
	if err != nil {
		t.Fatal(err)
	}
	db := sqldbtest.OpenAt(t, sqldb.SQLite, sqldbtest.NewClock(morning))
	s := services(t, db)
	if _, err := demo.Build(t.Context(), s, demo.Options{Region: "basilicata", Today: tuesday, Seed: seed, Scale: 0.005}); err != nil {
		t.Fatal(err)
	}
	system := identity.System("test")
	all, err := s.Points.All(t.Context(), system, identity.SeePoints)
	if err != nil {
		t.Fatal(err)
	}
	counts, err := s.Register.Counts(t.Context(), system, register.CountFilter{By: register.ByPoint})
	if err != nil {
		t.Fatal(err)
	}
	figures := map[string][2]int{} // unique accesses of one instant at two places go by id, which differs
	for _, c := range counts {
		figures[c.Key] = [2]int{c.Services, c.Accesses}
	}
	var lines []string
	for _, p := range all {
		people, _, err := s.Facilitators.List(t.Context(), system, facilitators.Filter{PointID: p.ID, Max: 10})
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprint(p.Code, p.PublicName, p.Addresses[0].Street, p.Accessibility, figures[p.ID])
		for _, f := range people {
			line += " " + f.FullName()
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

func TestTheSameInputsGiveTheSameNetwork(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	once := told(t, 7)
	if diff := cmp.Diff(once, told(t, 7)); diff != "" {
		t.Errorf("the same seed gave another network:\n%s", diff)
	}
	if slices.Equal(once, told(t, 8)) {
		t.Error("another seed gave the same network")
	}
}
