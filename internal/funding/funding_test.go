package funding

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

var system = identity.System("test")

func day(y int, m time.Month, d int) calendar.Day { return calendar.NewDay(y, m, d) }

func goodProgramme() Programme {
	return Programme{Code: "PDF-BAS", Name: "Punti Digitale Facile", CUP: "g39g22000310006", Act: "DGR 1/2026",
		StartsOn: day(2026, 7, 1), EndsOn: day(2027, 12, 31), AmountCents: 745110300}
}

func newBodies(t *testing.T, db *sqldb.DB, names ...string) (ids []string) {
	t.Helper()
	bodies := orgs.New(db, territory.New(db))
	for _, name := range names {
		id, err := bodies.Add(context.Background(), system, orgs.Body{Name: name, Kind: orgs.KindOther})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

func mustID(t *testing.T) func(id string, err error) string {
	return func(id string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
}

func TestProgramme(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*Programme)
		want   string
	}{
		{"code", func(p *Programme) { p.Code = " " }, "code funding.code_missing"},
		{"name", func(p *Programme) { p.Name = "" }, "name funding.name_missing"},
		{"no start", func(p *Programme) { p.StartsOn = calendar.Day{} }, "starts_on funding.starts_missing"},
		{"no end", func(p *Programme) { p.EndsOn = calendar.Day{} }, "ends_on funding.ends_missing"},
		{"days", func(p *Programme) { p.EndsOn = day(2026, 6, 30) }, "ends_on funding.ends_before"},
		{"cup", func(p *Programme) { p.CUP = "G39" }, "cup codes.cup"},
		{"money", func(p *Programme) { p.AmountCents = -1 }, "amount funding.amount"},
		{"cofunding", func(p *Programme) { p.CofundingCents = -1 }, "cofunding funding.amount"},
		{"twice", func(p *Programme) {}, "code funding.code_taken"},
	}
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), New(db)
		id := mustID(t)(s.AddProgramme(ctx, system, goodProgramme()))
		want := goodProgramme()
		want.ID, want.CUP, want.Version = id, "G39G22000310006", 1
		got, err := s.Programmes(ctx, system)
		if diff := cmp.Diff([]Programme{want}, got); err != nil || diff != "" {
			t.Errorf("Programmes, %v (-want +got):\n%s", err, diff)
		}
		for _, tt := range tests {
			p := goodProgramme()
			tt.change(&p)
			if _, err := s.AddProgramme(ctx, system, p); errs.Of(err) != errs.Invalid || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("AddProgramme(%s) = %v, want %s", tt.name, err, tt.want)
			}
		}
		want.Name, want.MinorsFrom, want.UploadCutoff = "Altro nome", day(2027, 1, 1), day(2027, 6, 30)
		if err := s.EditProgramme(ctx, system, want); err != nil {
			t.Errorf("EditProgramme = %v", err)
		}
		want.Version = 2
		if found, err := s.ProgrammesByIDs(ctx, []string{id, "x"}); err != nil || !cmp.Equal(found, map[string]Programme{id: want}) {
			t.Errorf("ProgrammesByIDs = %v, %v, want %v", found, err, want)
		}
		want.ID = "x"
		want.Code = "OTHER"
		if err := s.EditProgramme(ctx, system, want); !errors.Is(err, ErrNoProgramme) {
			t.Errorf("EditProgramme(unknown) = %v, want %v", err, ErrNoProgramme)
		}
	})
}

