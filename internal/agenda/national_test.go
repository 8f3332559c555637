package agenda_test

import (
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/jobs"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

// load is the size of an invented network.
type load struct{ points, people, days, bookings int }

// national is the load of the whole of Italy.
var national = load{points: 3000, people: 4800, days: 60, bookings: 500_000}

// fill makes a network of that size over the municipalities of w, straight in the database: at each point
// one or two people, every weekday from 9 to 13, by half hours. The nearer the day, the fewer times are free.
func (w *wideWorld) fill(size load) {
	w.tb.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	now, since := w.db.Now().UTC().Format(rawTime), "2026-07-01"
	id := func(kind, n int) string { return fmt.Sprintf("%08d-0000-7000-8000-%012d", kind, n) }
	var rows, addresses, people []string
	for n := range size.points {
		town := w.seed[rng.IntN(len(w.seed))]
		for !town.Located {
			town = w.seed[rng.IntN(len(w.seed))]
		}
		at := func(degrees float64) float64 { return degrees + (rng.Float64()-0.5)/20 }
		rows = append(rows, fmt.Sprintf("('%s','IT%04d','Punto %d','Punto %d','punto %d','fixed','%s','open','%s','%s')", id(1, n), n, n, n, n, w.body, since, now))
		addresses = append(addresses, fmt.Sprintf("('%s','%s',0,'Via Roma 1','%s',%f,%f)", id(2, n), id(1, n), town.Belfiore, at(town.Lat), at(town.Lon)))
	}
	for n := range size.people {
		people = append(people, fmt.Sprintf("('%s','%s','Anna','Prova %d','anna prova %d','%s','%s')", id(3, n), w.body, n, n, since, now))
	}
	w.write("INSERT INTO points_point (id, code, official_name, public_name, search, kind, managing_body_id, state, opened_on, created_at) VALUES ", rows)
	w.write("INSERT INTO points_address (id, point_id, position, street, belfiore, lat, lon) VALUES ", addresses)
	w.write("INSERT INTO facilitators_facilitator (id, body_id, name, surname, search, from_day, created_at) VALUES ", people)
	w.fillTimes(size, rng, id)
	w.analyze()
}

func (w *wideWorld) fillTimes(size load, rng *rand.Rand, id func(kind, n int) string) {
	var days []calendar.Day
	for n := range size.days {
		if d := calendar.DayOf(w.db.Now()).AddDays(n); d.Weekday() <= calendar.Friday {
			days = append(days, d)
		}
	}
	const times = 8
	all, left := size.people*len(days)*times, size.bookings
	var slots, contacts, bookings []string
	flush := func() {
		w.write(slotColumns, slots)
		w.write("INSERT INTO agenda_contact (id, name, phone, delete_after, created_at) VALUES ", contacts)
		w.write(bookingColumns, bookings)
		slots, contacts, bookings = slots[:0], contacts[:0], bookings[:0]
	}
	n := 0
	for person := range size.people {
		point := person % size.points
		for i, day := range days {
			// Twice the mean on the first day, none on the last.
			taken := 2 * float64(size.bookings) / float64(all) * (1 - float64(i)/float64(len(days)))
			for slot := range times {
				s := rawSlot{
					id: id(4, n), point: id(1, point), address: id(2, point), person: id(3, person), shape: agenda.Individual, mode: kinds.Desk,
					audience: kinds.Everyone, starts: at(day, 9+slot/2, 30*(slot%2)), seats: 1, free: 1,
				}
				s.ends, s.closes = s.starts.Add(30*time.Minute), s.starts
				if left > 0 && rng.Float64() < taken {
					s.free = 0
					left--
					contacts = append(contacts, fmt.Sprintf("('%s','Rosa %d','%d','%s','%s')", s.id, n, n, day.AddDays(30), s.starts.UTC().Format(rawTime)))
					bookings = append(bookings, s.booking(n))
				}
				slots = append(slots, s.values())
				n++
			}
		}
		if len(slots) > 20*rawAtOnce {
			flush()
		}
	}
	flush()
	w.tb.Logf("%d points, %d people, %d times, %d bookings", size.points, size.people, n, size.bookings-left)
}

// bestSQL is what one would ask of the same tables in one statement: the addresses of a box around the town
// in the order of distance, and of these the first ten with a free time. The inner LIMIT keeps SQLite from
// looking for the times of all of them before it sorts.
const bestSQL = `
SELECT f.code, f.starts_at FROM (
    SELECT c.code, c.d, (SELECT s.starts_at FROM agenda_slot s WHERE s.point_id = c.point_id AND s.address_id = c.address_id AND s.free > s.kept
        AND s.audience = 'everyone' AND s.starts_at > $1 AND s.closes_at > $1 ORDER BY s.starts_at LIMIT 1) AS starts_at
    FROM (
        SELECT p.code, p.id AS point_id, a.id AS address_id, CASE WHEN a.belfiore = $2 THEN 0 ELSE 1 END AS other,
            (a.lat - $3) * (a.lat - $3) + (a.lon - $4) * (a.lon - $4) * $5 AS d
        FROM points_address a JOIN points_point p ON p.id = a.point_id
        WHERE a.lat BETWEEN $6 AND $7 AND a.lon BETWEEN $8 AND $9
          AND p.state IN ('open', 'suspended', 'closed') AND p.opened_on IS NOT NULL
          AND (p.suspended_on IS NULL OR p.suspended_on > $10) AND (p.closed_on IS NULL OR p.closed_on > $10)
        ORDER BY other, d LIMIT 1000
    ) c
) f WHERE f.starts_at IS NOT NULL LIMIT 10`

// rival asks bestSQL on a pool of its own.
type rival struct {
	stmt  *sql.Stmt
	now   sqldb.Time
	today calendar.Day
}

// ask returns the codes of the points found near a town.
func (r rival) ask(tb testing.TB, town territory.Municipality) []string {
	const high, wide = 0.6, 0.8 // degrees: some 65 km
	shrink := math.Pow(math.Cos(town.Lat*math.Pi/180), 2)
	rows, err := r.stmt.QueryContext(tb.Context(), r.now, town.Belfiore, town.Lat, town.Lon, shrink,
		town.Lat-high, town.Lat+high, town.Lon-wide, town.Lon+wide, r.today)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var code string
		var at sqldb.Time
		if err := rows.Scan(&code, &at); err != nil {
			tb.Fatal(err)
		}
		found = append(found, code)
	}
	return found
}

