package visits

import (
	"context"
	"fmt"
	"slices"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
	"capillare/internal/visits/internal/db"
)

// Filter chooses requests for a list; empty fields do not narrow.
type Filter struct {
	// States are those wanted; empty means those that are not over.
	States []string
	// Towns are Belfiore codes.
	Towns  []string
	Reason string
	// Search is a part of a name, a phone number or a code.
	Search string
	// Late keeps those that nobody answered by their day.
	Late bool
	// Page counts from 0; Size is how many on a page, 0 for 50.
	Page, Size int
}

const pageSize = 50

// List returns a page of the requests of own points, those to be answered soonest first, and how many
// there are in all. Who has the whole network also sees those that belong to no point.
func (s *Service) List(ctx context.Context, who identity.Actor, f Filter) (page []Request, total int, err error) {
	if f.Size <= 0 {
		f.Size = pageSize
	}
	if len(f.States) == 0 {
		f.States = []string{Received, Taken, Planned}
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		see, err := s.Points.VisibleTx(ctx, tx, who, identity.SeeAgenda)
		if err != nil {
			return err
		}
		arg := db.ListRequestsParams{
			States: sqldb.List(f.States), AnyTown: len(f.Towns) == 0, Towns: sqldb.List(f.Towns), AnyReason: f.Reason == "", Reason: f.Reason,
			AnyName: f.Search == "", Pattern: pattern(f.Search), OnlyLate: f.Late, Today: calendar.DayOf(tx.Now),
			AllVisible: see.All, Points: see.JSON(), Max: int32(f.Size), Skip: int32(f.Page * f.Size),
		}
		arg.Phone, _ = agenda.NormalPhone(f.Search)
		arg.Code, _ = codes.ParseCode(f.Search)
		rows, err := db.New(tx).ListRequests(ctx, arg)
		if err != nil {
			return fmt.Errorf("visits: list: %w", err)
		}
		page = make([]Request, len(rows))
		for i, r := range rows {
			page[i] = requestOf(r.VisitsRequest)
		}
		n, err := db.New(tx).CountRequests(ctx, db.CountRequestsParams{
			States: arg.States, AnyTown: arg.AnyTown, Towns: arg.Towns, AnyReason: arg.AnyReason, Reason: arg.Reason,
			AnyName: arg.AnyName, Pattern: arg.Pattern, Phone: arg.Phone, Code: arg.Code, OnlyLate: arg.OnlyLate, Today: arg.Today,
			AllVisible: arg.AllVisible, Points: arg.Points,
		})
		total = int(n)
		return err
	})
	return page, total, err
}

// pattern finds a part of a name; digits and signs alone are no name, and would find everybody.
func pattern(search string) string {
	if name := territory.Fold(search); name != "" {
		return "%" + name + "%"
	}
	return ""
}

// Demand is what one municipality asked for in some days.
type Demand struct {
	Belfiore string
	// Open are the requests without an answer yet, Late those of which whose day has passed.
	Open, Late int
	// Planned are those with a day, Done those satisfied, Refused those to which the answer was no.
	Planned, Done, Refused int
	// People is how many people those requests speak of that were not satisfied.
	People int
}

// Unmet is how many requests had no visit: without an answer, planned but not yet made, or refused.
func (d Demand) Unmet() int { return d.Open + d.Planned + d.Refused }

// Unmet returns what each municipality asked for between two days, those with the most unmet requests
// first: of the points over which who sees the progress. What people withdrew does not count.
func (s *Service) Unmet(ctx context.Context, who identity.Actor, from, to calendar.Day) (list []Demand, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		see, err := s.Points.VisibleTx(ctx, tx, who, identity.SeeProgress)
		if err != nil {
			return err
		}
		rows, err := db.New(tx).CountByTown(ctx, db.CountByTownParams{
			Today: calendar.DayOf(tx.Now), FromAt: sqldb.At(from.Start()), ToAt: sqldb.At(to.AddDays(1).Start()),
			AllVisible: see.All, Points: see.JSON(),
		})
		if err != nil {
			return fmt.Errorf("visits: unmet: %w", err)
		}
		list = demands(rows)
		return nil
	})
	return list, err
}

