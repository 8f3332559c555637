package facilitators

import (
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
	if d.From.IsZero() {
		p.Add("from", "form.required")
	}
	if !d.To.IsZero() && d.To.Before(d.From) {
		p.Add("to", "facilitators.ends_before")
	}
	return d, p.Err()
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
	return a.Weekday == b.Weekday && a.Starts < b.Ends && b.Starts < a.Ends && shareWeekday(a, b)
}

// shareWeekday reports whether the weekday of a falls at least once on the days that a and b share.
func shareWeekday(a, b Duty) bool {
	first := later(a.From, b.From)
	last := earlier(a.To, b.To)
	next := first.AddDays((int(a.Weekday) - int(first.Weekday()) + 7) % 7)
	return last.IsZero() || !next.After(last)
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
