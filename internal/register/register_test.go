package register_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/register"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

const nine = calendar.Minute(9 * 60)

func run(t *testing.T, fn func(t *testing.T, n *registertest.Network, clock *sqldbtest.Clock)) {
	t.Helper()
	sqldbtest.RunAt(t, registertest.Now(), func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		fn(t, registertest.New(t, db), clock)
	})
}

// fields returns the fields and keys of a refusal, "field key", in order.
func fields(err error) []string {
	r, ok := errors.AsType[*errs.Refusal](err)
	if !ok {
		return []string{"fault"}
	}
	var out []string
	for _, p := range r.Problems {
		out = append(out, p.Field+" "+p.Key)
	}
	slices.Sort(out)
	return out
}

func wantNoDifference(t *testing.T, n *registertest.Network) {
	t.Helper()
	err := n.DB.View(t.Context(), func(tx *sqldb.Tx) error {
		diff, err := n.Register.Recount(t.Context(), tx)
		for _, d := range diff {
			t.Errorf("Recount: %s", d)
		}
		return err
	})
	if err != nil {
		t.Fatalf("Recount: %v", err)
	}
}

func total(t *testing.T, n *registertest.Network, f register.CountFilter) register.Numbers {
	t.Helper()
	got, err := n.Register.Total(t.Context(), registertest.System(), f)
	if err != nil {
		t.Fatalf("Total: %v", err)
	}
	return got
}

func TestRegister(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, _ *sqldbtest.Clock) {
		ctx, who := t.Context(), registertest.System()
		in := n.Service(0, registertest.Today(), nine, registertest.Citizen(1), registertest.Citizen(2), register.Citizen{DocumentKind: "C", DocumentNumber: "ya 123", Name: "Ida"})
		in.Autonomy = sqldb.SomeInt(2)
		r, err := n.Register.Register(ctx, who, in)
		if err != nil {
			t.Fatalf("Register: %v", err)
		}
		got, err := n.Register.ByID(ctx, who, r.ID)
		if err != nil {
			t.Fatalf("ByID: %v", err)
		}
		if got.People != 3 || got.Countable != 2 || got.FirstTimes != 2 || r.People != 3 || r.Countable != 2 || r.FirstTimes != 2 {
			t.Errorf("people, countable, first times = %d %d %d, want 3 2 2", got.People, got.Countable, got.FirstTimes)
		}
		if d := cmp.Diff([]string{"6", "9"}, got.Skills); d != "" {
			t.Errorf("Skills differ:\n%s", d)
		}
		if d := cmp.Diff([]string{"B"}, got.Areas); d != "" {
			t.Errorf("Areas differ:\n%s", d)
		}
		if got.Autonomy.V != 2 || got.Outcome != register.Solved || got.AddressID == "" || got.BodyID != n.BodyIDs[0] {
			t.Errorf("record = %+v", got)
		}
		for _, a := range got.Attendances {
			if a.Countable && (a.Province != "Potenza" || a.AgeBand == "" || a.Gender == "" || !strings.Contains(a.MaskedCode, "*********") || a.Name == "") {
				t.Errorf("attendance = %+v", a)
			}
			if !a.Countable && (a.MaskedCode != "" || a.DocumentKind != "C" || a.Name != "Ida") {
				t.Errorf("attendance without a code = %+v", a)
			}
		}
		if got, want := total(t, n, register.CountFilter{}), (register.Numbers{Services: 1, Accesses: 2, UniqueAccesses: 2}); got != want {
			t.Errorf("Total = %v, want %v", got, want)
		}
		wantNoDifference(t, n)
	})
}

