package agenda_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// draft holds a time of a day and types who it is for.
func (w *world) draft(point string, when time.Time, c agenda.Contact) string {
	w.tb.Helper()
	_, secret, err := w.hold(point, when)
	w.must(err)
	_, err = w.agenda.Fill(w.tb.Context(), secret, agenda.Details{Contact: c})
	w.must(err)
	return secret
}

func (w *world) confirm(secret string, anyway bool) error {
	_, err := w.agenda.Confirm(w.tb.Context(), secret, agenda.ConfirmRequest{NoticeVersion: "1", Anyway: anyway})
	return err
}

func TestTwoBookingsOnADayAreAQuestion(t *testing.T) {
	rosa := agenda.Contact{Name: "Rosa Bianchi", Phone: "055 1234567", Email: "casa@posta.it"}
	cases := []struct {
		name string
		who  agenda.Contact
		want error
		hour string
	}{
		{"the same person", agenda.Contact{Name: "bianchi rosa", Phone: "+39 055 1234567"}, agenda.ErrSameDay, "09:00"},
		{"the same mail in another writing", agenda.Contact{Name: "Rosa Bianchi", Email: "CASA@posta.it"}, agenda.ErrSameDay, "09:00"},
		{"the other one of a couple", agenda.Contact{Name: "Ugo Verdi", Phone: "0551234567"}, agenda.ErrSameDay, ""},
		{"the same name alone", agenda.Contact{Name: "Rosa Bianchi"}, nil, ""},
		{"somebody else", agenda.Contact{Name: "Rosa Bianchi", Phone: "055 7654321"}, nil, ""},
	}
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		w.must(w.confirm(w.draft(point, at(monday, 9, 0), rosa), false))
		for _, c := range cases {
			secret := w.draft(point, at(monday, 10, 0), c.who)
			if err := w.agenda.Advice(t.Context(), secret); !errors.Is(err, c.want) {
				t.Errorf("%s: Advice = %v, want %v", c.name, err, c.want)
			}
			err := w.confirm(secret, false)
			if !errors.Is(err, c.want) {
				t.Errorf("%s: Confirm = %v, want %v", c.name, err, c.want)
			}
			if r, ok := errors.AsType[*errs.Refusal](err); ok && r.Args["time"] != c.hour {
				t.Errorf("%s: says the hour %q, want %q", c.name, r.Args["time"], c.hour)
			}
			if c.want != nil {
				w.must(w.confirm(secret, true))
			}
			b, err := w.agenda.BySecret(t.Context(), secret)
			w.must(err)
			_, err = w.agenda.Cancel(t.Context(), b.Code, "")
			w.must(err)
		}
		other := w.draft(point, at(monday.AddDays(7), 9, 0), rosa)
		w.must(w.confirm(other, false))
	})
}

func TestLimits(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		ctx, rosa := t.Context(), agenda.Contact{Name: "Rosa", Phone: "055 1234567"}
		w.must(w.agenda.SetLimits(ctx, system, agenda.Limits{MonthMinutes: 60, OpenBookings: 3}))
		w.must(w.confirm(w.draft(point, at(monday, 9, 0), rosa), true))
		w.must(w.confirm(w.draft(point, at(monday, 9, 30), rosa), true))
		third := w.draft(point, at(monday.AddDays(7), 9, 0), rosa)
		if err := w.agenda.Advice(ctx, third); !errors.Is(err, agenda.ErrMonthMinutes) {
			t.Errorf("Advice for a third half hour = %v, want ErrMonthMinutes", err)
		}
		if err := w.confirm(third, true); !errors.Is(err, agenda.ErrMonthMinutes) {
			t.Errorf("Confirm of a third half hour = %v, want ErrMonthMinutes", err)
		}
		w.must(w.confirm(w.draft(point, at(monday.AddDays(21), 9, 0), rosa), true)) // the first of February
		if err := w.confirm(w.draft(point, at(monday.AddDays(28), 9, 0), rosa), true); !errors.Is(err, agenda.ErrOpenBookings) {
			t.Errorf("Confirm of a fourth booking = %v, want ErrOpenBookings", err)
		}
		w.must(w.confirm(w.draft(point, at(monday.AddDays(28), 9, 30), agenda.Contact{Name: "Ugo", Phone: "055 1234567"}), true))
		request := agenda.ForRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday.AddDays(14), 10, 0)}, Details: agenda.Details{Contact: rosa}}
		if _, err := w.agenda.BookFor(ctx, system, request); !errors.Is(err, agenda.ErrOpenBookings) {
			t.Errorf("BookFor beyond the limit = %v, want ErrOpenBookings", err)
		}
		request.Anyway = true
		if _, err := w.agenda.BookFor(ctx, system, request); err != nil {
			t.Errorf("BookFor that goes on anyway = %v", err)
		}
		if err := w.agenda.SetLimits(ctx, identity.Public(""), agenda.Limits{}); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("SetLimits of a citizen = %v, want ErrForbidden", err)
		}
		if err := w.agenda.SetLimits(ctx, system, agenda.Limits{MonthMinutes: -1}); !hasProblem(err, "month_minutes", "agenda.limit_range") {
			t.Errorf("SetLimits to less than nothing = %v", err)
		}
		ugo := w.draft(point, at(monday.AddDays(7), 12, 0), agenda.Contact{Name: "Ugo", Phone: "055 7654321"})
		w.must(w.confirm(ugo, true))
		w.must(w.confirm(w.draft(point, at(monday.AddDays(7), 12, 30), agenda.Contact{Name: "Ugo", Phone: "055 7654321"}), true))
		w.must(w.confirm(w.draft(point, at(monday.AddDays(21), 12, 30), agenda.Contact{Name: "Ugo", Phone: "055 7654321"}), true))
		w.must(w.agenda.SetLimits(ctx, system, agenda.Limits{MonthMinutes: 30}))
		b, err := w.agenda.BySecret(ctx, ugo)
		w.must(err)
		move := func(when time.Time) error {
			_, err := w.agenda.Move(ctx, b.Code, agenda.MoveRequest{Where: agenda.Where{PointID: point, StartsAt: when}})
			return err
		}
		if err := move(at(monday.AddDays(21), 11, 0)); !errors.Is(err, agenda.ErrMonthMinutes) {
			t.Errorf("Move to a month that is full = %v, want ErrMonthMinutes", err)
		}
		w.must(move(at(monday.AddDays(14), 11, 0))) // the same month, already beyond the new limit
		w.must(w.agenda.SetLimits(ctx, system, agenda.Limits{OpenBookings: 1}))
		w.must(move(at(monday.AddDays(35), 11, 0))) // another month, no booking more
		_, secret := w.offer(agenda.Where{PointID: point, StartsAt: at(monday.AddDays(14), 9, 0)}, 2*time.Hour)
		err = w.db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := w.agenda.ConfirmHeld(ctx, tx, identity.Public(""), secret, agenda.Details{Contact: rosa})
			return err
		})
		if !errors.Is(err, agenda.ErrOpenBookings) {
			t.Errorf("ConfirmHeld of a citizen beyond the limit = %v, want ErrOpenBookings", err)
		}
		w.must(w.agenda.SetLimits(ctx, system, agenda.Limits{}))
		w.must(w.confirm(third, true))
		w.consistent()
	})
}

