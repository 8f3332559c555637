package agenda_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

var engines = []sqldb.Engine{sqldb.SQLite, sqldb.Postgres}

// network makes points open every weekday from 9 to 13 with one person each, and 60 days of times.
func network(tb testing.TB, engine sqldb.Engine, size int) (*world, []string) {
	tb.Helper()
	w := newWorld(tb, sqldbtest.OpenAt(tb, engine, sqldbtest.NewClock(early)))
	var ids []string
	for range size {
		point, address := w.point("lun-ven 9-13")
		person := w.person(point)
		for d := calendar.Monday; d <= calendar.Friday; d++ {
			w.duty(morning(person, point, address, d))
		}
		ids = append(ids, point)
	}
	return w, ids
}

// BenchmarkBook books and cancels: each caller another time of another person.
func BenchmarkBook(b *testing.B) {
	for _, engine := range engines {
		for _, callers := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s/%d", engine, callers), func(b *testing.B) {
				w, ids := network(b, engine, 32)
				var caller, n atomic.Int64
				b.ResetTimer()
				work := func(next func() bool) {
					point := ids[int(caller.Add(1))%len(ids)]
					for i := 0; next(); i++ {
						where := agenda.Where{PointID: point, StartsAt: at(monday.AddDays(i%5), 9+i/5%4, 30)}
						booking, err := w.agenda.BookFor(b.Context(), system, agenda.ForRequest{Where: where, Details: agenda.Details{Contact: agenda.Contact{Name: "Rosa"}}})
						if err != nil {
							b.Error(err)
							return
						}
						if _, err := w.agenda.Cancel(b.Context(), booking.Code, ""); err != nil {
							b.Error(err)
							return
						}
						n.Add(1)
					}
				}
				begun := time.Now()
				if callers == 1 {
					work(b.Loop)
				} else {
					b.SetParallelism((callers + 1) / 2)
					b.RunParallel(func(pb *testing.PB) { work(pb.Next) })
				}
				b.ReportMetric(2*float64(n.Load())/time.Since(begun).Seconds(), "transactions/s")
				b.ReportMetric(float64(w.db.Stats().Retries)/float64(max(1, n.Load())), "retries/op")
				b.StopTimer()
				w.consistent()
			})
		}
	}
}

// BenchmarkExtend rebuilds 169 points of which nothing has changed.
func BenchmarkExtend(b *testing.B) {
	for _, engine := range engines {
		b.Run(string(engine), func(b *testing.B) {
			w, _ := network(b, engine, 169)
			for b.Loop() {
				if err := w.agenda.Extend(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
