package monitoring_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/monitoring"
	"capillare/internal/points"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func run(t *testing.T, fn func(t *testing.T, n *registertest.Network, s *monitoring.Service)) {
	t.Helper()
	sqldbtest.RunAt(t, registertest.Now(), func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		n := registertest.New(t, db)
		fn(t, n, monitoring.New(monitoring.Deps{Register: n.Register, Points: n.Points, Facilitators: n.Facilitators, Funding: n.Funding}))
	})
}

func middle() calendar.Day { return calendar.NewDay(2026, 12, 31) }
func final() calendar.Day  { return calendar.NewDay(2027, 12, 31) }

// fill sets targets and records three services: two of one person at Potenza and Aliano, a group of
// two at Matera, one of whom is that person.
func fill(t *testing.T, n *registertest.Network) {
	t.Helper()
	for _, target := range []funding.Target{
		{KPI: funding.KPIServices, DueOn: middle(), Value: 4}, {KPI: funding.KPIServices, DueOn: final(), Value: 100},
		{KPI: funding.KPIUniqueCitizens, DueOn: final(), Value: 1000}, {KPI: funding.KPIPoints, DueOn: middle(), Value: 3},
		{ProjectID: n.ProjectIDs[0], KPI: funding.KPIServices, DueOn: middle(), Value: 3},
		{ProjectID: n.ProjectIDs[1], KPI: funding.KPIServices, DueOn: middle(), Value: 1},
		{ProjectID: n.ProjectIDs[1], KPI: funding.KPIServices, DueOn: final(), Value: 7},
	} {
		target.ProgrammeID = n.ProgrammeID
		if err := n.Funding.SetTarget(t.Context(), registertest.System(), target); err != nil {
			t.Fatalf("SetTarget: %v", err)
		}
	}
	day := registertest.Today()
	one, two := registertest.Citizen(1), registertest.Citizen(2)
	for _, in := range []struct {
		point int
		day   calendar.Day
		both  bool
	}{{0, day.AddDays(-20), false}, {1, day.AddDays(-10), false}, {2, day, true}} {
		s := n.Service(in.point, in.day, 540, one)
		if in.both {
			s.Citizens = append(s.Citizens, two)
		}
		if _, err := n.Register.Register(t.Context(), registertest.System(), s); err != nil {
			t.Fatalf("Register: %v", err)
		}
	}
}

// reached returns the figures of a row: points, unique citizens, services, facilitators, accesses.
func reached(r monitoring.Row) [5]int {
	return [5]int{r.Indicators[0].Reached, r.Indicators[1].Reached, r.Indicators[2].Reached, r.Indicators[3].Reached, r.Accesses}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, s *monitoring.Service) {
		fill(t, n)
		p, err := s.Progress(t.Context(), registertest.System(), n.ProgrammeID, registertest.Today())
		if err != nil {
			t.Fatalf("Progress: %v", err)
		}
		if got, want := reached(p.Whole), [5]int{3, 2, 3, 3, 4}; got != want || !p.Complete {
			t.Errorf("whole = %v, want %v", got, want)
		}
		got := map[string][5]int{}
		for _, r := range append(p.Projects, p.Provinces...) {
			got[r.Name] = reached(r)
		}
		want := map[string][5]int{"Progetto Comune di Potenza": {2, 1, 2, 2, 2}, "Progetto Comune di Matera": {1, 1, 1, 1, 2},
			"Potenza": {1, 1, 1, 1, 1}, "Matera": {2, 1, 2, 3, 3}}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("rows differ (-want +got):\n%s", d)
		}
		services := p.Whole.Indicators[2]
		// 147 days of 184 have gone by: 4 x 147 / 184 = 3.2.
		if d := cmp.Diff(&monitoring.Goal{DueOn: middle(), Value: 4, Percent: 75, Expected: 3, Forecast: 3}, services.Next, cmp.AllowUnexported(calendar.Day{})); d != "" {
			t.Errorf("next target of services differs:\n%s", d)
		}
		if services.Final.DueOn != final() || services.Final.Percent != 3 || !services.Final.AtRisk {
			t.Errorf("final target of services = %+v, want 3 %% and at risk", services.Final)
		}
		if unique := p.Whole.Indicators[1]; unique.Next == nil || unique.Next.DueOn != final() || !unique.Next.AtRisk || !p.Whole.AtRisk() {
			t.Errorf("unique citizens = %+v, want at risk", unique.Next)
		}
		for _, r := range p.Provinces {
			// Project 0 has points in both provinces, so that only the targets of project 1 are of one.
			if r.Name == "Matera" && (r.Indicators[2].Next == nil || r.Indicators[2].Next.Value != 1) || r.Name == "Potenza" && r.Indicators[2].Next != nil {
				t.Errorf("targets of %s = %+v", r.Name, r.Indicators[2])
			}
		}
		if rows := p.Table(); len(rows) != 1+4*5 || len(rows[1]) != len(rows[0]) || len(rows[4]) != len(rows[0]) {
			t.Errorf("Table has %d rows", len(rows))
		}
		early, err := s.Progress(t.Context(), registertest.System(), n.ProgrammeID, registertest.Today().AddDays(-15))
		if got, want := reached(early.Whole), [5]int{3, 1, 1, 3, 1}; err != nil || got != want {
			t.Errorf("fifteen days before = %v, %v, want %v", got, err, want)
		}
	})
}

