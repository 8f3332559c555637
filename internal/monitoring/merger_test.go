package monitoring_test

import (
	"io"
	"strings"
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

const (
	situasHead = "Codice Ripartizione geografica;Codice Regione;Codice Provincia (Storico);Codice Provincia/Uts;Codice Comune (alfanumerico);Codice Comune (numerico);Comune;" +
		"Comune (dizione italiana);Comune (dizione straniera);Ripartizione geografica;Regione;Provincia/Uts;Tipologia Provincia/Uts;Capoluogo di regione;" +
		"Capoluogo di provincia/uts;Sigla automobilistica;Codice catasto;Codice fiscale;Codice NUTS1 2024;Codice NUTS2 2024;Codice NUTS3 2024\n"
	situasRows = "4;17;076;076;076063;76063;Potenza;Potenza;;Sud;Basilicata;Potenza;1;1;1;PZ;G942;80002950766;ITF;ITF5;ITF51\n" +
		"4;17;077;077;077014;77014;Matera;Matera;;Sud;Basilicata;Matera;1;0;1;MT;F052;80002870774;ITF;ITF5;ITF52\n"
	ceasedRows = "Anno;Sigla Automobilistica;Codice Unità territoriale sovracomunale (Uts);Codice Comune;Denominazione Comune;Comune soppresso per scorporo;Data evento;" +
		"Codice del Comune associato alla variazione;Denominazione Comune associato alla variazione;Codice Unità territoriale sovracomunale associato alla variazione;Sigla Automobilistica associata alla variazione\n" +
		"2026;MT;077;077001;Aliano;;01/12/2026;076063;Potenza;076;PZ\n"
)

// mergeAliano imports files in which Aliano has become a part of Potenza, as another process would.
func mergeAliano(t *testing.T, db *sqldb.DB) {
	t.Helper()
	file := func(name, content string) territory.Upload {
		return territory.Upload{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
	}
	s := territory.New(db)
	plan, err := s.Plan(t.Context(), registertest.System(), []territory.Upload{file("situas_comuni_2026-12-15.csv", situasHead+situasRows), file("soppressi.csv", ceasedRows)}, "17")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(t.Context(), registertest.System(), plan); err != nil || len(plan.Ceased) != 1 {
		t.Fatalf("Apply = %v, stops %v, ceased %v", err, plan.Stops, plan.Ceased)
	}
}

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
		mergeAliano(t, db)
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
