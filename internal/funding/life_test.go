package funding

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

// house is a programme in force with one project of a body, and a bus on which everything is told.
type house struct {
	*Service
	bodies                   *orgs.Service
	programme, project, body string
	needed                   error
}

func newHouse(t *testing.T, db *sqldb.DB) *house {
	t.Helper()
	bus, h, ctx := jobs.NewBus(), &house{}, context.Background()
	jobs.Subscribe(bus, func(context.Context, *sqldb.Tx, ProjectEnding) error { return h.needed })
	h.Service, h.bodies = New(db).Telling(bus), orgs.New(db, territory.New(db)).Telling(bus)
	h.Subscribe(bus)
	h.body = newBodies(t, db, "Comune di Potenza")[0]
	h.programme = mustID(t)(h.AddProgramme(ctx, system, goodProgramme()))
	h.project = mustID(t)(h.AddProject(ctx, system, h.goodProject("PR1", h.body)))
	return h
}

func (h *house) goodProject(code, body string) Project {
	p := goodProgramme()
	return Project{ProgrammeID: h.programme, BodyID: body, Code: code, Name: "Rete di " + code, StartsOn: p.StartsOn, EndsOn: p.EndsOn}
}

var firstDay = time.Date(2026, time.October, 5, 10, 0, 0, 0, time.UTC)

