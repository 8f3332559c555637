package facilitators_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/kinds"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

var (
	system = identity.System("test")
	july   = calendar.NewDay(2026, time.July, 1)
	monday = calendar.NewDay(2027, time.January, 11)
	never  calendar.Day
)

const taxCode = "RSSMRA80A01F205X"

// world is two bodies, each with a point.
type world struct {
	t       *testing.T
	db      *sqldb.DB
	people  *facilitators.Service
	kinds   *kinds.Service
	body    [2]string
	point   [2]string
	address [2]string
	changed []facilitators.DutyChanged
}

func onBoth(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	sqldbtest.RunAt(t, monday.Start(), func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		fn(t, newWorld(t, db))
	})
}

func newWorld(t *testing.T, db *sqldb.DB) *world {
	t.Helper()
	ctx, bus := t.Context(), jobs.NewBus()
	w := &world{t: t, db: db}
	towns := territory.New(db)
	_, err := towns.LoadRows(ctx, []territory.SeedRow{{
		Belfiore: "A187", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera", Sigla: "MT",
		RegionCode: "17", RegionName: "Basilicata", Population: 1100, CAPs: []string{"75010"},
	}})
	w.must(err)
	bodies := orgs.New(db, towns)
	pts := points.New(db, points.Deps{Bus: bus, Territory: towns, Orgs: bodies, Funding: funding.New(db)})
	keys, _, err := sealed.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	w.must(err)
	w.people = facilitators.New(db, bus, pts, keys)
	w.kinds = kinds.New(db, kinds.Deps{Points: pts})
	jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, f facilitators.DutyChanged) error {
		w.changed = append(w.changed, f)
		return nil
	})
	for i := range 2 {
		w.body[i], err = bodies.Add(ctx, system, orgs.Body{Name: fmt.Sprintf("Ente %d", i), Kind: "municipality", Belfiore: "A187"})
		w.must(err)
		w.point[i], err = pts.Add(ctx, system, points.Point{
			OfficialName: fmt.Sprintf("Punto %d", i), Kind: points.Fixed, ManagingBodyID: w.body[i], State: points.StateSettingUp,
			Booking: points.BookingPossible, Addresses: []points.Address{{Street: "Via Roma", CAP: "75010", Belfiore: "A187"}},
		})
		w.must(err)
		p, err := pts.ByID(ctx, system, w.point[i])
		w.must(err)
		w.address[i] = p.Addresses[0].ID
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) add(surname, code string) string {
	w.t.Helper()
	id, err := w.people.Add(w.t.Context(), system, facilitators.Facilitator{
		BodyID: w.body[0], Name: "Anna", Surname: surname, From: july, Skills: []string{"spid"}, Languages: []string{"it", "en"},
	}, code)
	w.must(err)
	return id
}

func (w *world) shift(person string, day calendar.Weekday, starts, ends int) facilitators.Duty {
	return facilitators.Duty{
		FacilitatorID: person, PointID: w.point[0], AddressID: w.address[0], Weekday: day,
		Starts: calendar.Minute(starts), Ends: calendar.Minute(ends), From: july,
	}
}

// onDuty writes who is on duty as "2027-01-11 09:00-13:00".
func (w *world) onDuty(from, to calendar.Day) string {
	w.t.Helper()
	var parts []string
	w.must(w.db.View(w.t.Context(), func(tx *sqldb.Tx) error {
		parts = nil
		list, err := w.people.OnDuty(w.t.Context(), tx, w.point[:], from, to)
		for _, d := range list {
			parts = append(parts, fmt.Sprintf("%s %s-%s", d.Day, d.Duty.Starts, d.Duty.Ends))
		}
		return err
	}))
	return strings.Join(parts, "; ")
}

