package points

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/files"
	"capillare/internal/funding"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

// linked is a bench whose bodies and projects tell points what happens to them.
type linked struct {
	*bench
	bodies *orgs.Service
	money  *funding.Service
}

func newLinked(t *testing.T, db *sqldb.DB) *linked {
	t.Helper()
	b, bus, places := newBench(t, db), jobs.NewBus(), territory.New(db)
	l := &linked{bench: b, bodies: orgs.New(db, places).Telling(bus), money: funding.New(db).Telling(bus)}
	b.Service = New(db, Deps{Bus: bus, Territory: places, Orgs: l.bodies, Funding: l.money, Files: files.New(db)})
	l.money.Subscribe(bus)
	b.SubscribeBodies(bus)
	return l
}

// point is a fixed point at Potenza, awarded, of the first body and project, where the third body delivers.
func (l *linked) point(name string) Point {
	return Point{OfficialName: name, PublicName: name, Kind: Fixed, ManagingBodyID: l.bench.bodies[0], DeliveringBodyID: l.bench.bodies[2],
		ProjectID: l.projects[0], Addresses: []Address{{Street: "Via Uno 1", CAP: "85100", Belfiore: "G942"}}}
}

func TestAPointKeepsItsBodiesAndProject(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		l := newLinked(t, db)
		id, err := l.Add(l.ctx, system, l.point("Punto"))
		check(t, err)
		for _, body := range []string{l.bench.bodies[0], l.bench.bodies[2]} {
			if err := l.bodies.End(l.ctx, system, body, calendar.Day{}); !errors.Is(err, ErrBodyNeeded) && !errors.Is(err, funding.ErrBodyNeeded) {
				t.Errorf("End(body of a point) = %v, want %v", err, ErrBodyNeeded)
			}
		}
		project, err := l.money.ProjectsByIDs(l.ctx, l.projects)
		check(t, err)
		if err := l.money.EndProject(l.ctx, system, l.projects[0], project[l.projects[0]].StartsOn); !errors.Is(err, ErrProjectNeeded) {
			t.Errorf("EndProject(with a point) = %v, want %v", err, ErrProjectNeeded)
		}
		check(t, l.money.EndProject(l.ctx, system, l.projects[1], project[l.projects[1]].StartsOn))
		check(t, l.bodies.End(l.ctx, system, l.bench.bodies[1], calendar.Day{}))
		p, err := l.ByID(l.ctx, system, id)
		check(t, err)
		p.ManagingBodyID, p.ProjectID = l.bench.bodies[1], l.projects[1]
		gone := l.point("Altro")
		gone.ManagingBodyID, gone.ProjectID = l.bench.bodies[1], l.projects[1]
		_, added := l.Add(l.ctx, system, gone)
		for name, err := range map[string]error{"Edit": l.Edit(l.ctx, system, p), "Add": added} {
			if err == nil || !strings.Contains(err.Error(), "managing_body_id points.body_ended") || !strings.Contains(err.Error(), "project_id points.project_ended") {
				t.Errorf("%s(ended body and project) = %v, want both fields", name, err)
			}
		}
	})
}

func TestPointsFollowTheirBody(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		l := newLinked(t, db)
		from, into, partner := l.bench.bodies[0], l.bench.bodies[1], l.bench.bodies[2]
		stays, err := l.Add(l.ctx, system, l.point("Resta"))
		check(t, err)
		back, err := l.Add(l.ctx, system, l.point("Torna"))
		check(t, err)
		merge, err := l.bodies.Merge(l.ctx, system, orgs.Merging{FromID: from, IntoID: into})
		check(t, err)
		list, total, err := l.List(l.ctx, system, Filter{BodyID: into})
		if err != nil || total != 2 {
			t.Fatalf("List(body kept) = %v, %d, %v, want both points", list, total, err)
		}
		p, err := l.ByID(l.ctx, system, stays)
		check(t, err)
		p.ManagingBodyID = partner
		check(t, l.Edit(l.ctx, system, p))
		left, err := l.bodies.UndoMerge(l.ctx, system, merge)
		if diff := cmp.Diff([]orgs.Move{{What: "points.managing", ID: stays}}, left); err != nil || diff != "" {
			t.Errorf("UndoMerge, %v (-want +got):\n%s", err, diff)
		}
		for id, want := range map[string]string{stays: partner, back: from} {
			if got, err := l.ByID(l.ctx, system, id); err != nil || got.ManagingBodyID != want {
				t.Errorf("%s is run by %s, %v, want %s", got.PublicName, got.ManagingBodyID, err, want)
			}
		}
	})
}

// Somebody adds points to a body while another merges it: no point stays with the body that went.
func TestNoPointIsLeftWithAMergedBody(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		l := newLinked(t, db)
		from, into := l.bench.bodies[0], l.bench.bodies[1]
		var rivals sync.WaitGroup
		added := make([]error, 6)
		for i := range added {
			rivals.Go(func() {
				p := l.point("Punto " + string(rune('A'+i)))
				p.ProjectID = ""
				_, added[i] = l.Add(l.ctx, system, p)
			})
		}
		rivals.Go(func() {
			if _, err := l.bodies.Merge(l.ctx, system, orgs.Merging{FromID: from, IntoID: into}); err != nil {
				t.Errorf("Merge = %v", err)
			}
		})
		rivals.Wait()
		want := 0
		for _, err := range added {
			if err == nil {
				want++
			} else if !strings.Contains(err.Error(), "points.body_ended") {
				t.Errorf("Add to a merged body = %v, want points.body_ended", err)
			}
		}
		for body, n := range map[string]int{from: 0, into: want} {
			if _, total, err := l.List(l.ctx, system, Filter{BodyID: body}); err != nil || total != n {
				t.Errorf("List(%s) has %d points, %v, want %d", body, total, err, n)
			}
		}
	})
}