func TestProgrammeEndsAfterItsProjects(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, firstDay, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx, h := context.Background(), newHouse(t, db)
		today := calendar.DayOf(firstDay)
		if err := h.EndProgramme(ctx, system, h.programme, today); !errors.Is(err, ErrProjectsOpen) {
			t.Errorf("EndProgramme(with a project) = %v, want %v", err, ErrProjectsOpen)
		}
		if err := h.bodies.End(ctx, system, h.body, today); !errors.Is(err, ErrBodyNeeded) {
			t.Errorf("End(body with a project) = %v, want %v", err, ErrBodyNeeded)
		}
		for day, want := range map[calendar.Day]string{
			{}: "on funding.end_missing", today.AddDays(1): "on funding.end_future", goodProgramme().StartsOn.AddDays(-1): "on funding.end_outside",
		} {
			if err := h.EndProject(ctx, system, h.project, day); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("EndProject(%v) = %v, want %s", day, err, want)
			}
		}
		h.needed = errs.New(errs.Conflict, "test.needed")
		if err := h.EndProject(ctx, system, h.project, today); !errors.Is(err, h.needed) {
			t.Errorf("EndProject(still needed) = %v, want %v", err, h.needed)
		}
		h.needed = nil
		for _, want := range []error{nil, ErrOver} {
			if err := h.EndProject(ctx, system, h.project, today); !errors.Is(err, want) {
				t.Errorf("EndProject = %v, want %v", err, want)
			}
			if err := h.EndProgramme(ctx, system, h.programme, today); !errors.Is(err, want) {
				t.Errorf("EndProgramme = %v, want %v", err, want)
			}
		}
		if _, err := h.AddProject(ctx, system, h.goodProject("PR2", h.body)); !errors.Is(err, ErrProgrammeOver) {
			t.Errorf("AddProject(ended programme) = %v, want %v", err, ErrProgrammeOver)
		}
		if err := h.ReopenProject(ctx, system, h.project); !errors.Is(err, ErrProgrammeOver) {
			t.Errorf("ReopenProject(ended programme) = %v, want %v", err, ErrProgrammeOver)
		}
		if err := h.bodies.End(ctx, system, h.body, today); err != nil {
			t.Errorf("End(body without projects) = %v", err)
		}
		for _, want := range []error{nil, ErrNotEnded} {
			if err := h.ReopenProgramme(ctx, system, h.programme); !errors.Is(err, want) {
				t.Errorf("ReopenProgramme = %v, want %v", err, want)
			}
		}
		for name, err := range map[string]error{
			"AddProject": second(h.AddProject(ctx, system, h.goodProject("PR3", h.body))), "ReopenProject": h.ReopenProject(ctx, system, h.project),
		} {
			if err == nil || !strings.Contains(err.Error(), "body_id funding.body_ended") {
				t.Errorf("%s(ended body) = %v, want body_id funding.body_ended", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestCoversUntilTheEnd(t *testing.T) {
	t.Parallel()
	p := Project{StartsOn: day(2026, 7, 1), EndsOn: day(2027, 12, 31), EndedOn: day(2026, 10, 5)}
	for on, want := range map[calendar.Day]string{
		day(2026, 6, 30): StatePlanned, day(2026, 7, 1): StateInForce, day(2026, 10, 4): StateInForce,
		day(2026, 10, 5): StateEnded, day(2028, 1, 1): StateEnded,
	} {
		if got := p.State(on); got != want || p.Covers(on) != (want == StateInForce) {
			t.Errorf("State(%v) = %s, Covers = %v, want %s", on, got, p.Covers(on), want)
		}
	}
}

func TestProjectsFollowTheirBody(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, firstDay, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx, h := context.Background(), newHouse(t, db)
		others := newBodies(t, db, "Com. Potenza", "Altro")
		second := mustID(t)(h.AddProject(ctx, system, h.goodProject("PR2", h.body)))
		merge, err := h.bodies.Merge(ctx, system, orgs.Merging{FromID: h.body, IntoID: others[0]})
		if err != nil {
			t.Fatalf("Merge = %v", err)
		}
		list, err := h.Projects(ctx, system, Filter{BodyID: others[0]})
		if err != nil || len(list) != 2 {
			t.Errorf("Projects of the body kept = %v, %v, want 2", list, err)
		}
		moved := h.goodProject("PR2", others[1])
		moved.ID, moved.Version = second, 2
		if err := h.EditProject(ctx, system, moved); err != nil {
			t.Fatalf("EditProject = %v", err)
		}
		stayed, err := h.bodies.UndoMerge(ctx, system, merge)
		if diff := cmp.Diff([]orgs.Move{{What: "funding.project", ID: second}}, stayed); err != nil || diff != "" {
			t.Errorf("UndoMerge, %v (-want +got):\n%s", err, diff)
		}
		list, err = h.Projects(ctx, system, Filter{BodyID: h.body})
		if err != nil || len(list) != 1 || list[0].ID != h.project {
			t.Errorf("Projects of the body that came back = %v, %v, want %s", list, err, h.project)
		}
	})
}

func TestFindAndHistory(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, firstDay, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		ctx, h := context.Background(), newHouse(t, db)
		today := calendar.DayOf(firstDay)
		for _, tt := range []struct {
			f    Filter
			want int
		}{
			{Filter{}, 1}, {Filter{Search: "RETE di"}, 1}, {Filter{Search: "altro"}, 0},
			{Filter{State: StateInForce, On: today}, 1}, {Filter{State: StateEnded, On: today}, 0},
		} {
			if got, err := h.Projects(ctx, system, tt.f); err != nil || len(got) != tt.want {
				t.Errorf("Projects(%+v) = %v, %v, want %d", tt.f, got, err, tt.want)
			}
		}
		if got, err := h.FindProgrammes(ctx, system, Filter{State: StatePlanned, On: today}); err != nil || len(got) != 0 {
			t.Errorf("FindProgrammes(planned) = %v, %v, want none", got, err)
		}
		target := Target{ProgrammeID: h.programme, KPI: KPIPoints, DueOn: day(2027, 12, 31), Value: 10}
		for _, value := range []int{10, 12} {
			clock.Add(time.Minute)
			target.Value = value
			if err := h.SetTarget(ctx, system, target); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := h.ProgrammeHistory(ctx, system, h.programme)
		want := []audit.Change{{Field: "kpi", To: KPIPoints}, {Field: "due_on", To: "2027-12-31"}, {Field: "value", From: "10", To: "12"}}
		if err != nil || len(rows) != 3 || cmp.Diff(want, rows[0].Changes()) != "" {
			t.Errorf("ProgrammeHistory = %+v, %v, want the last target changed %v", rows, err, want)
		}
		if rows, err := h.ProjectHistory(ctx, system, h.project); err != nil || len(rows) != 1 {
			t.Errorf("ProjectHistory = %v, %v, want that it was added", rows, err)
		}
	})
}

