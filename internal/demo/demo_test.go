package demo_test

import (
	"path/filepath"
	"testing"
	"time"

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
