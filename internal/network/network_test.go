package network

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

func withRegion(t *testing.T, db *sqldb.DB) {
	t.Helper()
	rows := []territory.SeedRow{{Belfiore: "A194", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera", Sigla: "MT",
		RegionCode: "17", RegionName: "Basilicata", Population: 1000}}
	if _, err := territory.New(db).LoadRows(context.Background(), rows); err != nil {
		t.Fatal(err)
	}
}

func TestSetUp(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s, who := context.Background(), New(db), identity.System("test")
		withRegion(t, db)
		if _, err := s.Setting(ctx); !errors.Is(err, ErrNotSetUp) {
			t.Errorf("Setting at first = %v, want %v", err, ErrNotSetUp)
		}
		want := Setting{Name: "Rete di prova", RegionCode: "17", Phone: "800 29 20 20", HorizonDays: DefaultHorizon, NoticeVersion: "1"}
		if err := s.SetUp(ctx, who, Setting{Name: " Rete di prova ", RegionCode: "17", Phone: "800 29 20 20"}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got, err := s.Setting(ctx)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("Setting, %v (-want +got):\n%s", err, diff)
			}
		}
		want.Tagline, want.Invented = "Aiuto vicino a te", true
		if err := s.SetUp(ctx, who, want); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Setting(ctx); err != nil || got != want {
			t.Errorf("Setting after a change = %+v, %v, want %+v", got, err, want)
		}
	})
}

func TestSetUpRefuses(t *testing.T) {
	t.Parallel()
	good := Setting{Name: "Rete", RegionCode: "17"}
	change := func(fn func(*Setting)) Setting { s := good; fn(&s); return s }
	tests := []struct {
		name string
		set  Setting
		want string
	}{
		{"name", change(func(s *Setting) { s.Name = " " }), "name network.name_missing"},
		{"no region", change(func(s *Setting) { s.RegionCode = "" }), "region_code network.region"},
		{"other region", change(func(s *Setting) { s.RegionCode = "99" }), "region_code network.region"},
		{"mail", change(func(s *Setting) { s.Email = "rete" }), "email network.email"},
		{"mail with a name", change(func(s *Setting) { s.Email = "Rete <rete@example.it>" }), "email network.email"},
		{"horizon short", change(func(s *Setting) { s.HorizonDays = 6 }), "horizon_days network.horizon"},
		{"horizon long", change(func(s *Setting) { s.HorizonDays = 366 }), "horizon_days network.horizon"},
	}
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), New(db)
		withRegion(t, db)
		for _, tt := range tests {
			err := s.SetUp(ctx, identity.System("test"), tt.set)
			if errs.Of(err) != errs.Invalid || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("SetUp(%s) = %v, want %s", tt.name, err, tt.want)
			}
		}
		if _, err := s.Setting(ctx); !errors.Is(err, ErrNotSetUp) {
			t.Errorf("Setting after refusals = %v, want %v", err, ErrNotSetUp)
		}
		facilitator := identity.Actor{Grants: []identity.Grant{{Role: identity.Facilitator, Scope: identity.ScopeNetwork}}}
		if err := s.SetUp(ctx, facilitator, good); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("SetUp by a facilitator = %v, want forbidden", err)
		}
	})
}
