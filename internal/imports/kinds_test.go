package imports_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/i18n"
	"capillare/internal/imports"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// Each template filled with its own examples is imported as it is, in both formats, and changes nothing
// the second time.
func TestExamplesAreImported(t *testing.T) {
	t.Parallel()
	want := map[string][4]int{imports.Bodies: {2, 0, 0, 0}, imports.Points: {2, 0, 0, 0}, imports.Facilitators: {1, 0, 0, 0},
		imports.Duties: {2, 0, 0, 0}, imports.Targets: {2, 0, 0, 0}}
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		ctx := context.Background()
		for _, kind := range imports.Kinds() {
			for i, format := range []string{imports.XLSX, imports.CSV} {
				var file bytes.Buffer
				form := imports.Form{Kind: kind, Format: format, Filled: true}
				if err := r.Template(ctx, r.who, form, i18n.Default().Printer(i18n.Italian), &file); err != nil {
					t.Fatalf("Template(%v) = %v", form, err)
				}
				b, err := r.Preview(ctx, r.who, kind, "esempio."+format, &file)
				if err != nil {
					t.Fatalf("Preview(%v) = %v", form, err)
				}
				expect := want[kind]
				if i > 0 {
					expect = [4]int{0, 0, want[kind][0], 0}
				}
				if counts(b) != expect || len(b.Unused) > 0 {
					t.Fatalf("Preview(%v): counts %v, wrong %q, unused %q, want %v", form, counts(b), said(b.Problems), b.Unused, expect)
				}
				r.apply(t, b.ID)
			}
		}
	})
}

func TestExamplesNeedANetwork(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		for _, kind := range []string{imports.Facilitators, imports.Duties} {
			form := imports.Form{Kind: kind, Format: imports.CSV, Filled: true}
			err := r.Template(context.Background(), r.who, form, i18n.Default().Printer(i18n.Italian), &bytes.Buffer{})
			if err == nil || !strings.Contains(problems(err), "imports.no_sample") {
				t.Errorf("Template(%v) = %v, want %v", form, err, imports.ErrNoSample)
			}
		}
	})
}

const bodyHeader = "denominazione;tipo;codice_ipa;codice_fiscale;comune;ruoli;ruolo_dal;ruolo_al;cessato_dal;email\n"

func TestBodies(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		ctx := context.Background()
		file := bodyHeader + "Unione della Valle;;uv_valle;1234567897;Empoli;attuatore; 01/07/2026;;;uv@example.org\n" +
			"Auser Empoli;associazione;;;;realizzatore; ospitante;;;;\n"
		file = strings.Replace(file, "realizzatore; ospitante", `"realizzatore; ospitante"`, 1)
		b := r.preview(t, imports.Bodies, file)
		if got, want := counts(b), [4]int{2, 0, 0, 0}; got != want {
			t.Fatalf("counts %v, problems %q, want %v", got, said(b.Problems), want)
		}
		r.apply(t, b.ID)
		list, err := r.deps.Orgs.List(ctx, r.who, orgs.Filter{Search: "unione"})
		if err != nil || len(list) != 1 || list[0].Kind != orgs.KindUnion || list[0].TaxCode != "01234567897" || list[0].Belfiore != "D403" {
			t.Fatalf("bodies = %+v, %v, want the union with its codes", list, err)
		}
		roles, err := r.deps.Orgs.Roles(ctx, []string{list[0].ID})
		if held := roles[list[0].ID]; err != nil || len(held) != 1 || held[0].Name != orgs.RoleImplementer || held[0].From != calendar.NewDay(2026, 7, 1) {
			t.Errorf("roles = %v, %v, want implementer from July", roles, err)
		}
		if again := r.preview(t, imports.Bodies, file); counts(again) != [4]int{0, 0, 2, 0} {
			t.Errorf("the same file again: counts %v, %q, want 2 unchanged", counts(again), said(again.Problems))
		}
		change := r.preview(t, imports.Bodies, bodyHeader+"Unione della Grande Valle;;UV_VALLE;;;;;;;\nAuser Empoli;;;;;sub-attuatore;;;20/11/2026;\n")
		if got, want := counts(change), [4]int{0, 2, 0, 0}; got != want {
			t.Fatalf("counts %v, problems %q, want %v", got, said(change.Problems), want)
		}
		r.apply(t, change.ID)
		list, err = r.deps.Orgs.List(ctx, r.who, orgs.Filter{Ended: true})
		if err != nil || len(list) != 2 || list[0].EndedOn != calendar.NewDay(2026, 11, 20) || list[1].Name != "Unione della Grande Valle" ||
			list[1].Email != "uv@example.org" {
			t.Errorf("bodies = %+v, %v, want Auser ended and the union renamed with its e-mail", list, err)
		}
	})
}