// Two people open the same form: the second to save is told, also when both save at once.
func TestNobodySavesOverAnother(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, firstDay, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx, h := context.Background(), newHouse(t, db)
		programmes, err := h.ProgrammesByIDs(ctx, []string{h.programme})
		if err != nil {
			t.Fatal(err)
		}
		projects, err := h.ProjectsByIDs(ctx, []string{h.project})
		if err != nil {
			t.Fatal(err)
		}
		for name, save := range map[string]func(cents int64) error{
			"EditProgramme": func(cents int64) error {
				p := programmes[h.programme]
				p.AmountCents = cents
				return h.EditProgramme(ctx, system, p)
			},
			"EditProject": func(cents int64) error {
				p := projects[h.project]
				p.AmountCents = cents
				return h.EditProject(ctx, system, p)
			},
		} {
			results := make([]error, 2)
			var rivals sync.WaitGroup
			for i := range results {
				rivals.Go(func() { results[i] = save(int64(i + 1)) })
			}
			rivals.Wait()
			if (results[0] == nil) == (results[1] == nil) || !errors.Is(errors.Join(results...), ErrChanged) {
				t.Errorf("%s, two at once = %v, want one and %v", name, results, ErrChanged)
			}
		}
	})
}

func TestAFormOpenedBeforeAMergeIsRefused(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, firstDay, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx, h := context.Background(), newHouse(t, db)
		read, err := h.ProjectsByIDs(ctx, []string{h.project})
		if err != nil {
			t.Fatal(err)
		}
		into := newBodies(t, db, "Com. Potenza")[0]
		if _, err := h.bodies.Merge(ctx, system, orgs.Merging{FromID: h.body, IntoID: into}); err != nil {
			t.Fatal(err)
		}
		old := read[h.project]
		old.Name = "Altro nome"
		if err := h.EditProject(ctx, system, old); !errors.Is(err, ErrChanged) {
			t.Errorf("EditProject(read before the merge) = %v, want %v", err, ErrChanged)
		}
	})
}

func TestTargetsAreDueWithinTheProgramme(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, firstDay, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx, h := context.Background(), newHouse(t, db)
		set := func(due calendar.Day) error {
			return h.SetTarget(ctx, system, Target{ProgrammeID: h.programme, KPI: KPIPoints, DueOn: due, Value: 3})
		}
		p := goodProgramme()
		for _, due := range []calendar.Day{p.StartsOn.AddDays(-1), p.EndsOn.AddDays(1)} {
			if err := set(due); err == nil || !strings.Contains(err.Error(), "due_on funding.outside_programme") {
				t.Errorf("SetTarget(%v) = %v, want due_on funding.outside_programme", due, err)
			}
		}
		for _, due := range []calendar.Day{p.StartsOn, p.EndsOn} {
			if err := set(due); err != nil {
				t.Errorf("SetTarget(%v) = %v", due, err)
			}
		}
		projects, err := h.ProjectsByIDs(ctx, []string{h.project})
		if err != nil {
			t.Fatal(err)
		}
		short := projects[h.project]
		short.EndsOn = p.EndsOn.AddDays(-1)
		if err := h.EditProject(ctx, system, short); err != nil {
			t.Fatal(err)
		}
		p.ID, p.Version, p.EndsOn = h.programme, 1, short.EndsOn
		if err := h.EditProgramme(ctx, system, p); err == nil || !strings.Contains(err.Error(), "ends_on funding.targets_outside") {
			t.Errorf("EditProgramme(narrower than a target) = %v, want ends_on funding.targets_outside", err)
		}
	})
}
