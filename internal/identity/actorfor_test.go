package identity_test

import (
	"testing"

	"capillare/internal/identity"
)

// What works in the name of an account stops with it: a shared calendar of who left shows nothing.
func TestActorForADisabledAccount(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		if _, err := f.Grant(t.Context(), f.admin, identity.Holding{AccountID: f.fac, Role: identity.Operator, Scope: identity.ScopeNetwork}); err != nil {
			t.Fatalf("Grant = %v", err)
		}
		for _, want := range []bool{true, false} {
			who, err := f.ActorFor(t.Context(), f.fac)
			if err != nil || who.Can(identity.SeeAgenda) != want {
				t.Errorf("ActorFor = %+v, %v, want one who sees agendas: %v", who, err, want)
			}
			if err := f.Disable(t.Context(), f.admin, f.fac); err != nil {
				t.Fatal(err)
			}
		}
	})
}
