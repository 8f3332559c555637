package app

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// hotClients fight for one time.
const hotClients = 32

// BenchmarkHotTime lets 32 clients take and give back seats of one time through the pages, beside 32
// clients of PostgreSQL that change one row with the plain update, and beside as many callers of
// sqldb.Update that write the same rows with nothing around. They take turns of half a second, there and
// back, so that all meet the same machine. Each change is durable before its answer: start the server with
// CAPILLARE_TEST_PG_DURABLE=1.
//
//	CAPILLARE_TEST_PG_DURABLE=1 go test ./internal/app -run '^$' -bench HotTime -benchtime 3x
func BenchmarkHotTime(b *testing.B) {
	fight := rowFight(b)
	for _, engine := range sqldbtest.Engines() {
		for _, way := range []string{"holds", "bookings"} {
			b.Run(string(engine)+"/"+way, func(b *testing.B) {
				c := newContest(b, engine)
				p := c.place(hotClients + 8)
				when := c.visitor().times(p, contestDay.AddDays(7))[0]
				ours := func(int) error { return c.visitor().takeAndLeave(p, when) }
				if way == "bookings" {
					ours = func(int) error { return c.operator().bookAndCancel(p, when) }
				}
				sides := []*side{{name: "ours", each: 2, do: ours}, {name: "rows", each: 1, do: fight}, {name: "limit", each: 1, do: bareRows(b, engine)}}
				b.ResetTimer()
				for b.Loop() {
					for _, i := range []int{0, 1, 2, 2, 1, 0} {
						sides[i].turn(b)
					}
				}
				for _, s := range sides {
					b.ReportMetric(s.rate(), s.name+"/s")
				}
				b.ReportMetric(sides[0].rate()/sides[1].rate(), "of_rows")
				b.ReportMetric(sides[0].rate()/sides[2].rate(), "of_limit")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// side is one way to change one thing from many clients; each is how many changes one call makes.
type side struct {
	name string
	each int
	do   func(i int) error
	n    atomic.Int64
	took time.Duration
}

func (s *side) rate() float64 { return float64(s.n.Load()) / s.took.Seconds() }

func (s *side) turn(b *testing.B) {
	begun := time.Now()
	var wg sync.WaitGroup
	for i := range hotClients {
		wg.Go(func() {
			for time.Since(begun) < 500*time.Millisecond {
				if err := s.do(i); err != nil {
					b.Errorf("%s: %v", s.name, err)
					return
				}
				s.n.Add(int64(s.each))
			}
		})
	}
	wg.Wait()
	s.took += time.Since(begun)
}

// takeAndLeave holds a seat and gives it up.
func (v visitor) takeAndLeave(p points.Point, when string) error {
	held := v.post("/prenota/"+p.Code, url.Values{"quando": {when}, "nonce": {rand.Text()}})
	base, ok := draftOf(held)
	if !ok {
		return errors.New(held.body)
	}
	return left(v.post(base+"/disdici", url.Values{}))
}

// bookAndCancel books for a person on the phone and cancels.
func (v visitor) bookAndCancel(p points.Point, when string) error {
	answer := v.bookFor(p, when, rand.Text())
	if !booked(answer) {
		return errors.New(answer.body)
	}
	return left(v.post(answer.location+"/annulla", url.Values{}))
}

func left(p page) error {
	if p.status != http.StatusSeeOther {
		return errors.New(p.body)
	}
	return nil
}

// rowFight is the plain update of one row, each client on a connection of its own.
func rowFight(b *testing.B) func(int) error {
	_, owner := sqldbtest.Database(b, sqldb.Postgres)
	pool, err := sql.Open("pgx", owner)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = pool.Close() })
	pool.SetMaxOpenConns(hotClients)
	pool.SetMaxIdleConns(hotClients)
	ctx := context.Background()
	for _, text := range []string{"CREATE TABLE hot (id int PRIMARY KEY, taken bigint NOT NULL)", "INSERT INTO hot VALUES (1, 0)"} {
		if _, err := pool.ExecContext(ctx, text); err != nil {
			b.Fatal(err)
		}
	}
	return func(int) error {
		_, err := pool.ExecContext(ctx, "UPDATE hot SET taken = taken + 1 WHERE id = 1 AND taken < 1000000000")
		return err
	}
}

// bareRows writes with sqldb.Update what a booking writes: the seats left, the booking, the audit row.
func bareRows(b *testing.B, engine sqldb.Engine) func(int) error {
	_, owner := sqldbtest.Database(b, engine)
	db := sqldbtest.OpenURL(b, sqldb.Options{URL: owner})
	ctx := context.Background()
	run := func(texts ...string) error {
		return db.Update(ctx, func(tx *sqldb.Tx) error {
			for _, text := range texts {
				if _, err := tx.ExecContext(ctx, text); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := run("CREATE TABLE hot (id int PRIMARY KEY, free bigint NOT NULL)", "INSERT INTO hot VALUES (1, 1000000000)",
		"CREATE TABLE hot_booking (id text PRIMARY KEY, code text NOT NULL UNIQUE, slot int NOT NULL, day text NOT NULL, name text NOT NULL)",
		"CREATE TABLE hot_audit (id text PRIMARY KEY, at text NOT NULL, detail text NOT NULL)")
	if err != nil {
		b.Fatal(err)
	}
	return func(int) error {
		return db.Update(ctx, func(tx *sqldb.Tx) error {
			if _, err := tx.ExecContext(ctx, "UPDATE hot SET free = free - 1 WHERE id = 1 AND free > 0"); err != nil {
				return err
			}
			id := sqldb.NewID(tx.Now)
			if _, err := tx.ExecContext(ctx, "INSERT INTO hot_booking VALUES ($1, $2, 1, '2027-01-18', 'Rosa Prova')", id, rand.Text()); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "INSERT INTO hot_audit VALUES ($1, $2, '{\"state\":\"confirmed\"}')", id, tx.Now.Format(time.RFC3339Nano))
			return err
		})
	}
}
