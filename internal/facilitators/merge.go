package facilitators

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// UndoTime is for how long a merge can be undone.
const UndoTime = 14 * 24 * time.Hour

// What followed a person, in the words of this package.
const (
	whatDuty    = "facilitators.duty"
	whatAbsence = "facilitators.absence"
	whatOnce    = "facilitators.occurrence"
	whatStandIn = "facilitators.substitute"
)

// Merge is that a record was the same person as another, which stays (it: unione di due schede).
type Merge struct {
	ID, GoneID, KeptID string
	At                 time.Time
	// By is the account that did it; empty for the program itself.
	By string
	// UndoUntil is the last instant at which it can be undone.
	UndoUntil time.Time
}

// snapshot is what an undo needs of a record: ids, days and states, no name and no address.
type snapshot struct {
	Account string
	State   string
	From    calendar.Day
	To      calendar.Day
	Served  []Served
}

// memory is both records before, the one that stays after, and which details it took from the other.
type memory struct {
	Gone, Kept, After  snapshot
	Email, Phone, Code bool
}

// twoAccounts returns the accounts of both when both had one, else nothing.
func (m memory) twoAccounts() (other, kept string) {
	if m.Gone.Account == "" || m.Kept.Account == "" {
		return "", ""
	}
	return m.Gone.Account, m.Kept.Account
}

func snapshotOf(f Facilitator) snapshot {
	return snapshot{Account: f.AccountID, State: f.State, From: f.From, To: f.To, Served: f.Points}
}

// Merge makes the record goneID the same person as keptID, which stays: shifts, absences and through
// [Merged] appointments and services follow, what is missing in the one that stays is taken from the
// other, and the old id leads to the new (Facilitator.MergedInto). It returns the id of the merge.
//
// It refuses with ErrTwoCodes, ErrMergeDuty, ErrMerged, with what [Merged] is refused, and whom who may
// not change as the body that person works for. It writes the audit of both.
func (s *Service) Merge(ctx context.Context, who identity.Actor, goneID, keptID string) (id string, err error) {
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		id, err = s.merge(ctx, tx, who, goneID, keptID)
		return err
	})
	return id, refused(err)
}

func (s *Service) merge(ctx context.Context, tx *sqldb.Tx, who identity.Actor, goneID, keptID string) (string, error) {
	gone, err := s.own(ctx, tx, who, goneID)
	if err != nil {
		return "", err
	}
	kept, err := s.own(ctx, tx, who, keptID)
	if err != nil {
		return "", err
	}
	if gone.ID == kept.ID {
		return "", ErrMerged
	}
	clashes, err := s.clashes(ctx, tx, gone.ID, kept.ID)
	if err != nil {
		return "", err
	}
	if len(clashes) > 0 {
		return "", ErrMergeDuty
	}
	m := memory{Gone: snapshotOf(gone), Kept: snapshotOf(kept)}
	next, err := s.join(ctx, tx, gone, kept, &m)
	if err != nil {
		return "", err
	}
	m.After = snapshotOf(next)
	id, err := remember(ctx, tx, who, gone.ID, kept.ID, m)
	if err != nil {
		return "", err
	}
	fact := Merged{From: gone.ID, Into: kept.ID, MergeID: id, Who: who}
	fact.OtherAccount, fact.KeptAccount = m.twoAccounts()
	if err := s.follow(ctx, tx, fact); err != nil {
		return "", err
	}
	if err := s.publishPerson(ctx, tx, kept.ID, pointsOf(next)); err != nil {
		return "", err
	}
	return id, s.noteMerge(ctx, tx, who, "facilitators.merge", gone, kept)
}

// own loads a person of an own body who is not merged.
func (s *Service) own(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id string) (Facilitator, error) {
	f, err := s.byID(ctx, tx, id)
	if err != nil {
		return f, err
	}
	if f.MergedInto != "" {
		return f, ErrMerged
	}
	return f, who.Require(identity.EditFacilitators, identity.Target{Bodies: []string{f.BodyID}})
}