func TestWrongBodies(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		r.apply(t, r.preview(t, imports.Bodies, bodyHeader+"Auser Empoli;;aue;;;;;;;\n").ID)
		b := r.preview(t, imports.Bodies, bodyHeader+";;;;;;;;;\nComune X;boh;;123;Emploi;capo;31/02/2026;;;x\nAuser Empoli;;;;;;;;;\nAuser Empoli;;;;;;;;;\n"+
			"Nuovo;;;;;;01/01/2027;;01/01/2027;\nAltro;;;01234567898;;;;;;storto\nAltri;;aue;;;;;;;\n")
		want := []string{"3 tipo imports.word", "3 comune imports.town_near", "3 ruoli imports.word_of_list", "3 ruolo_dal calendar.no_such_day",
			"5 denominazione imports.twice_in_file", "6 ruoli imports.role_of_days", "6 cessato_dal imports.ended_unknown",
			"7 codice_fiscale codes.vat_check", "7 email orgs.email", "8 codice_ipa imports.twice_in_file"}
		got := said(b.Problems)
		for _, line := range want {
			if !slices.Contains(got, line) {
				t.Errorf("no %q in %q", line, got)
			}
		}
	})
}

// onDuty makes a point with two addresses, one with one, and three people who serve the first.
func onDuty(t *testing.T, r *rig) (code string) {
	t.Helper()
	r.apply(t, r.preview(t, imports.Points, header+"P1;Empoli;FI;Giro;Via A;Auser;itinerante;lun 9-13;\nP1;Empoli;FI;;Via B;;;gio 9-13;\nP2;Empoli;FI;Fermo;Via C;Auser;;lun 9-13;\n").ID)
	code = taxCode(t, "Bianchi", "Giulia")
	r.apply(t, r.preview(t, imports.Facilitators, "cognome;nome;codice_fiscale;ente;punti;email;dal\nBianchi;Giulia;"+code+";Auser;P1, P2;;01/09/2026\n"+
		"Verdi;Ugo;;Auser;P1, P2;ugo@example.org;01/09/2026\nNeri;Ada;;Auser;P2;;01/09/2026\n").ID)
	return code
}

const dutyHeader = "email;codice_fiscale;cognome;nome;ente;punto;indirizzo;giorno;dalle;alle;durata_minuti;tipo;posti;dal;al\n"