// Two last bookings at once: only one is the last one allowed.
func TestRivalsAtTheLimit(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		w.must(w.agenda.SetLimits(t.Context(), system, agenda.Limits{OpenBookings: 2}))
		var secrets []string
		for i := range 6 {
			secrets = append(secrets, w.draft(point, at(monday.AddDays(7*(i/3)), 9+i%3, 0), agenda.Contact{Name: "Rosa", Phone: "055 1234567"}))
		}
		var wait sync.WaitGroup
		for _, secret := range secrets {
			wait.Go(func() {
				if err := w.confirm(secret, true); err != nil && !errors.Is(err, agenda.ErrOpenBookings) {
					t.Errorf("Confirm = %v", err)
				}
			})
		}
		wait.Wait()
		if n, err := w.agenda.Ahead(t.Context(), system, monday, monday.AddDays(30)); err != nil || n != 2 {
			t.Errorf("%d bookings, %v, want the two allowed", n, err)
		}
	})
}

func TestLostCodes(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		ctx := t.Context()
		var sent []string
		jobs.Subscribe(w.bus, func(_ context.Context, _ *sqldb.Tx, f agenda.CodeAsked) error {
			for _, b := range f.Bookings {
				sent = append(sent, f.To+" "+b.Contact.Name)
			}
			return nil
		})
		w.must(w.confirm(w.draft(point, at(monday.AddDays(7), 9, 0), agenda.Contact{Name: "Rosa", Phone: "055 1234567", Email: "Rosa@posta.it"}), true))
		asks := []struct {
			typed string
			later time.Duration
			want  int
		}{
			{"055 765 4321", 0, 0},
			{"nessuno@posta.it", 0, 0},
			{"+39 055 1234567", 0, 1},
			{"rosa@POSTA.it", minute, 0}, // asked a minute ago, by whichever way
			{"0551234567", 10 * minute, 1},
			{"0551234567", 10 * minute, 1},
			{"0551234567", 10 * minute, 0}, // three times are enough for a day
			{"rosa@posta.it", 24 * time.Hour, 1},
		}
		for _, a := range asks {
			sent = nil
			clock.Add(a.later)
			if err := w.agenda.AskCodes(ctx, a.typed); err != nil || len(sent) != a.want {
				t.Errorf("AskCodes(%q) = %v and sent %v, want %d", a.typed, err, sent, a.want)
			}
		}
		for _, bad := range []string{"", "Rosa", "12", "a@"} {
			if err := w.agenda.AskCodes(ctx, bad); !errors.Is(err, agenda.ErrReach) {
				t.Errorf("AskCodes(%q) = %v, want ErrReach", bad, err)
			}
		}
	})
}

func TestRatings(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := newWorld(t, db)
		ctx := t.Context()
		for _, r := range []agenda.Rating{{Stars: 5, Reason: "clear"}, {Stars: 5, Reason: "clear"}, {Stars: 2, Reason: "lost", Words: " Troppi passi "}} {
			w.must(w.agenda.Rate(ctx, r))
		}
		for _, r := range []agenda.Rating{{}, {Stars: 6}, {Stars: 5, Reason: "lost"}, {Stars: 1, Reason: "clear"}} {
			if err := w.agenda.Rate(ctx, r); errs.Of(err) != errs.Invalid {
				t.Errorf("Rate(%+v) = %v, want a refusal", r, err)
			}
		}
		counts, written, err := w.agenda.Ratings(ctx, system, monday.AddDays(-31))
		if err != nil || len(counts) != 2 || counts[0].Stars != 5 || counts[0].N != 2 || len(written) != 1 || written[0].Words != "Troppi passi" {
			t.Errorf("Ratings = %+v, %+v, %v", counts, written, err)
		}
		if _, _, err := w.agenda.Ratings(ctx, identity.Public(""), monday); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("Ratings for a citizen = %v, want ErrForbidden", err)
		}
	})
}
