package orgs

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

var system = identity.System("test")

func newService(t *testing.T, db *sqldb.DB) *Service {
	t.Helper()
	places := territory.New(db)
	rows := []territory.SeedRow{{Belfiore: "A194", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera", Sigla: "MT",
		RegionCode: "17", RegionName: "Basilicata", Population: 1000}}
	if _, err := places.LoadRows(context.Background(), rows); err != nil {
		t.Fatal(err)
	}
	return New(db, places)
}

func mustAdd(t *testing.T, s *Service, b Body, roles ...Role) string {
	t.Helper()
	id, err := s.Add(context.Background(), system, b, roles...)
	if err != nil {
		t.Fatalf("Add(%s) = %v", b.Name, err)
	}
	return id
}

func TestAddAndFind(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), newService(t, db)
		from := calendar.NewDay(2026, time.July, 1)
		id := mustAdd(t, s, Body{Name: " Comune di Aliano ", ShortName: "Aliano", Kind: KindMunicipality, IPACode: "C_A194 ", TaxCode: "12345678903", Belfiore: "a194", Email: "info@comune.it"},
			Role{Name: RoleSubImplementer, From: from})
		want := Body{ID: id, Name: "Comune di Aliano", ShortName: "Aliano", Kind: KindMunicipality, IPACode: "c_a194", TaxCode: "12345678903", Belfiore: "A194", Email: "info@comune.it", Version: 1}
		got, err := s.ByID(ctx, system, id)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("ByID, %v (-want +got):\n%s", err, diff)
		}
		err = db.View(ctx, func(tx *sqldb.Tx) error {
			found, err := s.FindByName(ctx, tx, "COMUNE  DI ALIANO")
			if found.ID != id {
				t.Errorf("FindByName = %v, want %s", found, id)
			}
			if _, err := s.FindByName(ctx, tx, "Comune di Altrove"); !errors.Is(err, ErrNotHere) {
				t.Errorf("FindByName(unknown) = %v, want %v", err, ErrNotHere)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		roles, err := s.Roles(ctx, []string{id})
		if diff := cmp.Diff(map[string][]Role{id: {{Name: RoleSubImplementer, From: from}}}, roles); err != nil || diff != "" {
			t.Errorf("Roles, %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		body Body
		want string
	}{
		{"no name", Body{Name: " ' ", Kind: KindOther}, "name orgs.name_missing"},
		{"kind", Body{Name: "A", Kind: "club"}, "kind orgs.kind_unknown"},
		{"same name", Body{Name: "cooperativa lucana!", Kind: KindOther}, "name orgs.name_taken"},
		{"same ipa", Body{Name: "B", Kind: KindOther, IPACode: "R_BASILI"}, "ipa_code orgs.ipa_taken"},
		{"same tax code", Body{Name: "C", Kind: KindOther, TaxCode: "IT12345678903"}, "tax_code orgs.tax_taken"},
		{"ipa", Body{Name: "D", Kind: KindOther, IPACode: "c?"}, "ipa_code codes.ipa"},
		{"tax code", Body{Name: "E", Kind: KindOther, TaxCode: "12345678904"}, "tax_code codes.vat_check"},
		{"municipality", Body{Name: "F", Kind: KindOther, Belfiore: "Z999"}, "belfiore orgs.municipality"},
		{"pec", Body{Name: "G", Kind: KindOther, PEC: "posta"}, "pec orgs.email"},
	}
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), newService(t, db)
		first := mustAdd(t, s, Body{Name: "Cooperativa Lucana", Kind: KindThirdSector, IPACode: "r_basili", TaxCode: "12345678903"})
		other := mustAdd(t, s, Body{Name: "Altro", Kind: KindOther})
		for _, tt := range tests {
			_, err := s.Add(ctx, system, tt.body)
			if errs.Of(err) != errs.Invalid || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Add(%s) = %v, want %s", tt.name, err, tt.want)
			}
			tt.body.ID, tt.body.Version = other, 1
			err = s.Edit(ctx, system, tt.body)
			if errs.Of(err) != errs.Invalid || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Edit(%s) = %v, want %s", tt.name, err, tt.want)
			}
		}
		if err := s.Edit(ctx, system, Body{ID: "nobody", Name: "N", Kind: KindOther}); !errors.Is(err, ErrNotHere) {
			t.Errorf("Edit(unknown) = %v, want %v", err, ErrNotHere)
		}
		day := calendar.NewDay(2026, time.August, 1)
		for _, want := range []error{nil, ErrEnded} {
			if err := s.End(ctx, system, first, day); !errors.Is(err, want) {
				t.Errorf("End = %v, want %v", err, want)
			}
		}
		again := mustAdd(t, s, Body{Name: "Cooperativa lucana", Kind: KindThirdSector, IPACode: "r_basili", TaxCode: "12345678903"})
		if again == first {
			t.Error("an ended body was taken for a new one")
		}
		for _, tt := range []struct {
			role Role
			want string
		}{
			{Role{Name: RoleHost, From: day}, ""},
			{Role{Name: RoleHost, From: day}, "from orgs.role_twice"},
			{Role{Name: "king", From: day}, "role orgs.role_unknown"},
			{Role{Name: RoleHost}, "from orgs.role_from"},
			{Role{Name: RoleHost, From: day, To: day.AddDays(-1)}, "to orgs.role_days"},
		} {
			err := s.AddRole(ctx, system, again, tt.role)
			if (tt.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("AddRole(%v) = %v, want %q", tt.role, err, tt.want)
			}
		}
		if err := s.AddRole(ctx, system, "nobody", Role{Name: RoleHost, From: day}); !errors.Is(err, ErrNotHere) {
			t.Errorf("AddRole(unknown body) = %v, want %v", err, ErrNotHere)
		}
	})
}

