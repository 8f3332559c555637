package facilita

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/register/codelist"
	"capillare/internal/sqldb"
)

// Refusals of an export.
var (
	// ErrNoProject answers for a project that is not there, or not of the person asking.
	ErrNoProject = errs.New(errs.NotFound, "facilita.no_such_project")
	// ErrPeriod refuses a period that is not one.
	ErrPeriod = errs.New(errs.Invalid, "facilita.period")
)

// Reasons why a row is left out, or why it deserves a look. They are message keys.
const (
	NoTaxCode    = "facilita.skip.no_tax_code"
	NoName       = "facilita.skip.no_name"
	NoEducation  = "facilita.skip.no_education"
	NoOccupation = "facilita.skip.no_occupation"
	NoCitizen    = "facilita.skip.no_citizenship"
	NoProvince   = "facilita.skip.no_province"
	NoDates      = "facilita.skip.outside_project"
	AfterCutoff  = "facilita.skip.after_cutoff"
	NoAnswers    = "facilita.skip.no_answers"

	NoFacilitatorCode = "facilita.warn.facilitator_code"
	OtherAge          = "facilita.warn.other_age"
)

// maxListed is how many single problems a report lists; the numbers by reason are always whole.
const maxListed = 2000

// Filter chooses what to export.
type Filter struct {
	ProjectID string
	// From and To are included; empty, they are those of the project.
	From, To calendar.Day
	// Encoding is UTF8 when empty. NoCode is what the column "no tax code" (AN4) says: "NO" when empty.
	Encoding Encoding
	NoCode   string
	// HourWord is written before the hour that keeps two equal services apart: "ore" when empty.
	HourWord string
}

// Issue is one thing to mend, or to know.
type Issue struct {
	RecordID string
	Day      calendar.Day
	// Key is the reason in words.
	Key string
}

// Report says what an export did.
type Report struct {
	Files, Services, Rows int
	// Left counts people left out, and Warned those worth a look, by reason.
	Left, Warned map[string]int
	// Skipped and Warnings list the first of them.
	Skipped, Warnings []Issue
}

// Deps are the services that an export asks.
type Deps struct {
	Register     *register.Service
	Points       *points.Service
	Facilitators *facilitators.Service
	Funding      *funding.Service
}

// Service writes national files.
type Service struct {
	db *sqldb.DB
	Deps
}

// New returns the service.
func New(db *sqldb.DB, deps Deps) *Service { return &Service{db: db, Deps: deps} }

// Export writes the services of a project into one file or more, and reports what it left out and why.
// It asks the right to export over the project, and is audited when it begins and when it ends.
func (s *Service) Export(ctx context.Context, who identity.Actor, f Filter, open Opener) (Report, error) {
	job, err := s.prepare(ctx, who, f)
	if err != nil {
		return Report{}, err
	}
	if job.names.codes, err = s.Facilitators.TaxCodes(ctx, who, job.people); err != nil {
		return Report{}, fmt.Errorf("facilita: codes of facilitators: %w", err)
	}
	if err := s.note(ctx, who, job, "facilita.export_begin", nil); err != nil {
		return Report{}, err
	}
	job.out = &files{open: open, encoding: job.filter.Encoding}
	err = s.run(ctx, who, job)
	if err == nil {
		err = job.out.room(0)
	}
	if closeErr := job.out.close(); err == nil {
		err = closeErr
	}
	job.report.Files = job.out.n
	if noteErr := s.note(ctx, who, job, "facilita.export_end", err); err == nil {
		err = noteErr
	}
	return *job.report, err
}

// Check reports what [Service.Export] would do, and writes nothing. Facilitators without a tax code are
// not told apart here: only an export opens their codes.
func (s *Service) Check(ctx context.Context, who identity.Actor, f Filter) (Report, error) {
	job, err := s.prepare(ctx, who, f)
	if err != nil {
		return Report{}, err
	}
	if err := s.run(ctx, who, job); err != nil {
		return Report{}, err
	}
	return *job.report, nil
}

// job is an export under way.
type job struct {
	filter    Filter
	project   funding.Project
	programme funding.Programme
	names     names
	people    []string
	today     calendar.Day
	out       *files // nil: only looking
	inFile    int    // rows of the file under way, when only looking
	report    *Report
}

func (s *Service) prepare(ctx context.Context, who identity.Actor, f Filter) (*job, error) {
	if !who.Can(identity.ExportNational) {
		return nil, identity.ErrForbidden
	}
	j := &job{filter: f, today: calendar.DayOf(s.db.Now()), report: &Report{Left: map[string]int{}, Warned: map[string]int{}}}
	projects, err := s.Funding.ProjectsByIDs(ctx, []string{f.ProjectID})
	if err != nil {
		return nil, fmt.Errorf("facilita: project: %w", err)
	}
	project, ok := projects[f.ProjectID]
	target := identity.Target{Programme: project.ProgrammeID, Project: project.ID, Bodies: []string{project.BodyID}}
	if !ok || who.Require(identity.ExportNational, target) != nil {
		return nil, ErrNoProject
	}
	programmes, err := s.Funding.ProgrammesByIDs(ctx, []string{project.ProgrammeID})
	if err != nil {
		return nil, fmt.Errorf("facilita: programme: %w", err)
	}
	j.project, j.programme = project, programmes[project.ProgrammeID]
	if err := j.fill(); err != nil {
		return nil, err
	}
	return j, s.loadNames(ctx, who, j)
}

