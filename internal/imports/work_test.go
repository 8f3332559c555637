package imports_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"capillare/internal/funding"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/imports"
	"capillare/internal/jobs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/tabular"
)

// correctAll writes the same cells into every row to correct.
func (r *rig) correctAll(t *testing.T, id string, cells map[string]string) imports.Batch {
	t.Helper()
	rows, _, err := r.WrongRows(context.Background(), r.who, id, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var list []imports.Correction
	for _, row := range rows {
		list = append(list, imports.Correction{Row: row.Number, Cells: cells})
	}
	b, err := r.Correct(context.Background(), r.who, id, list)
	if err != nil {
		t.Fatalf("Correct(%v) = %v", list, err)
	}
	return b
}

func TestWrongRowsAreCorrected(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		ctx := context.Background()
		b := r.preview(t, imports.Points, header+"P1;Emploi;FI;Uno;Via A;;;lun 9-13;\nP2;Empoli;FI;Due;;;boh;lun 9-13 e poi;\nP3;Empoli;FI;Tre;;;;;;;oltre\n")
		rows, total, err := r.WrongRows(ctx, r.who, b.ID, 0, 2)
		if err != nil || total != 3 || len(rows) != 2 || rows[0].Number != 2 || rows[1].Number != 3 {
			t.Fatalf("WrongRows = %+v, %d, %v, want rows 2 and 3 of 3", rows, total, err)
		}
		cell := rows[0].Cells[1]
		if cell.Field != "comune" || cell.Value != "Emploi" || len(cell.Problems) != 1 || rows[0].Cells[4].Value != "Via A" {
			t.Errorf("row 2 = %+v, want the problem at its municipality and the other cells as they are", rows[0])
		}
		if last, _, err := r.WrongRows(ctx, r.who, b.ID, 2, 2); err != nil || len(last) != 1 || len(last[0].Problems) != 1 {
			t.Errorf("the second page = %+v, %v, want row 4 with the text beyond the titles", last, err)
		}
		b, err = r.Correct(ctx, r.who, b.ID, []imports.Correction{
			{Row: 2, Cells: map[string]string{"comune": "Empoli"}}, {Row: 3, Cells: map[string]string{"tipo": "fisso"}}, {Row: 4, Drop: true},
		})
		if err != nil || b.Wrong != 1 || b.Total != 2 || b.Added != 1 {
			t.Fatalf("Correct = %v (%q), %d rows, %v, want one row still wrong of two", counts(b), said(b.Problems), b.Total, err)
		}
		b = r.correctAll(t, b.ID, map[string]string{"orari": "lun 9-13"})
		if !b.Ready() {
			t.Fatalf("after corrections: %q, want none wrong", said(b.Problems))
		}
		r.apply(t, b.ID)
		p, err := r.deps.Points.ByCode(ctx, "P1")
		if err != nil || p.State != points.StateOpen || p.Addresses[0].Belfiore != "D403" {
			t.Errorf("P1 = %+v, %v, want it in Empoli", p, err)
		}
		if _, err := r.deps.Points.ByCode(ctx, "P3"); !errors.Is(err, points.ErrNoCode) {
			t.Errorf("P3, left out: %v, want %v", err, points.ErrNoCode)
		}
		if _, err := r.Correct(ctx, r.who, b.ID, nil); !errors.Is(err, imports.ErrApplied) {
			t.Errorf("Correct(applied) = %v, want %v", err, imports.ErrApplied)
		}
	})
}

// A tax code is sealed wherever somebody writes it, also in a correction.
func TestCorrectedTaxCodesWaitSealed(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		r.apply(t, r.preview(t, imports.Bodies, bodyHeader+"Auser;;;;;;;;;\n").ID)
		good := taxCode(t, "Bianchi", "Giulia")
		bad := good[:15] + string('A'+(good[15]-'A'+1)%26)
		b := r.preview(t, imports.Facilitators, "cognome;nome;codice_fiscale;ente;competenze\nBianchi;Giulia;"+bad+";Auser;\nVerdi;Ugo;;Boh;"+good+"\n")
		if b.Wrong != 2 {
			t.Fatalf("wrong rows %d (%q), want 2", b.Wrong, said(b.Problems))
		}
		rows, _, err := r.WrongRows(context.Background(), r.who, b.ID, 0, 9)
		if err != nil || len(rows) != 2 || rows[0].Cells[2].Value != bad {
			t.Fatalf("WrongRows = %+v, %v, want the tax code to correct in clear", rows, err)
		}
		if _, err := r.Correct(context.Background(), r.who, b.ID, []imports.Correction{{Row: 2, Cells: map[string]string{"codice_fiscale": good}}}); err != nil {
			t.Fatal(err)
		}
		kept := payloadOf(t, r.db, b.ID)
		for _, code := range []string{good, bad, strings.ToLower(good)} {
			if strings.Contains(kept, code) {
				t.Errorf("%s lies in clear in the batch", code)
			}
		}
	})
}