// TestProblems checks that each thing that is wrong is named at its field, and that nothing is written.
func TestProblems(t *testing.T) {
	t.Parallel()
	child := func(born calendar.Day) string {
		code, err := codes.NewTaxCode("Bimbo", "Ugo", "M", born, "G942")
		if err != nil {
			t.Fatalf("NewTaxCode: %v", err)
		}
		return string(code)
	}
	today := registertest.Today()
	cases := []struct {
		name string
		edit func(in *register.Input)
		want []string
	}{
		{"everything missing", func(in *register.Input) { *in = register.Input{PointID: in.PointID} },
			[]string{"citizens register.nobody", "day register.required", "domains register.choose", "facilitator register.required", "minutes register.minutes", "skills register.choose", "types register.choose"}},
		{"no point", func(in *register.Input) { in.PointID = "" }, []string{"point register.required"}},
		{"other address", func(in *register.Input) { in.AddressID = "x" }, []string{"address register.address_not_here"}},
		{"future", func(in *register.Input) { in.Day = today.AddDays(1) }, []string{"day register.future"}},
		{"before the project", func(in *register.Input) { in.Day = calendar.NewDay(2026, time.June, 30) },
			[]string{"day register.outside_project", "day register.point_not_open", "facilitator register.facilitator_not_here"}},
		{"codes of other lists", func(in *register.Input) {
			in.Types, in.Skills, in.Domains = []string{"F"}, []string{"14"}, []string{"A", "Z"}
		},
			[]string{"domains register.no_such_code", "skills register.no_such_code", "types register.no_such_code"}},
		{"long detail", func(in *register.Input) { in.Detail = strings.Repeat("è", 601) }, []string{"detail register.detail_long"}},
		{"minutes", func(in *register.Input) { in.Minutes = 1440 }, []string{"minutes register.minutes"}},
		{"outcome", func(in *register.Input) { in.Outcome = "x" }, []string{"outcome register.no_such_code"}},
		{"autonomy", func(in *register.Input) { in.Autonomy = sqldb.SomeInt(4) }, []string{"autonomy register.autonomy"}},
		{"facilitator of another point", func(in *register.Input) { in.FacilitatorID = "x" }, []string{"facilitator register.facilitator_not_here"}},
		{"wrong code of the second", func(in *register.Input) { in.Citizens[1].TaxCode = "RSSMRA80A01H501X" }, []string{"citizens.2.tax_code codes.taxcode_check"}},
		{"provisional code", func(in *register.Input) { in.Citizens[0].TaxCode = "123 456 78903" }, []string{"citizens.1.tax_code register.provisional_code"}},
		{"the same twice", func(in *register.Input) {
			in.Citizens[1] = in.Citizens[0]
			in.Citizens[1].TaxCode = strings.ToLower(in.Citizens[0].TaxCode)
		},
			[]string{"citizens.2.tax_code register.same_person_twice"}},
		{"the same document twice", func(in *register.Input) {
			in.Citizens = []register.Citizen{{DocumentKind: "A", DocumentNumber: "a1"}, {DocumentKind: "A", DocumentNumber: " A 1"}}
		}, []string{"citizens.2.document_number register.same_person_twice"}},
		{"document without number", func(in *register.Input) { in.Citizens[0] = register.Citizen{DocumentKind: "A"} }, []string{"citizens.1.document_number register.document_number"}},
		{"number without kind", func(in *register.Input) { in.Citizens[0] = register.Citizen{DocumentNumber: "1"} }, []string{"citizens.1.document_kind register.choose"}},
		{"somebody kept out of nowhere", func(in *register.Input) { in.Citizens[0] = register.Citizen{CitizenID: "x"} }, []string{"citizens.1.tax_code register.not_in_record"}},
		{"13 years old", func(in *register.Input) { in.Citizens[0].TaxCode = child(calendar.NewDay(2012, time.November, 25)) }, []string{"citizens.1.tax_code register.too_young"}},
		{"17 before minors are admitted", func(in *register.Input) {
			in.Day, in.Citizens[0].TaxCode = calendar.NewDay(2026, time.September, 30), child(calendar.NewDay(2009, time.January, 1))
		}, []string{"citizens.1.tax_code register.minor_not_admitted"}},
		{"what a person needs", func(in *register.Input) { in.Citizens[0] = register.Citizen{TaxCode: in.Citizens[0].TaxCode} },
			[]string{"citizens.1.citizenship register.required", "citizens.1.education register.required", "citizens.1.name register.required",
				"citizens.1.occupation register.required", "citizens.1.province register.required", "citizens.1.surname register.required"}},
		{"codes of a person", func(in *register.Input) { in.Citizens[0].Education, in.Citizens[0].NoticeGiven = "Z", "x" },
			[]string{"citizens.1.education register.no_such_code", "citizens.1.notice_given register.no_such_code"}},
		{"a crowd", func(in *register.Input) { in.Citizens = make([]register.Citizen, 41) }, []string{"citizens register.too_many"}},
	}
	run(t, func(t *testing.T, n *registertest.Network, _ *sqldbtest.Clock) {
		for _, c := range cases {
			in := n.Service(0, today, nine, registertest.Citizen(1), registertest.Citizen(2))
			c.edit(&in)
			_, err := n.Register.Register(t.Context(), registertest.System(), in)
			if d := cmp.Diff(c.want, fields(err)); d != "" {
				t.Errorf("%s: problems differ (-want +got):\n%s", c.name, d)
			}
		}
		list, err := n.Register.List(t.Context(), registertest.System(), register.Filter{WithCancelled: true})
		if err != nil || len(list) != 0 {
			t.Errorf("List after refusals = %d records, %v, want none", len(list), err)
		}
		known, err := n.Register.FindCitizen(t.Context(), registertest.System(), registertest.Citizen(1).TaxCode)
		if err != nil || known.Seen {
			t.Errorf("FindCitizen after refusals = %+v, %v, want not seen", known, err)
		}
	})
}

