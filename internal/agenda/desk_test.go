package agenda_test

import (
	"context"
	"errors"
	"testing"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// facilitatorAt may do at a point what a facilitator may.
func facilitatorAt(point string) identity.Actor {
	return identity.Actor{Grants: []identity.Grant{{Role: identity.Facilitator, Scope: identity.ScopePoint, ScopeID: point}}}
}

func TestStrangersSeeNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, person := simple(t, db)
		ctx, stranger := t.Context(), facilitatorAt("elsewhere")
		b := w.book(point, at(monday, 9, 0), "Rosa")
		if day, err := w.agenda.Day(ctx, stranger, person, monday); err != nil || len(day) != 0 {
			t.Errorf("Day for a stranger = %v, %v, want nothing", day, err)
		}
		for name, call := range map[string]func(identity.Actor) error{
			"PointDay":        func(a identity.Actor) error { _, err := w.agenda.PointDay(ctx, a, point, monday); return err },
			"ByID":            func(a identity.Actor) error { _, err := w.agenda.ByID(ctx, a, b.ID); return err },
			"MarkAbsent":      func(a identity.Actor) error { _, err := w.agenda.MarkAbsent(ctx, a, b.ID); return err },
			"CancelByService": func(a identity.Actor) error { _, err := w.agenda.CancelByService(ctx, a, b.ID, ""); return err },
			"Close": func(a identity.Actor) error {
				_, err := w.agenda.Close(ctx, a, agenda.Closing{Day: monday, PointIDs: []string{point}, Reason: "neve"})
				return err
			},
			"MoveFor": func(a identity.Actor) error {
				_, err := w.agenda.MoveFor(ctx, a, b.ID, agenda.MoveRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday, 10, 0)}})
				return err
			},
			"BookFor": func(a identity.Actor) error {
				_, err := w.agenda.BookFor(ctx, a, agenda.ForRequest{Where: agenda.Where{PointID: point, StartsAt: at(monday, 10, 0)},
					Details: agenda.Details{Contact: agenda.Contact{Name: "x"}}})
				return err
			},
			"Served": func(a identity.Actor) error {
				return db.Update(ctx, func(tx *sqldb.Tx) error { _, err := w.agenda.Served(ctx, tx, a, b.ID); return err })
			},
		} {
			if err := call(stranger); !errors.Is(err, identity.ErrNotHere) {
				t.Errorf("%s by a stranger = %v, want not here", name, err)
			}
			if err := call(identity.Actor{}); !errors.Is(err, identity.ErrForbidden) {
				t.Errorf("%s by nobody = %v, want forbidden", name, err)
			}
		}
	})
}

func TestMarks(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		ctx, who := t.Context(), facilitatorAt(point)
		b := w.book(point, at(monday, 9, 0), "Rosa")
		next := w.book(point, at(monday.AddDays(7), 9, 0), "Ugo")
		clock.Set(at(monday, 9, 10))
		if got, err := w.agenda.MarkAbsent(ctx, who, b.ID); err != nil || got.State != agenda.Absent {
			t.Errorf("MarkAbsent = %v, %v", got.State, err)
		}
		if got, err := w.agenda.Undo(ctx, who, b.ID); err != nil || got.State != agenda.Confirmed {
			t.Errorf("Undo = %v, %v", got.State, err)
		}
		if got, err := w.agenda.MarkAttended(ctx, who, b.ID); err != nil || got.State != agenda.Attended {
			t.Errorf("MarkAttended = %v, %v", got.State, err)
		}
		if _, err := w.agenda.MarkAbsent(ctx, who, next.ID); !errors.Is(err, agenda.ErrNotYet) {
			t.Errorf("MarkAbsent a week ahead = %v, want not yet", err)
		}
		served := func() error {
			return db.Update(ctx, func(tx *sqldb.Tx) error { _, err := w.agenda.Served(ctx, tx, who, b.ID); return err })
		}
		if err := served(); err != nil {
			t.Errorf("Served = %v", err)
		}
		if err := served(); !errors.Is(err, agenda.ErrEnded) {
			t.Errorf("Served twice = %v, want ended", err)
		}
		w.must(db.Update(ctx, func(tx *sqldb.Tx) error { return w.agenda.Unserved(ctx, tx, b.ID) }))
		w.consistent()
	})
}