// Clash is two shifts of two records at the same time, which one person could not both do.
type Clash struct{ Gone, Kept Duty }

// Clashes returns the shifts to come that keep two records from being one person.
func (s *Service) Clashes(ctx context.Context, who identity.Actor, goneID, keptID string) (list []Clash, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		for _, id := range []string{goneID, keptID} {
			if _, err := s.own(ctx, tx, who, id); err != nil {
				return err
			}
		}
		list, err = s.clashes(ctx, tx, goneID, keptID)
		return err
	})
	return list, err
}

func (s *Service) clashes(ctx context.Context, tx *sqldb.Tx, goneID, keptID string) ([]Clash, error) {
	q, now := db.New(tx), today(tx)
	theirs, err := q.DutiesOfFacilitator(ctx, db.DutiesOfFacilitatorParams{FacilitatorID: goneID, FromDay: now})
	if err != nil {
		return nil, fmt.Errorf("shifts of a person: %w", err)
	}
	ours, err := q.DutiesOfFacilitator(ctx, db.DutiesOfFacilitatorParams{FacilitatorID: keptID, FromDay: now})
	if err != nil {
		return nil, fmt.Errorf("shifts of a person: %w", err)
	}
	var list []Clash
	for _, a := range theirs {
		for _, b := range ours {
			gone, kept := dutyOf(a), dutyOf(b)
			// What was before today is over and done: only what is to come must be possible.
			gone.From = later(gone.From, now)
			if overlaps(gone, kept) {
				list = append(list, Clash{Gone: dutyOf(a), Kept: kept})
			}
		}
	}
	if len(list) > 0 {
		return list, nil
	}
	return s.singleClashes(ctx, tx, goneID, keptID)
}

// singleClashes are the single times of one record, standing in too, on which the other is elsewhere.
func (s *Service) singleClashes(ctx context.Context, tx *sqldb.Tx, goneID, keptID string) ([]Clash, error) {
	var list []Clash
	for _, pair := range [][2]string{{goneID, keptID}, {keptID, goneID}} {
		single, err := s.singleTimes(ctx, tx, []string{pair[0]}, today(tx))
		if err != nil {
			return nil, err
		}
		for _, one := range single {
			others, err := s.OnDutyOf(ctx, tx, []string{pair[1]}, one.Day, one.Day)
			if err != nil {
				return nil, err
			}
			for _, o := range others {
				if !o.meets(one.Duty.Starts, one.Duty.Ends) {
					continue
				}
				c := Clash{Gone: one.Duty, Kept: o.Duty}
				if pair[0] == keptID {
					c = Clash{Gone: o.Duty, Kept: one.Duty}
				}
				list = append(list, c)
			}
		}
	}
	return list, nil
}

// join writes both records: the one that goes has left and leads to the other, which takes what it lacks.
func (s *Service) join(ctx context.Context, tx *sqldb.Tx, gone, kept Facilitator, m *memory) (Facilitator, error) {
	q := db.New(tx)
	err := q.SetMerged(ctx, db.SetMergedParams{
		ID: gone.ID, MergedInto: sqldb.OptText(kept.ID), State: Left, ToDay: later(gone.From, today(tx)),
	})
	if err != nil {
		return kept, fmt.Errorf("merge: %w", err)
	}
	next := kept
	if next.AccountID == "" {
		next.AccountID = gone.AccountID
	}
	if m.Email = next.Email == "" && gone.Email != ""; m.Email {
		next.Email = gone.Email
	}
	if m.Phone = next.Phone == "" && gone.Phone != ""; m.Phone {
		next.Phone = gone.Phone
	}
	if gone.From.Before(next.From) {
		next.From = gone.From
	}
	if gone.To.IsZero() || !next.To.IsZero() && gone.To.After(next.To) {
		next.To = gone.To
	}
	if next.State != Active && gone.State == Active {
		next.State = Active
	}
	if err := fill(ctx, q, next); err != nil {
		return kept, err
	}
	if m.Code, err = s.takeCode(ctx, tx, gone, kept); err != nil {
		return kept, err
	}
	next.Skills, next.Languages = gone.Skills, gone.Languages
	if err := addTags(ctx, q, next); err != nil {
		return kept, err
	}
	next.Points, err = joinServed(ctx, q, gone, kept)
	return next, err
}

