package points

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

func actor(role identity.Role, scope identity.Scope, id string) identity.Actor {
	return identity.Actor{AccountID: "someone", Grants: []identity.Grant{{Role: role, Scope: scope, ScopeID: id}}}
}

// twoPoints returns a point of the first body, where the partner delivers, and one of the second.
func twoPoints(t *testing.T, b *bench) (own, other Point) {
	t.Helper()
	first, second := b.point("A"), b.point("B")
	first.DeliveringBodyID = b.bodies[2]
	second.ManagingBodyID, second.ProjectID = b.bodies[1], b.projects[1]
	return b.add(t, first), b.add(t, second)
}

func TestVisible(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		own, other := twoPoints(t, b)
		tests := []struct {
			name string
			who  identity.Actor
			want []string
			all  bool
		}{
			{"program", system, nil, true},
			{"region", actor(identity.Region, identity.ScopeNetwork, ""), nil, true},
			{"region of a programme", actor(identity.Region, identity.ScopeProgramme, b.programmes[1]), []string{other.ID}, false},
			{"managing body", actor(identity.ManagingBody, identity.ScopeBody, b.bodies[0]), []string{own.ID}, false},
			{"partner", actor(identity.DeliveringPartner, identity.ScopeBody, b.bodies[2]), []string{own.ID}, false},
			{"project", actor(identity.ManagingBody, identity.ScopeProject, b.projects[1]), []string{other.ID}, false},
			{"facilitator", actor(identity.Facilitator, identity.ScopePoint, own.ID), []string{own.ID}, false},
			{"body without points", actor(identity.ManagingBody, identity.ScopeBody, "x"), nil, false},
		}
		for _, tt := range tests {
			got, err := b.Visible(b.ctx, tt.who, identity.SeePoints)
			if err != nil || got.All != tt.all || !slices.Equal(got.IDs, tt.want) {
				t.Errorf("Visible(%s) = %+v, %v, want %v, all %v", tt.name, got, err, tt.want, tt.all)
			}
			list, total, err := b.List(b.ctx, tt.who, Filter{})
			want := len(tt.want)
			if tt.all {
				want = 2
			}
			if err != nil || total != want || len(list) != want {
				t.Errorf("List(%s) = %d of %d, %v, want %d", tt.name, len(list), total, err, want)
			}
			all, err := b.All(b.ctx, tt.who, identity.SeePoints)
			if err != nil || len(all) != want {
				t.Errorf("All(%s) has %d, %v, want %d", tt.name, len(all), err, want)
			}
		}
		for _, who := range []identity.Actor{{}, actor("guest", identity.ScopeNetwork, "")} {
			if _, err := b.Visible(b.ctx, who, identity.SeePoints); !errors.Is(err, identity.ErrForbidden) {
				t.Errorf("Visible(nobody) = %v, want forbidden", err)
			}
			if _, _, err := b.List(b.ctx, who, Filter{}); !errors.Is(err, identity.ErrForbidden) {
				t.Errorf("List(nobody) = %v, want forbidden", err)
			}
		}
	})
}

