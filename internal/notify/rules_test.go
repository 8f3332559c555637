package notify

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/kinds"
)

// rome returns an instant of the wall clock of Rome.
func rome(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, calendar.Rome)
	if err != nil {
		panic(err)
	}
	return t
}

func clockText(t time.Time) string { return t.In(calendar.Rome).Format("2006-01-02 15:04") }

func TestClockBefore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at    string
		hours int
		want  string
	}{
		{"2027-01-13 10:30", 48, "2027-01-11 10:30"},
		{"2027-03-29 10:30", 48, "2027-03-27 10:30"}, // the clock skips an hour between
		{"2027-11-01 10:30", 48, "2027-10-30 10:30"}, // an hour comes twice between
		{"2027-03-30 02:30", 48, "2027-03-28 03:30"}, // at that hour there is no such clock
		{"2027-01-13 10:30", 3, "2027-01-13 07:30"},
		{"2027-03-28 04:30", 3, "2027-03-28 00:30"}, // three hours that pass
		{"2027-01-13 10:30", 30, "2027-01-12 04:30"},
	} {
		if got := clockText(clockBefore(rome(c.at), c.hours)); got != c.want {
			t.Errorf("clockBefore(%s, %d) = %s, want %s", c.at, c.hours, got, c.want)
		}
	}
}

func TestReminderAt(t *testing.T) {
	t.Parallel()
	set := Usual()
	for _, c := range []struct {
		name, now, starts string
		hours             int
		want              string
	}{
		{"two days before", "2027-01-01 12:00", "2027-01-13 10:30", 48, "2027-01-11 10:30"},
		{"too near to say it again", "2027-01-11 00:00", "2027-01-13 10:30", 48, ""},
		{"booked the day before", "2027-01-12 12:00", "2027-01-13 10:30", 48, ""},
		{"none wanted", "2027-01-01 12:00", "2027-01-13 10:30", 0, ""},
		{"early morning waits for eight", "2027-01-01 12:00", "2027-01-13 07:30", 48, "2027-01-11 08:00"},
		{"three hours before", "2027-01-01 12:00", "2027-01-13 12:00", 3, "2027-01-13 09:00"},
		{"at six, so at eight", "2027-01-01 12:00", "2027-01-13 09:00", 3, "2027-01-13 08:00"},
		{"eight would be too late, so the evening before", "2027-01-01 12:00", "2027-01-13 08:30", 3, "2027-01-12 20:45"},
		{"an evening appointment", "2027-01-01 12:00", "2027-01-13 20:00", 3, "2027-01-13 17:00"},
	} {
		due, worth := set.reminderAt(rome(c.now), rome(c.starts), c.hours, firstApart)
		got := ""
		if worth {
			got = clockText(due)
		}
		if got != c.want {
			t.Errorf("%s: reminderAt = %q, want %q", c.name, got, c.want)
		}
	}
}

func TestRemindersDisturbNobody(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		set := Usual()
		set.QuietFrom = calendar.Minute(rapid.IntRange(0, 1440).Draw(t, "from"))
		set.QuietTo = calendar.Minute(rapid.IntRange(0, 1439).Draw(t, "to"))
		quietFor := (int(set.QuietTo) - int(set.QuietFrom) + 1440) % 1440
		if quietFor > 1380 {
			return // nobody is awake long enough to be told anything
		}
		starts := rome("2027-01-01 00:00").Add(time.Duration(rapid.IntRange(0, 365*24*12).Draw(t, "starts")) * 5 * time.Minute)
		hours := rapid.SampledFrom([]int{2, 3, 6, 24, 48, 72}).Draw(t, "hours")
		due, _ := set.reminderAt(starts.AddDate(0, 0, -30), starts, hours, 0)
		if set.quiet(due) {
			t.Fatalf("%s before %s falls into %s-%s: %s", time.Duration(hours)*time.Hour, clockText(starts), set.QuietFrom, set.QuietTo, clockText(due))
		}
		if !due.Before(starts) {
			t.Fatalf("a reminder of %s at %s", clockText(starts), clockText(due))
		}
	})
}