func fill(ctx context.Context, q *db.Queries, f Facilitator) error {
	err := q.SetFilled(ctx, db.SetFilledParams{
		ID: f.ID, AccountID: sqldb.OptText(f.AccountID), Email: f.Email, Phone: f.Phone, State: f.State, FromDay: f.From, ToDay: f.To,
	})
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	return nil
}

// takeCode gives the one that stays the tax code of the other, sealed anew, when it has none.
func (s *Service) takeCode(ctx context.Context, tx *sqldb.Tx, gone, kept Facilitator) (bool, error) {
	if !gone.HasTaxCode {
		return false, nil
	}
	q := db.New(tx)
	rows, err := q.Facilitators(ctx, sqldb.List([]string{gone.ID, kept.ID}))
	if err != nil {
		return false, fmt.Errorf("merge: %w", err)
	}
	byID := map[string]db.FacilitatorsRow{}
	for _, r := range rows {
		byID[r.ID] = r
	}
	if kept.HasTaxCode {
		if byID[gone.ID].TaxCodeKey != byID[kept.ID].TaxCodeKey {
			return false, ErrTwoCodes
		}
		return false, nil
	}
	plain, err := s.keys.Open(taxCodePurpose, byID[gone.ID].TaxCodeCipher, gone.ID)
	if err != nil {
		return false, fmt.Errorf("open the tax code of facilitator %s: %w", gone.ID, err)
	}
	key, cipher := s.sealedCode(kept.ID, codes.TaxCode(plain))
	if err := q.UpdateTaxCode(ctx, db.UpdateTaxCodeParams{ID: kept.ID, TaxCodeKey: key, TaxCodeCipher: cipher}); err != nil {
		return false, fmt.Errorf("merge: %w", err)
	}
	return true, nil
}

// joinServed makes the one that stays serve the points of both, one stretch where two touch; the rows of
// the other stay as they were.
func joinServed(ctx context.Context, q *db.Queries, gone, kept Facilitator) ([]Served, error) {
	all := joined(kept.Points, gone.Points)
	return all, setServed(ctx, q, kept.ID, kept.Points, all)
}

func setServed(ctx context.Context, q *db.Queries, id string, was, becomes []Served) error {
	for _, p := range was {
		if err := q.DeleteServed(ctx, db.DeleteServedParams{FacilitatorID: id, PointID: p.PointID, FromDay: p.From}); err != nil {
			return fmt.Errorf("points served: %w", err)
		}
	}
	for _, p := range becomes {
		err := q.InsertServed(ctx, db.InsertServedParams{FacilitatorID: id, PointID: p.PointID, FromDay: p.From, ToDay: p.To})
		if err != nil {
			return fmt.Errorf("points served: %w", err)
		}
	}
	return nil
}

// remember keeps the merge and what an undo needs.
func remember(ctx context.Context, tx *sqldb.Tx, who identity.Actor, goneID, keptID string, m memory) (string, error) {
	was, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("merge: %w", err)
	}
	id := sqldb.NewID(tx.Now)
	err = db.New(tx).InsertMerge(ctx, db.InsertMergeParams{
		ID: id, GoneID: goneID, KeptID: keptID, MergedAt: sqldb.At(tx.Now), MergedBy: sqldb.OptText(who.AccountID), Was: sqldb.RawJSON(was),
	})
	if err != nil {
		return "", fmt.Errorf("merge: %w", err)
	}
	return id, nil
}

