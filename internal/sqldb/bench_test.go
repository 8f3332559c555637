package sqldb_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"capillare/internal/sqldb"
)

const benchInsert = "INSERT INTO t_slot (id, capacity) VALUES ($1, $2)"

// BenchmarkDurable writes one durable row at a time with the bare driver and with Update, in turns of
// 100 ms so that both meet the same machine. Absolute figures say little; the ratio and the fsyncs do.
//
//	go test ./internal/sqldb -run '^$' -bench Durable -benchtime 2s
func BenchmarkDurable(b *testing.B) {
	for _, engine := range []sqldb.Engine{sqldb.SQLite, sqldb.Postgres} {
		for _, callers := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s/callers=%d", engine, callers), func(b *testing.B) { durable(b, engine, callers) })
		}
	}
}

func durable(b *testing.B, engine sqldb.Engine, callers int) {
	url := fixtureURL(b, engine)
	db, err := sqldb.Open(b.Context(), sqldb.Options{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	bare := barePool(b, engine)
	ctx := context.Background()
	own := func(id string) error {
		return db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.ExecContext(ctx, benchInsert, id, 1)
			return err
		})
	}
	plain := func(id string) error {
		_, err := bare.ExecContext(ctx, benchInsert, id, 1)
		return err
	}
	var rows [2]int
	var took [2]time.Duration
	b.ResetTimer()
	for b.Loop() {
		for side, write := range []func(string) error{plain, own} {
			n, d := burst(b, callers, write)
			rows[side] += n
			took[side] += d
		}
	}
	bareRate, ownRate := float64(rows[0])/took[0].Seconds(), float64(rows[1])/took[1].Seconds()
	b.ReportMetric(bareRate, "bare/s")
	b.ReportMetric(ownRate, "update/s")
	b.ReportMetric(ownRate/bareRate, "ratio")
	s := db.Stats()
	b.ReportMetric(float64(s.Commits)/float64(s.Updates), "fsyncs/update")
	b.ReportMetric(0, "ns/op")
}

// barePool is what one would write without this package: the same file settings, one prepared text.
func barePool(b *testing.B, engine sqldb.Engine) *sql.DB {
	b.Helper()
	url := fixtureURL(b, engine)
	if engine == sqldb.Postgres {
		pool := ownerPool(b, engine, url)
		pool.SetMaxOpenConns(8)
		pool.SetMaxIdleConns(8)
		return pool
	}
	path := strings.TrimPrefix(url, "sqlite:")
	pool, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)")
	if err != nil {
		b.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	b.Cleanup(func() {
		if err := pool.Close(); err != nil {
			b.Error(err)
		}
	})
	return pool
}

func burst(b *testing.B, callers int, write func(id string) error) (int, time.Duration) {
	begun := time.Now()
	done := make([]int, callers)
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for time.Since(begun) < 100*time.Millisecond {
				if err := write(sqldb.NewID(time.Now())); err != nil {
					b.Error(err)
					return
				}
				done[c]++
			}
		})
	}
	wg.Wait()
	all := 0
	for _, n := range done {
		all += n
	}
	return all, time.Since(begun)
}
