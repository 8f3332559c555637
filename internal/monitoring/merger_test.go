package monitoring_test

import (
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/facilitators"
	"capillare/internal/monitoring"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

// TestMunicipalityThatMerges has a point with a booking and a record in a municipality that becomes a
// part of another, in another province: all of it stays, and counts where it is today.
func TestMunicipalityThatMerges(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, registertest.Now(), func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		ctx, system, n := t.Context(), registertest.System(), registertest.New(t, db)
		s := monitoring.New(monitoring.Deps{Register: n.Register, Points: n.Points, Facilitators: n.Facilitators, Funding: n.Funding})
		aliano := n.PointIDs[1]
		if _, err := n.Register.Register(ctx, system, n.Service(1, registertest.Today().AddDays(-10), 540, registertest.Citizen(1))); err != nil {
			t.Fatal(err)
		}
		booked := bookAliano(t, n)
		before := where(t, s, n)
		registertest.MergeAliano(t, territory.New(db))
		clock.Set(registertest.Now().Add(time.Minute)) // the other process learns of it within ten seconds

		p, err := n.Points.ByID(ctx, system, aliano)
		if err != nil || p.Addresses[0].Belfiore != "A196" {
			t.Errorf("the address is of %q, %v, want A196 as before", p.Addresses[0].Belfiore, err)
		}
		if b, err := n.Agenda.ByCode(ctx, booked.Code); err != nil || b.State != agenda.Confirmed || b.PointID != aliano {
			t.Errorf("the booking = %+v, %v, want it confirmed", b, err)
		}
		if records, err := n.Register.List(ctx, system, register.Filter{PointID: aliano}); err != nil || len(records) != 1 {
			t.Errorf("the point has %d records, %v, want one", len(records), err)
		}
		for province, want := range map[string]int{"PZ": 2, "077": 1} {
			if _, total, err := n.Points.List(ctx, system, points.Filter{Province: province}); err != nil || total != want {
				t.Errorf("List of points in %s = %d, %v, want %d", province, total, err, want)
			}
		}
		if before["Matera"] != 1 || before["Potenza"] != 0 {
			t.Errorf("services before = %v, want the one in Matera", before)
		}
		if after := where(t, s, n); after["Potenza"] != 1 || after["Matera"] != 0 {
			t.Errorf("services after = %v, want the one in Potenza", after)
		}
	})
}

// where counts the services of each province.
func where(t *testing.T, s *monitoring.Service, n *registertest.Network) map[string]int {
	t.Helper()
	p, err := s.Progress(t.Context(), registertest.System(), n.ProgrammeID, registertest.Today())
	if err != nil {
		t.Fatal(err)
	}
	services := map[string]int{}
	for _, row := range p.Provinces {
		services[row.Name] = row.Indicators[2].Reached
	}
	return services
}

func bookAliano(t *testing.T, n *registertest.Network) agenda.Booking {
	t.Helper()
	ctx, system := t.Context(), registertest.System()
	p, err := n.Points.ByID(ctx, system, n.PointIDs[1])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Facilitators.AddDuty(ctx, system, facilitators.Duty{FacilitatorID: n.FacilitatorIDs[1], PointID: p.ID, AddressID: p.Addresses[0].ID,
		Weekday: 4, Starts: 9 * 60, Ends: 12 * 60, Kind: facilitators.Individual, SlotMinutes: 30, Seats: 1, From: registertest.Today()}); err != nil {
		t.Fatal(err)
	}
	if err := n.Agenda.Extend(ctx); err != nil {
		t.Fatal(err)
	}
	times, err := n.Agenda.Times(ctx, p.ID, agenda.Individual, registertest.Today(), registertest.Today().AddDays(7))
	if err != nil || len(times) == 0 {
		t.Fatalf("Times = %v, %v, want some", times, err)
	}
	b, err := n.Agenda.BookFor(ctx, system, agenda.ForRequest{Where: agenda.Where{PointID: p.ID, Kind: agenda.Individual, StartsAt: times[0].StartsAt},
		Details: agenda.Details{Topic: "A", Contact: agenda.Contact{Name: "Prova", Phone: "0971 000000"}}, NoticeVersion: "1", Key: "abcdefghijklmnop"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
