package register

import (
	"context"
	"fmt"

	"capillare/internal/agenda"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Deps are the services that the register asks.
type Deps struct {
	Points       *points.Service
	Facilitators *facilitators.Service
	Funding      *funding.Service
	Agenda       *agenda.Service
	Territory    *territory.Service
	Keys         *sealed.Keys
}

// Service is the register.
type Service struct {
	db *sqldb.DB
	Deps
}

// New returns the register kept in db.
func New(db *sqldb.DB, deps Deps) *Service { return &Service{db: db, Deps: deps} }

// References is what a set of services refers to, as it stood when it was loaded: points, people,
// projects and programmes. One set serves many records.
type References struct {
	points       map[string]points.Point
	facilitators map[string]facilitators.Facilitator
	projects     map[string]funding.Project
	programmes   map[string]funding.Programme
	provinces    map[string]string // by folded name and letters
	own          string            // the facilitator that the person asking is, or ""
}

// References loads what inputs refer to. It belongs outside transactions; [Service.RegisterTx] takes it.
func (s *Service) References(ctx context.Context, who identity.Actor, inputs []Input) (References, error) {
	var refs References
	var err error
	if refs.own, err = s.ownFacilitator(ctx, who); err != nil {
		return refs, err
	}
	pointIDs, peopleIDs := map[string]bool{}, map[string]bool{refs.own: true}
	for _, in := range inputs {
		pointIDs[in.PointID] = true
		peopleIDs[in.FacilitatorID] = true
	}
	if refs.points, err = s.Points.ByIDs(ctx, ids(pointIDs)); err != nil {
		return refs, fmt.Errorf("register: points: %w", err)
	}
	if refs.facilitators, err = s.Facilitators.ByIDs(ctx, ids(peopleIDs)); err != nil {
		return refs, fmt.Errorf("register: facilitators: %w", err)
	}
	projectIDs := map[string]bool{}
	for _, p := range refs.points {
		projectIDs[p.ProjectID] = true
	}
	if refs.projects, err = s.Funding.ProjectsByIDs(ctx, ids(projectIDs)); err != nil {
		return refs, fmt.Errorf("register: projects: %w", err)
	}
	programmeIDs := map[string]bool{}
	for _, p := range refs.projects {
		programmeIDs[p.ProgrammeID] = true
	}
	if refs.programmes, err = s.Funding.ProgrammesByIDs(ctx, ids(programmeIDs)); err != nil {
		return refs, fmt.Errorf("register: programmes: %w", err)
	}
	provinces, err := s.Territory.Provinces(ctx, "")
	if err != nil {
		return refs, fmt.Errorf("register: provinces: %w", err)
	}
	refs.provinces = map[string]string{}
	for _, p := range provinces {
		refs.provinces[territory.Fold(p.Abbr)] = p.Name
		refs.provinces[territory.Fold(p.Name)] = p.Name
	}
	return refs, nil
}

// province returns a province in full, as the national file wants it, for its letters or any way of
// writing its name; what is not an Italian province stays as it is.
func (r References) province(typed string) string {
	return either(r.provinces[territory.Fold(typed)], typed)
}

func (r References) target(p points.Point) identity.Target {
	t := identity.Target{Project: p.ProjectID, Point: p.ID, Bodies: []string{p.ManagingBodyID, p.DeliveringBodyID}}
	if project, ok := r.projects[p.ProjectID]; ok {
		t.Programme = project.ProgrammeID
	}
	return t
}
