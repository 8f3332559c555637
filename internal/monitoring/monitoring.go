package monitoring

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/register"
)

// ErrNoProgramme answers for a programme that is not there, or of which the person sees nothing.
var ErrNoProgramme = errs.New(errs.NotFound, "monitoring.no_such_programme")

// everybody is more facilitators than any network has.
const everybody = 100_000

// Level is what a row is about.
type Level string

// The levels.
const (
	Programme Level = "programme"
	Project   Level = "project"
	Province  Level = "province"
)

// Row is the four indicators of one programme, project or province.
type Row struct {
	Level Level
	// Key is the id of the programme or project, or the name of the province; Name is for people.
	Key, Name string
	// BodyID is the body of a project.
	BodyID     string
	Indicators []Indicator // in the order of funding.KPIs
	// Accesses are shown beside the indicators: they have no target.
	Accesses int
}

// AtRisk reports whether any next target of the row is at risk.
func (r Row) AtRisk() bool {
	return slices.ContainsFunc(r.Indicators, func(i Indicator) bool { return i.Next != nil && i.Next.AtRisk })
}

// Progress is a programme on a day, over what the person asking sees.
type Progress struct {
	Programme funding.Programme
	On        calendar.Day
	// Complete says that the person sees the whole programme; else Whole is the sum of what is seen.
	Complete            bool
	Whole               Row
	Projects, Provinces []Row
}

// Deps are the services that the figures come from.
type Deps struct {
	Register     *register.Service
	Points       *points.Service
	Facilitators *facilitators.Service
	Funding      *funding.Service
}

// Service compares figures with targets.
type Service struct{ Deps }

// New returns the service.
func New(deps Deps) *Service { return &Service{Deps: deps} }

// Progress returns how far a programme is on a day.
func (s *Service) Progress(ctx context.Context, who identity.Actor, programmeID string, on calendar.Day) (Progress, error) {
	if !who.Can(identity.SeeProgress) {
		return Progress{}, identity.ErrForbidden
	}
	f, err := s.collect(ctx, who, programmeID, on)
	if err != nil {
		return Progress{}, err
	}
	out := Progress{Programme: f.programme, On: on,
		Complete: who.Require(identity.SeeProgress, identity.Target{Programme: programmeID}) == nil}
	if !out.Complete && len(f.projects) == 0 {
		return Progress{}, ErrNoProgramme
	}
	out.Whole = f.row(Row{Level: Programme, Key: programmeID, Name: f.programme.Name},
		f.wholeTargets(out.Complete), f.total(), func(points.Point) bool { return true })
	for _, p := range f.projects {
		out.Projects = append(out.Projects, f.row(Row{Level: Project, Key: p.ID, Name: p.Name, BodyID: p.BodyID},
			f.targetsOf(func(id string) bool { return id == p.ID }), f.byProject[p.ID], func(at points.Point) bool { return at.ProjectID == p.ID }))
	}
	for _, name := range f.provinceNames() {
		out.Provinces = append(out.Provinces, f.row(Row{Level: Province, Key: name, Name: name},
			f.targetsOf(func(id string) bool { return f.onlyIn(id, name) }), f.byProvince[name], func(at points.Point) bool { return f.provinces[at.ID] == name }))
	}
	return out, nil
}

// facts is everything that the rows are made of.
type facts struct {
	on        calendar.Day
	programme funding.Programme
	projects  []funding.Project
	points    []points.Point
	provinces map[string]string // by point
	people    []facilitators.Facilitator
	targets   []funding.Target

	byProject, byProvince map[string]register.Numbers
}

func (s *Service) collect(ctx context.Context, who identity.Actor, programmeID string, on calendar.Day) (facts, error) {
	f := facts{on: on}
	programmes, err := s.Funding.ProgrammesByIDs(ctx, []string{programmeID})
	if err != nil {
		return f, fmt.Errorf("monitoring: programme: %w", err)
	}
	var ok bool
	if f.programme, ok = programmes[programmeID]; !ok {
		return f, ErrNoProgramme
	}
	if err := s.places(ctx, who, &f); err != nil {
		return f, err
	}
	if f.people, _, err = s.Facilitators.List(ctx, who, facilitators.Filter{Max: everybody}); err != nil && errs.Of(err) != errs.Forbidden {
		return f, fmt.Errorf("monitoring: facilitators: %w", err)
	}
	f.targets, err = s.Funding.Targets(ctx, who, programmeID)
	if kind := errs.Of(err); err != nil && kind != errs.Forbidden && kind != errs.NotFound {
		return f, fmt.Errorf("monitoring: targets: %w", err)
	}
	if f.byProject, err = s.counts(ctx, who, register.ByProject, &f); err != nil {
		return f, err
	}
	f.byProvince, err = s.counts(ctx, who, register.ByProvince, &f)
	return f, err
}

