package imports_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/imports"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/tabular"
)

func TestApplyTwiceAnswersTheFirst(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		b := r.preview(t, imports.Points, header+"P1;Empoli;FI;Uno;;;;;\n")
		first, second := r.apply(t, b.ID), r.apply(t, b.ID)
		if counts(first) != counts(second) || !first.AppliedAt.Equal(second.AppliedAt) || second.Added != 1 {
			t.Errorf("applied twice: %v then %v, want the same", counts(first), counts(second))
		}
		if err := r.Discard(context.Background(), r.who, b.ID); !errors.Is(err, imports.ErrApplied) {
			t.Errorf("Discard(applied) = %v, want %v", err, imports.ErrApplied)
		}
	})
}

func TestDiscard(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		ctx := context.Background()
		b := r.preview(t, imports.Points, header+"P1;Empoli;FI;Uno;;;;;\n")
		for range 2 {
			if err := r.Discard(ctx, r.who, b.ID); err != nil {
				t.Errorf("Discard = %v", err)
			}
		}
		if _, err := r.Apply(ctx, r.who, b.ID); !errors.Is(err, imports.ErrDiscarded) {
			t.Errorf("Apply(discarded) = %v, want %v", err, imports.ErrDiscarded)
		}
		if err := r.Discard(ctx, r.who, "none"); !errors.Is(err, imports.ErrNoBatch) {
			t.Errorf("Discard(none) = %v, want %v", err, imports.ErrNoBatch)
		}
		if _, err := r.Apply(ctx, r.who, "none"); !errors.Is(err, imports.ErrNoBatch) {
			t.Errorf("Apply(none) = %v, want %v", err, imports.ErrNoBatch)
		}
	})
}

// Rivals apply one batch, and two batches of one file, all at once: every one answers, each point is
// there once.
func TestRivals(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		var file strings.Builder
		file.WriteString(header)
		for i := range 20 {
			fmt.Fprintf(&file, "P%d;Empoli;FI;Punto %d;Via %d;Ente %d;fisso;lun 9-13;4\n", i, i, i, i%3)
		}
		one, two := r.preview(t, imports.Points, file.String()), r.preview(t, imports.Points, file.String())
		ids := []string{one.ID, two.ID, one.ID, two.ID}
		results, failures := make([]imports.Batch, len(ids)), make([]error, len(ids))
		var wait sync.WaitGroup
		for i, id := range ids {
			wait.Go(func() { results[i], failures[i] = r.Apply(context.Background(), r.who, id) })
		}
		wait.Wait()
		if err := errors.Join(failures...); err != nil {
			t.Fatalf("Apply by rivals = %v", err)
		}
		if got := []int{results[0].Added + results[1].Added, results[0].Unchanged + results[1].Unchanged}; !slices.Equal(got, []int{20, 20}) {
			t.Errorf("added and unchanged by two batches = %v, want [20 20]", got)
		}
		if counts(results[0]) != counts(results[2]) || counts(results[1]) != counts(results[3]) {
			t.Errorf("one batch gave two answers: %v", results)
		}
		if n, err := r.deps.Points.Count(context.Background()); err != nil || n[points.StateOpen] != 20 {
			t.Errorf("points = %v, %v, want 20 open", n, err)
		}
		if n, err := r.deps.Orgs.Count(context.Background()); err != nil || n != 3 {
			t.Errorf("bodies = %d, %v, want 3", n, err)
		}
	})
}