func (j *job) fill() error {
	f := &j.filter
	if f.From.IsZero() {
		f.From = j.project.StartsOn
	}
	if f.To.IsZero() {
		f.To = j.project.EndsOn
	}
	if f.To.After(j.today) {
		f.To = j.today
	}
	if f.From.After(f.To) {
		return ErrPeriod
	}
	if f.Encoding == "" {
		f.Encoding = UTF8
	}
	if f.NoCode == "" {
		f.NoCode = "NO"
	}
	if f.HourWord == "" {
		f.HourWord = "ore"
	}
	return nil
}

func (s *Service) loadNames(ctx context.Context, who identity.Actor, j *job) error {
	places, people, err := s.Register.Involved(ctx, who, j.open())
	if err != nil {
		return err
	}
	j.people = people
	if j.names.points, err = s.Points.ByIDs(ctx, places); err != nil {
		return fmt.Errorf("facilita: points: %w", err)
	}
	if j.names.facilitators, err = s.Facilitators.ByIDs(ctx, people); err != nil {
		return fmt.Errorf("facilita: facilitators: %w", err)
	}
	return nil
}

func (j *job) open() register.OpenFilter {
	return register.OpenFilter{ProjectID: j.project.ID, From: j.filter.From, To: j.filter.To}
}

func (s *Service) run(ctx context.Context, who identity.Actor, j *job) error {
	return s.Register.ReadOpen(ctx, who, j.open(), j.day)
}

// day writes the services of one day.
func (j *job) day(records []register.OpenRecord) error {
	var services []service
	var people [][]register.OpenPerson
	for _, r := range records {
		var good []register.OpenPerson
		for _, p := range r.People {
			if key := j.missing(r.Record, p); key != "" {
				j.leave(r.Record, key)
				continue
			}
			good = append(good, p)
		}
		if len(good) == 0 {
			continue
		}
		slices.SortFunc(good, func(a, b register.OpenPerson) int {
			return cmp.Or(cmp.Compare(a.Surname, b.Surname), cmp.Compare(a.Name, b.Name), cmp.Compare(a.TaxCode, b.TaxCode))
		})
		services, people = append(services, j.names.service(r.Record)), append(people, good)
	}
	keepApart(services, j.filter.HourWord)
	for i, s := range services {
		if err := j.service(s, people[i]); err != nil {
			return err
		}
	}
	return nil
}

func (j *job) service(s service, people []register.OpenPerson) error {
	if j.out == nil {
		if j.report.Files == 0 || j.inFile+len(people) > MaxRows {
			j.report.Files, j.inFile = j.report.Files+1, 0
		}
		j.inFile += len(people)
	} else {
		if err := j.out.room(len(people)); err != nil {
			return err
		}
		if j.names.codes[s.record.FacilitatorID] == "" {
			j.warn(s.record, NoFacilitatorCode)
		}
	}
	j.report.Services++
	for _, p := range people {
		j.report.Rows++
		if j.ageDiffers(s.record, p) {
			j.warn(s.record, OtherAge)
		}
		if j.out == nil {
			continue
		}
		if err := j.out.row(s.row(p, j.filter.NoCode)); err != nil {
			return err
		}
	}
	return nil
}

// missing returns why the platform would refuse a row, "" when it would not.
func (j *job) missing(r register.Record, p register.OpenPerson) string {
	cutoff := j.programme.UploadCutoff
	switch {
	case !p.Countable || p.TaxCode == "":
		return NoTaxCode
	case r.Day.Before(j.project.StartsOn) || r.Day.After(j.project.EndsOn):
		return NoDates
	case !cutoff.IsZero() && r.Day.After(cutoff):
		return AfterCutoff
	case plain(p.Name) == "" || plain(p.Surname) == "":
		return NoName
	case !codelist.Education.Has(p.Education):
		return NoEducation
	case !codelist.Occupations.Has(p.Occupation):
		return NoOccupation
	case !codelist.Citizenships.Has(p.Citizenship):
		return NoCitizen
	case plain(p.Province) == "":
		return NoProvince
	case len(r.Types) == 0 || len(r.Skills) == 0 || len(r.Domains) == 0:
		return NoAnswers
	}
	return ""
}

// ageDiffers reports whether the platform, which takes the year of birth from the year of the upload,
// will put the person in another age band than the true one.
func (j *job) ageDiffers(r register.Record, p register.OpenPerson) bool {
	born := p.TaxCode.BirthDay(r.Day)
	return codelist.BandOf(j.today.Year()-born.Year()) != p.AgeBand
}

func (j *job) leave(r register.Record, key string) {
	j.report.Left[key]++
	if len(j.report.Skipped) < maxListed {
		j.report.Skipped = append(j.report.Skipped, Issue{r.ID, r.Day, key})
	}
}

func (j *job) warn(r register.Record, key string) {
	j.report.Warned[key]++
	if len(j.report.Warnings) < maxListed {
		j.report.Warnings = append(j.report.Warnings, Issue{r.ID, r.Day, key})
	}
}

func (s *Service) note(ctx context.Context, who identity.Actor, j *job, action string, failure error) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		return audit.Write(ctx, tx, who, audit.Entry{
			Action: action, Subject: "project", SubjectID: j.project.ID, BodyID: j.project.BodyID,
			Detail: map[string]any{"from": j.filter.From.String(), "to": j.filter.To.String(), "files": j.report.Files,
				"services": j.report.Services, "rows": j.report.Rows, "left": j.report.Left, "failed": failure != nil},
		})
	})
}

// clock is the hour at which a service began, as people read it.
func clock(r register.Record) string { return calendar.MinuteOf(r.StartsAt).String() }
