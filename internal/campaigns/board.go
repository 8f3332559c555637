package campaigns

import (
	"context"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/identity"
)

// Board is how full a campaign is (it: quadro del carico).
type Board struct {
	// Days are the days with times, by day and point.
	Days []agenda.KindDay
	// Seats, Taken and Free are their sums.
	Seats, Taken, Free int
	// LastWeek is how many appointments were booked in the last seven days.
	LastWeek int
	// FreeAtTheEnd is how many places are still free in the last seven days of the campaign.
	FreeAtTheEnd int
	// FullOn is the day on which the goal would be reached at the pace of the last seven days; zero when nobody
	// booked, or when it is reached. Late says that it lies after the end of the campaign.
	FullOn calendar.Day
	Late   bool
}

// lastDays is how many days before the end are looked at for what is left.
const lastDays = 7

// Board returns how full a campaign is, at the points that who may see.
func (s *Service) Board(ctx context.Context, who identity.Actor, c Campaign, today calendar.Day) (Board, error) {
	days, lastWeek, err := s.Agenda.KindLoad(ctx, who, c.KindID, agenda.LoadQuery{PointIDs: c.PointIDs(), From: c.From, To: c.To})
	if err != nil {
		return Board{}, err
	}
	b := Board{Days: days, LastWeek: lastWeek}
	for _, d := range days {
		b.Seats, b.Taken, b.Free = b.Seats+d.Seats, b.Taken+d.Taken, b.Free+d.Free
		if d.Day.After(c.Last().AddDays(-lastDays)) && !d.Day.Before(today) {
			b.FreeAtTheEnd += d.Free
		}
	}
	b.FullOn, b.Late = c.forecast(b.Taken, lastWeek, today)
	return b, nil
}

// forecast is the straight line of the last seven days: the wanted appointments that lack, at as many a day as
// were booked a day in that week. It says nothing of weeks that are not like the last one.
func (c Campaign) forecast(taken, lastWeek int, today calendar.Day) (on calendar.Day, late bool) {
	lacking := c.Wanted - taken
	if lacking <= 0 || lastWeek == 0 || c.Over(today) {
		return calendar.Day{}, false
	}
	const week = 7
	days := (lacking*week + lastWeek - 1) / lastWeek
	if days > longest*mostWanted/week {
		return calendar.Day{}, true
	}
	on = today.AddDays(days)
	return on, on.After(c.To)
}