// BenchmarkFirstTimes asks for the first ten free times near a municipality, with the service and with the
// best single statement in turns (ABBA), on the national load.
//
//	go test ./internal/agenda -run '^$' -bench FirstTimes -benchtime 200x
func BenchmarkFirstTimes(b *testing.B) {
	for _, engine := range sqldbtest.Engines() {
		b.Run(string(engine), func(b *testing.B) {
			app, owner := sqldbtest.Database(b, engine)
			clock := sqldbtest.NewClock(seekers)
			db := sqldbtest.OpenURL(b, sqldb.Options{URL: app, Now: clock.Now})
			w := newWide(b, db, "")
			w.fill(national)
			w.race(b, owner)
		})
	}
}

// BenchmarkFirstTimesOfDemo is the same on a network that is there already: CAPILLARE_BENCH_DATABASE is its
// file.
func BenchmarkFirstTimesOfDemo(b *testing.B) {
	path := os.Getenv("CAPILLARE_BENCH_DATABASE")
	if path == "" {
		b.Skip("SKIPPED: CAPILLARE_BENCH_DATABASE names no file")
	}
	db := sqldbtest.OpenURL(b, sqldb.Options{URL: "sqlite:" + path})
	w := &wideWorld{world: &world{tb: b, db: db}, towns: territory.New(db)}
	w.points = points.New(db, points.Deps{Territory: w.towns})
	w.agenda = agenda.New(db, w.points, facilitators.New(db, jobs.NewBus(), w.points, nil), agenda.Options{})
	w.race(b, "sqlite:"+path)
}