func TestAddAndRead(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := w.add("D'Èlia", strings.ToLower(taxCode))
		w.must(w.people.Serve(ctx, system, id, w.point[0], july, never))
		got, err := w.people.ByID(ctx, system, id)
		want := facilitators.Facilitator{
			ID: id, BodyID: w.body[0], Name: "Anna", Surname: "D'Èlia", Contract: facilitators.Employee, State: facilitators.Active, From: july,
			HasTaxCode: true, Skills: []string{"spid"}, Languages: []string{"en", "it"}, Points: []facilitators.Served{{PointID: w.point[0], From: july}},
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("ByID = %v (-want +got):\n%s", err, diff)
		}
		codes, err := w.people.TaxCodes(ctx, system, []string{id})
		if err != nil || codes[id] != taxCode {
			t.Errorf("TaxCodes = %v, %v", codes, err)
		}
		if _, err := w.people.Add(ctx, system, facilitators.Facilitator{BodyID: w.body[1], Name: "Maria", Surname: "Altra", From: july}, taxCode); !errors.Is(err, facilitators.ErrTwice) {
			t.Errorf("Add of the same tax code = %v, want twice", err)
		}
		for search, want := range map[string]int{"elia": 1, "d elia anna": 1, "ann": 1, "": 1, "bianchi": 0, "%": 1} {
			list, total, err := w.people.List(ctx, system, facilitators.Filter{Search: search})
			if err != nil || len(list) != want || total != want {
				t.Errorf("List(%q) = %d of %d, %v, want %d", search, len(list), total, err, want)
			}
		}
		var clear int
		w.must(w.db.View(ctx, func(tx *sqldb.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT count(*) FROM facilitators_facilitator WHERE tax_code_key LIKE '%RSSMRA%'`).Scan(&clear)
		}))
		if clear != 0 {
			t.Error("a tax code is kept in clear")
		}
	})
}

func TestAddSaysWhatIsWrong(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		_, err := w.people.Add(t.Context(), system, facilitators.Facilitator{Name: " ", Email: "x", To: july}, "")
		r, ok := errors.AsType[*errs.Refusal](err)
		if !ok {
			t.Fatalf("Add = %v, want a refusal", err)
		}
		var fields []string
		for _, p := range r.Problems {
			fields = append(fields, p.Field)
		}
		if diff := cmp.Diff([]string{"name", "surname", "body_id", "from", "email"}, fields); diff != "" {
			t.Errorf("fields (-want +got):\n%s", diff)
		}
		good := facilitators.Facilitator{BodyID: w.body[0], Name: "Anna", Surname: "Neri", From: july}
		if _, err := w.people.Add(t.Context(), system, good, "RSSMRA80A01F205Z"); errs.Of(err) != errs.Invalid {
			t.Errorf("Add with a wrong tax code = %v, want refused", err)
		}
	})
}

func TestScopeOfABody(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		of := func(i int, role identity.Role) identity.Actor {
			return identity.Actor{Grants: []identity.Grant{{Role: role, Scope: identity.ScopeBody, ScopeID: w.body[i]}}}
		}
		own, other, auditor := of(0, identity.ManagingBody), of(1, identity.ManagingBody), of(0, identity.Auditor)
		id := w.add("Neri", "")
		w.must(w.people.Serve(ctx, own, id, w.point[0], july, never))
		for name, call := range map[string]func(identity.Actor) error{
			"Edit": func(a identity.Actor) error {
				return w.people.Edit(ctx, a, facilitators.Facilitator{ID: id, BodyID: w.body[0], Name: "Anna", Surname: "Neri", From: july})
			},
			"Serve": func(a identity.Actor) error {
				return w.people.Serve(ctx, a, id, w.point[0], july.AddDays(-9), july.AddDays(-1))
			},
			"SetTaxCode": func(a identity.Actor) error { return w.people.SetTaxCode(ctx, a, id, taxCode) },
			"AddAbsence": func(a identity.Actor) error {
				_, err := w.people.AddAbsence(ctx, a, facilitators.Absence{FacilitatorID: id, From: july, To: july})
				return err
			},
			"AddDuty": func(a identity.Actor) error {
				_, err := w.people.AddDuty(ctx, a, w.shift(id, calendar.Monday, 540, 780))
				return err
			},
			"StopServing": func(a identity.Actor) error { return w.people.StopServing(ctx, a, id, w.point[0], monday) },
		} {
			if err := call(other); !errors.Is(err, identity.ErrNotHere) {
				t.Errorf("%s by another body = %v, want not here", name, err)
			}
			if err := call(auditor); !errors.Is(err, identity.ErrForbidden) {
				t.Errorf("%s by an auditor = %v, want forbidden", name, err)
			}
			if err := call(own); err != nil {
				t.Errorf("%s by the own body = %v", name, err)
			}
		}
		if _, err := w.people.ByID(ctx, other, id); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("ByID by another body = %v, want not here", err)
		}
		if list, total, err := w.people.List(ctx, other, facilitators.Filter{}); err != nil || len(list)+total != 0 {
			t.Errorf("List by another body = %v, %d, %v", list, total, err)
		}
		if list, _, err := w.people.List(ctx, own, facilitators.Filter{PointID: w.point[0]}); err != nil || len(list) != 1 {
			t.Errorf("List by the own body = %v, %v", list, err)
		}
		if err := w.people.Serve(ctx, own, id, w.point[1], july, never); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("Serve a point of another body = %v, want not here", err)
		}
	})
}

func TestShifts(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := w.add("Neri", "")
		add := func(d facilitators.Duty) error { _, err := w.people.AddDuty(ctx, system, d); return err }
		if err := add(w.shift(id, calendar.Monday, 540, 780)); !errors.Is(err, facilitators.ErrNotServing) {
			t.Errorf("a shift where the person does not serve = %v", err)
		}
		w.must(w.people.Serve(ctx, system, id, w.point[0], july, never))
		w.must(add(w.shift(id, calendar.Monday, 540, 780)))
		long := w.shift(id, calendar.Tuesday, 540, 780)
		long.To = july.AddDays(30)
		w.must(add(long))
		after := w.shift(id, calendar.Tuesday, 600, 700)
		after.From = july.AddDays(31)
		foreign := w.shift(id, calendar.Friday, 540, 780)
		foreign.AddressID = w.address[1]
		for _, test := range []struct {
			name string
			duty facilitators.Duty
			want error
		}{
			{"overlaps", w.shift(id, calendar.Monday, 720, 900), facilitators.ErrDutyOverlap},
			{"inside", w.shift(id, calendar.Monday, 600, 660), facilitators.ErrDutyOverlap},
			{"touches", w.shift(id, calendar.Monday, 780, 900), nil},
			{"another weekday", w.shift(id, calendar.Wednesday, 540, 780), nil},
			{"after the other ended", after, nil},
			{"another point's address", foreign, errs.Problems{{Field: "address_id", Key: "facilitators.address"}}.Err()},
			{"not on five minutes", w.shift(id, calendar.Friday, 541, 780), errs.New(errs.Invalid, "form.invalid")},
			{"reversed", w.shift(id, calendar.Friday, 780, 540), errs.New(errs.Invalid, "form.invalid")},
			{"shorter than one time", w.shift(id, calendar.Friday, 540, 560), errs.New(errs.Invalid, "form.invalid")},
		} {
			if err := add(test.duty); !errors.Is(err, test.want) {
				t.Errorf("%s: AddDuty = %v, want %v", test.name, err, test.want)
			}
		}
	})
}

func TestOnDuty(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := w.add("Neri", "")
		w.must(w.people.Serve(ctx, system, id, w.point[0], july, monday.AddDays(20)))
		duty, err := w.people.AddDuty(ctx, system, w.shift(id, calendar.Monday, 540, 780))
		w.must(err)
		const all = "2027-01-11 09:00-13:00; 2027-01-18 09:00-13:00; 2027-01-25 09:00-13:00"
		if got := w.onDuty(monday, monday.AddDays(60)); got != all {
			t.Errorf("on duty %q, want %q: the person serves the point for three weeks", got, all)
		}
		away, err := w.people.AddAbsence(ctx, system, facilitators.Absence{FacilitatorID: id, From: monday.AddDays(5), To: monday.AddDays(7)})
		w.must(err)
		if got, want := w.onDuty(monday, monday.AddDays(60)), "2027-01-11 09:00-13:00; 2027-01-25 09:00-13:00"; got != want {
			t.Errorf("on duty %q, want %q", got, want)
		}
		w.must(w.people.RemoveAbsence(ctx, system, away))
		f, err := w.people.ByID(ctx, system, id)
		w.must(err)
		f.State = facilitators.Suspended
		w.must(w.people.Edit(ctx, system, f))
		if got := w.onDuty(monday, monday.AddDays(60)); got != "" {
			t.Errorf("a suspended person is on duty: %q", got)
		}
		f.State, f.To = facilitators.Active, monday.AddDays(10)
		w.must(w.people.Edit(ctx, system, f))
		if got, want := w.onDuty(monday, monday.AddDays(60)), "2027-01-11 09:00-13:00; 2027-01-18 09:00-13:00"; got != want {
			t.Errorf("on duty %q, want %q: the last day of work is the 21st", got, want)
		}
		w.must(w.people.EndDuty(ctx, system, duty, monday))
		if got, want := w.onDuty(monday, monday.AddDays(60)), "2027-01-11 09:00-13:00"; got != want {
			t.Errorf("on duty %q, want %q", got, want)
		}
		w.must(w.people.EndDuty(ctx, system, duty, july.AddDays(-1)))
		if list, err := w.people.Duties(ctx, system, w.point[0]); err != nil || len(list) != 0 {
			t.Errorf("Duties = %v, %v, want none", list, err)
		}
		// Each change said so: serve, add, away, back, suspended, active, end, delete.
		if len(w.changed) < 8 {
			t.Errorf("%d facts, want one for each of 8 changes", len(w.changed))
		}
		for _, f := range w.changed {
			if diff := cmp.Diff(facilitators.DutyChanged{FacilitatorID: id, PointIDs: []string{w.point[0]}}, f); diff != "" {
				t.Errorf("fact (-want +got):\n%s", diff)
			}
		}
	})
}

func TestByAccountAndFind(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.must(w.db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO identity_account (id, email, name, password_hash, created_at) VALUES ('acc', 'a@b.it', 'A', '', $1)`, sqldb.At(tx.Now))
			return err
		}))
		id := w.add("Neri", taxCode)
		w.must(w.people.LinkAccount(ctx, system, id, "acc"))
		if got, err := w.people.ByAccount(ctx, "acc"); err != nil || got.ID != id {
			t.Errorf("ByAccount = %v, %v", got.ID, err)
		}
		if _, err := w.people.ByAccount(ctx, "nobody"); !errors.Is(err, facilitators.ErrNotFound) {
			t.Errorf("ByAccount of nobody = %v, want not found", err)
		}
		_, err := w.people.Add(ctx, system, facilitators.Facilitator{AccountID: "acc", BodyID: w.body[0], Name: "B", Surname: "B", From: july}, "")
		if !errors.Is(err, facilitators.ErrAccountTaken) {
			t.Errorf("Add with the same account = %v, want taken", err)
		}
		w.must(w.db.View(ctx, func(tx *sqldb.Tx) error {
			byCode, err := w.people.FindTx(ctx, tx, w.body[0], "", "", taxCode)
			if err != nil || byCode != id {
				t.Errorf("FindTx by tax code = %q, %v, want %q", byCode, err, id)
			}
			byName, err := w.people.FindTx(ctx, tx, w.body[0], "ANNA", "neri", "")
			if err != nil || byName != id {
				t.Errorf("FindTx by name = %q, %v, want %q", byName, err, id)
			}
			elsewhere, err := w.people.FindTx(ctx, tx, w.body[1], "ANNA", "neri", "")
			if elsewhere != "" {
				t.Errorf("FindTx in another body = %q", elsewhere)
			}
			return err
		}))
		if n, err := w.people.CountActive(ctx, monday); err != nil || n != 1 {
			t.Errorf("CountActive = %d, %v, want 1", n, err)
		}
	})
}
