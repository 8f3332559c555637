package register_test

import (
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/register"
	"capillare/internal/register/codelist"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb/sqldbtest"
)

func TestTimesAndTexts(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, clock *sqldbtest.Clock) {
		clock.Set(time.Date(2027, time.November, 2, 9, 0, 0, 0, calendar.Rome))
		ctx, who := t.Context(), registertest.System()
		skipped := n.Service(0, calendar.NewDay(2027, time.March, 28), 2*60+30, registertest.Citizen(1))
		if _, err := n.Register.Register(ctx, who, skipped); fields(err)[0] != "start calendar.no_such_time" {
			t.Errorf("Register at 02:30 of 28/3/2027 = %v, want no such time", fields(err))
		}
		doubled := n.Service(0, calendar.NewDay(2027, time.October, 31), 2*60+30, registertest.Citizen(1))
		doubled.Detail, doubled.IdempotencyKey = " a\x00b\xffc\nd ", "k\x00"
		doubled.Citizens[0].Province = "\x00 matera "
		r, err := n.Register.Register(ctx, who, doubled)
		if err != nil {
			t.Fatalf("Register: %v %v", err, fields(err))
		}
		if got := r.StartsAt.Format(time.RFC3339); got != "2027-10-31T00:30:00Z" || r.Detail != "abc\nd" {
			t.Errorf("StartsAt, Detail = %s, %q", got, r.Detail)
		}
		got, err := n.Register.ByID(ctx, who, r.ID)
		if err != nil || got.Attendances[0].Province != "Matera" || !got.StartsAt.Equal(r.StartsAt) || got.Day != r.Day {
			t.Errorf("ByID = %+v, %v, want what was registered", got, err)
		}
	})
}

func TestList(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, _ *sqldbtest.Clock) {
		ctx, who, today := t.Context(), registertest.System(), registertest.Today()
		for i := range 7 {
			r, err := n.Register.Register(ctx, who, n.Service(i%2, today.AddDays(-i/3), nine, registertest.Citizen(i)))
			if err != nil {
				t.Fatalf("Register: %v", fields(err))
			}
			if i == 6 {
				if err := n.Register.Cancel(ctx, who, r.ID, "prova"); err != nil {
					t.Fatalf("Cancel: %v", err)
				}
			}
		}
		for name, c := range map[string]struct {
			f    register.Filter
			want int
		}{
			"all": {register.Filter{}, 6}, "with cancelled": {register.Filter{WithCancelled: true}, 7}, "a point": {register.Filter{PointID: n.PointIDs[1]}, 3},
			"a facilitator": {register.Filter{FacilitatorID: n.FacilitatorIDs[0]}, 3}, "a day": {register.Filter{From: today, To: today}, 3},
			"another project": {register.Filter{ProjectID: n.ProjectIDs[1]}, 0},
		} {
			if list, err := n.Register.List(ctx, who, c.f); err != nil || len(list) != c.want {
				t.Errorf("List(%s) = %d, %v, want %d", name, len(list), err, c.want)
			}
		}
		seen, f := map[string]bool{}, register.Filter{Max: 2, WithCancelled: true}
		for range 5 {
			list, err := n.Register.List(ctx, who, f)
			if err != nil {
				t.Fatalf("List: %v", err)
			}
			for _, r := range list {
				if seen[r.ID] || r.People != 1 || r.Attendances != nil {
					t.Errorf("List gave %+v", r)
				}
				seen[r.ID] = true
				f.AfterStart, f.AfterID = r.StartsAt, r.ID
			}
		}
		if len(seen) != 7 {
			t.Errorf("pages gave %d records, want 7", len(seen))
		}
	})
}

func TestWords(t *testing.T) {
	t.Parallel()
	keys := []string{"register.notice.paper", "register.notice.online", "register.notice.email", "register.state.active", "register.state.cancelled",
		"register.autonomy.0", "register.autonomy.1", "register.autonomy.2", "register.autonomy.3"}
	for _, o := range register.Outcomes() {
		keys = append(keys, "register.outcome."+string(o))
	}
	for _, list := range []codelist.List{codelist.Types, codelist.Skills, codelist.Domains} {
		for _, c := range list.Codes() {
			keys = append(keys, c.Key+".short")
		}
	}
	for _, lang := range i18n.Languages() {
		for _, key := range keys {
			if !i18n.Default().Printer(lang).Has(key) {
				t.Errorf("%s: no words for %s", lang, key)
			}
		}
	}
}
