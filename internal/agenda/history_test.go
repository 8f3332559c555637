package agenda_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/testkit"
)

const minute = time.Minute

// TestAnyHistoryAddsUp plays random histories on one agenda after another and looks at the whole of it
// after every step. Every refusal must be a refusal, never a fault.
func TestAnyHistoryAddsUp(t *testing.T) {
	testkit.WithoutRace(t)
	onBoth(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w := newWorldOf(t, db, 1)
		rapid.Check(t, func(t *rapid.T) { newHistory(t, w, clock).play() })
	})
}

type history struct {
	t       *rapid.T
	w       *world
	clock   *sqldbtest.Clock
	points  []string
	address []string
	person  []string
	secrets []string
	codes   []string
	ids     []string
}

// newHistory makes two points with two people, one of whom has overlapping shifts at both.
func newHistory(t *rapid.T, w *world, clock *sqldbtest.Clock) *history {
	clock.Set(early)
	h := &history{t: t, w: w, clock: clock}
	h.forget()
	for range 2 {
		p, a := w.point("lun 9-12")
		h.points, h.address = append(h.points, p), append(h.address, a)
	}
	for range 2 {
		h.person = append(h.person, w.person(h.points...))
	}
	length := rapid.SampledFrom([]int{20, 30, 45}).Draw(t, "length")
	for i, person := range h.person {
		d := morning(person, h.points[0], h.address[0], calendar.Monday)
		d.Ends, d.SlotMinutes = 11*60, length
		if i == 1 {
			d.Kind, d.Seats = agenda.Group, 3
		}
		w.duty(d)
		h.overlappingDuty(person, i)
	}
	return h
}