func TestDueAt(t *testing.T) {
	t.Parallel()
	set := Usual()
	for _, c := range []struct {
		name, now, starts string
		answer, bad       bool
		want              string
	}{
		{"by day", "2027-01-11 10:00", "2027-01-13 10:00", false, true, "2027-01-11 10:00"},
		{"at night", "2027-01-11 22:00", "2027-01-13 10:00", false, true, "2027-01-12 08:00"},
		{"after midnight", "2027-01-11 03:00", "2027-01-13 10:00", false, false, "2027-01-11 08:00"},
		{"an answer at night", "2027-01-11 22:00", "2027-01-13 10:00", true, false, "2027-01-11 22:00"},
		{"bad news at night for the morning", "2027-01-11 22:00", "2027-01-12 09:00", false, true, "2027-01-11 22:00"},
		{"bad news at night for the afternoon", "2027-01-11 22:00", "2027-01-12 15:00", false, true, "2027-01-12 08:00"},
	} {
		if got := clockText(set.dueAt(rome(c.now), rome(c.starts), c.answer, c.bad)); got != c.want {
			t.Errorf("%s: dueAt = %s, want %s", c.name, got, c.want)
		}
	}
}

func TestWay(t *testing.T) {
	t.Parallel()
	far, near := 72*time.Hour, 5*time.Hour
	noSMS, second, none, noCalls := Usual(), Usual(), Usual(), Usual()
	noSMS.SMS, second.SMSReminder, none.SMSReminder, noCalls.Calls = false, SMSSecond, SMSNone, false
	both := person{Email: true, Mobile: true, Phone: true, Until: far}
	mobile := person{Mobile: true, Phone: true, Until: far}
	landline := person{Phone: true, Until: far}
	staff := func(p person) person { p.Staff = true; return p }
	soon := func(p person) person { p.Until = near; return staff(p) }
	for _, c := range []struct {
		name    string
		set     Setting
		purpose Purpose
		p       person
		want    way
	}{
		{"on line with mail: no SMS", Usual(), Confirmation, both, way{Channel: Email}},
		{"on line with a mobile alone", Usual(), Confirmation, mobile, way{Channel: SMS}},
		{"told by voice", Usual(), Confirmation, staff(landline), way{Reason: ReasonTold}},
		{"only a name", Usual(), Confirmation, person{}, way{Reason: ReasonNoContact}},
		{"no SMS at all", noSMS, Confirmation, mobile, way{Reason: ReasonTold}},
		{"first reminder by mail", Usual(), FirstReminder, both, way{Channel: Email}},
		{"first reminder by SMS", Usual(), FirstReminder, mobile, way{Channel: SMS}},
		{"one SMS is enough", Usual(), SecondReminder, mobile, way{Reason: ReasonOneSMS}},
		{"the second is the SMS", second, SecondReminder, mobile, way{Channel: SMS}},
		{"so the first is not", second, FirstReminder, mobile, way{Reason: ReasonOneSMS}},
		{"no reminder by SMS, so a call", none, FirstReminder, mobile, way{Channel: Call}},
		{"a call for a landline", Usual(), FirstReminder, landline, way{Channel: Call}},
		{"one call is enough", Usual(), SecondReminder, landline, way{Reason: ReasonNoSMS}},
		{"no calls for reminders", noCalls, FirstReminder, landline, way{Reason: ReasonNoSMS}},
		{"they did it themselves", Usual(), CancelledByCitizen, mobile, way{Reason: ReasonOwn}},
		{"with the file for their calendar", Usual(), CancelledByCitizen, both, way{Channel: Email}},
		{"cancelled by us, in time", Usual(), CancelledByService, staff(both), way{Channel: Email}},
		{"cancelled by us, near", Usual(), CancelledByService, soon(both), way{Channel: SMS}},
		{"near, mail and landline", Usual(), CancelledByService, soon(person{Email: true, Phone: true}), way{Channel: Email, AlsoCall: true}},
		{"near, mail alone", Usual(), CancelledByService, soon(person{Email: true}), way{Channel: Email}},
		{"cancelled by us, landline", Usual(), CancelledByService, staff(landline), way{Channel: Call}},
		{"moved by us, landline", Usual(), Moved, staff(landline), way{Channel: Call}},
		{"moved by us, near", Usual(), Moved, soon(both), way{Channel: SMS}},
		{"moved by us, near, mail and landline", Usual(), Moved, soon(person{Email: true, Phone: true}), way{Channel: Email, AlsoCall: true}},
		{"moved by themselves, landline", Usual(), Moved, landline, way{Reason: ReasonTold}},
		{"stranded, landline", Usual(), Stranded, staff(landline), way{Channel: Call}},
		{"an offer, landline", Usual(), Offer, staff(landline), way{Channel: Call}},
	} {
		if got := c.set.way(c.purpose, c.p); got != c.want {
			t.Errorf("%s: way = %+v, want %+v", c.name, got, c.want)
		}
	}
}