func TestProjectWithinProgramme(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*Project)
		want   string
	}{
		{"first to last day", func(p *Project) {}, ""},
		{"code again", func(p *Project) {}, "code funding.code_taken"},
		{"a day early", func(p *Project) { p.Code, p.StartsOn = "B", day(2026, 6, 30) }, "starts_on funding.outside_programme"},
		{"a day late", func(p *Project) { p.Code, p.EndsOn = "B", day(2028, 1, 1) }, "ends_on funding.outside_programme"},
		{"no body", func(p *Project) { p.Code, p.BodyID = "B", "" }, "body_id funding.body"},
		{"unknown body", func(p *Project) { p.Code, p.BodyID = "B", "x" }, "body_id funding.body"},
		{"cup", func(p *Project) { p.Code, p.CUP = "B", "1" }, "cup codes.cup"},
	}
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), New(db)
		body := newBodies(t, db, "Ente")[0]
		programme := mustID(t)(s.AddProgramme(ctx, system, goodProgramme()))
		good := Project{ProgrammeID: programme, BodyID: body, Code: "A", Name: "Progetto", StartsOn: day(2026, 7, 1), EndsOn: day(2027, 12, 31)}
		for _, tt := range tests {
			p := good
			tt.change(&p)
			_, err := s.AddProject(ctx, system, p)
			if (tt.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("AddProject(%s) = %v, want %q", tt.name, err, tt.want)
			}
		}
		if _, err := s.AddProject(ctx, system, Project{ProgrammeID: "x", BodyID: body, Code: "C", Name: "P", StartsOn: day(2026, 7, 1), EndsOn: day(2026, 7, 1)}); !errors.Is(err, ErrNoProgramme) {
			t.Errorf("AddProject(unknown programme) = %v, want %v", err, ErrNoProgramme)
		}
		narrow := goodProgramme()
		narrow.ID, narrow.Version, narrow.StartsOn, narrow.EndsOn = programme, 1, day(2026, 7, 2), day(2027, 12, 30)
		err := s.EditProgramme(ctx, system, narrow)
		if err == nil || !strings.Contains(err.Error(), "starts_on funding.projects_outside, ends_on funding.projects_outside") {
			t.Errorf("EditProgramme(narrower than its project) = %v, want both fields", err)
		}
		list, err := s.Projects(ctx, system, Filter{ProgrammeID: programme, BodyID: body})
		if err != nil || len(list) != 1 {
			t.Fatalf("Projects = %v, %v, want one", list, err)
		}
		list[0].EndsOn, list[0].AmountCents = day(2027, 6, 30), 100
		if err := s.EditProject(ctx, system, list[0]); err != nil {
			t.Errorf("EditProject = %v", err)
		}
		list[0].Version++
		if found, err := s.ProjectsByIDs(ctx, []string{list[0].ID}); err != nil || found[list[0].ID] != list[0] {
			t.Errorf("ProjectsByIDs = %v, %v, want %v", found, err, list[0])
		}
		if !list[0].Covers(day(2027, 6, 30)) || list[0].Covers(day(2027, 7, 1)) || list[0].Covers(day(2026, 6, 30)) {
			t.Error("Covers does not follow the days of the project")
		}
	})
}

