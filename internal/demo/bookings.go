package demo

import (
	"context"
	"errors"

	"capillare/internal/agenda"
)

// bookings fills part of the days to come: the next ones most.
func (b *builder) bookings(ctx context.Context) error {
	for i, s := range b.spots {
		times, err := b.Agenda.Times(ctx, s.ID, "", b.Today, b.Today.AddDays(14))
		if err != nil {
			return err
		}
		for _, t := range times {
			ahead := t.StartsAt.Sub(b.Today.Start()).Hours() / 24
			if b.rng.Float64() >= b.taken(s, ahead) {
				continue
			}
			if err := b.book(ctx, s, t); err != nil {
				return err
			}
		}
		b.Progress("bookings", i+1, len(b.spots))
	}
	return nil
}

// taken is the chance that a time so many days ahead is taken: most of the next ones, and at any scale
// enough at the point of the tour.
func (b *builder) taken(s spot, ahead float64) float64 {
	if s.place.Name == b.centre && ahead < 4 {
		return 0.45
	}
	return b.Scale * (0.02 + 0.5/(1+ahead))
}

func (b *builder) book(ctx context.Context, s spot, t agenda.Time) error {
	who, err := b.people.adult()
	if err != nil {
		return err
	}
	needs := ""
	if b.rng.IntN(9) == 0 {
		needs = one(b.rng, []string{"Usa l'apparecchio acustico", "Si muove con il bastone", "Preferisce un video a caratteri grandi"})
	}
	contact := agenda.Contact{Name: who.name + " " + who.surname, Phone: b.people.phone()}
	if b.rng.IntN(6) == 0 {
		relative, err := b.people.aged(70, 92)
		if err != nil {
			return err
		}
		contact.OnBehalf = relative.name + " " + relative.surname
	}
	_, err = b.Agenda.BookFor(ctx, b.who, agenda.ForRequest{
		Where:   t.Where(s.ID),
		Channel: weighted(b.rng, []string{agenda.Web, agenda.Phone, agenda.Desk}, []float64{5, 4, 1}),
		Details: agenda.Details{Topic: topic(b), Needs: needs, Language: "it", Contact: contact}, NoticeVersion: "1.0", Anyway: true,
	})
	switch {
	case errors.Is(err, agenda.ErrTaken):
		// An appointment of another kind, taken a moment ago, has the same minutes of the same person.
		return nil
	case err == nil:
		b.result.Bookings++
	}
	return err
}
