package notify_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/config"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// run runs a test on both engines, at now.
func run(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	sqldbtest.RunAt(t, now, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { test(t, newWorld(t, db, clock)) })
}

// runOne runs one case of a table: on SQLite, because what differs between cases is no SQL.
func runOne(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	clock := sqldbtest.NewClock(now)
	test(t, newWorld(t, sqldbtest.OpenAt(t, sqldb.SQLite, clock), clock))
}

func (w *world) want(b agenda.Booking, want ...string) {
	w.tb.Helper()
	if got := w.outcomes(b); got != strings.Join(want, ", ") {
		w.tb.Errorf("outcomes at %s = %s\nwant %s", w.clock.Now().In(calendar.Rome).Format("02 15:04"), got, strings.Join(want, ", "))
	}
}

func TestLifeOfABookingByMail(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.book(at(monday, 10, 30), withMail)
		w.want(b, "confirmation email planned", "reminder_first email planned", "reminder_second email planned")
		w.run()
		w.want(b, "confirmation email sent", "reminder_first email planned", "reminder_second email planned")
		w.run()
		if n := len(w.left()); n != 1 {
			t.Fatalf("%d messages left, want the confirmation once", n)
		}
		mail := w.left()[0]
		for _, want := range []string{"To: <maria@posta.example>", "Quando: luned", "Via Roma 1", "https://rete.example/prenotazione/c/", "/disdici",
			"text/calendar; method=REQUEST", "Maria R.", "(ora italiana)"} {
			if !strings.Contains(mail, want) {
				t.Errorf("the confirmation lacks %q:\n%s", want, mail)
			}
		}
		if strings.Contains(mail, "segreto") || strings.Contains(mail, "Rossi") {
			t.Errorf("the confirmation tells the reason or the surname:\n%s", mail)
		}
		w.runUntil(at(monday.AddDays(-2), 10, 29))
		w.want(b, "confirmation email sent", "reminder_first email planned", "reminder_second email planned")
		w.runUntil(at(monday.AddDays(-2), 10, 30))
		w.want(b, "confirmation email sent", "reminder_first email sent", "reminder_second email planned")
		w.runUntil(at(monday, 8, 0))
		w.want(b, "confirmation email sent", "reminder_first email sent", "reminder_second email sent")
		if dump := w.dump(); strings.Contains(dump, "maria") || strings.Contains(dump, "333") {
			t.Errorf("what stays names the person:\n%s", dump)
		}
	})
}

func TestMovedThenCancelled(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.book(at(monday, 10, 30), withMail)
		w.run()
		moved, err := w.agenda.Move(t.Context(), b.Code, agenda.MoveRequest{Where: agenda.Where{PointID: w.point, StartsAt: at(monday.AddDays(7), 9, 0)}})
		w.must(err)
		w.run()
		w.want(moved, "confirmation email sent", "reminder_first email dropped changed", "reminder_second email dropped changed",
			"moved email sent", "reminder_first email planned", "reminder_second email planned")
		_, err = w.agenda.Cancel(t.Context(), b.Code, "")
		w.must(err)
		w.runUntil(at(monday.AddDays(7), 12, 0))
		w.want(moved, "confirmation email sent", "reminder_first email dropped changed", "reminder_second email dropped changed",
			"moved email sent", "reminder_first email dropped changed", "reminder_second email dropped changed", "cancelled_by_citizen email sent")
		all := w.left()
		if len(all) != 3 {
			t.Fatalf("%d messages left, want confirmation, move, cancellation", len(all))
		}
		cancelled := slices.IndexFunc(all, func(s string) bool { return strings.Contains(s, "Hai disdetto") })
		if cancelled < 0 || !strings.Contains(all[cancelled], "method=CANCEL") {
			t.Errorf("no cancellation that takes the appointment out of a calendar among:\n%s", strings.Join(all, "\n"))
		}
	})
}