func TestChangesOfPoints(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.apply(t, r.preview(t, imports.Points, header+"P1;Empoli;FI;Uno;Via A;Auser;fisso;lun 9-13;\nP2;Empoli;FI;Due;Via B;;fisso;;\n").ID)
		b := r.preview(t, imports.Points, header+"P1;Empoli;FI;Uno;;Arci;fisso;\"lun 9-13; mar 9-13\";\nP2;Arcidosso;GR;Due;;;;;\n")
		if got, want := counts(b), [4]int{0, 2, 0, 0}; got != want {
			t.Fatalf("counts %v (%v), want %v", got, said(b.Problems), want)
		}
		r.apply(t, b.ID)
		p, err := r.deps.Points.ByCode(ctx, "P1")
		if err != nil || p.WeeklyMinutes != 480 || p.Addresses[0].Street != "Via A" || p.State != points.StateOpen {
			t.Errorf("P1 = %d minutes at %q, %s, %v, want 480 at Via A, open: an empty cell erases nothing", p.WeeklyMinutes, p.Addresses[0].Street, p.State, err)
		}
		p, err = r.deps.Points.ByCode(ctx, "P2")
		if err != nil || p.Addresses[0].Belfiore != "A369" {
			t.Errorf("P2 is in %s, %v, want A369", p.Addresses[0].Belfiore, err)
		}
		name := "Comune di Empoli"
		bodies, err := r.deps.Orgs.ByIDs(ctx, []string{p.ManagingBodyID})
		if err != nil || bodies[p.ManagingBodyID].Name != name {
			t.Errorf("P2 is run by %q, %v, want still %q", bodies[p.ManagingBodyID].Name, err, name)
		}
	})
}

// A batch that was right goes wrong while it waits: nothing of it is applied, and its page says why.
func TestRowsAreCheckedAgain(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		ctx := context.Background()
		b := r.preview(t, imports.Points, header+"P1;Empoli;FI;Uno;;;;;\nP2;Empoli;FI;Due;;;;;\n")
		r.apply(t, r.preview(t, imports.Points, header+"P9;Empoli;FI;Due;;;;;\n").ID)
		if _, err := r.Apply(ctx, r.who, b.ID); !errors.Is(err, imports.ErrWrong) {
			t.Fatalf("Apply = %v, want %v", err, imports.ErrWrong)
		}
		b, err := r.ByID(ctx, r.who, b.ID)
		if got, want := said(b.Problems), []string{"3 denominazione imports.name_taken"}; err != nil || !slices.Equal(got, want) || b.Ready() {
			t.Errorf("problems %q, ready %v, %v, want %q", got, b.Ready(), err, want)
		}
		if _, err := r.deps.Points.ByCode(ctx, "P1"); !errors.Is(err, points.ErrNoCode) {
			t.Errorf("P1 = %v, want %v: all or nothing", err, points.ErrNoCode)
		}
	})
}

func taxCode(t *testing.T, surname, name string) string {
	t.Helper()
	code, err := codes.NewTaxCode(surname, name, "F", calendar.NewDay(1980, 5, 3), "D403")
	if err != nil {
		t.Fatal(err)
	}
	return string(code)
}

func TestFacilitators(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.apply(t, r.preview(t, imports.Points, header+"P1;Empoli;FI;Uno;;Auser;;lun 9-13;\nP2;Empoli;FI;Due;;Auser;;;\n").ID)
		code := taxCode(t, "Bianchi", "Giulia")
		file := "Cognome;Nome;Codice fiscale;Ente;Punti;Email;Lingue;Competenze;Contratto;Dal\n" +
			"Bianchi;Giulia;" + strings.ToLower(code) + ";auser;P1, p2;g@example.org;inglese, italiano;SPID;volontaria;01/09/2026\n" +
			"Verdi;Ugo;;Auser;P1;;;;;\n"
		b := r.preview(t, imports.Facilitators, file)
		if got, want := counts(b), [4]int{2, 0, 0, 0}; got != want {
			t.Fatalf("counts %v, problems %v, want %v", got, said(b.Problems), want)
		}
		if strings.Contains(payloadOf(t, r.db, b.ID), code) {
			t.Error("the tax code lies in clear in the batch")
		}
		r.apply(t, b.ID)
		if text := payloadOf(t, r.db, b.ID); strings.Contains(text, `"c":`) || strings.Contains(text, `"columns"`) {
			t.Error("the rows are still there after they were applied")
		} else if strings.Contains(text, "Bianchi") || strings.Contains(text, "g@example.org") {
			t.Errorf("the batch still tells of people after it was applied: %s", text)
		}
		list, total, err := r.deps.Facilitators.List(ctx, r.who, facilitators.Filter{})
		if err != nil || total != 2 || list[0].Contract != facilitators.Volunteer || len(list[0].Points) != 2 || !list[0].HasTaxCode ||
			!slices.Equal(list[0].Languages, []string{"en", "it"}) || list[0].From != calendar.NewDay(2026, 9, 1) {
			t.Errorf("facilitators = %+v (%d), %v", list, total, err)
		}
		if again := r.preview(t, imports.Facilitators, file); counts(again) != [4]int{0, 0, 2, 0} {
			t.Errorf("the same file again: counts %v, want 2 unchanged", counts(again))
		}
		later := r.preview(t, imports.Facilitators, "cognome;nome;cf;ente;punti;telefono\nVerdi;Ugo;"+taxCode(t, "Verdi", "Ugo")+";Auser;P2;055\nBianchi;Giulia;"+code+";Auser;;\n")
		if got, want := counts(later), [4]int{0, 1, 1, 0}; got != want {
			t.Errorf("counts %v, want %v: the tax code completes a person known by name", got, want)
		}
		r.apply(t, later.ID)
		if list, total, err = r.deps.Facilitators.List(ctx, r.who, facilitators.Filter{Search: "verdi"}); err != nil || total != 1 || !list[0].HasTaxCode || len(list[0].Points) != 2 {
			t.Errorf("Verdi = %+v, %v, want one with a tax code and two points", list, err)
		}
	})
}