func TestAges(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, _ *sqldbtest.Clock) {
		ctx, who, today := t.Context(), registertest.System(), registertest.Today()
		for _, c := range []struct {
			name   string
			born   calendar.Day
			over99 bool
			want   string
		}{
			{"14 today", today.AddDays(0).AddDays(-14*365 - 4), false, "E"},
			{"17", calendar.NewDay(2009, time.January, 1), false, "E"},
			{"18 today", calendar.NewDay(2008, time.November, 24), false, "A"},
			{"17 until tomorrow", calendar.NewDay(2008, time.November, 25), false, "E"},
			{"102", calendar.NewDay(1924, time.March, 1), true, "D"},
		} {
			person := registertest.Citizen(3)
			code, err := codes.NewTaxCode("Eta"+strings.ReplaceAll(c.name, " ", ""), "Prova", "F", c.born, "G942")
			if err != nil {
				t.Fatalf("NewTaxCode: %v", err)
			}
			person.TaxCode, person.Over99 = string(code), c.over99
			r, err := n.Register.Register(ctx, who, n.Service(0, today, nine, person))
			if err != nil {
				t.Errorf("%s: Register = %v", c.name, fields(err))
				continue
			}
			got, err := n.Register.ByID(ctx, who, r.ID)
			if err != nil || got.Attendances[0].AgeBand != c.want {
				t.Errorf("%s: band = %+v, %v, want %s", c.name, got.Attendances, err, c.want)
			}
			// Who is over 99 said so once: the second time the register knows.
			person.Over99 = false
			if _, err := n.Register.Register(ctx, who, n.Service(0, today, nine, person)); err != nil {
				t.Errorf("%s: the second time = %v", c.name, fields(err))
			}
		}
	})
}

func TestReturning(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, _ *sqldbtest.Clock) {
		ctx, who, today := t.Context(), registertest.System(), registertest.Today()
		person := registertest.Citizen(4)
		if _, err := n.Register.Register(ctx, who, n.Service(0, today.AddDays(-7), nine, person)); err != nil {
			t.Fatalf("Register: %v", err)
		}
		only := register.Citizen{TaxCode: " " + strings.ToLower(person.TaxCode) + " ", Occupation: "G"}
		r, err := n.Register.Register(ctx, who, n.Service(2, today, nine, only))
		if err != nil {
			t.Fatalf("Register again: %v", fields(err))
		}
		if r.FirstTimes != 0 {
			t.Errorf("FirstTimes = %d, want 0", r.FirstTimes)
		}
		known, err := n.Register.FindCitizen(ctx, who, person.TaxCode)
		want := register.Known{Masked: codes.TaxCode(person.TaxCode).Masked(), Gender: "A", AgeBand: known.AgeBand, Seen: true, LastSeen: today,
			HasName: true, Education: "C", Occupation: "G", Citizenship: "A", Province: "Potenza"}
		if err != nil || known != want {
			t.Errorf("FindCitizen = %+v, %v, want %+v", known, err, want)
		}
		people, err := n.Register.DistinctPeople(ctx, who, register.CountFilter{})
		if err != nil || people != 1 {
			t.Errorf("DistinctPeople = %d, %v, want 1", people, err)
		}
		if got, want := total(t, n, register.CountFilter{}), (register.Numbers{Services: 2, Accesses: 2, UniqueAccesses: 1}); got != want {
			t.Errorf("Total = %v, want %v", got, want)
		}
	})
}