func (r *rig) shifts(t *testing.T, point string) []facilitators.Duty {
	t.Helper()
	p, err := r.deps.Points.ByCode(context.Background(), point)
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.deps.Facilitators.Duties(context.Background(), r.who, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestDuties(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		code := onDuty(t, r)
		file := dutyHeader + ";" + code + ";;;;P1;Via B;lunedì;9:00;13:00;20;;;01/10/2026;31/12/2026\n" +
			"UGO@example.org;;;;;p2;;mar;9;13;;gruppo;8;;\n;;Neri;Ada;auser;P2;;mer;14.30;17.00;;;;;\n"
		b := r.preview(t, imports.Duties, file)
		if got, want := counts(b), [4]int{3, 0, 0, 0}; got != want {
			t.Fatalf("counts %v, problems %q, want %v", got, said(b.Problems), want)
		}
		if strings.Contains(payloadOf(t, r.db, b.ID), code) {
			t.Error("the tax code lies in clear in the batch")
		}
		r.apply(t, b.ID)
		one, two := r.shifts(t, "P1"), r.shifts(t, "P2")
		if len(one) != 1 || one[0].SlotMinutes != 20 || one[0].To != calendar.NewDay(2026, 12, 31) || len(two) != 2 ||
			two[0].Kind != facilitators.Group || two[0].Seats != 8 || two[0].From != calendar.DayOf(start) {
			t.Errorf("shifts = %+v and %+v, want those of the file", one, two)
		}
		if again := r.preview(t, imports.Duties, file); counts(again) != [4]int{0, 0, 3, 0} {
			t.Errorf("the same file again: counts %v, %q, want 3 unchanged", counts(again), said(again.Problems))
		}
		change := r.preview(t, imports.Duties, dutyHeader+";"+code+";;;;P1;Via B;lun;9;13;;;;;31/03/2027\nugo@example.org;;;;;P2;;mar;9;12;;;;01/12/2026;\n")
		if got, want := counts(change), [4]int{0, 2, 0, 0}; got != want {
			t.Fatalf("counts %v, problems %q, want %v", got, said(change.Problems), want)
		}
		r.apply(t, change.ID)
		one, two = r.shifts(t, "P1"), r.shifts(t, "P2")
		if len(one) != 1 || one[0].To != calendar.NewDay(2027, 3, 31) || one[0].SlotMinutes != 20 {
			t.Errorf("shifts of P1 = %+v, want one that goes on until March", one)
		}
		slices.SortFunc(two, func(a, b facilitators.Duty) int { return 10*int(a.Weekday-b.Weekday) + a.From.Compare(b.From) })
		if len(two) != 3 || two[0].To != calendar.NewDay(2026, 11, 30) || two[1].Ends != 12*60 || two[1].Seats != 8 {
			t.Errorf("shifts of P2 = %+v, want the old one ended and the shorter one after it", two)
		}
	})
}

func TestWrongDuties(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		onDuty(t, r)
		r.apply(t, r.preview(t, imports.Duties, dutyHeader+"ugo@example.org;;;;;P2;;ven;9;13;;;;;\n").ID)
		b := r.preview(t, imports.Duties, dutyHeader+
			"ugo@example.org;;;;;P2;;lun;9;13;;;;;\n"+ // 2: right
			"ugo@example.org;;;;;P1;Via A;lun;12;15;;;;;\n"+ // 3: meets row 2
			"ugo@example.org;;;;;P1;Via A;ven;12;15;;;;;\n"+ // 4: meets what is there
			"ugo@example.org;;;;;P1;;mar;12;15;;;;;\n"+ // 5: which address
			"ugo@example.org;;;;;P1;Via Z;mar;12;15;;;;;\n"+ // 6: no such address
			";;Neri;Ada;Auser;P1;Via A;mar;9;12;;;;;\n"+ // 7: does not serve P1
			";;Neri;Ugo;Auser;P2;;mar;9;12;;;;;\n"+ // 8: nobody
			";;;;;P3;;boh;12;9;7;aula;;;\n"+ // 9: everything
			"ugo@example.org;;;;;P2;;sab;12;9;;;;;01/01/2020\n") // 10: reversed, ends before it begins
		want := []string{"3 dalle imports.duty_overlap_row", "4 dalle imports.duty_overlap_there", "5 indirizzo imports.address_which",
			"6 indirizzo imports.address_unknown", "7 punto imports.not_serving", "8 cognome imports.person_unknown", "9 email imports.person_missing",
			"9 punto imports.point_unknown_near", "9 giorno imports.word", "9 posti imports.seats_of_group", "10 al facilitators.ends_before"}
		if got := said(b.Problems); !slices.Equal(got, want) {
			t.Errorf("problems %q, want %q", got, want)
		}
		if b.Added != 1 || b.Wrong != 8 {
			t.Errorf("counts %v, want the one right row as new and 8 wrong", counts(b))
		}
		if len(b.Problems) > 0 && b.Problems[0].Args["row"] != 2 {
			t.Errorf("the overlap names row %v, want 2", b.Problems[0].Args["row"])
		}
	})
}