func TestWrongFacilitators(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		r.apply(t, r.preview(t, imports.Points, header+"PT001;Empoli;FI;Uno;;Misericordia di Empoli;;lun 9-13;\n").ID)
		b := r.preview(t, imports.Facilitators, "cognome;nome;codice_fiscale;ente;punti;contratto;dal\n"+
			"A;B;RSSMRA80A01H501X;Misericordia di Empol;PT01;boh;31/02/2026\nC;;;Nessuno;;;\n")
		want := []string{"2 codice_fiscale codes.taxcode_check", "2 ente imports.body_unknown_near", "2 punti imports.point_unknown_near",
			"3 nome imports.required", "3 ente imports.body_unknown"}
		if got := said(b.Problems); !slices.Equal(got, want) {
			t.Errorf("problems %q, want %q", got, want)
		}
		if b.Problems[0].Value != "" || strings.Contains(payloadOf(t, r.db, b.ID), "RSSMRA80") {
			t.Errorf("a wrong tax code is shown: %+v", b.Problems[0])
		}
	})
}

// payloadOf returns all that the database keeps of a batch.
func payloadOf(t *testing.T, db *sqldb.DB, id string) (text string) {
	t.Helper()
	err := db.View(context.Background(), func(tx *sqldb.Tx) error {
		text = ""
		for _, query := range []string{"SELECT CAST(payload AS text) FROM imports_batch WHERE id = $1",
			"SELECT CAST(cells AS text) || CAST(problems AS text) FROM imports_part WHERE batch_id = $1 ORDER BY part"} {
			rows, err := tx.QueryContext(context.Background(), query, id)
			if err != nil {
				return err
			}
			for rows.Next() {
				var one string
				if err := rows.Scan(&one); err != nil {
					return errors.Join(err, rows.Close())
				}
				text += one
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTargetsOfTheRegions(t *testing.T) {
	t.Parallel()
	data := shared(t, "target_regionali.csv")
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		b := r.preview(t, imports.Targets, string(data))
		if got, want := counts(b), [4]int{3, 0, 0, 0}; got != want || b.Ignored != 10 || len(b.Warnings) != 0 {
			t.Fatalf("counts %v, ignored %d, warnings %v, want %v and 10", got, b.Ignored, said(b.Warnings), want)
		}
		r.apply(t, b.ID)
		got := map[string]int{}
		list, err := r.deps.Funding.Targets(context.Background(), r.who, r.programme)
		for _, one := range list {
			if one.DueOn == calendar.NewDay(2027, 12, 31) {
				got[one.KPI] = one.Value
			}
		}
		want := map[string]int{funding.KPIPoints: 169, funding.KPIUniqueCitizens: 136000, funding.KPIServices: 204000}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("targets = %v, %v, want %v", got, err, want)
		}
		if again := r.preview(t, imports.Targets, string(data)); counts(again) != [4]int{0, 0, 3, 0} {
			t.Errorf("the same file again: counts %v, want 3 unchanged", counts(again))
		}
	})
}

func TestTargetsOfProjects(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.apply(t, r.preview(t, imports.Points, header+"P1;Empoli;FI;Uno;;Auser;;;\n").ID)
		p, err := r.deps.Points.ByCode(ctx, "P1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.deps.Funding.AddProject(ctx, r.who, funding.Project{ProgrammeID: r.programme, BodyID: p.ManagingBodyID, Code: "PR-1", Name: "Progetto",
			StartsOn: calendar.NewDay(2026, 9, 1), EndsOn: calendar.NewDay(2027, 6, 30)}); err != nil {
			t.Fatal(err)
		}
		b := r.preview(t, imports.Targets, "progetto;kpi;scadenza;valore\nPR-1;cittadini unici;;1.000\nPR-1;punti;31/03/2027;2\n;servizi;;204 000\n")
		if got, want := counts(b), [4]int{3, 0, 0, 0}; got != want {
			t.Fatalf("counts %v, problems %v, want %v", got, said(b.Problems), want)
		}
		r.apply(t, b.ID)
		b = r.preview(t, imports.Targets, "progetto;kpi;scadenza;valore\nPR-1;cittadini;30/06/2027;1200\nPR-2;punti;;2\nPR-1;gatti;;mille\nPR-1;utenti unici;2027-06-30;7\n")
		want := []string{"3 progetto imports.project_unknown_near", "4 kpi imports.word", "4 valore imports.number", "5 kpi imports.target_twice"}
		if got := said(b.Problems); !slices.Equal(got, want) || b.Changed != 1 {
			t.Errorf("problems %q, %d changed, want %q and 1", got, b.Changed, want)
		}
	})
}