// TestFirstMoves follows the unique access of one person through late records and cancellations.
func TestFirstMoves(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, _ *sqldbtest.Clock) {
		ctx, who, today := t.Context(), registertest.System(), registertest.Today()
		put := func(point int, day calendar.Day) register.Record {
			t.Helper()
			r, err := n.Register.Register(ctx, who, n.Service(point, day, nine, registertest.Citizen(5)))
			if err != nil {
				t.Fatalf("Register: %v", fields(err))
			}
			return r
		}
		firstAt := func(want int, when string) {
			t.Helper()
			for i, id := range n.PointIDs {
				got := total(t, n, register.CountFilter{PointID: id}).UniqueAccesses
				if (got == 1) != (i == want) {
					t.Errorf("%s: unique accesses of point %d = %d, want the one at point %d", when, i, got, want)
				}
			}
			wantNoDifference(t, n)
		}
		late := put(0, today)
		firstAt(0, "the only record")
		early := put(2, today.AddDays(-40))
		firstAt(2, "an earlier record arrived")
		put(1, today.AddDays(-10))
		firstAt(2, "a record between")
		if err := n.Register.Cancel(ctx, who, early.ID, "doppio"); err != nil {
			t.Fatalf("Cancel: %v", err)
		}
		firstAt(1, "the first was cancelled")
		if err := n.Register.Cancel(ctx, who, early.ID, "doppio"); !errors.Is(err, register.ErrCancelled) {
			t.Errorf("Cancel again = %v, want ErrCancelled", err)
		}
		if err := n.Register.Cancel(ctx, who, late.ID, " "); !errors.Is(err, register.ErrReason) {
			t.Errorf("Cancel without a reason = %v, want ErrReason", err)
		}
	})
}

func TestIdempotency(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, _ *sqldbtest.Clock) {
		ctx, who := t.Context(), registertest.System()
		in := n.Service(0, registertest.Today(), nine, registertest.Citizen(6))
		in.IdempotencyKey = "form-1"
		first, err := n.Register.Register(ctx, who, in)
		if err != nil {
			t.Fatalf("Register: %v", err)
		}
		again, err := n.Register.Register(ctx, who, in)
		if err != nil || again.ID != first.ID || again.FirstTimes != 1 {
			t.Errorf("Register again = %+v, %v, want record %s", again, err, first.ID)
		}
		in.Minutes = 45
		if _, err := n.Register.Register(ctx, who, in); !errors.Is(err, register.ErrKeyReused) {
			t.Errorf("Register with another content = %v, want ErrKeyReused", err)
		}
		if got := total(t, n, register.CountFilter{}); got.Services != 1 {
			t.Errorf("services = %d, want 1", got.Services)
		}
	})
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, _ *sqldbtest.Clock) {
		ctx, who, today := t.Context(), registertest.System(), registertest.Today()
		old, err := n.Register.Register(ctx, who, n.Service(0, today, nine, registertest.Citizen(7), registertest.Citizen(8), register.Citizen{Name: "Ospite"}))
		if err != nil {
			t.Fatalf("Register: %v", err)
		}
		full, err := n.Register.ByID(ctx, who, old.ID)
		if err != nil {
			t.Fatalf("ByID: %v", err)
		}
		in := n.Service(1, today.AddDays(-1), nine)
		in.IdempotencyKey = "correction-1"
		for _, a := range full.Attendances[:2] {
			in.Citizens = append(in.Citizens, register.Citizen{CitizenID: a.CitizenID})
		}
		countable := 0
		for _, a := range full.Attendances[:2] {
			if a.Countable {
				countable++
			}
		}
		bad := in
		bad.Minutes = 0
		if _, err := n.Register.Correct(ctx, who, old.ID, old.Version, bad); errs.Of(err) != errs.Invalid {
			t.Errorf("Correct with no minutes = %v, want a refusal", err)
		}
		if _, err := n.Register.Correct(ctx, who, old.ID, old.Version+1, in); !errors.Is(err, register.ErrChanged) {
			t.Errorf("Correct another version = %v, want ErrChanged", err)
		}
		fixed, err := n.Register.Correct(ctx, who, old.ID, old.Version, in)
		if err != nil {
			t.Fatalf("Correct: %v", err)
		}
		again, err := n.Register.Correct(ctx, who, old.ID, old.Version, in)
		if err != nil || again.ID != fixed.ID {
			t.Errorf("Correct again = %s, %v, want %s", again.ID, err, fixed.ID)
		}
		if fixed.Corrects != old.ID || fixed.People != 2 || fixed.Countable != countable {
			t.Errorf("corrected = %+v, want 2 people, %d countable, of %s", fixed, countable, old.ID)
		}
		if got, err := n.Register.ByID(ctx, who, old.ID); err != nil || got.State != register.Cancelled || got.CancelReason == "" || got.People != 3 {
			t.Errorf("the old record = %+v, %v, want cancelled and whole", got, err)
		}
		if got, want := total(t, n, register.CountFilter{}), (register.Numbers{Services: 1, Accesses: countable, UniqueAccesses: countable}); got != want {
			t.Errorf("Total = %v, want %v", got, want)
		}
		wantNoDifference(t, n)
	})
}