// One person in a thousand rows is a mistake, and would be held against all the others.
func TestTooManyShiftsOfOnePerson(t *testing.T) {
	t.Parallel()
	db := sqldbtest.OpenAt(t, sqldb.SQLite, sqldbtest.NewClock(start))
	r := setUp(t, db, sampleTowns())
	onDuty(t, r)
	var file strings.Builder
	file.WriteString(dutyHeader)
	for week := range 1003 {
		day := calendar.DayOf(start).AddDays(7 * week)
		fmt.Fprintf(&file, "ugo@example.org;;;;;P2;;lun;9;13;;;;%s;%s\n", day, day.AddDays(6))
	}
	b := r.preview(t, imports.Duties, file.String())
	if b.Added != 1000 || b.Wrong != 3 || b.Problems[0].Key != "imports.person_rows" {
		t.Errorf("counts %v, first problem %+v, want 1000 new and 3 too many", counts(b), b.Problems[:1])
	}
}

// A shift that somebody adds between the preview and Apply is not overlapped.
func TestDutiesAreCheckedAgain(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		onDuty(t, r)
		waits := r.preview(t, imports.Duties, dutyHeader+"ugo@example.org;;;;;P2;;lun;9;13;;;;;\n")
		r.apply(t, r.preview(t, imports.Duties, dutyHeader+"ugo@example.org;;;;;P2;;lun;12;15;;;;;\n").ID)
		if _, err := r.Apply(context.Background(), r.who, waits.ID); err == nil || len(r.shifts(t, "P2")) != 1 {
			t.Errorf("Apply = %v with %d shifts, want a refusal and one shift", err, len(r.shifts(t, "P2")))
		}
	})
}

func TestItinerantPointsHaveARowForEachAddress(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		ctx := context.Background()
		file := header + "P1;Empoli;FI;Giro;Via A;Auser;itinerante;lun 9-13;\nP2;Empoli;FI;Altro;Via X;;;lun 9-13;\nP1;Arcidosso;GR;;Via B;;;gio 9-13;\n"
		b := r.preview(t, imports.Points, file)
		if got, want := counts(b), [4]int{2, 0, 0, 0}; got != want {
			t.Fatalf("counts %v, problems %q, want %v", got, said(b.Problems), want)
		}
		r.apply(t, b.ID)
		p, err := r.deps.Points.ByCode(ctx, "P1")
		if err != nil || p.State != points.StateOpen || len(p.Addresses) != 2 || p.WeeklyMinutes != 480 || p.Addresses[1].Belfiore != "A369" {
			t.Fatalf("P1 = %s with %+v, %v, want open at two addresses", p.State, p.Addresses, err)
		}
		if again := r.preview(t, imports.Points, file); counts(again) != [4]int{0, 0, 2, 0} {
			t.Errorf("the same file again: counts %v, %q, want 2 unchanged", counts(again), said(again.Problems))
		}
		more := r.preview(t, imports.Points, header+"P1;Empoli;FI;;Via C;;;ven 9-11;\nP1;Arcidosso;GR;;via b;;;gio 9-12;\n")
		r.apply(t, more.ID)
		p, err = r.deps.Points.ByCode(ctx, "P1")
		if err != nil || len(p.Addresses) != 3 || p.WeeklyMinutes != 240+180+120 {
			t.Errorf("P1 has %d addresses and %d minutes, %v, want a third address and shorter Thursdays", len(p.Addresses), p.WeeklyMinutes, err)
		}
		wrong := r.preview(t, imports.Points, header+"P1;Empoli;FI;;Via A;;;;\nP1;Empoli;FI;;Via A;;;;\nP1;Empoli;FI;Bah;Via D;;;;\nP2;Empoli;FI;;Via X;;;;\nP2;Empoli;FI;;Via Y;;;;\n")
		want := []string{"3 indirizzo imports.address_twice", "4 denominazione imports.other_name", "6 codice imports.twice_in_file"}
		if got := said(wrong.Problems); !slices.Equal(got, want) {
			t.Errorf("problems %q, want %q", got, want)
		}
	})
}