// Every method that changes or shows one point, for each role, on its own point and on another's: a
// record of others is as if it were not there, and nothing changes.
func TestScopeOfEveryMethod(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		own, other := twoPoints(t, b)
		closure, err := b.AddClosure(b.ctx, system, Closure{PointID: other.ID, From: day(2027, 1, 2), Reason: "x"})
		check(t, err)
		ownClosure, err := b.AddClosure(b.ctx, system, Closure{PointID: own.ID, From: day(2027, 1, 2), Reason: "x"})
		check(t, err)
		methods := map[string]func(who identity.Actor, p Point, closure string) error{
			"ByID": func(who identity.Actor, p Point, _ string) error { _, err := b.ByID(b.ctx, who, p.ID); return err },
			"Edit": func(who identity.Actor, p Point, _ string) error {
				p.Version, p.Phone = b.get(t, p.ID).Version, "0835"
				return b.Edit(b.ctx, who, p)
			},
			"SetHours": func(who identity.Actor, p Point, _ string) error {
				return b.SetHours(b.ctx, who, p.Addresses[0].ID, calendar.Day{}, calendar.Day{}, "", bands("lun 9-13"))
			},
			"AddClosure": func(who identity.Actor, p Point, _ string) error {
				_, err := b.AddClosure(b.ctx, who, Closure{PointID: p.ID, From: day(2027, 1, 3), Reason: "x"})
				return err
			},
			"RemoveClosure": func(who identity.Actor, _ Point, closure string) error { return b.RemoveClosure(b.ctx, who, closure) },
			"SetState": func(who identity.Actor, p Point, _ string) error {
				err := b.SetState(b.ctx, who, p.ID, StateSuspended, calendar.Day{})
				if err == nil {
					err = b.SetState(b.ctx, who, p.ID, StateOpen, calendar.Day{})
				}
				return err
			},
		}
		roles := []struct {
			name     string
			who      identity.Actor
			mayWrite bool
		}{
			{"managing body", actor(identity.ManagingBody, identity.ScopeBody, b.bodies[0]), true},
			{"partner", actor(identity.DeliveringPartner, identity.ScopeBody, b.bodies[2]), true},
			{"region of the programme", actor(identity.Region, identity.ScopeProgramme, b.programmes[0]), true},
			{"facilitator", actor(identity.Facilitator, identity.ScopePoint, own.ID), false},
			{"auditor of the body", actor(identity.Auditor, identity.ScopeBody, b.bodies[0]), false},
		}
		before := b.get(t, other.ID)
		for _, role := range roles {
			for name, call := range methods {
				want := identity.ErrNotHere
				if !role.mayWrite && name != "ByID" {
					want = identity.ErrForbidden
				}
				if err := call(role.who, other, closure); !errors.Is(err, want) {
					t.Errorf("%s by %s on another's point = %v, want %v", name, role.name, err, want)
				}
				if name == "RemoveClosure" && role.mayWrite {
					continue // There is one closure to remove, and it is tried below.
				}
				err := call(role.who, own, ownClosure)
				if role.mayWrite || name == "ByID" {
					if err != nil {
						t.Errorf("%s by %s on the own point = %v, want nil", name, role.name, err)
					}
				} else if !errors.Is(err, identity.ErrForbidden) {
					t.Errorf("%s by %s on the own point = %v, want forbidden", name, role.name, err)
				}
			}
			if _, err := b.ByID(b.ctx, role.who, "no such point"); !errors.Is(err, identity.ErrNotHere) {
				t.Errorf("ByID(unknown) by %s = %v, want %v", role.name, err, identity.ErrNotHere)
			}
		}
		check(t, b.RemoveClosure(b.ctx, roles[0].who, ownClosure))
		if diff := cmp.Diff(before, b.get(t, other.ID)); diff != "" {
			t.Errorf("the other's point changed (-before +after):\n%s", diff)
		}
	})
}

func TestMovesNeedMoreAuthority(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		own, _ := twoPoints(t, b)
		region := actor(identity.Region, identity.ScopeNetwork, "")
		managing := actor(identity.ManagingBody, identity.ScopeBody, b.bodies[0])
		partner := actor(identity.DeliveringPartner, identity.ScopeBody, b.bodies[2])
		tests := []struct {
			name   string
			who    identity.Actor
			change func(*Point)
			want   error
		}{
			{"partner takes the point over", partner, func(p *Point) { p.ManagingBodyID = b.bodies[2] }, identity.ErrForbidden},
			{"partner gives it to another partner", partner, func(p *Point) { p.DeliveringBodyID = b.bodies[1] }, identity.ErrForbidden},
			{"partner changes the project", partner, func(p *Point) { p.ProjectID = b.projects[1] }, identity.ErrForbidden},
			{"managing body gives it away", managing, func(p *Point) { p.ManagingBodyID = b.bodies[1] }, identity.ErrForbidden},
			{"managing body changes partner", managing, func(p *Point) { p.DeliveringBodyID = b.bodies[1] }, nil},
			{"region moves it", region, func(p *Point) { p.ManagingBodyID, p.ProjectID = b.bodies[1], b.projects[1] }, nil},
		}
		for _, tt := range tests {
			p := b.get(t, own.ID)
			tt.change(&p)
			if err := b.Edit(b.ctx, tt.who, p); !errors.Is(err, tt.want) {
				t.Errorf("%s: Edit = %v, want %v", tt.name, err, tt.want)
			}
		}
		if _, err := b.Add(b.ctx, partner, b.point("C")); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("Add by a partner = %v, want forbidden", err)
		}
		if _, err := b.Add(b.ctx, managing, b.point("D")); err != nil {
			t.Errorf("Add by the managing body = %v, want nil", err)
		}
		strange := b.point("E")
		strange.ManagingBodyID, strange.ProjectID = b.bodies[1], b.projects[1]
		if _, err := b.Add(b.ctx, managing, strange); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("Add for another body = %v, want forbidden", err)
		}
	})
}

func TestRequirePointSeesItsOwnTransaction(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		who := actor(identity.ManagingBody, identity.ScopeBody, b.bodies[0])
		p, err := b.Check(b.ctx, b.point("A"))
		check(t, err)
		check(t, b.db.Update(b.ctx, func(tx *sqldb.Tx) error {
			id, err := b.AddTx(b.ctx, tx, system, p)
			if err != nil {
				return err
			}
			got, err := b.RequirePoint(b.ctx, tx, who, identity.EditPoints, id)
			if err == nil && got.WeeklyMinutes != 23*60 {
				t.Errorf("RequirePoint in the same transaction = %d minutes, want %d", got.WeeklyMinutes, 23*60)
			}
			return err
		}))
	})
}
