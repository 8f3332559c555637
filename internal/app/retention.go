package app

import (
	"context"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/jobs"
	"capillare/internal/network"
	"capillare/internal/sqldb"
)

// forgetJob deletes what the retention of the network says is over, in the packages that have no job of
// their own for it.
type forgetJob struct{}

// Kind implements jobs.Job.
func (forgetJob) Kind() string { return "network.forget" }

// forgetRows bounds a transaction that deletes rows of the audit.
const forgetRows = 2000

func (a *App) forget(ctx context.Context, _ forgetJob) error {
	days, err := a.keepDays(ctx, network.Names)
	if err != nil {
		return err
	}
	if _, err := a.Register.ForgetNames(ctx, calendar.DayOf(a.DB.Now()).AddDays(-days)); err != nil {
		return err
	}
	if days, err = a.keepDays(ctx, network.Audit); err != nil {
		return err
	}
	for n := forgetRows; n == forgetRows; {
		err = a.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
			n, err = audit.Forget(ctx, tx, tx.Now.AddDate(0, 0, -days), forgetRows)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keepDays returns for how many days things of class are kept.
func (a *App) keepDays(ctx context.Context, class network.Class) (days int, err error) {
	err = a.DB.View(ctx, func(tx *sqldb.Tx) (err error) {
		days, err = a.Network.KeepDays(ctx, tx, class)
		return err
	})
	return days, err
}

// keepFor is keepDays of one class, for packages that know nothing of the network.
func (a *App) keepFor(class network.Class) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) { return a.keepDays(ctx, class) }
}

// keepForIn is keepFor inside a transaction.
func (a *App) keepForIn(class network.Class) func(context.Context, *sqldb.Tx) (int, error) {
	return func(ctx context.Context, tx *sqldb.Tx) (int, error) { return a.Network.KeepDays(ctx, tx, class) }
}

// handleRetention registers the work of this file on r.
func (a *App) handleRetention(r *jobs.Runner) {
	jobs.Handle(r, a.forget)
	r.Every(forgetJob{}, jobs.Daily(3*60+30))
}
