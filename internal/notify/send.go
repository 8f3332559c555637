package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"capillare/internal/agenda"
	"capillare/internal/calls"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/messages"
	"capillare/internal/notify/internal/db"
	"capillare/internal/sqldb"
)

// itself is who reads bookings to write about them.
const itself = "notify"

// send writes a planned notice of a booking and queues its message, or settles it when it is not needed
// any more. The booking is read before the transaction that queues: when it changed between, its notices
// were dropped, and nothing is queued.
func (s *Service) send(ctx context.Context, id string) error {
	var n db.NotifyNotice
	var set Setting
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		row, err := db.New(tx).NoticeByID(ctx, id)
		if err != nil {
			return err
		}
		n = row.NotifyNotice
		set, err = setting(ctx, tx)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) || err == nil && n.State != Planned {
		return nil
	}
	if err != nil {
		return fmt.Errorf("notify: read: %w", err)
	}
	now, purpose := s.base.Now(), Purpose(n.Purpose)
	if !now.Before(n.ExpiresAt.Time) {
		return s.end(ctx, id, Late, "")
	}
	b, err := s.Agenda.ByID(ctx, identity.System(itself), n.SubjectID)
	if errs.Of(err) == errs.NotFound {
		return s.end(ctx, id, Dropped, ReasonOver)
	}
	if err != nil {
		return err
	}
	reason, err := s.useless(ctx, purpose, b)
	if err != nil {
		return err
	}
	if reason != "" {
		return s.end(ctx, id, Dropped, reason)
	}
	who := s.reach(b, now, true)
	by := set.way(purpose, who)
	if by.Channel != NoWay && set.still(Channel(n.Channel), who) {
		// How pressing it is was weighed when it was planned, and a call may go with it.
		by.Channel = Channel(n.Channel)
	}
	return s.sendBy(ctx, n, b, by)
}

// useless returns why a notice planned before is not needed now, "" when it is.
func (s *Service) useless(ctx context.Context, purpose Purpose, b agenda.Booking) (reason string, err error) {
	switch purpose {
	case CancelledByCitizen, CancelledByService, Code:
		return "", nil
	}
	if b.State != agenda.Confirmed {
		return ReasonOver, nil
	}
	if !purpose.reminds() && purpose != Stranded {
		return "", nil
	}
	stranded, err := s.Agenda.StillStranded(ctx, identity.System(itself), []string{b.ID})
	if err != nil {
		return "", err
	}
	if stranded[b.ID] != (purpose == Stranded) {
		return ReasonChanged, nil
	}
	return "", nil
}

// sendBy sends a notice of a booking by a way.
func (s *Service) sendBy(ctx context.Context, n db.NotifyNotice, b agenda.Booking, by way) error {
	switch by.Channel {
	case NoWay:
		return s.end(ctx, n.ID, Dropped, by.Reason)
	case Call:
		return s.base.Update(ctx, func(tx *sqldb.Tx) error {
			about := s.about(b, Purpose(n.Purpose))
			about.Due, about.Expires = tx.Now, n.ExpiresAt.Time
			id, err := s.Calls.Add(ctx, tx, about.phoneCall())
			if err != nil {
				return err
			}
			if id == "" {
				// They are on the list already, or there is no number any more.
				return settle(ctx, tx, n.ID, Dropped, ReasonTold)
			}
			_, err = db.New(tx).Queue(ctx, db.QueueParams{ID: n.ID, Channel: string(Call), MessageID: sqldb.OptText(id)})
			return err
		})
	}
	m, err := s.letter(ctx, Purpose(n.Purpose), b, by.Channel)
	if err != nil {
		return err
	}
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		m.ID = sqldb.NewID(tx.Now)
		queued, err := db.New(tx).Queue(ctx, db.QueueParams{ID: n.ID, Channel: string(by.Channel), MessageID: sqldb.OptText(m.ID)})
		if err != nil || queued == 0 {
			return err
		}
		m.Kind, m.ExpiresAt = kindOf(Purpose(n.Purpose)), n.ExpiresAt.Time
		return s.Messages.Send(ctx, tx, m)
	})
}

func (s *Service) end(ctx context.Context, id, state, reason string) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error { return settle(ctx, tx, id, state, reason) })
}

// messageSettled writes down how a message ended. Who did not get what they must know is phoned.
func (s *Service) messageSettled(ctx context.Context, tx *sqldb.Tx, m messages.Settled) error {
	if !strings.HasPrefix(m.Kind, kindOf("")) {
		return nil
	}
	row, err := db.New(tx).NoticeByMessage(ctx, sqldb.OptText(m.ID))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("notify: settle: %w", err)
	}
	n, state := row.NotifyNotice, map[messages.State]string{messages.Sent: Sent, messages.Failed: Failed, messages.Late: Late}[m.State]
	if state == "" {
		return nil
	}
	if err := settle(ctx, tx, n.ID, state, m.Trouble); err != nil {
		return err
	}
	if state == Sent || n.Subject != calls.Booking && Purpose(n.Purpose) != Offer {
		return nil
	}
	return jobs.Enqueue(ctx, tx, insteadJob{ID: n.ID})
}

// callInstead phones who did not get a notice that they must know.
func (s *Service) callInstead(ctx context.Context, id string) error {
	var n db.NotifyNotice
	var set Setting
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		row, err := db.New(tx).NoticeByID(ctx, id)
		if err != nil {
			return err
		}
		n = row.NotifyNotice
		set, err = setting(ctx, tx)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	purpose := Purpose(n.Purpose)
	if err == nil && purpose == Offer {
		return s.callOffer(ctx, n)
	}
	if err != nil || !purpose.bad() && (purpose != FirstReminder || !set.Calls) {
		return err
	}
	b, err := s.Agenda.ByID(ctx, identity.System(itself), n.SubjectID)
	if err != nil {
		return ignoreMissing(err)
	}
	if b.Contact.Phone == "" || b.Version != n.Version {
		return nil
	}
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		about := s.about(b, purpose+byPhone)
		about.Call.Why = whyOf(purpose)
		about.way, about.Due, about.Expires = way{Channel: Call}, tx.Now, b.StartsAt
		return s.put(ctx, tx, about)
	})
}

func ignoreMissing(err error) error {
	if errs.Of(err) == errs.NotFound {
		return nil
	}
	return err
}

// callSettled writes down how a call ended.
func (s *Service) callSettled(ctx context.Context, tx *sqldb.Tx, f calls.Settled) error {
	row, err := db.New(tx).NoticeByMessage(ctx, sqldb.OptText(f.Call.ID))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("notify: settle: %w", err)
	}
	switch f.Call.State {
	case calls.Done:
		return settle(ctx, tx, row.NotifyNotice.ID, Sent, "")
	case calls.Late:
		return settle(ctx, tx, row.NotifyNotice.ID, Late, "")
	}
	return settle(ctx, tx, row.NotifyNotice.ID, Dropped, ReasonChanged)
}