// demands sums rows, which come by municipality.
func demands(rows []db.CountByTownRow) []Demand {
	var list []Demand
	for _, r := range rows {
		if r.Refusal == Withdrawn {
			continue
		}
		if n := len(list); n == 0 || list[n-1].Belfiore != r.Belfiore {
			list = append(list, Demand{Belfiore: r.Belfiore})
		}
		d := &list[len(list)-1]
		switch r.State {
		case Received, Taken:
			d.Open += int(r.N)
			d.Late += int(r.Late)
		case Planned:
			d.Planned += int(r.N)
		case Refused:
			d.Refused += int(r.N)
		case Done:
			d.Done += int(r.N)
		}
		if r.State != Done {
			d.People += int(r.People)
		}
	}
	slices.SortStableFunc(list, func(a, b Demand) int { return b.Unmet() - a.Unmet() })
	return list
}

// usualAnswerDays is within how many days somebody answers when nothing else was set.
const usualAnswerDays = 7

// Limits of the days within which somebody answers.
const (
	FewestAnswerDays = 1
	MostAnswerDays   = 60
)

func answerDays(ctx context.Context, tx *sqldb.Tx) (int, error) {
	rows, err := db.New(tx).Setting(ctx)
	if err != nil {
		return 0, fmt.Errorf("visits: setting: %w", err)
	}
	for _, days := range rows {
		return days, nil
	}
	return usualAnswerDays, nil
}

// AnswerDays returns within how many days somebody answers a request.
func (s *Service) AnswerDays(ctx context.Context) (days int, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		days, err = answerDays(ctx, tx)
		return err
	})
	return days, err
}

// SetAnswerDays changes within how many days somebody answers; requests already made keep their day.
func (s *Service) SetAnswerDays(ctx context.Context, who identity.Actor, days int) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	if days < FewestAnswerDays || days > MostAnswerDays {
		return errs.Problems{{Field: "answer_days", Key: "visits.answer_days", Args: errs.Args{"min": FewestAnswerDays, "max": MostAnswerDays}}}.Err()
	}
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		was, err := answerDays(ctx, tx)
		if err != nil || was == days {
			return err
		}
		if err := db.New(tx).PutSetting(ctx, days); err != nil {
			return fmt.Errorf("visits: setting: %w", err)
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: "network.visits", Subject: "network", SubjectID: "1",
			Detail: audit.Changes{Changes: []audit.Change{{Field: "answer_days", From: fmt.Sprint(was), To: fmt.Sprint(days)}}}})
	})
}

// ForgetJob asks for [Service.Forget].
type ForgetJob struct{}

// Kind names the job in the queue.
func (ForgetJob) Kind() string { return "visits.forget" }

// Handle gives the runner the work of this package and when to do it.
func (s *Service) Handle(r *jobs.Runner) {
	jobs.Handle(r, func(ctx context.Context, _ ForgetJob) error { _, err := s.Forget(ctx); return err })
	const minute = 2*60 + 50
	r.Every(ForgetJob{}, jobs.Daily(minute))
}

// forgetAtOnce bounds a transaction that deletes what people wrote.
const forgetAtOnce = 200

// Forget deletes what people wrote of themselves from the requests that ended long enough ago, and
// returns how many they were.
func (s *Service) Forget(ctx context.Context) (total int, err error) {
	for n := int64(1); n > 0; {
		err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
			n = 0
			days, err := s.ContactDays(ctx, tx)
			if err != nil {
				return err
			}
			q := db.New(tx)
			ids, err := q.ToForget(ctx, db.ToForgetParams{Before: sqldb.At(tx.Now.Add(-time.Duration(days) * 24 * time.Hour)), Max: forgetAtOnce})
			if err != nil || len(ids) == 0 {
				return err
			}
			n, err = q.Forget(ctx, db.ForgetParams{Today: calendar.DayOf(tx.Now), Ids: sqldb.List(ids)})
			return err
		})
		if err != nil {
			return total, fmt.Errorf("visits: forget: %w", err)
		}
		total += int(n)
	}
	return total, nil
}