func TestPointsCloseFromAFile(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		ctx := context.Background()
		const head = "codice;comune;denominazione;orari;stato;stato_dal\n"
		r.apply(t, r.preview(t, imports.Points, head+"P1;Empoli;Uno;lun 9-13;;\nP2;Empoli;Due;lun 9-13;aperto;01/09/2026\nP3;Empoli;Tre;;;\nP4;Empoli;Quattro;;chiuso;01/10/2026\n").ID)
		file := head + "P1;Empoli;Uno;;sospeso;30/11/2026\nP2;Empoli;Due;;chiuso;24/12/2026\nP3;Empoli;Tre;mar 9-12;aperto;\n"
		b := r.preview(t, imports.Points, file)
		if got, want := counts(b), [4]int{0, 3, 0, 0}; got != want {
			t.Fatalf("counts %v, problems %q, want %v", got, said(b.Problems), want)
		}
		r.apply(t, b.ID)
		want := map[string]string{"P1": points.StateSuspended, "P2": points.StateClosed, "P3": points.StateOpen, "P4": points.StateClosed}
		for code, state := range want {
			if p, err := r.deps.Points.ByCode(ctx, code); err != nil || p.State != state {
				t.Errorf("%s is %s, %v, want %s", code, p.State, err, state)
			}
		}
		if p, err := r.deps.Points.ByCode(ctx, "P2"); err != nil || p.ClosedOn != calendar.NewDay(2026, 12, 24) || p.OpenedOn != calendar.NewDay(2026, 9, 1) {
			t.Errorf("P2 opened %v and closes %v, %v, want on the days of the files", p.OpenedOn, p.ClosedOn, err)
		}
		if again := r.preview(t, imports.Points, file); counts(again) != [4]int{0, 0, 3, 0} {
			t.Errorf("the same file again: counts %v, %q, want 3 unchanged", counts(again), said(again.Problems))
		}
		wrong := r.preview(t, imports.Points, head+"P2;Empoli;Due;;aperto;\nP3;Empoli;Tre;;boh;\nP5;Empoli;Cinque;;aperto;\nP1;Empoli;Uno;;chiuso;01/01/2020\n")
		problems := []string{"2 stato points.state_step", "3 stato imports.word", "4 stato points.open_needs_hours", "5 stato_dal points.state_before"}
		if got := said(wrong.Problems); !slices.Equal(got, problems) {
			t.Errorf("problems %q, want %q", got, problems)
		}
	})
}

func TestTheMoneyOfAProgrammeIsTakenIn(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		const file = "territorio;punti_target;importo_euro\nToscana;169;8000000,50\n"
		b := r.preview(t, imports.Targets, file)
		if got, want := counts(b), [4]int{1, 1, 0, 0}; got != want {
			t.Fatalf("counts %v, problems %q, want %v", got, said(b.Problems), want)
		}
		r.apply(t, b.ID)
		list, err := r.deps.Funding.Programmes(context.Background(), r.who)
		if err != nil || list[0].AmountCents != 800000050 {
			t.Errorf("amount = %d, %v, want 800000050", list[0].AmountCents, err)
		}
		if again := r.preview(t, imports.Targets, file); counts(again) != [4]int{0, 0, 1, 0} {
			t.Errorf("the same file again: counts %v, want 1 unchanged", counts(again))
		}
	})
}
