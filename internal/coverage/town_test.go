package coverage

import (
	"context"
	"errors"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

func TestTown(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, tuesday, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := newWorld(t, db)
		w.add("Potenza", points.Fixed, w.address("Potenza", "lun-ven 9-13", geo.Point{}))
		w.add("Stigliano", points.Fixed, w.address("Stigliano", "mar 8-12", geo.Point{}))
		w.add("Giro", points.Itinerant, w.address("Aliano", "mar,gio 15-17", geo.Point{}), w.address("Craco", "ven 9-13", geo.Point{}))
		got, err := w.Town(t.Context(), w.belfiore["Aliano"], tuesday)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Near) != 3 || got.Near[0].Point.PublicName != "Giro" || !got.Near[0].Here(got.Municipality) || got.Near[1].Point.PublicName != "Stigliano" || got.Near[2].Minutes <= got.Near[1].Minutes {
			t.Errorf("Near = %+v, want the tour, Stigliano, Potenza", got.Near)
		}
		if o := got.Near[1].Opening; !o.Now() || calendar.MinuteOf(o.Until) != 12*60 {
			t.Errorf("Stigliano at nine = %+v, want open until noon", o)
		}
		if o := got.Near[0].Opening; o.Now() || !o.Next.Equal(tuesday.Add(6*time.Hour)) {
			t.Errorf("the tour at nine = %+v, want its next opening at three", o)
		}
		if len(got.Visits) != mostVisits || got.Visits[0].Day != calendar.DayOf(tuesday) || got.Visits[1].Day != calendar.DayOf(tuesday).AddDays(2) {
			t.Errorf("Visits = %+v, want %d from today, Tuesdays and Thursdays", got.Visits, mostVisits)
		}
		if later, err := w.Town(t.Context(), w.belfiore["Aliano"], tuesday.Add(8*time.Hour)); err != nil || later.Visits[0].Day == calendar.DayOf(tuesday) {
			t.Errorf("after closing the first visit is %v, %v, want another day", later.Visits[0].Day, err)
		}
		if len(got.Bodies) != 1 || got.Bodies[0] != w.body || got.Broadband != nil {
			t.Errorf("Bodies = %v, Broadband = %v, want the region and none", got.Bodies, got.Broadband)
		}
		if _, err := w.Town(t.Context(), "Z999", tuesday); !errors.Is(err, territory.ErrNoMunicipality) {
			t.Errorf("Town(Z999) = %v, want ErrNoMunicipality", err)
		}
	})
}

func TestTownAcrossTheSea(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sqldbtest.OpenAt(t, sqldb.SQLite, sqldbtest.NewClock(tuesday)))
	w.add("Potenza", points.Fixed, w.address("Potenza", "lun-ven 9-13", geo.Point{}))
	capraia, err := w.BySlug(t.Context(), "capraia-isola-li", calendar.DayOf(tuesday))
	w.must(err)
	got, err := w.Town(t.Context(), capraia.Belfiore, tuesday)
	if err != nil || len(got.Near) != 1 || got.Near[0].How != "" || got.Near[0].KM < 100 {
		t.Errorf("Near of Capraia = %+v, %v, want Potenza without minutes", got.Near, err)
	}
}

func TestOpeningOf(t *testing.T) {
	t.Parallel()
	bands, err := calendar.ParseBands("mar 9-13,15-17; ven 9-13")
	if err != nil {
		t.Fatal(err)
	}
	a := points.Address{Schedules: []points.Schedule{{Bands: bands}}}
	p := points.Point{State: points.StateOpen, OpenedOn: calendar.NewDay(2026, 7, 1), Addresses: []points.Address{a}}
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 24, hour, minute, 0, 0, calendar.Rome) }
	for _, tt := range []struct {
		now, until, next time.Time
	}{
		{at(8, 0), time.Time{}, at(9, 0)},
		{at(9, 0), at(13, 0), at(15, 0)},
		{at(12, 59), at(13, 0), at(15, 0)},
		{at(13, 0), time.Time{}, at(15, 0)},
		{at(17, 0), time.Time{}, at(9, 0).AddDate(0, 0, 3)},
	} {
		if got := OpeningOf(p, a, tt.now); !got.Until.Equal(tt.until) || !got.Next.Equal(tt.next) {
			t.Errorf("OpeningOf(%v) = %+v, want until %v, next %v", tt.now, got, tt.until, tt.next)
		}
	}
	p.State, p.SuspendedOn = points.StateSuspended, calendar.NewDay(2026, 11, 1)
	if got := OpeningOf(p, a, at(9, 0)); got.Now() || !got.Next.IsZero() {
		t.Errorf("OpeningOf(suspended) = %+v, want never", got)
	}
}

func TestBySlug(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sqldbtest.Open(t, sqldb.SQLite))
	for slug, want := range map[string]string{
		"aliano-mt": "Aliano", "ALIANO-MT": "Aliano", "san-chirico-nuovo-pz": "San Chirico Nuovo", "calvera-pz": "Calvera",
	} {
		got, err := w.BySlug(t.Context(), slug, monday())
		if err != nil || got.Name != want {
			t.Errorf("BySlug(%q) = %q, %v, want %q", slug, got.Name, err, want)
		}
	}
	for _, slug := range []string{"aliano", "aliano-pz", "-mt", "", "aliano-mt-mt", "zzzz"} {
		if got, err := w.BySlug(t.Context(), slug, monday()); !errors.Is(err, territory.ErrNoMunicipality) {
			t.Errorf("BySlug(%q) = %q, %v, want ErrNoMunicipality", slug, got.Name, err)
		}
	}
	aliano := w.belfiore["Aliano"]
	m, err := w.towns.Current(context.Background(), aliano)
	w.must(err)
	for _, code := range []string{aliano, m.ISTAT} {
		if got, err := w.BySlug(t.Context(), code, monday()); err != nil || got.Name != "Aliano" {
			t.Errorf("BySlug(%q) = %q, %v, want Aliano", code, got.Name, err)
		}
	}
}

// TestSlugsDiffer is about every municipality of Italy, and opens the pages of some.
func TestSlugsDiffer(t *testing.T) {
	t.Parallel()
	w := italy(t, sqldbtest.Open(t, sqldb.SQLite))
	all, err := w.towns.InRegion(t.Context(), "")
	w.must(err)
	names := map[string]string{}
	for i, m := range all {
		if other, taken := names[Slug(m)]; taken {
			t.Errorf("Slug(%s) = %q, as that of %s", m.Belfiore, Slug(m), other)
		}
		names[Slug(m)] = m.Belfiore
		if i%20 > 0 {
			continue
		}
		if got, err := w.BySlug(t.Context(), Slug(m), monday()); err != nil || got.Belfiore != m.Belfiore {
			t.Errorf("BySlug(%q) = %s %s, %v, want %s", Slug(m), got.Belfiore, got.Name, err, m.Belfiore)
		}
	}
}
