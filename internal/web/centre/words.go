package centre

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/register/codelist"
	"capillare/internal/web/ui"
)

// otherTopic is the code for help that concerns no public service, such as SPID or a phone.
const otherTopic = "S"

func topicName(p i18n.Printer, code string) string {
	switch {
	case !codelist.Domains.Has(code):
		return ""
	case code == otherTopic:
		return p.T("centre.topic_other")
	}
	return p.T(codelist.Domains.Key(code))
}

// topicOptions are the topics, the help that concerns no public service first.
func topicOptions(p i18n.Printer) []ui.Option {
	out := []ui.Option{{Label: p.T("centre.topic_any")}, {Value: otherTopic, Label: topicName(p, otherTopic)}}
	for _, c := range codelist.Domains.Codes() {
		if c.Value != otherTopic {
			out = append(out, ui.Option{Value: c.Value, Label: p.T(c.Key)})
		}
	}
	return out
}

// accessOptions are what a point may have for who finds it hard to get in or to be understood.
func accessOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, tag := range points.AccessibilityTags() {
		out = append(out, ui.Option{Value: tag, Label: p.T("points.accessibility." + tag)})
	}
	return out
}

// person returns who comes: the one booked for, when the contact booked for another.
func person(p i18n.Printer, b agenda.Booking) string {
	switch {
	case b.Contact.OnBehalf != "":
		return b.Contact.OnBehalf
	case b.Contact.Name != "":
		return b.Contact.Name
	}
	return p.T("centre.no_name")
}

// place names a point with the address where the appointment is.
func place(pt points.Point, addressID string) string {
	a, ok := pt.Address(addressID)
	if !ok {
		return pt.PublicName
	}
	return join(pt.PublicName, a.Place, a.Street)
}

func join(parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " · ")
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(first)) + s[size:]
}

// shortWhen says a time in few words: "oggi 10:30", "mar 24 nov 09:00".
func shortWhen(p i18n.Printer, at, now time.Time) string {
	day, today := calendar.DayOf(at), calendar.DayOf(now)
	switch day.Sub(today) {
	case 0:
		return p.T("centre.today") + " " + p.Time(at)
	case 1:
		return p.T("centre.tomorrow") + " " + p.Time(at)
	}
	return p.DayShort(day) + " " + p.Time(at)
}

// instant writes a time for an address or a form; readInstant reads it back, the zero time when it is
// something else.
func instant(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func readInstant(text string) time.Time {
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// writeTime writes a free time for a form: when, at which address and of which kind.
func writeTime(t agenda.Time) string {
	return instant(t.StartsAt) + " " + t.AddressID + " " + t.Where("").KindID
}

// readTime reads it back: where is still the point that is asked for.
func readTime(text string) agenda.Where {
	at, rest, _ := strings.Cut(text, " ")
	address, kind, _ := strings.Cut(rest, " ")
	return agenda.Where{AddressID: address, KindID: kind, StartsAt: readInstant(at)}
}

// statusOf is the status of a page that shows form.
func statusOf(form *ui.Form) int {
	if len(form.Problems) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

func newPage(r *http.Request, key string) ui.Page {
	page := ui.NewPage(r, ui.PrinterOf(r).T(key))
	page.Section = "centre"
	if r.URL.Path != "/centro" {
		page.Breadcrumb = []ui.Link{{Label: page.Printer.T("centre.title"), Href: "/centro"}}
	}
	return page
}
