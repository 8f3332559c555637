package coverage

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/funding"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
	"capillare/internal/testkit"
)

var system = identity.System("test")

// tuesday is when the tests take place.
var tuesday = time.Date(2026, time.November, 24, 9, 0, 0, 0, calendar.Rome)

func monday() calendar.Day { return calendar.NewDay(2026, time.November, 23) }

// world is a network of points on the territory of the seed.
type world struct {
	*Service
	tb       testing.TB
	towns    *territory.Service
	body     string
	belfiore map[string]string // of Basilicata, by name
}

// newWorld is on Basilicata and Toscana.
func newWorld(tb testing.TB, db *sqldb.DB) *world {
	tb.Helper()
	seed, err := territory.Seed()
	if err != nil {
		tb.Fatal(err)
	}
	w := &world{tb: tb, towns: territory.New(db), belfiore: map[string]string{}}
	_, err = w.towns.LoadRows(tb.Context(), slices.DeleteFunc(seed, func(row territory.SeedRow) bool { return row.RegionCode != "17" && row.RegionCode != "09" }))
	w.must(err)
	w.build(db)
	return w
}

// italy is a world on all of Italy.
func italy(tb testing.TB, db *sqldb.DB) *world {
	tb.Helper()
	w := &world{tb: tb, towns: territory.New(db), belfiore: map[string]string{}}
	_, err := w.towns.Load(tb.Context())
	w.must(err)
	w.build(db)
	return w
}

func (w *world) build(db *sqldb.DB) {
	w.tb.Helper()
	tb := w.tb
	list, err := w.towns.InRegion(tb.Context(), "17")
	w.must(err)
	for _, m := range list {
		w.belfiore[m.Name] = m.Belfiore
	}
	bodies := orgs.New(db, w.towns)
	w.body, err = bodies.Add(tb.Context(), system, orgs.Body{Name: "Regione Basilicata", Kind: "region"})
	w.must(err)
	pts := points.New(db, points.Deps{Bus: jobs.NewBus(), Territory: w.towns, Orgs: bodies, Funding: funding.New(db)})
	w.Service = New(Deps{Points: pts, Territory: w.towns})
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

// address is one in a town of Basilicata; no hours when week is empty, no coordinates without at.
func (w *world) address(town, week string, at geo.Point) points.Address {
	w.tb.Helper()
	belfiore, ok := w.belfiore[town]
	if !ok {
		w.tb.Fatalf("no town %q in Basilicata", town)
	}
	a := points.Address{Street: "Via Roma 1", CAP: "85100", Belfiore: belfiore, At: at, HasAt: at.Valid()}
	if week != "" {
		bands, err := calendar.ParseBands(week)
		w.must(err)
		a.Schedules = []points.Schedule{{Bands: bands}}
	}
	return a
}

// add adds a point that has been open since July.
func (w *world) add(name, kind string, addresses ...points.Address) string {
	w.tb.Helper()
	return w.put(points.Point{OfficialName: name, Kind: kind, State: points.StateOpen, OpenedOn: calendar.NewDay(2026, time.July, 1), Addresses: addresses})
}

func (w *world) put(p points.Point) string {
	w.tb.Helper()
	p.ManagingBodyID, p.Booking = w.body, points.BookingPossible
	id, err := w.points.Add(w.tb.Context(), system, p)
	w.must(err)
	return id
}

// official brings the territory up to date with files of the reference data.
func (w *world) official(t *testing.T, names ...string) {
	t.Helper()
	var files []territory.Upload
	for _, name := range names {
		path := filepath.Join(testkit.Shared(t, "data", "territory"), name)
		files = append(files, territory.Upload{Name: filepath.Base(path), Open: func() (io.ReadCloser, error) { return os.Open(path) }})
	}
	w.apply(files)
}

// matrix brings in a matrix of travel times, as ISTAT writes it.
func (w *world) matrix(rows ...string) {
	w.tb.Helper()
	text := "Name;Origine;Destinazione;Total_Minu;Total_Mete\r\n" + strings.Join(rows, "\r\n") + "\r\n"
	w.apply([]territory.Upload{{Name: "Basilicata.txt", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}})
}

func (w *world) apply(files []territory.Upload) {
	w.tb.Helper()
	plan, err := w.towns.Plan(w.tb.Context(), system, files, "17")
	w.must(err)
	if !plan.Ready() {
		w.tb.Fatalf("the files cannot be applied: %v", plan.Stops)
	}
	w.must(w.towns.Apply(w.tb.Context(), system, plan))
}

func (w *world) answer(q Question) Answer {
	w.tb.Helper()
	a, err := w.Answer(w.tb.Context(), system, q)
	w.must(err)
	return a
}

// of returns how a town is covered.
func (a Answer) of(name string) Place {
	for _, p := range a.Places {
		if p.Name == name {
			return p
		}
	}
	return Place{}
}