func TestTemplatesCanBeFilledIn(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		for _, kind := range imports.Kinds() {
			for _, lang := range []i18n.Lang{i18n.Italian, i18n.English} {
				var book bytes.Buffer
				if err := r.Template(context.Background(), r.who, imports.Form{Kind: kind, Format: imports.XLSX}, i18n.Default().Printer(lang), &book); err != nil {
					t.Fatalf("Template(%s) = %v", kind, err)
				}
				_, err := r.Preview(context.Background(), r.who, kind, "m.xlsx", bytes.NewReader(book.Bytes()))
				if !errors.Is(err, imports.ErrNoRows) {
					t.Errorf("Preview(empty template of %s) = %v, want %v", kind, err, imports.ErrNoRows)
				}
				table, err := tabular.Read("m.xlsx", &book, tabular.Limits{})
				if err != nil || len(table.Header) != len(imports.ColumnsOf(kind)) {
					t.Errorf("template of %s has columns %v, %v", kind, table.Header, err)
				}
			}
			for _, c := range imports.ColumnsOf(kind) {
				key := "imports.column." + kind + "." + c.Name
				if p := i18n.Default().Printer(i18n.Italian); !p.Has(key) {
					t.Errorf("no text %s", key)
				}
			}
		}
		if err := r.Template(context.Background(), r.who, imports.Form{Kind: "cats"}, i18n.Default().Printer(i18n.Italian), &bytes.Buffer{}); !errors.Is(err, imports.ErrKind) {
			t.Errorf("Template(cats) = %v, want %v", err, imports.ErrKind)
		}
	})
}

func TestProgramCanImport(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		who := identity.System("import")
		b, err := r.Preview(context.Background(), who, imports.Points, `C:\dati\punti.csv`, strings.NewReader(header+"P1;Empoli;FI;Uno;;;;;\n"))
		if err != nil || b.FileName != "punti.csv" || b.CreatedBy != "import" {
			t.Fatalf("Preview by the program = %q by %q, %v", b.FileName, b.CreatedBy, err)
		}
		if _, err := r.Apply(context.Background(), who, b.ID); err != nil {
			t.Errorf("Apply by the program = %v", err)
		}
	})
}
