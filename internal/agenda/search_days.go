package agenda

import (
	"context"
	"fmt"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/kinds"
	"capillare/internal/sqldb"
)

// DayTimes is a day on which something can be booked.
type DayTimes struct {
	Day calendar.Day
	// Times is at how many times of the day an appointment can begin, Free how many seats they have.
	Times, Free int
}

// DaysWithTimes returns the days, from a day to a day, on which w.Audience can book at a point; a day, or a
// month, without such times is not there. Of w the time and the people who come together do not count.
func (s *Service) DaysWithTimes(ctx context.Context, w Where, from, to calendar.Day) ([]DayTimes, error) {
	var list []DayTimes
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).DaysWithTimes(ctx, db.DaysWithTimesParams{
			Staff: w.Audience == kinds.Staff, Audience: string(w.Audience), Now: sqldb.At(tx.Now), PointID: w.PointID, FromDay: from, ToDay: to,
			AnyAddress: w.AddressID == "", AddressID: w.AddressID, AnyShape: w.Kind == "", Shape: w.Kind,
			AnyKind: w.KindID == "", KindID: slotKind(w.KindID), AnyFacilitator: w.FacilitatorID == "", FacilitatorID: w.FacilitatorID,
		})
		list = make([]DayTimes, len(rows))
		for i, r := range rows {
			list[i] = DayTimes{Day: r.Day, Times: int(r.Times), Free: int(r.Free)}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("days with free times: %w", err)
	}
	return list, nil
}

// Languages returns the languages that somebody speaks, for the choices of a search.
func (s *Service) Languages(ctx context.Context) ([]string, error) {
	return s.facilitators.Languages(ctx)
}
