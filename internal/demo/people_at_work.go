package demo

import (
	"context"
	"fmt"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/points"
)

// facilitators gives each itinerant point one person and most fixed ones two, on duty whenever the
// point is open; the second person of a fixed point holds a course on one of the afternoons.
func (b *builder) facilitators(ctx context.Context) error {
	for i := range b.spots {
		helpers := 1
		if b.spots[i].Kind == points.Fixed && b.rng.IntN(5) > 0 {
			helpers = 2
		}
		for n := range helpers {
			if err := b.hire(ctx, &b.spots[i], n == 1); err != nil {
				return fmt.Errorf("%s: %w", b.spots[i].PublicName, err)
			}
		}
		b.Progress("facilitators", i+1, len(b.spots))
	}
	b.Progress("agenda", 0, 1)
	if err := b.Agenda.Extend(ctx); err != nil {
		return err
	}
	b.Progress("agenda", 1, 1)
	return nil
}

func (b *builder) hire(ctx context.Context, s *spot, second bool) error {
	from, _ := programmeDays()
	who, err := b.people.aged(24, 55)
	if err != nil {
		return err
	}
	body := s.ManagingBodyID
	if s.DeliveringBodyID != "" {
		body = s.DeliveringBodyID
	}
	id, err := b.Facilitators.Add(ctx, b.who, facilitators.Facilitator{
		BodyID: body, Name: who.name, Surname: who.surname, Phone: b.people.phone(), Contract: facilitators.Employee,
		State: facilitators.Active, From: from, Languages: []string{"it"},
	}, string(who.code))
	if err != nil {
		return err
	}
	if err := b.Facilitators.Serve(ctx, b.who, id, s.ID, from, calendar.Day{}); err != nil {
		return err
	}
	given := false
	for _, a := range s.Addresses {
		for _, band := range a.Schedules[0].Bands {
			duty, course := b.shift(*s, band, second, given)
			duty.FacilitatorID, duty.AddressID, given = id, a.ID, given || course
			if _, err := b.Facilitators.AddDuty(ctx, b.who, duty); err != nil {
				return err
			}
		}
	}
	s.helpers = append(s.helpers, id)
	b.result.Facilitators++
	return nil
}