// follow moves shifts and absences, tells the others, and keeps what moved.
func (s *Service) follow(ctx context.Context, tx *sqldb.Tx, fact Merged) error {
	q := db.New(tx)
	var moved []Move
	fact.moved = &moved
	duties, err := q.DutiesOf(ctx, fact.From)
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	absences, err := q.AbsencesOf(ctx, fact.From)
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	if duties, err = q.MoveDuties(ctx, db.MoveDutiesParams{Gone: fact.From, Kept: fact.Into, Ids: sqldb.List(duties)}); err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	if absences, err = q.MoveAbsences(ctx, db.MoveAbsencesParams{Gone: fact.From, Kept: fact.Into, Ids: sqldb.List(absences)}); err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	once, err := q.MoveOccurrences(ctx, db.MoveOccurrencesParams{Gone: fact.From, Kept: fact.Into, Every: true, Ids: "[]"})
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	standIns, err := q.MoveSubstitutes(ctx, db.MoveSubstitutesParams{Gone: fact.From, Kept: fact.Into, Every: true, Ids: "[]"})
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	fact.Moved(whatOnce, once...)
	fact.Moved(whatStandIn, standIns...)
	fact.Moved(whatDuty, duties...)
	fact.Moved(whatAbsence, absences...)
	if err := s.bus.Publish(ctx, tx, fact); err != nil {
		return err
	}
	for _, m := range moved {
		if err := q.InsertMoved(ctx, db.InsertMovedParams{MergeID: fact.MergeID, What: m.What, ID: m.ID}); err != nil {
			return fmt.Errorf("merge: %w", err)
		}
	}
	return nil
}

func (s *Service) noteMerge(ctx context.Context, tx *sqldb.Tx, who identity.Actor, action string, gone, kept Facilitator) error {
	for _, f := range []Facilitator{gone, kept} {
		err := audit.Write(ctx, tx, who, audit.Entry{
			Action: action, Subject: "facilitator", SubjectID: f.ID, BodyID: f.BodyID, Detail: map[string]string{"gone": gone.ID, "kept": kept.ID},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Merges returns the records that were made one with a person's, the latest first.
func (s *Service) Merges(ctx context.Context, who identity.Actor, id string) ([]Merge, error) {
	if _, err := s.ByID(ctx, who, id); err != nil {
		return nil, err
	}
	var list []Merge
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).MergesInto(ctx, id)
		list = make([]Merge, len(rows))
		for i, r := range rows {
			list[i] = Merge{ID: r.ID, GoneID: r.GoneID, KeptID: r.KeptID, At: r.MergedAt.Time, By: string(r.MergedBy),
				UndoUntil: r.MergedAt.Add(UndoTime)}
		}
		return err
	})
	return list, err
}

// Lookalikes returns up to ten people whom who may see and who may be the same as one: the same name,
// mail or phone.
func (s *Service) Lookalikes(ctx context.Context, who identity.Actor, f Facilitator) ([]Facilitator, error) {
	see, err := s.visible(ctx, who)
	if err != nil {
		return nil, err
	}
	var list []Facilitator
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		list = nil
		ids, err := db.New(tx).Lookalikes(ctx, db.LookalikesParams{
			ID: f.ID, Search: searchText(f), Email: strings.ToLower(f.Email), Phone: f.Phone,
		})
		if err != nil {
			return fmt.Errorf("people alike: %w", err)
		}
		found, err := s.load(ctx, tx, ids)
		for _, one := range found {
			if see.sees(one) {
				list = append(list, one)
			}
		}
		return err
	})
	return list, err
}

func mergeByID(ctx context.Context, tx *sqldb.Tx, id string) (db.MergeByIDRow, error) {
	row, err := db.New(tx).MergeByID(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return row, ErrNotFound
	}
	if err != nil {
		return row, fmt.Errorf("merge: %w", err)
	}
	return row, nil
}
