package orgs

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// pair is two records of one body, with the Service that merges them and what another package was told.
type pair struct {
	*Service
	from, into string
	undone     MergeUndone
}

func newPair(t *testing.T, db *sqldb.DB) *pair {
	t.Helper()
	bus, p := jobs.NewBus(), &pair{}
	jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, m Merged) error {
		m.Moved("test.thing", "one", "two")
		return nil
	})
	jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, u MergeUndone) error {
		p.undone = u
		u.Back("test.thing", []string{"two"})
		return nil
	})
	p.Service = newService(t, db).Telling(bus)
	march := calendar.NewDay(2026, time.March, 1)
	p.from = mustAdd(t, p.Service, Body{Name: "Com. Aliano", Kind: KindOther, TaxCode: "12345678903", Email: "info@aliano.example"},
		Role{Name: RoleHost, From: march}, Role{Name: RoleImplementer, From: march})
	p.into = mustAdd(t, p.Service, Body{Name: "Comune di Aliano", Kind: KindMunicipality, Email: "posta@aliano.example"}, Role{Name: RoleHost, From: march})
	return p
}

func (p *pair) body(t *testing.T, id string) Body {
	t.Helper()
	found, err := p.ByIDs(context.Background(), []string{id})
	if err != nil {
		t.Fatalf("ByIDs = %v", err)
	}
	return found[id]
}

func TestMergeAndUndo(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, p := context.Background(), newPair(t, db)
		before := p.body(t, p.into)
		id, err := p.Merge(ctx, system, Merging{FromID: p.from, IntoID: p.into, Take: []string{"tax_code", "email"}})
		if err != nil {
			t.Fatalf("Merge = %v", err)
		}
		kept := p.body(t, p.into)
		if kept.Name != "Comune di Aliano" || kept.TaxCode != "12345678903" || kept.Email != "info@aliano.example" || kept.Kind != KindMunicipality {
			t.Errorf("the body kept = %+v", kept)
		}
		if gone := p.body(t, p.from); gone.MergedInto != p.into || gone.EndedOn.IsZero() {
			t.Errorf("the body merged = %+v, want it ended and leading to %s", gone, p.into)
		}
		if got, err := p.Kept(ctx, p.from); got != p.into || err != nil {
			t.Errorf("Kept = %s, %v, want %s", got, err, p.into)
		}
		list, err := p.List(ctx, system, Filter{Ended: true})
		if err != nil || len(list) != 1 {
			t.Errorf("List = %v, %v, want the body kept alone", list, err)
		}
		wantRoles(t, p, map[string]int{p.from: 1, p.into: 2})
		merges, err := p.Merges(ctx, system, p.into)
		want := []Move{{"orgs.role", "implementer 2026-03-01"}, {"test.thing", "one"}, {"test.thing", "two"}}
		if err != nil || len(merges) != 1 || cmp.Diff(want, merges[0].Moves) != "" {
			t.Fatalf("Merges = %+v, %v, want %v", merges, err, want)
		}
		for name, got := range map[string]error{
			"Edit(merged)": p.Edit(ctx, system, Body{ID: p.from, Name: "X", Kind: KindOther}),
			"End(merged)":  p.End(ctx, system, p.from, calendar.Day{}), "Reopen(merged)": p.Reopen(ctx, system, p.from),
			"Merge again": second(p.Merge(ctx, system, Merging{FromID: p.from, IntoID: p.into})),
		} {
			if !errors.Is(got, ErrMerged) {
				t.Errorf("%s = %v, want %v", name, got, ErrMerged)
			}
		}
		kept.Email = "nuova@aliano.example"
		if err := p.Edit(ctx, system, kept); err != nil {
			t.Fatalf("Edit = %v", err)
		}
		stayed, err := p.UndoMerge(ctx, system, id)
		if diff := cmp.Diff([]Move{{"orgs.field", "email"}, {"test.thing", "one"}}, stayed); err != nil || diff != "" {
			t.Errorf("UndoMerge, %v (-want +got):\n%s", err, diff)
		}
		after := p.body(t, p.into)
		before.Email, before.Version = "nuova@aliano.example", after.Version
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("the body kept, after the undo (-want +got):\n%s", diff)
		}
		if again := p.body(t, p.from); again.TaxCode != "12345678903" || !again.EndedOn.IsZero() || again.MergedInto != "" {
			t.Errorf("the body merged, after the undo = %+v", again)
		}
		wantRoles(t, p, map[string]int{p.from: 2, p.into: 1})
		if _, err := p.UndoMerge(ctx, system, id); !errors.Is(err, ErrUndone) {
			t.Errorf("UndoMerge again = %v, want %v", err, ErrUndone)
		}
		if _, err := p.Merge(ctx, system, Merging{FromID: p.from, IntoID: p.into}); err != nil {
			t.Errorf("Merge after the undo = %v", err)
		}
	})
}