func TestScope(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, s *monitoring.Service) {
		fill(t, n)
		body := registertest.Actor("m", identity.ManagingBody, identity.ScopeBody, n.BodyIDs[1])
		p, err := s.Progress(t.Context(), body, n.ProgrammeID, registertest.Today())
		if err != nil {
			t.Fatalf("Progress by a body: %v", err)
		}
		if got, want := reached(p.Whole), [5]int{1, 1, 1, 1, 2}; got != want || p.Complete || len(p.Projects) != 1 || len(p.Provinces) != 1 {
			t.Errorf("whole = %v of %d projects, want %v of its own", got, len(p.Projects), want)
		}
		if next := p.Whole.Indicators[2].Next; next == nil || next.Value != 1 {
			t.Errorf("target = %+v, want that of its project", next)
		}
		region := registertest.Actor("r", identity.Region, identity.ScopeNetwork, "")
		if p, err := s.Progress(t.Context(), region, n.ProgrammeID, registertest.Today()); err != nil || reached(p.Whole) != [5]int{3, 2, 3, 3, 4} || !p.Complete {
			t.Errorf("Progress by the region = %v, %v", p.Whole, err)
		}
		partner := registertest.Actor("d", identity.DeliveringPartner, identity.ScopePoint, n.PointIDs[0])
		if p, err := s.Progress(t.Context(), partner, n.ProgrammeID, registertest.Today()); err != nil || reached(p.Whole) != [5]int{1, 1, 1, 1, 1} || p.Whole.Indicators[2].Next != nil {
			t.Errorf("Progress by a partner = %+v, %v, want one point and no targets", p.Whole, err)
		}
		stranger := registertest.Actor("x", identity.ManagingBody, identity.ScopeBody, "none")
		if _, err := s.Progress(t.Context(), stranger, n.ProgrammeID, registertest.Today()); errs.Of(err) != errs.NotFound {
			t.Errorf("Progress by a stranger = %v, want not found", err)
		}
		if _, err := s.Progress(t.Context(), identity.Actor{}, n.ProgrammeID, registertest.Today()); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("Progress by nobody = %v, want forbidden", err)
		}
		if _, err := s.Progress(t.Context(), region, "none", registertest.Today()); !errors.Is(err, monitoring.ErrNoProgramme) {
			t.Errorf("Progress of no programme = %v, want ErrNoProgramme", err)
		}
	})
}

func TestSuspended(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, s *monitoring.Service) {
		today := registertest.Today()
		if err := n.Points.SetState(t.Context(), registertest.System(), n.PointIDs[0], points.StateSuspended, today.AddDays(-5)); err != nil {
			t.Fatalf("SetState: %v", err)
		}
		for on, want := range map[calendar.Day]int{today: 2, today.AddDays(-5): 2, today.AddDays(-6): 3, calendar.NewDay(2026, 6, 30): 0} {
			p, err := s.Progress(t.Context(), registertest.System(), n.ProgrammeID, on)
			if err != nil || p.Whole.Indicators[0].Reached != want {
				t.Errorf("points open on %s = %v, %v, want %d", on, p.Whole.Indicators, err, want)
			}
		}
	})
}
