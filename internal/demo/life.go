package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/points"
	"capillare/internal/territory"
)

// Which of the fixed points show what a network meets, counted from the last one.
const (
	shortWeek   = 1 // open for less than the programme asks
	openedLate  = 2 // opened after the days allowed
	openOnce    = 3 // with an exceptional opening
	summerHours = 4 // with a season
)

// patrons fills in the patron's day of a few towns, as their bodies would.
func (b *builder) patrons(ctx context.Context) error {
	days := map[string]string{
		"Potenza": "05-30", "Matera": "07-02",
		"Firenze": "06-24", "Pisa": "06-17", "Siena": "12-01", "Lucca": "07-12", "Livorno": "05-22",
	}
	for _, place := range b.places {
		if day := days[place.Name]; day != "" {
			if err := b.Territory.SetPatronDay(ctx, b.who, place.Belfiore, day); err != nil {
				return err
			}
		}
	}
	return nil
}

// hours gives some points what is not an ordinary week, and shuts the network on the next Christmas Eve.
func (b *builder) hours(ctx context.Context) error {
	if err := b.shortWeek(ctx); err != nil {
		return err
	}
	if err := b.summer(ctx); err != nil {
		return err
	}
	if err := b.openOnce(ctx); err != nil {
		return err
	}
	eve := calendar.NewDay(b.Today.Year(), time.December, 24)
	if eve.Before(b.Today) {
		eve = calendar.NewDay(b.Today.Year()+1, time.December, 24)
	}
	if _, err := b.Points.AddWideClosure(ctx, b.who, points.WideClosure{From: eve, To: eve, Reason: "Vigilia di Natale"}); err != nil {
		return err
	}
	var ids []string
	for _, s := range b.spots {
		ids = append(ids, s.ID)
	}
	known, err := b.Points.ByIDs(ctx, ids)
	for i, s := range b.spots {
		b.spots[i].Point = known[s.ID]
	}
	return err
}

func (b *builder) shortWeek(ctx context.Context) error {
	return b.setHours(ctx, shortWeek, points.Schedule{}, "lun-ven 09:00-12:00; mer 15:00-18:00")
}

func (b *builder) summer(ctx context.Context) error {
	year := b.Today.Year() + 1
	season := points.Schedule{Name: "Orario estivo", From: calendar.NewDay(year, time.July, 1), To: calendar.NewDay(year, time.August, 31)}
	return b.setHours(ctx, summerHours, season, "lun-ven 08:00-13:00")
}

func (b *builder) setHours(ctx context.Context, which int, s points.Schedule, week string) error {
	bands, err := calendar.ParseBands(week)
	if err != nil {
		return err
	}
	address := b.spots[b.fixed()-which].Addresses[0]
	return b.Points.SetHours(ctx, b.who, address.ID, s.From, s.To, s.Name, bands)
}

// openOnce opens a point on a Sunday to come.
func (b *builder) openOnce(ctx context.Context) error {
	day := calendar.DayOf(b.DB.Now()) // an opening in the past would be refused, whatever day the network stands on
	if day.Before(b.Today) {
		day = b.Today
	}
	for day = day.AddDays(7); day.Weekday() != calendar.Sunday; {
		day = day.AddDays(1)
	}
	return b.Points.PutException(ctx, b.who, points.Exception{
		AddressID: b.spots[b.fixed()-openOnce].Addresses[0].ID, Day: day, Reason: "Domenica di prova: vieni con un amico",
		Bands: calendar.Bands{{Opens: 15 * 60, Closes: 18 * 60}},
	})
}

// notOpen adds three points beside those that work: one awarded a short time ago, one late with its check
// list half done, one suspended. They come last, so that the others do not depend on them.
func (b *builder) notOpen(ctx context.Context) error {
	from, _ := programmeDays()
	ago := func(days int) calendar.Day { return b.Today.AddDays(-days) }
	settingUp := func(on calendar.Day) points.Step { return points.Step{State: points.StateSettingUp, On: on} }
	for i, one := range []struct {
		awarded calendar.Day
		steps   []points.Step
		then    func(ctx context.Context, id string) error
	}{
		{ago(20), nil, nil},
		{ago(100), []points.Step{settingUp(ago(40))}, b.halfDone},
		{from.AddDays(-60), []points.Step{settingUp(from.AddDays(-30)), {State: points.StateOpen, On: from}}, b.suspend},
	} {
		place := b.withoutPoint(i)
		point, err := b.invent(b.plan.points+i, b.nearestProject(place), points.Fixed, []territory.Municipality{place})
		if err != nil {
			return err
		}
		point.AwardedOn = one.awarded
		id, err := b.Points.Add(ctx, b.who, point)
		if err == nil {
			err = b.reach(ctx, id, one.steps...)
		}
		if err == nil && one.then != nil {
			err = one.then(ctx, id)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", point.PublicName, err)
		}
	}
	return nil
}

// halfDone does two of the four lines of the check list.
func (b *builder) halfDone(ctx context.Context, id string) error {
	done := b.Today.AddDays(-30)
	for _, t := range []points.Task{
		{Item: "room", DoneOn: done, Note: "Stanza al piano terra, con rampa"}, {Item: "line", DoneOn: done, Note: "Fibra"},
	} {
		if err := b.Points.SetTask(ctx, b.who, id, t); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) suspend(ctx context.Context, id string) error {
	return b.Points.TakeStep(ctx, b.who, id, points.Step{
		State: points.StateSuspended, On: b.Today.AddDays(-5), Act: "Determinazione dimostrativa n. 12", ActOn: b.Today.AddDays(-7),
		Why: "Lavori nella sede",
	}, nil)
}

// withoutPoint returns the i-th of the largest places without a point.
func (b *builder) withoutPoint(i int) territory.Municipality {
	used := map[string]bool{}
	for _, s := range b.spots {
		for _, a := range s.Addresses {
			used[a.Belfiore] = true
		}
	}
	left := slices.DeleteFunc(slices.Clone(b.places), func(m territory.Municipality) bool { return used[m.Belfiore] || !m.HasPlace })
	slices.SortStableFunc(left, func(x, y territory.Municipality) int { return y.Population - x.Population })
	return left[i]
}