func TestAuthority(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, _ *sqldbtest.Clock) {
		ctx, today := t.Context(), registertest.Today()
		managing := registertest.Actor("m", identity.ManagingBody, identity.ScopeBody, n.BodyIDs[0])
		other := registertest.Actor("o", identity.ManagingBody, identity.ScopeBody, n.BodyIDs[1])
		facilitator := registertest.Actor("f", identity.Facilitator, identity.ScopePoint, n.PointIDs[0])
		region := registertest.Actor("r", identity.Region, identity.ScopeNetwork, "")
		auditor := registertest.Actor("a", identity.Auditor, identity.ScopeNetwork, "")
		in := n.Service(0, today, nine, registertest.Citizen(9))
		for _, c := range []struct {
			name string
			who  identity.Actor
			want error
		}{
			{"nobody", identity.Actor{}, identity.ErrForbidden}, {"region", region, identity.ErrForbidden}, {"auditor", auditor, identity.ErrForbidden},
			{"another body", other, identity.ErrNotHere}, {"a facilitator for a colleague", facilitator, register.ErrNotYours}, {"own body", managing, nil},
		} {
			if _, err := n.Register.Register(ctx, c.who, in); !errors.Is(err, c.want) {
				t.Errorf("Register by %s = %v, want %v", c.name, err, c.want)
			}
		}
		list, err := n.Register.List(ctx, managing, register.Filter{})
		if err != nil || len(list) != 1 {
			t.Fatalf("List by the body = %d, %v, want 1", len(list), err)
		}
		id := list[0].ID
		if list, err := n.Register.List(ctx, other, register.Filter{}); err != nil || len(list) != 0 {
			t.Errorf("List by another body = %d, %v, want 0", len(list), err)
		}
		if _, err := n.Register.List(ctx, region, register.Filter{}); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("List by the region = %v, want forbidden", err)
		}
		if _, err := n.Register.ByID(ctx, other, id); errs.Of(err) != errs.NotFound {
			t.Errorf("ByID by another body = %v, want not found", err)
		}
		if err := n.Register.Cancel(ctx, other, id, "x"); errs.Of(err) != errs.NotFound {
			t.Errorf("Cancel by another body = %v, want not found", err)
		}
		if err := n.Register.Cancel(ctx, facilitator, id, "x"); !errors.Is(err, register.ErrNotYours) {
			t.Errorf("Cancel by another facilitator = %v, want ErrNotYours", err)
		}
		if r, err := n.Register.ByID(ctx, auditor, id); err != nil || r.Attendances[0].Name != "" || r.Attendances[0].MaskedCode == "" {
			t.Errorf("ByID by an auditor = %+v, %v, want a masked code and no name", r, err)
		}
		if _, err := n.Register.FindCitizen(ctx, auditor, registertest.Citizen(9).TaxCode); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("FindCitizen by an auditor = %v, want forbidden", err)
		}
		for who, want := range map[*identity.Actor]int{&region: 1, &managing: 1, &other: 0} {
			if got, err := n.Register.Total(ctx, *who, register.CountFilter{}); err != nil || got.Services != want {
				t.Errorf("Total by %s = %v, %v, want %d services", who.Name, got, err, want)
			}
			if got, err := n.Register.DistinctPeople(ctx, *who, register.CountFilter{}); err != nil || got != want {
				t.Errorf("DistinctPeople by %s = %v, %v, want %d", who.Name, got, err, want)
			}
		}
		if _, err := n.Register.Total(ctx, facilitator, register.CountFilter{}); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("Total by a facilitator = %v, want forbidden", err)
		}
		if got, err := n.Register.OwnNumbers(ctx, managing, n.FacilitatorIDs[0], today, today); err != nil || got.Services != 1 {
			t.Errorf("OwnNumbers by the body = %v, %v, want 1 service", got, err)
		}
		if _, err := n.Register.OwnNumbers(ctx, facilitator, n.FacilitatorIDs[0], today, today); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("OwnNumbers of a colleague = %v, want forbidden", err)
		}
	})
}
