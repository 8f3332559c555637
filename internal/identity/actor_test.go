package identity

import (
	"errors"
	"slices"
	"testing"
)

func TestRequire(t *testing.T) {
	t.Parallel()
	in := func(role Role, scope Scope, id string) Actor {
		return Actor{Grants: []Grant{{Role: role, Scope: scope, ScopeID: id}}}
	}
	here := Target{Programme: "g", Project: "j", Point: "p", Bodies: []string{"b", "d"}}
	for _, c := range []struct {
		name   string
		who    Actor
		p      Permission
		target Target
		want   error
	}{
		{"nobody", Actor{}, SeePoints, here, ErrForbidden},
		{"the program", System("job"), Record, here, nil},
		{"network", in(Region, ScopeNetwork, ""), EditPoints, here, nil},
		{"network, what the role has not", in(Region, ScopeNetwork, ""), SeeRegister, here, ErrForbidden},
		{"its programme", in(Auditor, ScopeProgramme, "g"), SeeRegister, here, nil},
		{"other programme", in(Auditor, ScopeProgramme, "g2"), SeeRegister, here, ErrNotHere},
		{"its project", in(ManagingBody, ScopeProject, "j"), Record, here, nil},
		{"its body", in(ManagingBody, ScopeBody, "b"), Record, here, nil},
		{"second body", in(DeliveringPartner, ScopeBody, "d"), SeeAgenda, here, nil},
		{"other body", in(ManagingBody, ScopeBody, "c"), Record, here, ErrNotHere},
		{"its point", in(Facilitator, ScopePoint, "p"), Record, here, nil},
		{"other point", in(Facilitator, ScopePoint, "p2"), Record, here, ErrNotHere},
		{"the id of another kind", in(Facilitator, ScopePoint, "b"), Record, here, ErrNotHere},
		{"an empty scope and an empty target", in(Facilitator, ScopePoint, ""), Record, Target{Bodies: []string{""}}, ErrNotHere},
		{"the whole network asked, one body held", in(ManagingBody, ScopeBody, "b"), Record, Target{}, ErrNotHere},
		{"two roles", Actor{Grants: []Grant{{Auditor, ScopeBody, "c"}, {Facilitator, ScopePoint, "p"}}}, SeeRegister, here, nil},
		{"two roles do not mix", Actor{Grants: []Grant{{Auditor, ScopeNetwork, ""}, {Facilitator, ScopePoint, "p2"}}}, Record, here, ErrNotHere},
	} {
		if got := c.who.Require(c.p, c.target); !errors.Is(got, c.want) {
			t.Errorf("%s: Require(%s) = %v, want %v", c.name, c.p, got, c.want)
		}
	}
}

func TestWhoMayNeverWhat(t *testing.T) {
	t.Parallel()
	citizens := []Permission{SeeAgenda, Book, SeeRegister, Record, ExportNational}
	changes := []Permission{EditPoints, EditBodies, EditFunding, EditFacilitators, Book, Record, RunImports, ManageAccounts, SetUpNetwork}
	for _, p := range citizens {
		if slices.Contains(permissionsOf(Administrator), p) || slices.Contains(permissionsOf(Region), p) {
			t.Errorf("administrator or region have %s, want nothing about citizens", p)
		}
	}
	for _, p := range changes {
		if slices.Contains(permissionsOf(Auditor), p) {
			t.Errorf("auditor has %s, want reading alone", p)
		}
	}
	for _, role := range Roles() {
		if len(ScopesOf(role)) == 0 || len(permissionsOf(role)) == 0 {
			t.Errorf("%s has no scope or no permission", role)
		}
		if role != Administrator && slices.Contains(permissionsOf(role), ManageAccounts) {
			t.Errorf("%s manages accounts, want the administrator alone", role)
		}
	}
}