// A column that the file lacks is filled in where it is asked for.
func TestMissingColumnIsFilledIn(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		second := funding.Programme{Code: "ALTRO", Name: "Altro", StartsOn: start2026, EndsOn: end2027}
		if _, err := r.deps.Funding.AddProgramme(context.Background(), r.who, second); err != nil {
			t.Fatal(err)
		}
		b := r.preview(t, imports.Targets, "progetto;kpi;valore\n;servizi;10\n")
		if got, want := said(b.Problems), []string{"2 programma imports.programme_which"}; !slices.Equal(got, want) {
			t.Fatalf("problems %q, want %q", got, want)
		}
		if b = r.correctAll(t, b.ID, map[string]string{"programma": "tos"}); !b.Ready() || b.Added != 1 {
			t.Errorf("after the correction: %v, %q, want one target", counts(b), said(b.Problems))
		}
	})
}

func TestWrongRowsAsAFile(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		ctx, p := context.Background(), i18n.Default().Printer(i18n.Italian)
		b := r.preview(t, imports.Points, "Codice;Comune;Nome;Orari\nP1;Empoli;Uno;\nP2;Emploi;Due;lun 9\n")
		for _, format := range []string{imports.XLSX, imports.CSV} {
			var out bytes.Buffer
			if err := r.WriteWrong(ctx, r.who, b.ID, format, p, &out); err != nil {
				t.Fatalf("WriteWrong(%s) = %v", format, err)
			}
			table, err := tabular.Read("a."+format, bytes.NewReader(out.Bytes()), tabular.Limits{})
			if err != nil || len(table.Rows) != 1 || !slices.Equal(table.Header, []string{"Codice", "Comune", "Nome", "Orari", "errore"}) {
				t.Fatalf("wrong rows as %s = %+v, %v, want row P2 with what is wrong", format, table, err)
			}
			if what := table.Rows[0].Cells[4]; !strings.Contains(what, "Comune: ") || !strings.Contains(what, "Orari: ") {
				t.Errorf("what is wrong = %q, want both cells named", what)
			}
			again, err := r.Preview(ctx, r.who, imports.Points, "a."+format, &out)
			if err != nil || again.Wrong != 1 || len(again.Unused) != 0 {
				t.Errorf("the list of wrong rows sent again: %v, unused %q, %v, want its row wrong and no column unread", counts(again), again.Unused, err)
			}
		}
		r.correctAll(t, b.ID, map[string]string{"comune": "Empoli", "orari": ""})
		if err := r.WriteWrong(ctx, r.who, b.ID, imports.CSV, p, io.Discard); !errors.Is(err, imports.ErrNoWrong) {
			t.Errorf("WriteWrong(nothing wrong) = %v, want %v", err, imports.ErrNoWrong)
		}
	})
}

// manyTargets is a file that is too long to be looked at while its sender waits.
func manyTargets(rows int) string {
	var file strings.Builder
	file.WriteString("progetto;programma;kpi;scadenza;valore\n")
	for i := range rows {
		fmt.Fprintf(&file, ";TOS;servizi;%s;%d\n", start2026.AddDays(i), i)
	}
	return file.String()
}

func (r *rig) receive(t *testing.T, text string) imports.Batch {
	t.Helper()
	b, err := r.Receive(context.Background(), r.who, imports.Targets, "molti.csv", strings.NewReader(text))
	if err != nil {
		t.Fatalf("Receive = %v", err)
	}
	return b
}

func (r *rig) state(t *testing.T, id, want string) imports.Batch {
	t.Helper()
	b, err := r.ByID(context.Background(), r.who, id)
	if err != nil || b.State != want {
		t.Fatalf("batch is %q, %v, want %q", b.State, err, want)
	}
	return b
}

// runner works on the queue of the rig; who asks is whom the batches name.
func (r *rig) runner(t *testing.T, db *sqldb.DB) *jobs.Runner {
	t.Helper()
	d := r.deps
	d.Actor = func(context.Context, string) (identity.Actor, error) { return r.who, nil }
	run := jobs.NewRunner(db, slog.New(slog.DiscardHandler))
	imports.New(db, d).Handle(run)
	return run
}

func work(t *testing.T, run *jobs.Runner) {
	t.Helper()
	if _, err := run.RunDue(context.Background()); err != nil {
		t.Fatalf("RunDue() = %v", err)
	}
}

