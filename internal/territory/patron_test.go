package territory

import (
	"context"
	"errors"
	"testing"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func TestSetPatronDay(t *testing.T) {
	t.Parallel()
	const fine = errs.Kind("")
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s, region := context.Background(), New(db), identity.System("test")
		if _, err := s.LoadRows(ctx, sampleRows()); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			belfiore, day string
			want          errs.Kind
		}{
			{"A194", "08-17", fine}, {"A194", "08-17", fine}, {"A194", "", fine}, {"A194", "09-01", fine},
			{"A194", "02-29", errs.Invalid}, {"A194", "9-1", errs.Invalid}, {"A194", "13-01", errs.Invalid}, {"A194", "01-32", errs.Invalid},
			{"A194", "2026-01-01", errs.Invalid}, {"Z999", "01-01", errs.NotFound},
		} {
			err := s.SetPatronDay(ctx, region, tt.belfiore, tt.day)
			if tt.want != fine {
				if errs.Of(err) != tt.want {
					t.Errorf("SetPatronDay(%s, %q) = %v, want %v", tt.belfiore, tt.day, err, tt.want)
				}
				continue
			}
			if found, readErr := s.ByBelfiore(ctx, []string{tt.belfiore}); err != nil || readErr != nil || found[tt.belfiore].PatronDay != tt.day {
				t.Errorf("SetPatronDay(%q) = %v, and reads back as %q, %v", tt.day, err, found[tt.belfiore].PatronDay, readErr)
			}
		}
		err := db.View(ctx, func(tx *sqldb.Tx) error {
			rows, err := audit.List(ctx, tx, audit.Filter{Subject: "municipality", SubjectID: "A194"})
			if err == nil && len(rows) != 3 {
				t.Errorf("audit has %d rows, want 3: the same day again is no change", len(rows))
			}
			if days, err := s.PatronDays(ctx, tx, []string{"A194", "G942", "Z999"}); err != nil || len(days) != 1 || days["A194"] != "09-01" {
				t.Errorf("PatronDays = %v, %v, want that of A194", days, err)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestWhoSetsThePatronDay(t *testing.T) {
	t.Parallel()
	body := func(role identity.Role, id string) identity.Actor {
		return identity.Actor{AccountID: "a", Grants: []identity.Grant{{Role: role, Scope: identity.ScopeBody, ScopeID: id}}}
	}
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), New(db)
		if _, err := s.LoadRows(ctx, sampleRows()); err != nil {
			t.Fatal(err)
		}
		s.Seats = func(context.Context, []string) (map[string]string, error) {
			return map[string]string{"comune-aliano": "A194"}, nil
		}
		for _, tt := range []struct {
			name string
			who  identity.Actor
			want error
		}{
			{"the region", identity.Actor{Grants: []identity.Grant{{Role: identity.Region, Scope: identity.ScopeNetwork}}}, nil},
			{"the municipality", body(identity.ManagingBody, "comune-aliano"), nil},
			{"another body", body(identity.ManagingBody, "comune-potenza"), identity.ErrNotHere},
			{"a facilitator there", body(identity.Facilitator, "comune-aliano"), identity.ErrForbidden},
			{"nobody", identity.Actor{}, identity.ErrForbidden},
		} {
			if err := s.SetPatronDay(ctx, tt.who, "A194", "08-17"); !errors.Is(err, tt.want) {
				t.Errorf("SetPatronDay by %s = %v, want %v", tt.name, err, tt.want)
			}
			if may, err := s.MayChange(ctx, tt.who, "A194"); err != nil || may != (tt.want == nil) {
				t.Errorf("MayChange by %s = %v, %v, want %v", tt.name, may, err, tt.want == nil)
			}
		}
	})
}
