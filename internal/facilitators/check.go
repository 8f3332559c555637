package facilitators

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

const longestText = 120

// checked returns f tidied, or one refusal with every problem.
func checked(f Facilitator) (Facilitator, error) {
	var p errs.Problems
	f.Name, f.Surname = tidy(f.Name), tidy(f.Surname)
	f.Email, f.Phone = strings.TrimSpace(f.Email), strings.TrimSpace(f.Phone)
	if f.Contract == "" {
		f.Contract = Employee
	}
	if f.State == "" {
		f.State = Active
	}
	checkText(&p, "name", f.Name)
	checkText(&p, "surname", f.Surname)
	if f.BodyID == "" {
		p.Add("body_id", "form.required")
	}
	if f.From.IsZero() {
		p.Add("from", "form.required")
	}
	if !f.To.IsZero() && f.To.Before(f.From) {
		p.Add("to", "facilitators.ends_before")
	}
	if f.Email != "" && !plausibleMail(f.Email) {
		p.Add("email", "facilitators.email")
	}
	if f.Contract != Employee && f.Contract != Collaborator && f.Contract != Volunteer {
		p.Add("contract", "facilitators.contract")
	}
	if f.State != Invited && f.State != Active && f.State != Suspended && f.State != Left {
		p.Add("state", "facilitators.state")
	}
	return f, p.Err()
}

func checkText(p *errs.Problems, field, s string) {
	switch {
	case s == "":
		p.Add(field, "form.required")
	case utf8.RuneCountInString(s) > longestText:
		p.Add(field, "form.too_long", errs.Args{"n": longestText})
	}
}

func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// plausibleMail asks only for what no address lacks; whether it works, a message will tell.
func plausibleMail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1 && len(s) <= 254 && !strings.ContainsAny(s, " \t\r\n,;<>")
}

// checkedDuty returns d with its defaults, or one refusal with every problem.
func checkedDuty(d Duty) (Duty, error) {
	var p errs.Problems
	if d.Kind == "" {
		d.Kind = Individual
	}
	if d.Seats == 0 && d.Kind == Individual {
		d.Seats = 1
	}
	if d.SlotMinutes == 0 {
		d.SlotMinutes = 30
	}
	if !d.Weekday.Valid() {
		p.Add("weekday", "form.required")
	}
	checkTimes(&p, d)
	switch {
	case d.Kind != Individual && d.Kind != Group:
		p.Add("kind", "facilitators.kind")
	case d.Kind == Individual && d.Seats != 1:
		p.Add("seats", "facilitators.seats_one")
	case d.Seats < 1 || d.Seats > 40:
		p.Add("seats", "facilitators.seats")
	}
	d.KindIDs = slices.Compact(slices.Sorted(slices.Values(d.KindIDs)))
	d = d.anchored()
	checkDays(&p, d)
	return d, p.Err()
}

// anchored returns d with its rule in one form only: no step of one week, and the Monday of a week in which
// it comes where weeks are counted.
func (d Duty) anchored() Duty {
	if d.Nth != 0 || d.Every == 0 || d.Every == 1 {
		d.Every, d.Anchor = 0, calendar.Day{}
		return d
	}
	if d.Anchor.IsZero() {
		weekly := calendar.Recurrence{Weekdays: calendar.WeekdaysOf(d.Weekday)}
		d.Anchor, _ = weekly.First(d.From, calendar.Day{})
	}
	d.Anchor = d.Anchor.AddDays(1 - int(d.Anchor.Weekday()))
	return d
}

// checkDays refuses days that are none, and a rule that has no day between them.
func checkDays(p *errs.Problems, d Duty) {
	switch {
	case d.From.IsZero():
		p.Add("from", "form.required")
		return
	case !d.To.IsZero() && d.To.Before(d.From):
		p.Add("to", "facilitators.ends_before")
		return
	case !d.Weekday.Valid():
		return
	}
	if refusal, ok := errors.AsType[*errs.Refusal](d.Recurrence().CheckBetween(d.From, d.To)); ok {
		field := "to"
		if refusal.Key == calendar.ErrRecurrence.Key {
			field = "every"
		}
		p.Add(field, refusal.Key)
	}
}

func checkTimes(p *errs.Problems, d Duty) {
	badLength := d.SlotMinutes < 10 || d.SlotMinutes > 240 || d.SlotMinutes%5 != 0
	switch {
	case !d.Starts.Valid() || !d.Ends.Valid() || d.Starts%5 != 0 || d.Ends%5 != 0:
		p.Add("starts", "facilitators.duty_minutes")
	case d.Ends <= d.Starts:
		p.Add("ends", "facilitators.duty_reversed")
	case !badLength && int(d.Ends-d.Starts) < d.SlotMinutes:
		p.Add("slot_minutes", "facilitators.duty_short")
	}
	if badLength {
		p.Add("slot_minutes", "facilitators.slot_minutes")
	}
}

// overlaps reports whether two shifts of one person claim the same minute of some day.
func overlaps(a, b Duty) bool {
	if a.Starts >= b.Ends || b.Starts >= a.Ends {
		return false
	}
	_, meet := a.Recurrence().Meets(b.Recurrence(), later(a.From, b.From), earlier(a.To, b.To))
	return meet
}

func later(a, b calendar.Day) calendar.Day {
	if a.Before(b) {
		return b
	}
	return a
}

// earlier returns the earlier of two last days, where zero never ends.
func earlier(a, b calendar.Day) calendar.Day {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
