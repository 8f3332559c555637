package imports_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/imports"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

const (
	benchPoints = 250
	benchPeople = 1250
	benchRows   = 100_000
)

// plan100k is a duty plan of 100,000 rows: every person on 80 hours of the week.
func plan100k() string {
	var file strings.Builder
	file.WriteString("email;punto;giorno;dalle;alle;durata_minuti;tipo;posti;dal;al\n")
	for i := range benchRows {
		person, n := i/80, i%80
		starts := 6 + n/6%14
		fmt.Fprintf(&file, "p%d@example.org;P%d;%s;%d:00;%d:00;30;individuale;1;01/12/2026;31/12/2027\n",
			person, person%benchPoints, calendar.Weekday(n%6+1), starts, starts+1)
	}
	return file.String()
}

// benchNetwork imports the points and the people of the plan.
func benchNetwork(b *testing.B, db *sqldb.DB) *rig {
	b.Helper()
	r := setUp(b, db, sampleTowns())
	var places, people strings.Builder
	places.WriteString("codice;comune;denominazione;orari\n")
	for i := range benchPoints {
		fmt.Fprintf(&places, "P%d;Empoli;Punto %d;lun-sab 6-20\n", i, i)
	}
	people.WriteString("cognome;nome;ente;punti;email\n")
	for i := range benchPeople {
		fmt.Fprintf(&people, "C%d;N%d;Comune di Empoli;P%d;p%d@example.org\n", i, i, i%benchPoints, i)
	}
	r.load(b, imports.Points, places.String())
	r.load(b, imports.Facilitators, people.String())
	return r
}

// load imports a file and returns how long looking at it and applying it took.
func (r *rig) load(b *testing.B, kind, text string) (looked, applied time.Duration) {
	b.Helper()
	ctx, begun := context.Background(), time.Now()
	batch, err := r.Preview(ctx, r.who, kind, "a.csv", strings.NewReader(text))
	if err != nil || batch.Wrong > 0 {
		b.Fatalf("Preview(%s) = %v, %v", kind, said(batch.Problems[:min(3, len(batch.Problems))]), err)
	}
	looked = time.Since(begun)
	if _, err := r.Apply(ctx, r.who, batch.ID); err != nil {
		b.Fatalf("Apply(%s) = %v", kind, err)
	}
	return looked, time.Since(begun) - looked
}

// longestWait writes all the while somebody else works, and returns the longest that one write took.
func (r *rig) longestWait(b *testing.B, during func()) time.Duration {
	b.Helper()
	over, worst := make(chan struct{}), make(chan time.Duration)
	go func() {
		var longest time.Duration
		for {
			select {
			case <-over:
				worst <- longest
				return
			case <-time.After(5 * time.Millisecond):
			}
			begun := time.Now()
			err := r.db.Update(context.Background(), func(tx *sqldb.Tx) error {
				_, err := tx.ExecContext(context.Background(), "DELETE FROM imports_part WHERE batch_id = 'nobody'")
				return err
			})
			if longest = max(longest, time.Since(begun)); err != nil {
				b.Error(err)
			}
		}
	}()
	during()
	close(over)
	return <-worst
}

// dotImport has the sqlite3 program take the same file into a bare table, with the two indexes that the
// table of shifts has, and returns how long that took.
func dotImport(b *testing.B, file string) time.Duration {
	b.Helper()
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		b.Skip("sqlite3 is not here: apt-get install sqlite3")
	}
	path := filepath.Join(b.TempDir(), "bare.db")
	script := "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;\nCREATE TABLE shift (email, punto, giorno, dalle, alle, durata, tipo, posti, dal, al);\n" +
		"CREATE INDEX by_point ON shift (punto); CREATE INDEX by_person ON shift (email);\n.mode csv\n.separator ;\n.import --skip 1 " + file + " shift\n"
	run := exec.Command(program, path)
	run.Stdin = strings.NewReader(script)
	begun := time.Now()
	if out, err := run.CombinedOutput(); err != nil {
		b.Fatal(errors.Join(err, errors.New(string(out))))
	}
	return time.Since(begun)
}

// BenchmarkImport takes in a duty plan of 100,000 rows, with every check, and holds it against the
// sqlite3 program, which checks nothing, each in its turn. "wait" is the longest that another writer had
// to wait meanwhile.
func BenchmarkImport(b *testing.B) {
	text := plan100k()
	file := filepath.Join(b.TempDir(), "turni.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, engine := range sqldbtest.Engines() {
		b.Run(string(engine), func(b *testing.B) {
			var looked, applied, bare, wait time.Duration
			rounds := 0
			for b.Loop() {
				b.StopTimer()
				r := benchNetwork(b, sqldbtest.OpenAt(b, engine, sqldbtest.NewClock(start)))
				b.StartTimer()
				wait = max(wait, r.longestWait(b, func() {
					look, apply := r.load(b, imports.Duties, text)
					looked, applied = looked+look, applied+apply
				}))
				b.StopTimer()
				bare += dotImport(b, file)
				rounds++
				b.StartTimer()
			}
			per := func(d time.Duration) float64 { return d.Seconds() / float64(rounds) }
			b.ReportMetric(per(looked), "s/look")
			b.ReportMetric(per(applied), "s/apply")
			b.ReportMetric(per(bare), "s/.import")
			b.ReportMetric(benchRows/per(looked+applied), "rows/s")
			b.ReportMetric(per(bare)/per(looked+applied), "of_.import")
			b.ReportMetric(wait.Seconds(), "s/wait")
		})
	}
}