// Who is called or visited must not read an address to go to.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for mode, want := range map[kinds.Mode]string{
		"": "Punto di Aliano, Via Roma 1", kinds.Desk: "Punto di Aliano, Via Roma 1", kinds.Village: "Punto di Aliano, Via Roma 1",
		kinds.Phone: "al telefono con Punto di Aliano", kinds.Video: "in video con Punto di Aliano", kinds.Home: "a casa tua con Punto di Aliano",
	} {
		f := facts{p: printer("it"), b: agenda.Booking{Mode: mode}, point: "Punto di Aliano", address: "Via Roma 1"}
		if got := f.places()[0]; got != want {
			t.Errorf("places of %q = %q, want %q first", mode, got, want)
		}
		if text := f.short(FirstReminder); !strings.Contains(text, want) {
			t.Errorf("the SMS of %q = %q, want %q in it", mode, text, want)
		}
	}
}

func TestGSM(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Perché è così":  "Perché è così",
		"“ciao” – l’ora": `"ciao" - l'ora`,
		"Łódź 10 €":      "odz 10 €",
		"àÀ":             "àA",
		"punto 😀 qui":    "punto  qui",
	} {
		if got := gsm(text); got != want {
			t.Errorf("gsm(%q) = %q, want %q", text, got, want)
		}
	}
	if n := septets("€ e {}"); n != 9 {
		t.Errorf("septets = %d, want 9: signs of the extension count twice", n)
	}
}

func TestFitting(t *testing.T) {
	t.Parallel()
	long, short := strings.Repeat("a", 161), strings.Repeat("b", 160)
	if got := fitting(long, short, "c"); got != short {
		t.Errorf("fitting took %q, want the first that fits", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		for _, r := range gsm(rapid.String().Draw(t, "text")) {
			if !inGSM(r) || r == utf8.RuneError {
				t.Fatalf("%q is outside the alphabet", r)
			}
		}
	})
}

func TestCheck(t *testing.T) {
	t.Parallel()
	if err := Usual().check(); err != nil {
		t.Errorf("check of the usual = %v", err)
	}
	for name, change := range map[string]func(*Setting){
		"hours":  func(s *Setting) { s.FirstHours = 200 },
		"order":  func(s *Setting) { s.FirstHours, s.SecondHours = 3, 6 },
		"sms":    func(s *Setting) { s.SMSReminder = "x" },
		"quiet":  func(s *Setting) { s.QuietFrom = -1 },
		"second": func(s *Setting) { s.SecondHours = -1 },
	} {
		set := Usual()
		change(&set)
		if set.check() == nil {
			t.Errorf("check(%s) = nil, want a refusal", name)
		}
	}
}
