package funding

import (
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/sqldb"
)

const (
	maxTarget        = 1<<31 - 1
	maxWeeklyMinutes = 7 * 24 * 60
	maxOpeningDays   = 3650
)

// normal returns p as it is kept, or refuses with fields.
func (p Programme) normal() (Programme, error) {
	var problems errs.Problems
	for _, text := range []*string{&p.Code, &p.Name, &p.CUP, &p.Act} {
		*text = strings.TrimSpace(*text)
	}
	checkNames(&problems, p.Code, p.Name)
	checkDays(&problems, p.StartsOn, p.EndsOn)
	if err := checkCUP(&problems, &p.CUP); err != nil {
		return Programme{}, err
	}
	if p.AmountCents < 0 {
		problems.Add("amount", "funding.amount")
	}
	if p.CofundingCents < 0 {
		problems.Add("cofunding", "funding.amount")
	}
	if p.MinWeeklyMinutes < 0 || p.MinWeeklyMinutes > maxWeeklyMinutes {
		problems.Add("min_weekly", "funding.min_weekly")
	}
	if p.OpeningDays < 0 || p.OpeningDays > maxOpeningDays {
		problems.Add("opening_days", "funding.opening_days", errs.Args{"max": maxOpeningDays})
	}
	return p, problems.Err()
}

// normal returns p as it is kept, or refuses with fields.
func (p Project) normal() (Project, error) {
	var problems errs.Problems
	for _, text := range []*string{&p.Code, &p.Name, &p.CUP} {
		*text = strings.TrimSpace(*text)
	}
	checkNames(&problems, p.Code, p.Name)
	checkDays(&problems, p.StartsOn, p.EndsOn)
	if err := checkCUP(&problems, &p.CUP); err != nil {
		return Project{}, err
	}
	if p.BodyID == "" {
		problems.Add("body_id", "funding.body")
	}
	if p.AmountCents < 0 {
		problems.Add("amount", "funding.amount")
	}
	return p, problems.Err()
}

func checkNames(problems *errs.Problems, code, name string) {
	if code == "" {
		problems.Add("code", "funding.code_missing")
	}
	if name == "" {
		problems.Add("name", "funding.name_missing")
	}
}

func checkDays(problems *errs.Problems, starts, ends calendar.Day) {
	if starts.IsZero() {
		problems.Add("starts_on", "funding.starts_missing")
	}
	switch {
	case ends.IsZero():
		problems.Add("ends_on", "funding.ends_missing")
	case ends.Before(starts):
		problems.Add("ends_on", "funding.ends_before")
	}
}

func checkCUP(problems *errs.Problems, cup *string) error {
	if *cup == "" {
		return nil
	}
	ok, err := codes.CheckCUP(*cup)
	if err == nil {
		*cup = ok
	}
	return problems.Check("cup", err)
}

// within refuses a project whose days reach outside its programme.
func (p Project) within(programme Programme) error {
	var problems errs.Problems
	args := errs.Args{"from": programme.StartsOn, "to": programme.EndsOn}
	if p.StartsOn.Before(programme.StartsOn) {
		problems.Add("starts_on", "funding.outside_programme", args)
	}
	if p.EndsOn.After(programme.EndsOn) {
		problems.Add("ends_on", "funding.outside_programme", args)
	}
	return problems.Err()
}

// check refuses a target that says nothing.
func (t Target) check() error {
	var problems errs.Problems
	if !slices.Contains(KPIs(), t.KPI) {
		problems.Add("kpi", "funding.kpi_unknown")
	}
	if t.DueOn.IsZero() {
		problems.Add("due_on", "funding.due_missing")
	}
	if t.Value < 0 || t.Value > maxTarget {
		problems.Add("value", "funding.value")
	}
	return problems.Err()
}

// within refuses a target that is due before its programme starts or after it ends.
func (t Target) within(programme Programme) error {
	if t.DueOn.IsZero() || within(programme, t.DueOn) {
		return nil
	}
	return errs.Problems{{Field: "due_on", Key: "funding.outside_programme",
		Args: errs.Args{"from": programme.StartsOn, "to": programme.EndsOn}}}.Err()
}

func within(programme Programme, d calendar.Day) bool {
	return !d.Before(programme.StartsOn) && !d.After(programme.EndsOn)
}

// taken turns a broken constraint into a refusal at its field.
func taken(err error) error {
	c, ok := sqldb.Broken(err)
	if !ok {
		return err
	}
	var problems errs.Problems
	switch c {
	case "funding_programme_code", "funding_project_code":
		problems.Add("code", "funding.code_taken")
	case sqldb.ForeignKey:
		problems.Add("body_id", "funding.body")
	default:
		return err
	}
	return problems.Err()
}