func wantRoles(t *testing.T, p *pair, want map[string]int) {
	t.Helper()
	roles, err := p.Roles(context.Background(), []string{p.from, p.into})
	got := map[string]int{p.from: len(roles[p.from]), p.into: len(roles[p.into])}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("roles, %v (-want +got):\n%s", err, diff)
	}
}

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, p := context.Background(), newPair(t, db)
		ended := mustAdd(t, p.Service, Body{Name: "Finito", Kind: KindOther})
		if err := p.End(ctx, system, ended, calendar.Day{}); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name string
			m    Merging
			want error
		}{
			{"with itself", Merging{FromID: p.from, IntoID: p.from}, ErrSameBody},
			{"nobody", Merging{FromID: "nobody", IntoID: p.into}, ErrNotHere},
			{"ended", Merging{FromID: p.from, IntoID: ended}, ErrEnded},
			{"a field that is none", Merging{FromID: p.from, IntoID: p.into, Take: []string{"search"}}, errMergeField},
		} {
			if _, err := p.Merge(ctx, system, tt.m); !errors.Is(err, tt.want) {
				t.Errorf("Merge(%s) = %v, want %v", tt.name, err, tt.want)
			}
		}
		if _, err := p.UndoMerge(ctx, system, "none"); !errors.Is(err, ErrNoMerge) {
			t.Errorf("UndoMerge(none) = %v, want %v", err, ErrNoMerge)
		}
	})
}

func TestUndoOfAMergeThatWentOn(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, p := context.Background(), newPair(t, db)
		third := mustAdd(t, p.Service, Body{Name: "Terzo", Kind: KindOther})
		first, err := p.Merge(ctx, system, Merging{FromID: p.from, IntoID: p.into})
		if err != nil {
			t.Fatal(err)
		}
		then, err := p.Merge(ctx, system, Merging{FromID: p.into, IntoID: third})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Kept(ctx, p.from); got != third || err != nil {
			t.Errorf("Kept = %s, %v, want the last, %s", got, err, third)
		}
		if _, err := p.UndoMerge(ctx, system, first); !errors.Is(err, ErrMergedOn) {
			t.Errorf("UndoMerge(first) = %v, want %v", err, ErrMergedOn)
		}
		for _, id := range []string{then, first} {
			if stayed, err := p.UndoMerge(ctx, system, id); err != nil || len(stayed) != 1 {
				t.Errorf("UndoMerge = %v, %v, want only the thing that stays", stayed, err)
			}
		}
	})
}

func TestUndoFindsTheNameTaken(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, p := context.Background(), newPair(t, db)
		id, err := p.Merge(ctx, system, Merging{FromID: p.from, IntoID: p.into})
		if err != nil {
			t.Fatal(err)
		}
		mustAdd(t, p.Service, Body{Name: "Com. Aliano", Kind: KindOther})
		if _, err := p.UndoMerge(ctx, system, id); !errors.Is(err, ErrUndoTaken) {
			t.Errorf("UndoMerge = %v, want %v", err, ErrUndoTaken)
		}
		if got := p.body(t, p.from); got.MergedInto != p.into {
			t.Errorf("a refused undo left %+v", got)
		}
	})
}

func TestUndoIsLate(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, time.Date(2026, time.May, 4, 10, 0, 0, 0, time.UTC), func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		p := newPair(t, db)
		id, err := p.Merge(context.Background(), system, Merging{FromID: p.from, IntoID: p.into})
		if err != nil {
			t.Fatal(err)
		}
		clock.Add((UndoDays*24 + 1) * time.Hour)
		if _, err := p.UndoMerge(context.Background(), system, id); !errors.Is(err, ErrUndoLate) {
			t.Errorf("UndoMerge after %d days = %v, want %v", UndoDays, err, ErrUndoLate)
		}
	})
}

// Two people merge the same two bodies the opposite way: one of them wins, and one body is left.
func TestMergesThatCross(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, p := context.Background(), newPair(t, db)
		results := make([]error, 2)
		var rivals sync.WaitGroup
		for i, m := range []Merging{{FromID: p.from, IntoID: p.into}, {FromID: p.into, IntoID: p.from}} {
			rivals.Go(func() { _, results[i] = p.Merge(ctx, system, m) })
		}
		rivals.Wait()
		if (results[0] == nil) == (results[1] == nil) {
			t.Fatalf("two merges that cross = %v, %v, want one of them", results[0], results[1])
		}
		if err := errors.Join(results...); !errors.Is(err, ErrMerged) {
			t.Errorf("the merge that lost = %v, want %v", err, ErrMerged)
		}
		if list, err := p.List(ctx, system, Filter{}); err != nil || len(list) != 1 {
			t.Errorf("List = %v, %v, want one body", list, err)
		}
	})
}

// What is left of a body that became part of another is only its past: nobody changes its roles any more.
func TestRolesOfAMergedBodyStay(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, p := context.Background(), newPair(t, db)
		if _, err := p.Merge(ctx, system, Merging{FromID: p.from, IntoID: p.into}); err != nil {
			t.Fatal(err)
		}
		left := Role{Name: RoleHost, From: calendar.NewDay(2026, time.March, 1)}
		if err := p.EndRole(ctx, system, p.from, left, calendar.NewDay(2026, time.April, 1)); !errors.Is(err, ErrMerged) {
			t.Errorf("EndRole(of a merged body) = %v, want %v", err, ErrMerged)
		}
	})
}
