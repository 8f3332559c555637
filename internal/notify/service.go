package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calls"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/kinds"
	"capillare/internal/messages"
	"capillare/internal/network"
	"capillare/internal/notify/internal/db"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
	"capillare/internal/waiting"
)

// usualKeepDays is how long settled notices stay when nobody says.
const usualKeepDays = 90

// Deps is what notices need.
type Deps struct {
	Agenda    *agenda.Service
	Calls     *calls.Service
	Kinds     *kinds.Service
	Messages  *messages.Service
	Network   *network.Service
	Points    *points.Service
	Territory *territory.Service
	Waiting   *waiting.Service
	// BaseURL returns the address of the site without a slash at the end, for links; "" when nobody said:
	// then messages tell the code alone.
	BaseURL func() string
	// From is the address that e-mail comes from, for the calendar files in it.
	From string
	// KeepDays tells for how many days settled notices are kept; nil is 90.
	KeepDays func(ctx context.Context) (int, error)
}

// Service plans notices and sends them.
type Service struct {
	base *sqldb.DB
	Deps
}

// New returns the service; call [Service.Subscribe] and [Service.Handle] once.
func New(base *sqldb.DB, d Deps) *Service {
	if d.BaseURL == nil {
		d.BaseURL = func() string { return "" }
	}
	if d.KeepDays == nil {
		d.KeepDays = func(context.Context) (int, error) { return usualKeepDays, nil }
	}
	return &Service{base: base, Deps: d}
}

// Subscribe makes notices follow what happens, in the transaction in which it happens.
func (s *Service) Subscribe(bus *jobs.Bus) {
	jobs.Subscribe(bus, s.followBooking)
	jobs.Subscribe(bus, s.sendCodes)
	jobs.Subscribe(bus, s.sendOffer)
	jobs.Subscribe(bus, s.offerSettled)
	jobs.Subscribe(bus, s.sendWaitingEnded)
	jobs.Subscribe(bus, s.sendVisit)
	jobs.Subscribe(bus, s.messageSettled)
	jobs.Subscribe(bus, s.callSettled)
}

// noticeJob sends one notice whose hour has come, dueJob those that are due, insteadJob phones who did
// not get one, tidyJob forgets old ones.
type (
	noticeJob  struct{ ID string }
	dueJob     struct{}
	insteadJob struct{ ID string }
	tidyJob    struct{}
)

// Kind implements jobs.Job.
func (noticeJob) Kind() string { return "notify.send" }

// Kind implements jobs.Job.
func (dueJob) Kind() string { return "notify.due" }

// Kind implements jobs.Job.
func (insteadJob) Kind() string { return "notify.instead" }

// Kind implements jobs.Job.
func (tidyJob) Kind() string { return "notify.tidy" }

// Handle gives the runner the work of this package and when to do it.
func (s *Service) Handle(r *jobs.Runner) {
	jobs.Handle(r, func(ctx context.Context, job noticeJob) error { return s.send(ctx, job.ID) })
	jobs.Handle(r, func(ctx context.Context, _ dueJob) error { return s.SendDue(ctx) })
	jobs.Handle(r, func(ctx context.Context, job insteadJob) error { return s.callInstead(ctx, job.ID) })
	jobs.Handle(r, func(ctx context.Context, _ tidyJob) error { return s.Tidy(ctx) })
	r.Every(dueJob{}, jobs.Period(time.Minute))
	r.Every(tidyJob{}, jobs.Daily(3*60+25))
}

// dueAtOnce bounds how many notices one look sends: the next look comes a minute later.
const dueAtOnce = 500

// SendDue sends the notices whose hour has come.
func (s *Service) SendDue(ctx context.Context) error {
	var ids []string
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		ids, err = db.New(tx).Due(ctx, db.DueParams{Now: sqldb.At(tx.Now), Max: dueAtOnce})
		return err
	})
	if err != nil {
		return fmt.Errorf("notify: due: %w", err)
	}
	// One that cannot be written must not keep the others waiting behind it.
	var failed []error
	for _, id := range ids {
		if err := s.send(ctx, id); err != nil {
			failed = append(failed, fmt.Errorf("notify: %s: %w", id, err))
		}
	}
	return errors.Join(append(failed, s.dropRestored(ctx))...)
}

// dropRestored takes back the calls about times that have come back since: nobody is to be asked for
// another one.
func (s *Service) dropRestored(ctx context.Context) error {
	var ids []string
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		ids, err = db.New(tx).StrandedCalls(ctx)
		return err
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	gone, err := s.Agenda.StillStranded(ctx, identity.System(itself), ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if gone[id] {
			continue
		}
		err := s.base.Update(ctx, func(tx *sqldb.Tx) error { return s.dropCalls(ctx, tx, id, Stranded) })
		if err != nil {
			return err
		}
	}
	return nil
}

// Tidy forgets the notices that were settled longer ago than they are kept.
func (s *Service) Tidy(ctx context.Context) error {
	days, err := s.KeepDays(ctx)
	if err != nil {
		return err
	}
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := db.New(tx).ForgetNotices(ctx, sqldb.At(tx.Now.AddDate(0, 0, -days)))
		return err
	})
}
