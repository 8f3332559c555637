package orgs

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func TestEndAndReopen(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, needed := context.Background(), errs.New(errs.Conflict, "test.needed")
		bus, refuse := jobs.NewBus(), true
		jobs.Subscribe(bus, func(context.Context, *sqldb.Tx, Ending) error {
			if refuse {
				return needed
			}
			return nil
		})
		s := newService(t, db).Telling(bus)
		id := mustAdd(t, s, Body{Name: "Ente", Kind: KindOther, TaxCode: "12345678903"})
		today := calendar.DayOf(time.Now())
		if err := s.End(ctx, system, id, today.AddDays(1)); errs.Of(err) != errs.Invalid {
			t.Errorf("End(tomorrow) = %v, want a field", err)
		}
		if err := s.End(ctx, system, id, today); !errors.Is(err, needed) {
			t.Errorf("End(still needed) = %v, want %v", err, needed)
		}
		refuse = false
		if err := s.Reopen(ctx, system, id); !errors.Is(err, ErrNotEnded) {
			t.Errorf("Reopen(in force) = %v, want %v", err, ErrNotEnded)
		}
		if err := s.End(ctx, system, id, today); err != nil {
			t.Fatalf("End = %v", err)
		}
		if err := s.AddRole(ctx, system, id, Role{Name: RoleHost, From: today}); !errors.Is(err, ErrEnded) {
			t.Errorf("AddRole(ended) = %v, want %v", err, ErrEnded)
		}
		other := mustAdd(t, s, Body{Name: "Altro", Kind: KindOther, TaxCode: "12345678903"})
		if err := s.Reopen(ctx, system, id); err == nil || !strings.Contains(err.Error(), "tax_code orgs.tax_taken") {
			t.Errorf("Reopen(code of another) = %v, want tax_code orgs.tax_taken", err)
		}
		if twins, err := s.Twins(ctx, system, Body{Name: "x", TaxCode: "12345678903"}); err != nil || len(twins) != 2 {
			t.Errorf("Twins = %v, %v, want both", twins, err)
		}
		if err := s.Edit(ctx, system, Body{ID: other, Name: "Altro", Kind: KindOther, Version: 1}); err != nil {
			t.Fatalf("Edit = %v", err)
		}
		if err := s.Reopen(ctx, system, id); err != nil {
			t.Errorf("Reopen = %v", err)
		}
		rows, err := s.History(ctx, system, id)
		var got []string
		for _, r := range rows {
			got = append(got, r.Action)
		}
		if diff := cmp.Diff([]string{"orgs.reopen", "orgs.end", "orgs.add"}, got); err != nil || diff != "" {
			t.Errorf("History, %v (-want +got):\n%s", err, diff)
		}
		rows, err = s.History(ctx, system, other)
		want := []audit.Change{{Field: "tax_code", From: "12345678903"}}
		if diff := cmp.Diff(want, rows[0].Changes()); err != nil || diff != "" {
			t.Errorf("History of the edit, %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestEndRole(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), newService(t, db)
		from := calendar.NewDay(2026, time.March, 1)
		host := Role{Name: RoleHost, From: from}
		id := mustAdd(t, s, Body{Name: "Ente", Kind: KindOther}, host)
		for _, tt := range []struct {
			name string
			role Role
			on   calendar.Day
			want string
		}{
			{"no day", host, calendar.Day{}, "on orgs.role_end"},
			{"before it began", host, from.AddDays(-1), "on orgs.role_days"},
			{"another role", Role{Name: RoleImplementer, From: from}, from, "orgs.no_role"},
			{"right", host, from.AddDays(30), ""},
		} {
			err := s.EndRole(ctx, system, id, tt.role, tt.on)
			if (tt.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("EndRole(%s) = %v, want %q", tt.name, err, tt.want)
			}
		}
		roles, err := s.Roles(ctx, []string{id})
		want := map[string][]Role{id: {{Name: RoleHost, From: from, To: from.AddDays(30)}}}
		if diff := cmp.Diff(want, roles); err != nil || diff != "" {
			t.Errorf("Roles, %v (-want +got):\n%s", err, diff)
		}
	})
}