func TestTargets(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), New(db)
		bodies := newBodies(t, db, "Uno", "Due")
		programme := mustID(t)(s.AddProgramme(ctx, system, goodProgramme()))
		other := goodProgramme()
		other.Code = "OTHER"
		otherProgramme := mustID(t)(s.AddProgramme(ctx, system, other))
		var projects []string
		for i, body := range bodies {
			projects = append(projects, mustID(t)(s.AddProject(ctx, system, Project{ProgrammeID: programme, BodyID: body,
				Code: "P" + string(rune('0'+i)), Name: "P", StartsOn: day(2026, 7, 1), EndsOn: day(2027, 12, 31)})))
		}
		due := day(2027, 12, 31)
		set := func(project, kpi string, due calendar.Day, value int) error {
			return s.SetTarget(ctx, system, Target{ProgrammeID: programme, ProjectID: project, KPI: kpi, DueOn: due, Value: value})
		}
		for _, err := range []error{
			set("", KPIServices, due, 10), set("", KPIServices, due, 37500), set("", KPIServices, day(2027, 6, 30), 20000),
			set(projects[0], KPIServices, due, 7), set(projects[1], KPIServices, due, 8), set(projects[1], KPIServices, due, 9),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		body := func(id string) identity.Actor {
			return identity.Actor{Grants: []identity.Grant{{Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: id}}}
		}
		values := func(who identity.Actor) string {
			list, err := s.Targets(ctx, who, programme)
			if err != nil {
				t.Errorf("Targets = %v", err)
			}
			var got []string
			for _, target := range list {
				got = append(got, strconv.Itoa(target.Value))
			}
			slices.Sort(got)
			return strings.Join(got, " ")
		}
		if got, want := values(system), "20000 37500 7 9"; got != want {
			t.Errorf("Targets for all = %q, want %q", got, want)
		}
		if got, want := values(body(bodies[0])), "20000 37500 7"; got != want {
			t.Errorf("Targets for a body = %q, want %q", got, want)
		}
		for _, tt := range []struct {
			target Target
			want   string
		}{
			{Target{ProgrammeID: programme, KPI: "joy", DueOn: due}, "kpi funding.kpi_unknown"},
			{Target{ProgrammeID: programme, KPI: KPIPoints}, "due_on funding.due_missing"},
			{Target{ProgrammeID: programme, KPI: KPIPoints, DueOn: due, Value: -1}, "value funding.value"},
			{Target{ProgrammeID: "x", KPI: KPIPoints, DueOn: due}, "funding.no_programme"},
			{Target{ProgrammeID: otherProgramme, ProjectID: projects[0], KPI: KPIPoints, DueOn: due}, "funding.no_project"},
		} {
			if err := s.SetTarget(ctx, system, tt.target); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("SetTarget(%v) = %v, want %s", tt.target, err, tt.want)
			}
		}
		gone := Target{ProgrammeID: programme, KPI: KPIServices, DueOn: due}
		for _, want := range []error{nil, ErrNoTarget} {
			if err := s.RemoveTarget(ctx, system, gone); !errors.Is(err, want) {
				t.Errorf("RemoveTarget = %v, want %v", err, want)
			}
		}
		if got, want := values(system), "20000 7 9"; got != want {
			t.Errorf("Targets after RemoveTarget = %q, want %q", got, want)
		}
		testFundingScope(t, s, body(bodies[0]), programme, otherProgramme)
	})
}

func testFundingScope(t *testing.T, s *Service, who identity.Actor, programme, other string) {
	t.Helper()
	ctx := context.Background()
	if list, err := s.Programmes(ctx, who); err != nil || len(list) != 1 || list[0].ID != programme {
		t.Errorf("Programmes for a body = %v, %v, want only its own", list, err)
	}
	if list, err := s.Projects(ctx, who, Filter{}); err != nil || len(list) != 1 {
		t.Errorf("Projects for a body = %v, %v, want only its own", list, err)
	}
	if _, err := s.Targets(ctx, who, other); !errors.Is(err, ErrNoProgramme) {
		t.Errorf("Targets of another programme = %v, want %v", err, ErrNoProgramme)
	}
	region := identity.Actor{Grants: []identity.Grant{{Role: identity.Region, Scope: identity.ScopeProgramme, ScopeID: programme}}}
	target := Target{ProgrammeID: programme, KPI: KPIPoints, DueOn: day(2027, 1, 1), Value: 32}
	if err := s.SetTarget(ctx, region, target); err != nil {
		t.Errorf("SetTarget by the region of the programme = %v", err)
	}
	target.ProgrammeID = other
	if err := s.SetTarget(ctx, region, target); !errors.Is(err, identity.ErrNotHere) {
		t.Errorf("SetTarget in another programme = %v, want %v", err, identity.ErrNotHere)
	}
	if err := s.SetTarget(ctx, who, target); !errors.Is(err, identity.ErrForbidden) {
		t.Errorf("SetTarget by a body = %v, want forbidden", err)
	}
	if _, err := s.Programmes(ctx, identity.Actor{}); !errors.Is(err, identity.ErrForbidden) {
		t.Errorf("Programmes for nobody = %v, want forbidden", err)
	}
}
