package notify_test

import (
	"strings"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/calls"
	"capillare/internal/sqldb"
	"capillare/internal/visits"
	"capillare/internal/waiting"
)

// about are the notices about something that is no booking.
func (w *world) about(subject, id string) string {
	w.tb.Helper()
	list, err := w.notify.OutcomesAbout(w.tb.Context(), subject, id)
	w.must(err)
	var words []string
	for _, o := range list {
		words = append(words, string(o.Purpose)+" "+string(o.Channel)+" "+o.State)
	}
	return strings.Join(words, ", ")
}

func (w *world) tell(fact any) {
	w.tb.Helper()
	w.must(w.db.Update(w.tb.Context(), func(tx *sqldb.Tx) error { return w.bus.Publish(w.tb.Context(), tx, fact) }))
}

func TestOffersOfTheWaitingList(t *testing.T) {
	for name, test := range map[string]struct {
		contact agenda.Contact
		hour    int
		before  string // at once
		after   string // at the end
		says    string
	}{
		"by mail":            {withMail, 10, "offer email sent", "offer email sent", "https://rete.example/attesa/o/segreto"},
		"by SMS":             {mobile, 10, "offer sms sent", "offer sms sent", "https://rete.example/attesa/o/segreto"},
		"in the evening":     {mobile, 22, "offer sms queued", "offer sms sent", "https://rete.example/attesa/o/segreto"},
		"by phone":           {landline, 10, "offer call queued", "offer call late", ""},
		"nobody can be told": {agenda.Contact{Name: "Maria"}, 10, "offer  dropped", "offer  dropped", ""},
	} {
		t.Run(name, func(t *testing.T) {
			runOne(t, func(t *testing.T, w *world) {
				w.clock.Set(at(calendar.DayOf(now), test.hour, 0))
				until := at(calendar.DayOf(now).AddDays(1), 12, 0)
				w.tell(waiting.Offered{Secret: "segreto", Entry: waiting.Entry{ID: "e1", Language: "it", Contact: test.contact},
					Offer: waiting.Offer{ID: "o1", PointID: w.point, StartsAt: at(monday, 9, 0), EndsAt: at(monday, 9, 30), Until: until}})
				w.run()
				if got := w.about(calls.Waiting, "e1"); got != test.before {
					t.Errorf("at once: %s, want %s", got, test.before)
				}
				w.runUntil(until)
				w.must(w.calls.Sweep(t.Context()))
				if got := w.about(calls.Waiting, "e1"); got != test.after {
					t.Errorf("at the end: %s, want %s", got, test.after)
				}
				if all := strings.ReplaceAll(strings.Join(w.left(), "\n"), "=\r\n", ""); !strings.Contains(all, test.says) {
					t.Errorf("what left lacks %q:\n%s", test.says, all)
				}
			})
		})
	}
}

func TestTwoOffersToOnePerson(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		for _, id := range []string{"o1", "o2"} {
			w.tell(waiting.Offered{Secret: id, Entry: waiting.Entry{ID: "e1", Contact: withMail},
				Offer: waiting.Offer{ID: id, PointID: w.point, StartsAt: at(monday, 9, 0), EndsAt: at(monday, 9, 30), Until: now.Add(time.Hour)}})
		}
		w.tell(waiting.Ended{Entry: waiting.Entry{ID: "e1", State: waiting.Unanswered, Version: 3, Contact: withMail}})
		w.run()
		if got, want := w.about(calls.Waiting, "e1"), "offer email dropped, offer email dropped, waiting_ended email sent"; got != want {
			t.Errorf("notices = %s, want %s: the list was left before the offers went", got, want)
		}
		if n := len(w.left()); n != 1 {
			t.Errorf("%d messages left, want the last alone", n)
		}
	})
}

func TestAnswersAboutAVisit(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		r := visits.Request{ID: "v1", Code: "ABCDEFGH", PointID: w.point, State: visits.Received, AnswerBy: monday, Version: 1}
		r.Contact, r.Language = withMail, "en"
		w.tell(visits.Answered{Request: r})
		planned := r
		planned.State, planned.Version, planned.Plan = visits.Planned, 2, visits.Plan{Day: monday, From: 15 * 60, To: 16 * 60}
		w.tell(visits.Answered{Request: planned, Before: r})
		w.run()
		booked := planned
		booked.Version, booked.Plan.BookingID = 3, "b1"
		w.tell(visits.Answered{Request: booked, Before: planned})
		w.run()
		if got, want := w.about(calls.Visit, "v1"), "visit email dropped, visit email sent"; got != want {
			t.Errorf("notices = %s, want %s: the agenda tells of what it books", got, want)
		}
		all := strings.Join(w.left(), "\n")
		for _, want := range []string{"We will come to you", "Monday 25 January 2027, 15:00"} {
			if !strings.Contains(all, want) {
				t.Errorf("the answer lacks %q:\n%s", want, all)
			}
		}
	})
}