func TestMobileGetsShortMessages(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.book(at(monday, 10, 30), mobile)
		w.runUntil(at(monday, 11, 0))
		w.want(b, "confirmation sms sent", "reminder_first sms sent", "reminder_second dropped one_sms")
		for _, text := range w.left() {
			_, words, _ := strings.Cut(text, "\n\n")
			if n := len([]rune(strings.TrimSpace(words))); n > 160 || strings.Contains(words, "Rossi") {
				t.Errorf("an SMS of %d characters, or with a name: %q", n, words)
			}
			if !strings.Contains(words, "lun 25 gen 10:30") || !strings.Contains(words, "/prenotazione/c/") {
				t.Errorf("an SMS without time or link: %q", words)
			}
		}
	})
}

func TestLandlineIsPhoned(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.book(at(monday, 10, 30), landline)
		w.run()
		w.want(b, "confirmation dropped told", "reminder_first call queued", "reminder_second dropped no_sms")
		if list, err := w.calls.List(t.Context(), system, ""); err != nil || len(list) != 0 {
			t.Errorf("calls eleven days before = %v, %v, want none yet", list, err)
		}
		w.runUntil(at(monday.AddDays(-2), 11, 0))
		list, err := w.calls.List(t.Context(), system, w.point)
		if err != nil || len(list) != 1 || list[0].Phone != "0551234567" {
			t.Fatalf("calls two days before = %+v, %v, want one with its number", list, err)
		}
		_, err = w.calls.MarkNoAnswer(t.Context(), system, list[0].ID)
		w.must(err)
		c, err := w.calls.MarkDone(t.Context(), system, list[0].ID)
		w.must(err)
		if c.Tries != 1 || c.Phone != "" || c.Name != "" {
			t.Errorf("a settled call = %+v, want one try and no number", c)
		}
		w.want(b, "confirmation dropped told", "reminder_first call sent", "reminder_second dropped no_sms")
	})
}

func TestOnlyAName(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b, err := w.agenda.BookFor(t.Context(), system, agenda.ForRequest{Where: agenda.Where{PointID: w.point, StartsAt: at(monday, 10, 30)},
			Details: agenda.Details{Contact: agenda.Contact{Name: "Maria"}}})
		w.must(err)
		w.runUntil(at(monday, 11, 0))
		w.want(b, "confirmation dropped no_contact")
	})
}

func TestNoShowIsToldNothing(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.book(at(monday, 10, 30), withMail)
		w.runUntil(at(monday, 10, 45))
		before := len(w.left())
		_, err := w.agenda.MarkAbsent(t.Context(), system, b.ID)
		w.must(err)
		w.runUntil(at(monday, 13, 0))
		if n := len(w.left()); n != before {
			t.Errorf("%d messages after who did not come, want none: %v", n-before, w.left()[before:])
		}
	})
}

func TestCancelledByService(t *testing.T) {
	for name, test := range map[string]struct {
		contact agenda.Contact
		at      time.Time
		want    string
		calls   int
	}{
		"in time, by mail":    {withMail, at(monday.AddDays(-4), 10, 0), "cancelled_by_service email sent", 0},
		"in the night before": {withMail, at(monday.AddDays(-1), 23, 0), "cancelled_by_service sms sent", 0},
		"near, mail and a landline": {agenda.Contact{Name: "Ugo", Phone: "055 1234567", Email: "ugo@posta.example"}, at(monday, 8, 0),
			"cancelled_by_service email sent, cancelled_by_service_call call queued", 1},
		"landline": {landline, at(monday.AddDays(-4), 10, 0), "cancelled_by_service call queued", 1},
	} {
		t.Run(name, func(t *testing.T) {
			runOne(t, func(t *testing.T, w *world) {
				b := w.book(at(monday, 9, 30), test.contact)
				w.runUntil(test.at)
				_, err := w.agenda.CancelByService(t.Context(), system, b.ID, "")
				w.must(err)
				w.run()
				if got := w.outcomes(b); !strings.HasSuffix(got, test.want) {
					t.Errorf("outcomes = %s, want %s at the end", got, test.want)
				}
				list, err := w.calls.List(t.Context(), system, "")
				w.must(err)
				if len(list) != test.calls {
					t.Errorf("%d people to call, want %d", len(list), test.calls)
				}
			})
		})
	}
}