// forget empties the agenda of the history before, so that the checks stay quick.
func (h *history) forget() {
	ctx := h.w.tb.Context()
	h.must(h.w.db.Update(ctx, func(tx *sqldb.Tx) error {
		for _, table := range []string{"agenda_cell", "agenda_booking", "agenda_slot", "agenda_check"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	}))
}

// overlappingDuty writes past the rule of package facilitators, which refuses it.
func (h *history) overlappingDuty(person string, i int) {
	ctx := h.w.tb.Context()
	h.must(h.w.db.Update(ctx, func(tx *sqldb.Tx) error {
		kind, seats := agenda.Group, 2
		if i == 1 {
			kind, seats = agenda.Individual, 1
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO facilitators_duty (id, facilitator_id, point_id, address_id, weekday, starts, ends, kind, seats, from_day)
			VALUES ($1, $2, $3, $4, 1, 555, 720, $5, $6, '2026-07-01')`, sqldb.NewID(tx.Now), person, h.points[1], h.address[1], kind, seats)
		if err != nil {
			return err
		}
		return h.w.agenda.Rebuild(ctx, tx, h.points[1])
	}))
}

func (h *history) must(err error) {
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) play() {
	steps := rapid.IntRange(5, 25).Draw(h.t, "steps")
	for range steps {
		if err := h.step(); err != nil && errs.Of(err) == "" {
			h.t.Fatalf("a fault: %v", err)
		}
		if err := h.w.check(); err != nil {
			h.t.Fatal(err)
		}
	}
}

// where is any time of two Mondays at either point.
func (h *history) where() agenda.Where {
	ctx := h.w.tb.Context()
	point := rapid.SampledFrom(h.points).Draw(h.t, "point")
	times, err := h.w.agenda.Times(ctx, point, "", monday, monday)
	h.must(err)
	if len(times) > 0 && rapid.IntRange(0, 3).Draw(h.t, "free") > 0 {
		one := rapid.SampledFrom(times).Draw(h.t, "time")
		return agenda.Where{PointID: point, Kind: one.Kind, StartsAt: one.StartsAt, Party: h.party()}
	}
	return agenda.Where{
		PointID: point, Kind: rapid.SampledFrom([]string{agenda.Individual, agenda.Group}).Draw(h.t, "kind"),
		StartsAt: at(monday, 9, 5*rapid.IntRange(0, 36).Draw(h.t, "minute")), Party: h.party(),
	}
}

// party is how many come together: mostly one.
func (h *history) party() int { return max(1, rapid.IntRange(-1, 3).Draw(h.t, "party")) }

func (h *history) any(list []string, label string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return rapid.SampledFrom(list).Draw(h.t, label)
}

func (h *history) step() error {
	ctx, a := h.w.tb.Context(), h.w.agenda
	switch rapid.SampledFrom([]string{"hold", "hold", "confirm", "confirm", "book", "cancel", "fewer", "move", "move", "offer", "retake", "drop", "wait", "sweep", "rules", "serve"}).Draw(h.t, "step") {
	case "hold":
		b, secret, err := a.Hold(ctx, agenda.HoldRequest{Where: h.where()})
		if err == nil {
			h.secrets, h.codes, h.ids = append(h.secrets, secret), append(h.codes, b.Code), append(h.ids, b.ID)
		}
		return err
	case "confirm":
		secret := h.any(h.secrets, "secret")
		if _, err := a.Fill(ctx, secret, agenda.Details{Contact: agenda.Contact{Name: "Rosa"}}); err != nil && !errors.Is(err, agenda.ErrNotDraft) {
			return err
		}
		_, err := a.Confirm(ctx, secret, agenda.ConfirmRequest{NoticeVersion: "1", Anyway: true})
		return err
	case "book":
		b, err := a.BookFor(ctx, system, agenda.ForRequest{Where: h.where(), Details: agenda.Details{Contact: agenda.Contact{Name: "Ugo"}}, Anyway: true})
		if err == nil {
			h.codes, h.ids = append(h.codes, b.Code), append(h.ids, b.ID)
		}
		return err
	case "cancel":
		_, err := a.Cancel(ctx, h.any(h.codes, "code"), "")
		return err
	case "fewer":
		_, err := a.OneFewer(ctx, h.any(h.codes, "code"), "")
		return err
	case "offer":
		return h.offer()
	case "move":
		_, err := a.Move(ctx, h.any(h.codes, "code"), agenda.MoveRequest{Where: h.where()})
		return err
	case "retake":
		_, err := a.Retake(ctx, h.any(h.secrets, "secret"), h.where(), "")
		return err
	case "drop":
		return a.Drop(ctx, h.any(h.secrets, "secret"))
	case "wait":
		h.clock.Add(time.Duration(rapid.IntRange(1, 12).Draw(h.t, "minutes")) * minute)
		return nil
	case "sweep":
		_, err := a.Sweep(ctx)
		return err
	case "serve":
		_, err := a.MarkAttended(ctx, system, h.any(h.ids, "id"))
		return err
	}
	return h.changeRules()
}

// offer holds a time for a booking and moves it there, or lets the offer run out.
func (h *history) offer() error {
	ctx := h.w.tb.Context()
	return h.w.db.Update(ctx, func(tx *sqldb.Tx) error {
		until := tx.Now.Add(time.Duration(rapid.IntRange(1, 30).Draw(h.t, "offered")) * minute)
		_, secret, err := h.w.agenda.HoldFor(ctx, tx, agenda.HoldRequest{Where: h.where()}, until)
		if err != nil || rapid.Bool().Draw(h.t, "ignored") {
			return err
		}
		_, err = h.w.agenda.MoveToHeld(ctx, tx, system, h.any(h.ids, "id"), secret)
		return err
	})
}

// changeRules shortens or lengthens the hours of a point, or sends a person away, or brings them back.
func (h *history) changeRules() error {
	ctx := h.w.tb.Context()
	if rapid.Bool().Draw(h.t, "hours") {
		bands, err := calendar.ParseBands(rapid.SampledFrom([]string{"lun 9-10:30", "lun 9-12", "lun 10-12"}).Draw(h.t, "bands"))
		h.must(err)
		i := rapid.IntRange(0, 1).Draw(h.t, "address")
		return h.w.points.SetHours(ctx, system, h.address[i], calendar.Day{}, calendar.Day{}, "", bands)
	}
	person := rapid.SampledFrom(h.person).Draw(h.t, "person")
	away, err := h.w.people.Absences(ctx, system, person)
	h.must(err)
	if len(away) > 0 {
		return h.w.people.RemoveAbsence(ctx, system, away[0].ID)
	}
	_, err = h.w.people.AddAbsence(ctx, system, facilitators.Absence{FacilitatorID: person, From: monday, To: monday})
	return err
}