func (s *Service) counts(ctx context.Context, who identity.Actor, by register.Group, f *facts) (map[string]register.Numbers, error) {
	list, err := s.Register.Counts(ctx, who, register.CountFilter{By: by, ProgrammeID: f.programme.ID, To: f.on})
	out := map[string]register.Numbers{}
	for _, c := range list {
		out[c.Key] = c.Numbers
	}
	return out, err
}

func (f facts) total() register.Numbers {
	var sum register.Numbers
	for _, n := range f.byProject {
		sum = sum.Add(n)
	}
	return sum
}

// places loads the points that the person sees, and the projects of the programme among them.
func (s *Service) places(ctx context.Context, who identity.Actor, f *facts) error {
	all, err := s.Points.All(ctx, who, identity.SeeProgress)
	if err != nil {
		return fmt.Errorf("monitoring: points: %w", err)
	}
	mine, err := s.Funding.Projects(ctx, who, funding.Filter{ProgrammeID: f.programme.ID})
	if err != nil && errs.Of(err) != errs.Forbidden {
		return fmt.Errorf("monitoring: projects: %w", err)
	}
	projects := map[string]funding.Project{}
	for _, p := range mine {
		projects[p.ID] = p
	}
	var ids []string
	for _, p := range all {
		ids = append(ids, p.ProjectID)
	}
	behind, err := s.Funding.ProjectsByIDs(ctx, ids)
	if err != nil {
		return fmt.Errorf("monitoring: projects: %w", err)
	}
	for id, p := range behind {
		if p.ProgrammeID == f.programme.ID {
			projects[id] = p
		}
	}
	for _, p := range all {
		if _, ok := projects[p.ProjectID]; ok {
			f.points = append(f.points, p)
		}
	}
	for _, p := range projects {
		f.projects = append(f.projects, p)
	}
	slices.SortFunc(f.projects, func(a, b funding.Project) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	f.provinces, err = s.Register.ProvincesOf(ctx, f.points)
	return err
}

// row fills in the indicators: numbers already summed, points and people over the points that in chooses.
func (f facts) row(r Row, targets []funding.Target, sum register.Numbers, in func(points.Point) bool) Row {
	chosen := map[string]bool{}
	open := 0
	for _, p := range f.points {
		if !in(p) {
			continue
		}
		chosen[p.ID] = true
		if openOn(p, f.on) {
			open++
		}
	}
	reached := map[string]int{
		funding.KPIPoints: open, funding.KPIFacilitators: f.active(chosen),
		funding.KPIServices: sum.Services, funding.KPIUniqueCitizens: sum.UniqueAccesses,
	}
	for _, kpi := range funding.KPIs() {
		r.Indicators = append(r.Indicators, indicator(kpi, reached[kpi], targets, f.programme.StartsOn, f.on))
	}
	r.Accesses = sum.Accesses
	return r
}

// openOn reports whether a point was open on a day. Earlier suspensions are not kept.
func openOn(p points.Point, on calendar.Day) bool {
	if p.OpenedOn.After(on) {
		return false
	}
	switch p.State {
	case points.StateOpen:
		return true
	case points.StateSuspended:
		return !p.OpenedOn.IsZero() && on.Before(p.SuspendedOn)
	case points.StateClosed:
		return !p.OpenedOn.IsZero() && on.Before(p.ClosedOn)
	}
	return false
}

// active counts the facilitators who serve any of the chosen points on the day.
func (f facts) active(chosen map[string]bool) int {
	n := 0
	for _, who := range f.people {
		if who.State != facilitators.Active || f.on.Before(who.From) || !who.To.IsZero() && f.on.After(who.To) {
			continue
		}
		if slices.ContainsFunc(who.Points, func(s facilitators.Served) bool {
			return chosen[s.PointID] && !f.on.Before(s.From) && (s.To.IsZero() || !f.on.After(s.To))
		}) {
			n++
		}
	}
	return n
}

// wholeTargets are those of the programme itself, or the sum of the projects seen when the person does
// not see all of it, or when only projects have any.
func (f facts) wholeTargets(complete bool) []funding.Target {
	if complete {
		if own := f.targetsOf(func(id string) bool { return id == "" }); len(own) > 0 {
			return own
		}
	}
	return f.targetsOf(func(id string) bool { return id != "" })
}

func (f facts) targetsOf(in func(projectID string) bool) []funding.Target {
	var out []funding.Target
	for _, t := range f.targets {
		if in(t.ProjectID) {
			out = append(out, t)
		}
	}
	return out
}

func (f facts) provinceNames() []string {
	var names []string
	for _, name := range f.provinces {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// onlyIn reports whether a project has points, all of them in one province.
func (f facts) onlyIn(projectID, province string) bool {
	found := false
	for _, p := range f.points {
		if projectID == "" || p.ProjectID != projectID {
			continue
		}
		if f.provinces[p.ID] != province {
			return false
		}
		found = true
	}
	return found
}
