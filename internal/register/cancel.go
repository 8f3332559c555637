package register

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/register/internal/db"
	"capillare/internal/sqldb"
)

// reasonCorrected is what stands as the reason of a record that a correction replaced.
const reasonCorrected = "corrected"

// Cancel takes a record out of every count, with a reason; the record stays to be seen. A booking
// that it answered goes back to confirmed.
func (s *Service) Cancel(ctx context.Context, who identity.Actor, recordID, reason string) error {
	reason = strings.Join(strings.Fields(clean(reason)), " ")
	if reason == "" || utf8.RuneCountInString(reason) > maxReason {
		return ErrReason
	}
	own, err := s.ownFacilitator(ctx, who)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		r, err := s.writable(ctx, tx, who, own, recordID)
		if err != nil {
			return err
		}
		return s.cancelTx(ctx, tx, who, r, reason)
	})
}

// Correct replaces a record by in, in one transaction: the old one is cancelled and the new one names
// it. Version is that of the record shown to the person. Citizens of the old record may be kept by
// CitizenID. The idempotency key of in works as in [Service.Register].
func (s *Service) Correct(ctx context.Context, who identity.Actor, recordID string, version int, in Input) (Record, error) {
	refs, err := s.References(ctx, who, []Input{in})
	if err != nil {
		return Record{}, err
	}
	var out Record
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		out, err = s.correctTx(ctx, tx, who, correction{recordID, version, refs, in})
		return err
	})
	return out, broken(err)
}

type correction struct {
	recordID string
	version  int
	refs     References
	in       Input
}

func (s *Service) correctTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c correction) (Record, error) {
	var problems errs.Problems
	c.in.IdempotencyKey, c.in.NoticeVersion = clean(c.in.IdempotencyKey), clean(c.in.NoticeVersion)
	d := &draft{in: c.in, problems: &problems, corrects: c.recordID}
	if err := d.authorise(who, c.refs); err != nil {
		return Record{}, err
	}
	if done, err := s.alreadyDone(ctx, tx, who, []*draft{d}); err != nil {
		return Record{}, err
	} else if r, ok := done[c.in.IdempotencyKey]; ok {
		return r, nil
	}
	old, err := s.writable(ctx, tx, who, c.refs.own, c.recordID)
	if err != nil {
		return Record{}, err
	}
	if old.Version != c.version {
		return Record{}, ErrChanged
	}
	if d.corrected, err = s.peopleOf(ctx, tx, old.ID); err != nil {
		return Record{}, err
	}
	if err := s.cancelTx(ctx, tx, who, old, reasonCorrected); err != nil {
		return Record{}, err
	}
	out, err := s.write(ctx, tx, who, c.refs, []*draft{d})
	if err != nil {
		return Record{}, err
	}
	return out[0], nil
}

// writable returns an active record that who may change: at a point where who records, and one's own
// unless who acts for others there.
func (s *Service) writable(ctx context.Context, tx *sqldb.Tx, who identity.Actor, own, recordID string) (Record, error) {
	r, point, err := s.recordAt(ctx, tx, who, identity.Record, recordID)
	if err != nil {
		return Record{}, err
	}
	target := identity.Target{Programme: r.ProgrammeID, Project: r.ProjectID, Point: r.PointID,
		Bodies: []string{point.ManagingBodyID, point.DeliveringBodyID}}
	if r.FacilitatorID != own && !forOthers(who, identity.Record, target) {
		return Record{}, ErrNotYours
	}
	if r.State != Active {
		return Record{}, ErrCancelled
	}
	return r, nil
}

// recordAt returns a record at a point over which who holds p.
func (s *Service) recordAt(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p identity.Permission, recordID string) (Record, points.Point, error) {
	if !who.Can(p) {
		return Record{}, points.Point{}, identity.ErrForbidden
	}
	row, err := db.New(tx).RecordByID(ctx, recordID)
	if errors.Is(err, sql.ErrNoRows) {
		return Record{}, points.Point{}, ErrNoSuchRecord
	}
	if err != nil {
		return Record{}, points.Point{}, fmt.Errorf("register: record: %w", err)
	}
	point, err := s.Points.RequirePoint(ctx, tx, who, p, row.PointID)
	if errs.Of(err) == errs.NotFound {
		return Record{}, point, ErrNoSuchRecord
	}
	return fromRow(row), point, err
}

func (s *Service) cancelTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, r Record, reason string) error {
	q := db.New(tx)
	n, err := q.CancelRecord(ctx, db.CancelRecordParams{ID: r.ID, Version: r.Version, Reason: reason, Now: sqldb.At(tx.Now)})
	if err != nil {
		return fmt.Errorf("register: cancel a record: %w", err)
	}
	if n == 0 {
		return ErrCancelled
	}
	people, err := q.Attendances(ctx, sqldb.List([]string{r.ID}))
	if err != nil {
		return fmt.Errorf("register: people of a cancelled record: %w", err)
	}
	var countable []string
	for _, a := range people {
		if a.Countable {
			countable = append(countable, a.CitizenID)
		}
	}
	t, err := newTally(ctx, tx, map[string][]string{r.ProgrammeID: countable})
	if err != nil {
		return err
	}
	r.Countable = len(countable)
	t.service(r, -1)
	for _, id := range countable {
		if err := t.part(ctx, tx, r, id); err != nil {
			return err
		}
	}
	if r.BookingID != "" {
		if err := s.Agenda.Unserved(ctx, tx, r.BookingID); err != nil {
			return fmt.Errorf("register: booking of a cancelled record: %w", err)
		}
	}
	if err := t.flush(ctx, tx); err != nil {
		return err
	}
	return audit.Write(ctx, tx, who, audit.Entry{
		Action: "register.cancel", Subject: "service", SubjectID: r.ID, BodyID: r.BodyID, PointID: r.PointID,
		Detail: map[string]any{"people": len(people), "countable": len(countable), "corrected": reason == reasonCorrected},
	})
}
