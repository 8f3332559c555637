package coverage

import (
	"errors"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

func TestWhichAddressesCount(t *testing.T) {
	t.Parallel()
	const week = "lun 9-13"
	bands, err := calendar.ParseBands(week)
	if err != nil {
		t.Fatal(err)
	}
	open := func(kind string, addresses ...points.Address) points.Point {
		return points.Point{Kind: kind, State: points.StateOpen, OpenedOn: calendar.NewDay(2026, 7, 1), Addresses: addresses}
	}
	bare, mondays := points.Address{ID: "bare"}, points.Address{ID: "mondays", Schedules: []points.Schedule{{Bands: bands}}}
	setUp := open(points.Fixed, bare)
	setUp.State, setUp.OpenedOn = points.StateSettingUp, calendar.Day{}
	tourToBe := open(points.Itinerant, mondays, bare)
	tourToBe.State, tourToBe.OpenedOn = points.StateAwarded, calendar.Day{}
	nextYear := open(points.Fixed, mondays)
	nextYear.OpenedOn = calendar.NewDay(2027, 1, 4)
	closed := open(points.Fixed, mondays)
	closed.State, closed.ClosedOn = points.StateClosed, monday()
	shut := open(points.Fixed, mondays)
	shut.Closures = []points.Closure{{From: monday(), To: monday(), Reason: "lavori", Reach: points.OfPoint}}
	const yes, no = true, false
	for _, tt := range []struct {
		name                   string
		point                  points.Point
		address                points.Address
		day                    calendar.Day
		service, open, planned bool
	}{
		{"on its day", open(points.Fixed, mondays), mondays, monday(), yes, yes, yes},
		{"on another day", open(points.Fixed, mondays), mondays, monday().AddDays(1), yes, no, yes},
		{"a holiday", open(points.Fixed, mondays), mondays, calendar.NewDay(2027, 3, 29), yes, no, yes}, // Easter Monday
		{"a closure", shut, mondays, monday(), yes, no, yes},
		{"fixed, hours to be completed", open(points.Fixed, bare), bare, monday(), yes, no, yes},
		{"fixed, second address without hours", open(points.Fixed, mondays, bare), bare, monday(), no, no, no},
		{"a stop without hours", open(points.Itinerant, bare, bare), bare, monday(), no, no, no},
		{"a stop with hours", open(points.Itinerant, mondays, bare), mondays, monday(), yes, yes, yes},
		{"being set up", setUp, bare, monday(), no, no, yes},
		{"a tour to be, with hours", tourToBe, mondays, monday(), no, no, yes},
		{"a tour to be, without", tourToBe, bare, monday(), no, no, no},
		{"opens next year", nextYear, mondays, monday(), no, no, yes},
		{"opens next year, asked for then", nextYear, mondays, calendar.NewDay(2027, 1, 11), yes, yes, yes},
		{"closed that day", closed, mondays, monday(), no, no, no},
		{"closed later", closed, mondays, monday().AddDays(-7), yes, yes, yes},
	} {
		for which, want := range map[Which]bool{InService: tt.service, OpenThatDay: tt.open, Planned: tt.planned} {
			if got := (Question{Day: tt.day, Which: which}).counts(tt.point, tt.address); got != want {
				t.Errorf("%s: counts(%s) = %v, want %v", tt.name, which, got, want)
			}
		}
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, tuesday, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := newWorld(t, db)
		w.add("Biblioteca di Potenza", points.Fixed, w.address("Potenza", "lun-ven 9-13", geo.Point{}))
		w.add("Giro delle valli", points.Itinerant, w.address("Aliano", "mer 9-13", geo.Point{}), w.address("Gorgoglione", "", geo.Point{}))
		w.put(points.Point{OfficialName: "Melfi", Kind: points.Fixed, State: points.StateSettingUp, SettingUpOn: monday(), Addresses: []points.Address{w.address("Melfi", "", geo.Point{})}})
		q := Question{Region: "17", Day: calendar.DayOf(tuesday), Which: InService, Minutes: 15}
		now := w.answer(q)
		if now.Points != 2 || now.Addresses != 2 || len(now.Places) != 131 {
			t.Errorf("%d points, %d addresses, %d towns, want 2, 2, 131", now.Points, now.Addresses, len(now.Places))
		}
		for name, want := range map[string]State{"Potenza": Reached, "Aliano": Reached, "Melfi": Far, "Maratea": Far} {
			if got := now.of(name); got.State != want || got.Near.PointID == "" {
				t.Errorf("%s = %s at %d minutes, want %s", name, got.State, got.Near.Minutes, want)
			}
		}
		if got := now.of("Potenza").Near; got.Name != "Biblioteca di Potenza" || got.Town != w.belfiore["Potenza"] || got.Minutes != geo.TravelMinutes(0) || got.How != territory.ByDistance {
			t.Errorf("Near of Potenza = %+v, want its own library", got)
		}
		q.Which = OpenThatDay
		if got := w.answer(q); got.Points != 1 || got.of("Aliano").State != Far {
			t.Errorf("on a Tuesday %d points are open and Aliano is %s, want 1 and far", got.Points, got.of("Aliano").State)
		}
		q.Which = Planned
		if got := w.answer(q); got.of("Melfi").State != Reached {
			t.Errorf("with what is planned Melfi is %s, want reached", got.of("Melfi").State)
		}
		auditor := identity.Actor{AccountID: "a", Grants: []identity.Grant{{Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: "another"}}}
		if got, err := w.Answer(t.Context(), auditor, q); err != nil || got.of("Melfi").State != Far || got.of("Potenza").State != Reached {
			t.Errorf("another body sees Melfi %s, Potenza %s, %v; want what is planned by others left out", got.of("Melfi").State, got.of("Potenza").State, err)
		}
		if _, err := w.Answer(t.Context(), identity.Actor{}, q); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("Answer(nobody) = %v, want ErrForbidden", err)
		}
	})
}

func TestMeasuredRoadsComeFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sqldbtest.OpenAt(t, sqldb.SQLite, sqldbtest.NewClock(tuesday)))
	w.add("Potenza", points.Fixed, w.address("Potenza", "lun 9-13", geo.Point{}))
	w.add("Melfi", points.Fixed, w.address("Melfi", "lun 9-13", geo.Point{}))
	q := Question{Region: "17", Day: monday(), Which: InService, Minutes: 20}
	if got := w.answer(q).of("Tito").Near; got.Name != "Potenza" {
		t.Fatalf("nearest to Tito = %s, want Potenza", got.Name)
	}
	w.matrix("76089-76063;76089;76063;31,5;12000", "76089-76048;76089;76048;17,2;50000")
	if got := w.answer(q).of("Tito"); got.Near.Name != "Melfi" || got.Near.Minutes != 17 || got.Near.How != territory.ByMatrix || got.State != Reached {
		t.Errorf("nearest to Tito = %+v, want Melfi in 17 minutes as measured", got.Near)
	}
}

func TestIslandsAndUnknownPlaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sqldbtest.OpenAt(t, sqldb.SQLite, sqldbtest.NewClock(tuesday)))
	w.add("Potenza", points.Fixed, w.address("Potenza", "lun 9-13", geo.Point{}))
	tuscany := w.answer(Question{Region: "09", Day: monday(), Which: InService, Minutes: 20})
	for name, want := range map[string]State{"Capraia Isola": CutOff, "Portoferraio": CutOff, "Firenze": Far} {
		if got := tuscany.of(name); got.State != want {
			t.Errorf("%s = %s, want %s", name, got.State, want)
		}
	}
	if got := len(tuscany.Where(Filter{Islands: true})); got != 9 && got != 10 { // Rio was two until 2018
		t.Errorf("%d towns of Tuscany on islands, want Capraia, Giglio and those of Elba", got)
	}
	roads, err := w.towns.Roads(t.Context())
	w.must(err)
	f := newFinder(roads, []stop{{pointID: "p", belfiore: "A196"}})
	nowhere := territory.Municipality{Belfiore: "Z999", Name: "Nowhere"}
	if got := f.place(&nowhere, 20); got.State != Unplaced {
		t.Errorf("a town without a place = %s, want %s", got.State, Unplaced)
	}
	nowhere.Belfiore = "A196"
	if got := f.place(&nowhere, 20); got.State != Reached || got.Near.PointID != "p" {
		t.Errorf("a town with a point of its own = %+v, want reached", got)
	}
}
