// Package funding holds the money and the promises (it: finanziamento): programmes, the projects of
// bodies within them, and the dated targets on the four national indicators.
//
// Its rules: money is whole cents; a project lies within the days of its programme, and a programme
// cannot be narrowed past its projects and targets; a target is one value for one indicator on one day of
// the programme, of the programme or of one project; setting it again changes it; a programme or project stopped before its
// last day keeps its days and says from when, and a programme stops only after its projects.
//
// It does not count what was reached (package monitoring) and does not hold calls, applications and
// payments.
package funding

import (
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/territory"
)

// Refusals.
var (
	ErrNoProgramme = errs.New(errs.NotFound, "funding.no_programme")
	ErrNoProject   = errs.New(errs.NotFound, "funding.no_project")
	ErrNoTarget    = errs.New(errs.NotFound, "funding.no_target")
	ErrOver        = errs.New(errs.Conflict, "funding.over")
	ErrNotEnded    = errs.New(errs.Conflict, "funding.not_ended")
	// ErrProjectsOpen refuses the end of a programme that has projects in force.
	ErrProjectsOpen = errs.New(errs.Conflict, "funding.projects_open")
	// ErrBodyNeeded refuses the end of a body that has projects in force.
	ErrBodyNeeded = errs.New(errs.Conflict, "funding.body_needed")
	// ErrChanged refuses an edit of what somebody else changed meanwhile.
	ErrChanged = errs.New(errs.Conflict, "funding.changed_meanwhile")
	// ErrProgrammeOver refuses a project in a programme that was ended.
	ErrProgrammeOver = errs.New(errs.Conflict, "funding.programme_over")
)

// The four national indicators (it: KPI).
const (
	KPIPoints         = "points"          // open points
	KPIUniqueCitizens = "unique_citizens" // first services of a person in a programme (C1)
	KPIServices       = "services"        // services delivered
	KPIFacilitators   = "facilitators"    // facilitators at work
)

// KPIs lists the indicators in the order in which pages show them; "funding.kpi." + name is the word.
func KPIs() []string { return []string{KPIPoints, KPIUniqueCitizens, KPIServices, KPIFacilitators} }

// Programme is a programme of money (it: programma), for example a region's share of measure 1.7.2.
type Programme struct {
	ID   string `json:"id" audit:"-"`
	Code string `json:"code"`
	Name string `json:"name"`
	// CUP is the code of the public investment; may be empty until it is known.
	CUP string `json:"cup"`
	// Act is the decree that made it, as people cite it.
	Act            string       `json:"act"`
	StartsOn       calendar.Day `json:"starts_on"`
	EndsOn         calendar.Day `json:"ends_on"`
	AmountCents    int64        `json:"amount"`
	CofundingCents int64        `json:"cofunding"`
	// MinorsFrom is the day from which people of 14 to 17 count; zero when they do not.
	MinorsFrom calendar.Day `json:"minors_from"`
	// UploadCutoff is the last day of service that the national platform takes; zero when unknown.
	UploadCutoff calendar.Day `json:"upload_cutoff"`
	// MinWeeklyMinutes is how long each point must be open in a week; 0 asks for nothing.
	MinWeeklyMinutes int `json:"min_weekly_minutes"`
	// OpeningDays is how many days a point has from its award to its opening; 0 asks for nothing.
	OpeningDays int `json:"opening_days"`
	// EndedOn is the day from which it was stopped before EndsOn; zero when it was not.
	EndedOn calendar.Day `json:"ended_on"`
	// Version grows with each edit, which refuses what was read before the latest.
	Version int `json:"-" audit:"-"`
}

// State says whether the programme is to begin, in force or over on a day.
func (p Programme) State(on calendar.Day) string { return state(p.StartsOn, p.EndsOn, p.EndedOn, on) }

// Project is the share of one body in a programme (it: progetto).
type Project struct {
	ID          string       `json:"id" audit:"-"`
	ProgrammeID string       `json:"programme_id" audit:"-"`
	BodyID      string       `json:"body_id"`
	Code        string       `json:"code"`
	Name        string       `json:"name"`
	CUP         string       `json:"cup"`
	StartsOn    calendar.Day `json:"starts_on"`
	EndsOn      calendar.Day `json:"ends_on"`
	AmountCents int64        `json:"amount"`
	// EndedOn is the day from which it was stopped before EndsOn; zero when it was not.
	EndedOn calendar.Day `json:"ended_on"`
	// Version grows with each edit, which refuses what was read before the latest.
	Version int `json:"-" audit:"-"`
}

// Covers reports whether a service on d lies within the project.
func (p Project) Covers(d calendar.Day) bool { return p.State(d) == StateInForce }

// State says whether the project is to begin, in force or over on a day.
func (p Project) State(on calendar.Day) string { return state(p.StartsOn, p.EndsOn, p.EndedOn, on) }

// The states of a programme or project; "funding.state." + state is the word.
const (
	StateInForce = "in_force"
	StatePlanned = "planned"
	StateEnded   = "ended"
)

// States lists the states in the order in which pages show them.
func States() []string { return []string{StateInForce, StatePlanned, StateEnded} }

func state(starts, ends, ended, on calendar.Day) string {
	switch {
	case on.After(ends), !ended.IsZero() && !on.Before(ended):
		return StateEnded
	case on.Before(starts):
		return StatePlanned
	}
	return StateInForce
}

// Target is what is to be reached by a day (it: obiettivo).
type Target struct {
	ProgrammeID string
	// ProjectID is empty for a target of the whole programme.
	ProjectID string
	KPI       string
	DueOn     calendar.Day
	Value     int
}

// Filter chooses programmes or projects; empty fields do not narrow.
type Filter struct {
	ProgrammeID, BodyID string
	// Search is part of the code, name or CUP, in any writing.
	Search string
	// State is one of States, on the day On.
	State string
	On    calendar.Day
}

func (f Filter) keeps(state string, texts ...string) bool {
	if f.State != "" && f.State != state {
		return false
	}
	search := territory.Fold(f.Search)
	return search == "" || strings.Contains(territory.Fold(strings.Join(texts, " ")), search)
}
