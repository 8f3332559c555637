package backup

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"capillare/internal/backup/internal/db"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/messages"
	"capillare/internal/sqldb"
)

const (
	// missingAfter is how old the last good copy may be before somebody is told.
	missingAfter = 48 * time.Hour
	// quietFor is how long the same fault is told only once.
	quietFor = 24 * time.Hour
	// keepAlarms is how long it is remembered that somebody was told.
	keepAlarms = 90 * 24 * time.Hour
	// mostAdministrators bounds one alarm.
	mostAdministrators = 50
)

// trouble is what administrators are told.
type trouble struct {
	// text is a key of the texts "backup.alarm...".
	text string
	args errs.Args
}

func alarmOf(run Run) trouble {
	return trouble{"backup.alarm." + string(run.Kind), errs.Args{
		"at": run.Started, "place": run.Place, "name": run.Name, "detail": run.Detail, "fault": run.Fault,
	}}
}

// Watch tells the administrators when copies stopped coming: a copy that was never begun cannot fail.
func (s *Service) Watch(ctx context.Context) error {
	last, ok, err := s.Last(ctx, Copying, Done)
	if err != nil {
		return err
	}
	since := last.Started
	if !ok {
		// A network without any copy waits for its first one from its first attempt on.
		if since, err = s.firstRun(ctx); err != nil || since.IsZero() {
			return err
		}
	}
	if s.db.Now().Sub(since) < missingAfter {
		return nil
	}
	return s.alarm(ctx, trouble{"backup.alarm.missing", errs.Args{"at": since, "place": s.store.String()}})
}

func (s *Service) firstRun(ctx context.Context) (at time.Time, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		first, err := db.New(tx).FirstRunAt(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		at = first.Time
		return err
	})
	return at, err
}

// alarm sends a mail to each administrator, once a day for each kind of trouble. Without mail the page of
// the copies and doctor say it.
func (s *Service) alarm(ctx context.Context, t trouble) error {
	s.deps.Log.Error("backup: alarm", "text", t.text, "fault", t.args["fault"])
	if s.deps.Messages == nil || !s.deps.Messages.Ready() {
		return nil
	}
	people, _, err := s.deps.Identity.Holders(ctx, identity.System("backup"), identity.HolderFilter{Role: identity.Administrator, Max: mostAdministrators})
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		if _, err := q.DeleteAlarmsBefore(ctx, sqldb.At(tx.Now.Add(-keepAlarms))); err != nil {
			return err
		}
		told, err := q.AlarmsSince(ctx, db.AlarmsSinceParams{Fault: t.text, Since: sqldb.At(tx.Now.Add(-quietFor))})
		if err != nil || told > 0 {
			return err
		}
		if err := q.InsertAlarm(ctx, db.InsertAlarmParams{ID: sqldb.NewID(tx.Now), Fault: t.text, At: sqldb.At(tx.Now)}); err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, one := range people {
			if seen[one.Email] {
				continue
			}
			seen[one.Email] = true
			if err := s.deps.Messages.Send(ctx, tx, t.letter(one.Email, tx.Now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// letter writes the mail of a trouble.
func (t trouble) letter(to string, now time.Time) messages.Message {
	p := i18n.Default().Printer(i18n.Italian)
	args := errs.Args{"place": t.args["place"], "name": t.args["name"], "at": p.When(t.args["at"].(time.Time), now)}
	text := p.T(t.text+".text", args)
	if fault, ok := t.args["fault"].(string); ok {
		text += "\n\n" + p.T("backup.fault."+fault) + " " + p.T("backup.mend."+fault)
	}
	return messages.Message{Kind: t.text, To: to, Subject: p.T(t.text + ".subject"), Text: text + "\n\n" + p.T("backup.alarm.where"), Language: i18n.Italian}
}