// eachClock runs fn on both engines with a clock to move.
func eachClock(t *testing.T, fn func(t *testing.T, r *rig, clock *sqldbtest.Clock)) {
	t.Helper()
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { fn(t, setUp(t, db, sampleTowns()), clock) })
}

func TestLargeFilesAreJobs(t *testing.T) {
	t.Parallel()
	eachClock(t, func(t *testing.T, r *rig, _ *sqldbtest.Clock) {
		run := r.runner(t, r.db)
		b := r.receive(t, manyTargets(1500))
		if b.State != imports.Checking || b.Total != 1500 {
			t.Fatalf("received: %s of %d rows, want %s of 1500", b.State, b.Total, imports.Checking)
		}
		if _, err := r.Correct(context.Background(), r.who, b.ID, nil); !errors.Is(err, imports.ErrWorking) {
			t.Errorf("Correct while a job is at work = %v, want %v", err, imports.ErrWorking)
		}
		work(t, run)
		if b = r.state(t, b.ID, imports.Previewed); b.Added != 1500 || !b.Ready() {
			t.Fatalf("looked at: %v, want 1500 new", counts(b))
		}
		for range 2 {
			if b, err := r.Publish(context.Background(), r.who, b.ID); err != nil || b.State != imports.Applying {
				t.Fatalf("Publish = %s, %v, want %s", b.State, err, imports.Applying)
			}
		}
		work(t, run)
		r.state(t, b.ID, imports.Applied)
		if list, err := r.deps.Funding.Targets(context.Background(), r.who, r.programme); err != nil || len(list) != 1500 {
			t.Errorf("%d targets, %v, want 1500", len(list), err)
		}
		if done, err := r.Publish(context.Background(), r.who, b.ID); err != nil || done.Added != 1500 || done.State != imports.Applied {
			t.Errorf("Publish(applied) = %v %s, %v, want the first answer", counts(done), done.State, err)
		}
	})
}

func TestWorkIsStopped(t *testing.T) {
	t.Parallel()
	eachClock(t, func(t *testing.T, r *rig, _ *sqldbtest.Clock) {
		ctx, run := context.Background(), r.runner(t, r.db)
		b := r.receive(t, manyTargets(1200))
		if ok, err := r.Stop(ctx, r.who, b.ID); !ok || err != nil {
			t.Fatalf("Stop(checking) = %v, %v, want true", ok, err)
		}
		work(t, run)
		r.state(t, b.ID, imports.Stopped)
		if _, err := r.Resume(ctx, r.who, b.ID); err != nil {
			t.Fatalf("Resume = %v", err)
		}
		work(t, run)
		r.state(t, b.ID, imports.Previewed)
		if _, err := r.Publish(ctx, r.who, b.ID); err != nil {
			t.Fatal(err)
		}
		if ok, err := r.Stop(ctx, r.who, b.ID); !ok || err != nil {
			t.Fatalf("Stop(applying) = %v, %v, want true", ok, err)
		}
		// Looked at again while the work that was stopped still waits in the queue.
		if _, err := r.Resume(ctx, r.who, b.ID); err != nil {
			t.Fatalf("Resume(previewed) = %v", err)
		}
		work(t, run)
		if b = r.state(t, b.ID, imports.Previewed); !b.Ready() {
			t.Error("a batch that was stopped before it was published cannot be applied any more")
		}
		if list, err := r.deps.Funding.Targets(ctx, r.who, r.programme); err != nil || len(list) != 0 {
			t.Errorf("%d targets, %v, want none", len(list), err)
		}
		if ok, err := r.Stop(ctx, r.who, b.ID); ok || err != nil {
			t.Errorf("Stop(nothing at work) = %v, %v, want false", ok, err)
		}
		r.apply(t, b.ID)
	})
}

// dying is a clock that kills the work when it is asked for the time once too often.
type dying struct {
	clock *sqldbtest.Clock
	left  atomic.Int64
	die   func()
}

func (d *dying) Now() time.Time {
	if d.left.Add(-1) == 0 {
		d.die()
	}
	d.clock.Add(time.Second)
	return d.clock.Now()
}