func TestDeskOfADay(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, person := simple(t, db)
		ctx := t.Context()
		who := facilitatorAt(point)
		b := w.book(point, at(monday, 9, 0), "Rosa")
		w.book(point, at(monday.AddDays(7), 9, 0), "Ugo")
		day, err := w.agenda.Day(ctx, who, person, monday)
		if err != nil || len(day) != 8 || len(day[0].Bookings) != 1 || day[0].Bookings[0].Contact.Name != "Rosa" || day[1].Slot.Free != 1 {
			t.Fatalf("Day = %+v, %v", day, err)
		}
		if day, err := w.agenda.PointDay(ctx, who, point, monday); err != nil || len(day) != 8 {
			t.Errorf("PointDay = %d entries, %v", len(day), err)
		}
		stranger := facilitatorAt("elsewhere")
		week, err := w.agenda.Week(ctx, who, person, monday)
		if err != nil || week[0].Taken != 1 || week[0].Free != 7 || week[1].Slots != 0 {
			t.Errorf("Week = %+v, %v", week, err)
		}
		for _, text := range []string{"ros", "0039 055 1234567", b.Code} {
			found, err := w.agenda.Find(ctx, who, text)
			if err != nil || len(found) == 0 || text != "0039 055 1234567" && found[0].ID != b.ID {
				t.Errorf("Find(%q) = %v, %v", text, found, err)
			}
			if found, err := w.agenda.Find(ctx, stranger, text); err != nil || len(found) != 0 {
				t.Errorf("Find(%q) by a stranger = %v, %v, want nothing", text, found, err)
			}
		}
		if n, err := w.agenda.Ahead(ctx, who, monday, monday.AddDays(30)); err != nil || n != 2 {
			t.Errorf("Ahead = %d, %v, want 2", n, err)
		}
		w.consistent()
	})
}

func TestPurge(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		ctx := t.Context()
		b := w.book(point, at(monday, 9, 0), "Rosa")
		_, secret, err := w.hold(point, at(monday, 10, 0))
		w.must(err)
		_, err = w.agenda.Fill(ctx, secret, agenda.Details{Reason: "referto", Contact: agenda.Contact{Name: "Ugo"}})
		w.must(err)
		_, expired, err := w.hold(point, at(monday, 11, 0))
		w.must(err)
		w.must(w.agenda.Drop(ctx, expired))
		for _, step := range []struct {
			day  calendar.Day
			want int
		}{{monday.AddDays(1), 0}, {monday.AddDays(2), 1}, {monday.AddDays(30), 0}, {monday.AddDays(31), 1}, {monday.AddDays(32), 0}} {
			clock.Set(at(step.day, 3, 0))
			if n, err := w.agenda.Purge(ctx); n != step.want || err != nil {
				t.Errorf("Purge on %v = %d, %v, want %d", step.day, n, err, step.want)
			}
		}
		if got, err := w.agenda.ByCode(ctx, b.Code); err != nil || got.Contact != (agenda.Contact{}) {
			t.Errorf("after Purge = %+v, %v", got, err)
		}
		if got, err := w.agenda.BySecret(ctx, secret); err != nil || got.Reason != "" {
			t.Errorf("after Purge = %+v, %v", got, err)
		}
		if _, err := w.agenda.BySecret(ctx, expired); !errors.Is(err, agenda.ErrNotFound) {
			t.Errorf("an expired draft after Purge = %v, want not found", err)
		}
	})
}

func TestNoNamesInTheAudit(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		b := w.book(point, at(monday, 9, 0), "Serafina")
		_, err := w.agenda.Cancel(t.Context(), b.Code, "")
		w.must(err)
		var rows, named int
		w.must(db.View(t.Context(), func(tx *sqldb.Tx) error {
			return tx.QueryRowContext(t.Context(), `SELECT count(*), count(*) FILTER (WHERE CAST(detail AS text) LIKE '%Serafina%' OR CAST(detail AS text) LIKE '%1234567%')
				FROM audit_entry WHERE subject = 'booking'`).Scan(&rows, &named)
		}))
		if rows != 2 || named != 0 {
			t.Errorf("audit rows = %d, with a name = %d, want 2 and 0", rows, named)
		}
	})
}

// A shorter life of contacts holds at once for those that are kept already, a longer one does not.
func TestPurgeFollowsTheDaysSet(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		b := w.book(point, at(monday, 9, 0), "Rosa")
		keeping := func(days int) *agenda.Service {
			return agenda.New(db, w.points, w.people, agenda.Options{
				ContactDays: func(context.Context, *sqldb.Tx) (int, error) { return days, nil },
			})
		}
		for _, step := range []struct{ day, keep, want int }{{9, 10, 0}, {10, 10, 0}, {11, 60, 0}, {11, 10, 1}, {12, 10, 0}} {
			clock.Set(at(monday.AddDays(step.day), 3, 0))
			if n, err := keeping(step.keep).Purge(t.Context()); n != step.want || err != nil {
				t.Errorf("Purge %d days after, keeping %d = %d, %v, want %d", step.day, step.keep, n, err, step.want)
			}
		}
		if got, err := w.agenda.ByCode(t.Context(), b.Code); err != nil || got.Contact != (agenda.Contact{}) {
			t.Errorf("after Purge = %+v, %v", got.Contact, err)
		}
	})
}