func TestListByScope(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), newService(t, db)
		var ids []string
		for _, name := range []string{"Comune di Àncora", "Comune di Bari", "Cooperativa Zeta", "Unione Valle"} {
			kind := KindMunicipality
			if strings.HasPrefix(name, "Coop") {
				kind = KindThirdSector
			}
			b := Body{Name: name, Kind: kind}
			if name == "Comune di Bari" {
				b.Belfiore, b.TaxCode = "A194", "12345678903"
			}
			ids = append(ids, mustAdd(t, s, b))
		}
		if err := s.End(ctx, system, ids[3], calendar.NewDay(2026, 1, 1)); err != nil {
			t.Fatal(err)
		}
		for _, r := range []Role{{Name: RoleHost, From: calendar.NewDay(2026, 1, 1)},
			{Name: RoleImplementer, From: calendar.NewDay(2025, 1, 1), To: calendar.NewDay(2025, 12, 31)}} {
			if err := s.AddRole(ctx, system, ids[2], r); err != nil {
				t.Fatal(err)
			}
		}
		own := identity.Actor{Grants: []identity.Grant{{Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: ids[1]}}}
		tests := []struct {
			name string
			who  identity.Actor
			f    Filter
			want []string
		}{
			{"all", system, Filter{}, ids[:3]},
			{"with ended", system, Filter{Ended: true}, ids},
			{"name", system, Filter{Search: "ANCORA"}, ids[:1]},
			{"percent is a letter", system, Filter{Search: "%"}, ids[:3]},
			{"kind", system, Filter{Kind: KindThirdSector}, ids[2:3]},
			{"page", system, Filter{Max: 1, Page: 1}, ids[1:2]},
			{"past the last page", system, Filter{Page: 9}, nil},
			{"ended alone", system, Filter{OnlyEnded: true}, ids[3:]},
			{"some", system, Filter{Only: ids[1:3]}, ids[1:3]},
			{"none", system, Filter{Only: []string{}}, nil},
			{"role", system, Filter{Role: RoleHost}, ids[2:3]},
			{"role that is over", system, Filter{Role: RoleImplementer}, nil},
			{"province", system, Filter{Province: "MT"}, ids[1:2]},
			{"no such province", system, Filter{Province: "XX"}, nil},
			{"tax code", system, Filter{Search: "12345678903"}, ids[1:2]},
			{"own body and a partner", own, Filter{Also: ids[2:3]}, ids[1:3]},
			{"own body", own, Filter{}, ids[1:2]},
			{"own body, other name", own, Filter{Search: "zeta"}, nil},
		}
		for _, tt := range tests {
			list, err := s.List(ctx, tt.who, tt.f)
			var got []string
			for _, b := range list {
				got = append(got, b.ID)
			}
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("List(%s), %v (-want +got):\n%s", tt.name, err, diff)
			}
		}
		if _, err := s.ByID(ctx, own, ids[0]); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("ByID(another body) = %v, want %v", err, identity.ErrNotHere)
		}
		for name, err := range map[string]error{
			"List by nobody": second(s.List(ctx, identity.Actor{}, Filter{})),
			"Add by a body":  second(s.Add(ctx, own, Body{Name: "X", Kind: KindOther})),
			"Edit by a body": s.Edit(ctx, own, Body{ID: ids[1], Name: "X", Kind: KindOther}),
			"End by a body":  s.End(ctx, own, ids[1], calendar.Day{}),
		} {
			if !errors.Is(err, identity.ErrForbidden) {
				t.Errorf("%s = %v, want forbidden", name, err)
			}
		}
		if n, err := s.Count(ctx); err != nil || n != 3 {
			t.Errorf("Count = %d, %v, want 3", n, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestParseKind(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Comune": KindMunicipality, "Unione dei Comuni": KindUnion, "PROVINCIA": KindProvince, "third_sector": KindThirdSector,
		"Coop. Il Piccolo Principe / Cora Impresa Sociale": KindThirdSector, "Acme S.r.l.": KindCompany, "": KindOther, "boh": KindOther,
	} {
		if got := ParseKind(in); got != want {
			t.Errorf("ParseKind(%q) = %q, want %q", in, got, want)
		}
	}
}

// Two people open the form of a body: the second to save is told, also when both save at once.
func TestNobodySavesOverAnother(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), newService(t, db)
		id := mustAdd(t, s, Body{Name: "Ente", Kind: KindOther})
		read, err := s.ByID(ctx, system, id)
		if err != nil {
			t.Fatal(err)
		}
		results := make([]error, 2)
		var rivals sync.WaitGroup
		for i, phone := range []string{"0971 1", "0971 2"} {
			rivals.Go(func() {
				mine := read
				mine.Phone = phone
				results[i] = s.Edit(ctx, system, mine)
			})
		}
		rivals.Wait()
		if (results[0] == nil) == (results[1] == nil) || !errors.Is(errors.Join(results...), ErrChanged) {
			t.Fatalf("two edits at once = %v, want one and %v", results, ErrChanged)
		}
		now, err := s.ByID(ctx, system, id)
		if err != nil || now.Version != read.Version+1 {
			t.Errorf("version = %d, %v, want %d", now.Version, err, read.Version+1)
		}
		now.Version = read.Version
		if err := s.Edit(ctx, system, now); err != nil {
			t.Errorf("Edit that changes nothing = %v, want no refusal", err)
		}
	})
}
