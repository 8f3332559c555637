package settings

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/network"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

func weekdays() []calendar.Weekday {
	return []calendar.Weekday{calendar.Monday, calendar.Tuesday, calendar.Wednesday, calendar.Thursday,
		calendar.Friday, calendar.Saturday, calendar.Sunday}
}

func dayName(w calendar.Weekday) string { return "hours." + strconv.Itoa(int(w)) }

func (d Deps) phone(w http.ResponseWriter, r *http.Request) error {
	now, _, err := d.current(r)
	if err != nil {
		return err
	}
	values := url.Values{"phone": {now.Setting.Phone}, "phone_hours": {now.Setting.PhoneHours}, "email": {now.Setting.Email}, "closed": {closedText(now.Hours.Closed)}}
	if now.Hours.OnHolidays {
		values.Set("open_on_holidays", "1")
	}
	for _, day := range weekdays() {
		var parts []string
		for _, band := range now.Hours.Bands.On(day) {
			parts = append(parts, band.Hours())
		}
		values.Set(dayName(day), strings.Join(parts, "; "))
	}
	return showPhone(w, r, ui.NewForm(r, values))
}

func (d Deps) savePhone(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	phone, note, email := form.Short("phone", 40), form.Short("phone_hours", 80), form.Text("email")
	hours, err := readHours(form)
	if err != nil {
		return err
	}
	if len(form.Problems) == 0 {
		book := network.PhoneBook{Phone: phone, Note: note, Email: email, Hours: hours}
		if err := form.Refuse(d.Network.SetPhone(r.Context(), session.Actor(r), book)); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return showPhone(w, r, form)
	}
	return ui.RedirectFlash(w, r, home, ui.Success, "settings.saved")
}

// readHours reads the week and the closed days; what is wrong is noted at its field.
func readHours(form *ui.Form) (network.Hours, error) {
	h := network.Hours{OnHolidays: form.Has("open_on_holidays")}
	for _, day := range weekdays() {
		text := strings.Trim(strings.ReplaceAll(form.Text(dayName(day)), ";", ","), ", ")
		if text == "" {
			continue
		}
		bands, err := calendar.ParseBands(day.String() + " " + text)
		if refusal, ok := err.(*errs.Refusal); ok && refusal.Is(calendar.ErrBands) {
			form.Problems.Add(dayName(day), "settings.phone.unread")
			continue
		}
		if err := form.Problems.Check(dayName(day), err); err != nil {
			return h, err
		}
		h.Bands = append(h.Bands, bands...)
	}
	h.Closed = readClosed(form)
	return h, nil
}

// readClosed reads a line for each closure: a day, or two with a dash between.
func readClosed(form *ui.Form) []network.Days {
	var all []network.Days
	for line := range strings.Lines(form.Text("closed")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		first, last, two := strings.Cut(strings.ReplaceAll(line, "–", "-"), " - ")
		if !two {
			last = first
		}
		from, errFrom := calendar.ParseDay(strings.TrimSpace(first))
		to, errTo := calendar.ParseDay(strings.TrimSpace(last))
		if errFrom != nil || errTo != nil {
			form.Problems.Add("closed", "settings.phone.closed_unread", errs.Args{"line": line})
			return nil
		}
		all = append(all, network.Days{From: from, To: to})
	}
	return all
}

// closedText writes closures as readClosed reads them.
func closedText(all []network.Days) string {
	var p i18n.Printer
	var lines []string
	for _, c := range all {
		line := p.DayNum(c.From)
		if c.To != c.From {
			line += " - " + p.DayNum(c.To)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func showPhone(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	return ui.Render(w, r, statusOf(form), phoneView(frame(r, "phone"), form))
}
