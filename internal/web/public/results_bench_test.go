package public_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/coverage"
	"capillare/internal/facilitators"
	"capillare/internal/jobs"
	"capillare/internal/network"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/web/public"
	"capillare/internal/web/ui"
)

// BenchmarkResultsPage asks for the page of results over HTTP, near any municipality of the region, and in
// turns (ABBA) for the same page with a fixed list. CAPILLARE_BENCH_DATABASE is the file of a network.
func BenchmarkResultsPage(b *testing.B) {
	path := os.Getenv("CAPILLARE_BENCH_DATABASE")
	if path == "" {
		b.Skip("SKIPPED: CAPILLARE_BENCH_DATABASE names no file")
	}
	db := sqldbtest.OpenURL(b, sqldb.Options{URL: "sqlite:" + path})
	towns := territory.New(db)
	pts := points.New(db, points.Deps{Territory: towns})
	d := public.Deps{Points: pts, Agenda: agenda.New(db, pts, facilitators.New(db, jobs.NewBus(), pts, nil), agenda.Options{}), Territory: towns, Network: network.New(db),
		Coverage: coverage.New(coverage.Deps{Points: pts, Territory: towns})}
	routes := append(public.Routes(d), ui.Route{Pattern: "GET /fisso", Access: ui.Public, Handle: d.FixedResults()})
	h, err := (&ui.Server{Now: time.Now, Frame: func(r *http.Request, p *ui.Page) { p.Menu = public.Menu(p.Printer) }}).Handler(routes, nil)
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	set, err := d.Network.Setting(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	list, err := towns.InRegion(b.Context(), set.RegionCode)
	if err != nil {
		b.Fatal(err)
	}
	var n atomic.Int64
	found := func() string {
		return server.URL + "/punti?q=" + url.QueryEscape(list[int(n.Add(7))%len(list)].Name)
	}
	fixed := func() string { return server.URL + "/fisso?q=" + url.QueryEscape(list[0].Name) }
	var pages [2]int
	var took [2]time.Duration
	turn := func(side int, address func() string) {
		got, d := browse(b, address)
		pages[side] += got
		took[side] += d
	}
	turn(0, found)
	turn(1, fixed)
	pages, took = [2]int{}, [2]time.Duration{}
	b.ResetTimer()
	for b.Loop() {
		turn(0, found)
		turn(1, fixed)
		turn(1, fixed)
		turn(0, found)
	}
	ours, ceiling := float64(pages[0])/took[0].Seconds(), float64(pages[1])/took[1].Seconds()
	b.ReportMetric(ours, "pages/s")
	b.ReportMetric(ceiling, "fixed-pages/s")
	b.ReportMetric(ours/ceiling, "ratio")
	b.ReportMetric(0, "ns/op")
}

// browse asks for pages for a tenth of a second, two at a time.
func browse(b *testing.B, address func() string) (int, time.Duration) {
	b.Helper()
	var pages atomic.Int64
	var wg sync.WaitGroup
	begun := time.Now()
	for range 2 {
		wg.Go(func() {
			for time.Since(begun) < 100*time.Millisecond {
				resp, err := http.Get(address())
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					b.Errorf("%s = %d", resp.Request.URL, resp.StatusCode)
					return
				}
				pages.Add(1)
			}
		})
	}
	wg.Wait()
	return int(pages.Load()), time.Since(begun)
}