// A program that dies at any moment of the work leaves a batch whose work goes on when the program comes
// back, and everything is there once.
func TestWorkSurvivesADeath(t *testing.T) {
	t.Parallel()
	for _, moment := range []int64{6, 8, 10, 12} {
		clock := sqldbtest.NewClock(start)
		app, _ := sqldbtest.Database(t, sqldb.SQLite)
		first := sqldbtest.OpenURL(t, sqldb.Options{URL: app, Now: clock.Now})
		r := setUp(t, first, sampleTowns())
		b := r.receive(t, manyTargets(1200))
		ctx, cancel := context.WithCancel(context.Background())
		mortal := &dying{clock: clock}
		mortal.left.Store(moment)
		second, err := sqldb.Open(context.Background(), sqldb.Options{URL: app, Now: mortal.Now})
		if err != nil {
			t.Fatal(err)
		}
		var closed sync.WaitGroup
		mortal.die = func() {
			cancel()
			// Closed, it cannot write down how the job went either: like a program that was killed.
			closed.Go(func() { _ = second.Close() })
		}
		_, died := r.runner(t, second).RunDue(ctx)
		closed.Wait()
		if died == nil {
			t.Errorf("death at moment %d: the work was over before", moment)
		}
		clock.Add(time.Minute)
		alive := imports.New(first, r.deps)
		if err := alive.Wake(context.Background()); err != nil {
			t.Fatal(err)
		}
		run := r.runner(t, first)
		for range 3 {
			clock.Add(30 * time.Second)
			work(t, run)
		}
		r.state(t, b.ID, imports.Previewed)
		r.apply(t, b.ID)
		if list, err := r.deps.Funding.Targets(context.Background(), r.who, r.programme); err != nil || len(list) != 1200 {
			t.Errorf("death at moment %d: %d targets, %v, want 1200", moment, len(list), err)
		}
	}
}

// impatient is somebody who goes away when the program looks for them once too often.
type impatient struct {
	context.Context
	left atomic.Int64
	away context.CancelFunc
}

func newImpatient(times int64) *impatient {
	ctx, cancel := context.WithCancel(context.Background())
	i := &impatient{Context: ctx, away: cancel}
	i.left.Store(times)
	return i
}

func (i *impatient) Err() error {
	if i.left.Add(-1) <= 0 {
		i.away()
	}
	return i.Context.Err()
}

// Whoever closes the page while a small file is worked on leaves no batch at work with nobody working.
func TestNobodyWaitsForASenderWhoWentAway(t *testing.T) {
	t.Parallel()
	r := setUp(t, sqldbtest.Open(t, sqldb.SQLite), sampleTowns())
	none := func(moment int64, doing string) {
		t.Helper()
		list, err := r.List(context.Background(), r.who, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range list {
			if b.Working() || b.State == imports.Staging {
				t.Errorf("gone at moment %d of %s: the batch is left %s", moment, doing, b.State)
				if _, err := r.Stop(context.Background(), r.who, b.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for moment, done := int64(1), false; !done; moment++ {
		b, err := r.Receive(newImpatient(moment), r.who, imports.Targets, "targets.csv", strings.NewReader(manyTargets(3)))
		done = err == nil && b.Ready()
		none(moment, "looking")
	}
	b := r.preview(t, imports.Targets, manyTargets(3))
	for moment, done := int64(1), false; !done; moment++ {
		answer, err := r.Publish(newImpatient(moment), r.who, b.ID)
		done = err == nil && answer.State == imports.Applied
		none(moment, "applying")
	}
}

func TestProgressIsMeasured(t *testing.T) {
	t.Parallel()
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	for _, c := range []struct {
		name        string
		total, done int
		touched     int
		now         int
		want        time.Duration
		known       bool
	}{
		{"not begun", 100, 0, 0, 5, 0, false},
		{"a quarter", 100, 25, 10, 10, 30 * time.Second, true},
		{"a quarter, asked later", 100, 25, 10, 20, 20 * time.Second, true},
		{"nearly over", 100, 99, 99, 200, time.Second, true},
		{"over", 100, 100, 10, 10, 0, false},
	} {
		b := imports.Batch{Total: c.total, Done: c.done, PhaseAt: at(0), TouchedAt: at(c.touched)}
		if got, known := b.Left(at(c.now)); got != c.want || known != c.known {
			t.Errorf("%s: Left() = %v, %v, want %v, %v", c.name, got, known, c.want, c.known)
		}
	}
}

func TestForgottenBatchesGo(t *testing.T) {
	t.Parallel()
	eachClock(t, func(t *testing.T, r *rig, clock *sqldbtest.Clock) {
		old := r.preview(t, imports.Points, header+"P1;Empoli;FI;Uno;;;;;\n")
		clock.Add(6 * 24 * time.Hour)
		young := r.preview(t, imports.Points, header+"P2;Empoli;FI;Due;;;;;\n")
		clock.Add(25 * time.Hour)
		if err := r.Tidy(context.Background()); err != nil {
			t.Fatal(err)
		}
		r.state(t, old.ID, imports.Discarded)
		r.state(t, young.ID, imports.Previewed)
		if text := payloadOf(t, r.db, old.ID); strings.Contains(text, "Empoli") {
			t.Errorf("a forgotten batch still holds its rows: %s", text)
		}
	})
}
