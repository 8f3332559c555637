package identity

import (
	"slices"

	"capillare/internal/errs"
)

// ErrForbidden refuses what none of the person's roles may do, anywhere.
var ErrForbidden = errs.New(errs.Forbidden, "identity.forbidden")

// ErrNotHere refuses a record outside the person's scope. It answers 404, as if the record were
// not there: whether another body has it is not this person's business.
var ErrNotHere = errs.New(errs.NotFound, "identity.not_here")

// Scope is how far a role reaches.
type Scope string

// The scopes, from the widest.
const (
	ScopeNetwork   Scope = "network"
	ScopeProgramme Scope = "programme"
	ScopeBody      Scope = "body"
	ScopeProject   Scope = "project"
	ScopePoint     Scope = "point"
)

// Grant is one role held in one scope, on the day of the request.
type Grant struct {
	Role  Role
	Scope Scope
	// ScopeID is the id of the programme, body, project or point; empty for the network.
	ScopeID string
}

// Actor is who asks. Every method of a service that is not for the public takes one.
// The zero Actor may do nothing.
type Actor struct {
	AccountID string
	Name      string
	Grants    []Grant
	// RequestID goes into the audit rows, to follow one request through them.
	RequestID string
	system    string
}

// System is the program itself: jobs, the command line, the demo. name goes into the audit.
func System(name string) Actor { return Actor{Name: name, system: name} }

// IsSystem reports whether the program itself is asking, not a person.
func (a Actor) IsSystem() bool { return a.system != "" }

// RoleName is what the audit writes as the role: the first role held, or the system's part.
func (a Actor) RoleName() string {
	switch {
	case a.system != "":
		return "system:" + a.system
	case len(a.Grants) > 0:
		return string(a.Grants[0].Role)
	}
	return "public"
}

// Can reports whether any role of a has p, in whatever scope: enough to show a menu entry.
func (a Actor) Can(p Permission) bool {
	return a.system != "" || slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.allows(p) })
}

func (g Grant) allows(p Permission) bool { return slices.Contains(permissionsOf(g.Role), p) }

// Reach is where a permission holds: everywhere, or within the named scopes. Packages turn it into
// a filter in SQL; points.Visible turns it into points.
type Reach struct {
	All        bool
	Programmes []string
	Bodies     []string
	Projects   []string
	Points     []string
}

// Reach returns where a holds p. The zero Reach is nowhere.
func (a Actor) Reach(p Permission) Reach {
	if a.system != "" {
		return Reach{All: true}
	}
	var r Reach
	for _, g := range a.Grants {
		if !g.allows(p) {
			continue
		}
		switch g.Scope {
		case ScopeNetwork:
			r.All = true
		case ScopeProgramme:
			r.Programmes = append(r.Programmes, g.ScopeID)
		case ScopeBody:
			r.Bodies = append(r.Bodies, g.ScopeID)
		case ScopeProject:
			r.Projects = append(r.Projects, g.ScopeID)
		case ScopePoint:
			r.Points = append(r.Points, g.ScopeID)
		}
	}
	return r
}

// Target says where the thing asked for belongs. Fill what is known; several bodies when more than
// one is concerned (the managing and the delivering one of a point).
type Target struct {
	Programme, Project, Point string
	Bodies                    []string
}

// Require decides: nil when a holds p over the target, ErrForbidden when a holds p nowhere,
// ErrNotHere when a holds p only elsewhere. This is the one place where authority is decided.
func (a Actor) Require(p Permission, t Target) error {
	if !a.Can(p) {
		return ErrForbidden
	}
	r := a.Reach(p)
	if r.All ||
		t.Programme != "" && slices.Contains(r.Programmes, t.Programme) ||
		t.Project != "" && slices.Contains(r.Projects, t.Project) ||
		t.Point != "" && slices.Contains(r.Points, t.Point) ||
		slices.ContainsFunc(t.Bodies, func(b string) bool { return b != "" && slices.Contains(r.Bodies, b) }) {
		return nil
	}
	return ErrNotHere
}