func (w *wideWorld) race(b *testing.B, owner string) {
	rng := rand.New(rand.NewPCG(3, 4))
	region := ""
	if first, err := w.points.Public(b.Context()); err == nil && len(first) < 1000 {
		towns, err := w.towns.ByBelfiore(b.Context(), []string{first[0].Addresses[0].Belfiore})
		w.must(err)
		region = towns[first[0].Addresses[0].Belfiore].RegionCode
	}
	towns, err := w.towns.InRegion(b.Context(), region)
	w.must(err)
	towns = slices.DeleteFunc(towns, func(m territory.Municipality) bool { return !m.HasPlace })
	pool := barePool(b, w.db.Engine(), owner)
	stmt, err := pool.PrepareContext(b.Context(), bestSQL)
	w.must(err)
	best := rival{stmt: stmt, now: sqldb.At(w.db.Now()), today: calendar.DayOf(w.db.Now())}
	var took [2][]time.Duration
	same, asked := 0, 0
	ours := func(town territory.Municipality) []string {
		found, err := w.agenda.FirstTimes(b.Context(), agenda.SearchQuery{Near: points.Search{Town: town.Belfiore}})
		w.must(err)
		var list []string
		for _, f := range found {
			list = append(list, f.Point.Code)
		}
		return list
	}
	timed := func(side int, ask func() []string) []string {
		begun := time.Now()
		found := ask()
		took[side] = append(took[side], time.Since(begun))
		return found
	}
	ours(towns[0]) // what the first question of all reads is no part of a question
	b.ResetTimer()
	for b.Loop() {
		one, other := towns[rng.IntN(len(towns))], towns[rng.IntN(len(towns))]
		a1 := timed(0, func() []string { return ours(one) })
		b1 := timed(1, func() []string { return best.ask(b, one) })
		b2 := timed(1, func() []string { return best.ask(b, other) })
		a2 := timed(0, func() []string { return ours(other) })
		for _, pair := range [][2][]string{{a1, b1}, {a2, b2}} {
			asked++
			slices.Sort(pair[0])
			slices.Sort(pair[1])
			if strings.Join(pair[0], " ") == strings.Join(pair[1], " ") {
				same++
			}
		}
	}
	b.StopTimer()
	for _, list := range took {
		slices.Sort(list)
	}
	at := func(side int, share float64) float64 {
		return float64(took[side][int(share*float64(len(took[side])-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0, 0.5), "ours-p50-ms")
	b.ReportMetric(at(0, 0.95), "ours-p95-ms")
	b.ReportMetric(at(1, 0.5), "sql-p50-ms")
	b.ReportMetric(at(1, 0.95), "sql-p95-ms")
	b.ReportMetric(at(0, 0.5)/at(1, 0.5), "ratio")
	b.ReportMetric(float64(same)/float64(asked), "same-points")
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.HeapAlloc)/1e6, "heap-MB")
	runtime.KeepAlive(w)
	b.ReportMetric(0, "ns/op")
}

// barePool is the engine without this program, with an index for the box of bestSQL.
func barePool(b *testing.B, engine sqldb.Engine, url string) *sql.DB {
	b.Helper()
	driver, address := "pgx", url
	if engine == sqldb.SQLite {
		driver, address = "sqlite", "file:"+strings.TrimPrefix(url, "sqlite:")+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_pragma=mmap_size(1000000000)"
	}
	pool, err := sql.Open(driver, address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_, _ = pool.Exec("DROP INDEX bench_address_place") // what a benchmark leaves behind harms nobody
		_ = pool.Close()
	})
	if _, err := pool.ExecContext(b.Context(), "CREATE INDEX IF NOT EXISTS bench_address_place ON points_address (lat, lon)"); err != nil {
		b.Fatal(err)
	}
	return pool
}