// Everything stands still over the appointment: nothing leaves after it.
func TestNothingLeavesAfterwards(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.book(at(monday, 10, 30), withMail)
		w.run()
		w.clock.Set(at(monday, 12, 0))
		w.run()
		w.want(b, "confirmation email sent", "reminder_first email late", "reminder_second email late")
		if n := len(w.left()); n != 1 {
			t.Errorf("%d messages left, want the confirmation alone", n)
		}
	})
}

// A gateway refuses the number for good: who must know is phoned.
func TestRefusedSoPhoned(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, now, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }))
		t.Cleanup(gateway.Close)
		w := newWorldOver(t, db, clock, config.SMS{Address: gateway.URL})
		b := w.book(at(monday, 10, 30), mobile)
		w.run()
		_, err := w.agenda.CancelByService(t.Context(), system, b.ID, "")
		w.must(err)
		w.run()
		if got, want := w.outcomes(b), "cancelled_by_service sms failed messages.trouble.refused, cancelled_by_service_call call queued"; !strings.HasSuffix(got, want) {
			t.Errorf("outcomes = %s, want %s at the end", got, want)
		}
	})
}

// The same fact heard twice is one notice.
func TestOnceForEachVersion(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.book(at(monday, 10, 30), withMail)
		for range 3 {
			w.must(w.db.Update(t.Context(), func(tx *sqldb.Tx) error {
				return w.bus.Publish(t.Context(), tx, agenda.Changed{What: agenda.Booked, Booking: b, Who: identity.Public("")})
			}))
			w.run()
		}
		w.want(b, "confirmation email sent", "reminder_first email planned", "reminder_second email planned")
		if n := len(w.left()); n != 1 {
			t.Errorf("%d messages left, want one", n)
		}
	})
}

func TestCodesAskedAgain(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.book(at(monday, 10, 30), withMail)
		w.run()
		ask := func() {
			w.must(w.db.Update(t.Context(), func(tx *sqldb.Tx) error {
				return w.bus.Publish(t.Context(), tx, agenda.CodeAsked{To: "maria@posta.example", Bookings: []agenda.Booking{b}})
			}))
			w.run()
		}
		ask()
		ask()
		if n := len(w.left()); n != 2 {
			t.Errorf("%d messages left, want confirmation and one with the codes", n)
		}
		w.clock.Add(11 * time.Minute)
		ask()
		if n := len(w.left()); n != 3 {
			t.Errorf("%d messages left after a while, want one more", n)
		}
	})
}

func TestStrandedIsTold(t *testing.T) {
	for name, mended := range map[string]bool{"still": false, "mended at once": true} {
		t.Run(name, func(t *testing.T) {
			runOne(t, func(t *testing.T, w *world) {
				b := w.book(at(monday, 10, 30), withMail)
				w.run()
				w.must(w.db.Update(t.Context(), func(tx *sqldb.Tx) error {
					_, err := tx.ExecContext(t.Context(), "UPDATE agenda_slot SET state = 'withdrawn', free = 0 WHERE id = "+quote(b.SlotID))
					if err != nil {
						return err
					}
					return w.bus.Publish(t.Context(), tx, agenda.Changed{What: agenda.LeftWithoutPlace, Booking: b, Before: b, Who: system})
				}))
				want := "stranded email sent"
				if mended {
					w.must(w.db.Update(t.Context(), func(tx *sqldb.Tx) error {
						_, err := tx.ExecContext(t.Context(), "UPDATE agenda_slot SET state = 'open' WHERE id = "+quote(b.SlotID))
						return err
					}))
					want = "stranded email dropped changed"
				}
				w.clock.Add(31 * time.Minute)
				w.run()
				if got := w.outcomes(b); !strings.Contains(got, want) {
					t.Errorf("outcomes = %s, want %s among them", got, want)
				}
			})
		})
	}
}

func quote(id string) string { return "'" + id + "'" }
