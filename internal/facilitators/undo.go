package facilitators

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// UndoMerge makes two persons of one again: what moved goes back, unless it changed meanwhile. It returns
// what stayed. It refuses with ErrUndoLate after [UndoTime] or when the one that stayed was merged since,
// and writes the audit of both.
func (s *Service) UndoMerge(ctx context.Context, who identity.Actor, mergeID string) (stayed []Move, err error) {
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		stayed = nil
		row, err := mergeByID(ctx, tx, mergeID)
		if err != nil {
			return err
		}
		if !row.UndoneAt.IsZero() || tx.Now.Sub(row.MergedAt.Time) > UndoTime {
			return ErrUndoLate
		}
		kept, err := s.own(ctx, tx, who, row.KeptID)
		if err != nil {
			return err
		}
		gone, err := s.byID(ctx, tx, row.GoneID)
		if err != nil {
			return err
		}
		var m memory
		if err := json.Unmarshal([]byte(row.Was), &m); err != nil {
			return fmt.Errorf("undo a merge: %w", err)
		}
		return s.part(ctx, tx, parting{row.ID, who, gone, kept, m, &stayed})
	})
	return stayed, refused(err)
}

// parting is an undo under way.
type parting struct {
	id         string
	who        identity.Actor
	gone, kept Facilitator
	memory
	stayed *[]Move
}

func (s *Service) part(ctx context.Context, tx *sqldb.Tx, p parting) error {
	q := db.New(tx)
	_, err := q.EndMerge(ctx, db.EndMergeParams{ID: p.id, At: sqldb.At(tx.Now), UndoneBy: sqldb.OptText(p.who.AccountID)})
	if err != nil {
		return fmt.Errorf("undo a merge: %w", err)
	}
	// The one that stayed gives back first: an account and a tax code belong to one person at a time.
	if err := s.giveBack(ctx, tx, p); err != nil {
		return err
	}
	err = q.SetMerged(ctx, db.SetMergedParams{
		ID: p.gone.ID, AccountID: sqldb.OptText(p.accountBack()), State: p.Gone.State, ToDay: p.Gone.To,
	})
	if err != nil {
		return fmt.Errorf("undo a merge: %w", err)
	}
	if err := s.followBack(ctx, tx, p); err != nil {
		return err
	}
	for id, points := range map[string][]string{p.gone.ID: pointsOf(p.gone), p.kept.ID: pointsOf(p.kept)} {
		if err := s.publishPerson(ctx, tx, id, points); err != nil {
			return err
		}
	}
	return s.noteMerge(ctx, tx, p.who, "facilitators.merge_undone", p.gone, p.kept)
}

// accountBack is the account that the one who went had, unless it is somebody else's by now.
func (p parting) accountBack() string {
	if p.Kept.Account == "" && p.kept.AccountID != p.After.Account {
		return ""
	}
	return p.Gone.Account
}

// giveBack restores what the one that stayed took, detail by detail, where it is still as the merge left it.
func (s *Service) giveBack(ctx context.Context, tx *sqldb.Tx, p parting) error {
	q, next := db.New(tx), p.kept
	if next.AccountID == p.After.Account {
		next.AccountID = p.Kept.Account
	}
	if next.State == p.After.State {
		next.State = p.Kept.State
	}
	if next.From == p.After.From && next.To == p.After.To {
		next.From, next.To = p.Kept.From, p.Kept.To
	}
	if p.Email && next.Email == p.gone.Email {
		next.Email = ""
	}
	if p.Phone && next.Phone == p.gone.Phone {
		next.Phone = ""
	}
	if err := fill(ctx, q, next); err != nil {
		return err
	}
	if slices.Equal(p.kept.Points, p.After.Served) {
		if err := setServed(ctx, q, p.kept.ID, p.kept.Points, p.Kept.Served); err != nil {
			return err
		}
	}
	if !p.Code {
		return nil
	}
	rows, err := q.Facilitators(ctx, sqldb.List([]string{p.gone.ID, p.kept.ID}))
	if err != nil {
		return fmt.Errorf("undo a merge: %w", err)
	}
	if len(rows) == 2 && rows[0].TaxCodeKey == rows[1].TaxCodeKey {
		return q.UpdateTaxCode(ctx, db.UpdateTaxCodeParams{ID: p.kept.ID})
	}
	return nil
}

// followBack moves back what followed and is still there, and keeps what stayed.
func (s *Service) followBack(ctx context.Context, tx *sqldb.Tx, p parting) error {
	q := db.New(tx)
	rows, err := q.Moved(ctx, p.id)
	if err != nil {
		return fmt.Errorf("undo a merge: %w", err)
	}
	fact := MergeUndone{From: p.gone.ID, Into: p.kept.ID, MergeID: p.id, Who: p.who, stayed: p.stayed}
	fact.OtherAccount, fact.KeptAccount = p.twoAccounts()
	for _, r := range rows {
		fact.moves = append(fact.moves, Move{What: r.What, ID: r.ID})
	}
	duties, err := q.MoveDuties(ctx, db.MoveDutiesParams{Gone: p.kept.ID, Kept: p.gone.ID, Ids: sqldb.List(fact.Of(whatDuty))})
	if err != nil {
		return fmt.Errorf("undo a merge: %w", err)
	}
	absences, err := q.MoveAbsences(ctx, db.MoveAbsencesParams{Gone: p.kept.ID, Kept: p.gone.ID, Ids: sqldb.List(fact.Of(whatAbsence))})
	if err != nil {
		return fmt.Errorf("undo a merge: %w", err)
	}
	once, err := q.MoveOccurrences(ctx, db.MoveOccurrencesParams{Gone: p.kept.ID, Kept: p.gone.ID, Ids: sqldb.List(fact.Of(whatOnce))})
	if err != nil {
		return fmt.Errorf("undo a merge: %w", err)
	}
	standIns, err := q.MoveSubstitutes(ctx, db.MoveSubstitutesParams{Gone: p.kept.ID, Kept: p.gone.ID, Ids: sqldb.List(fact.Of(whatStandIn))})
	if err != nil {
		return fmt.Errorf("undo a merge: %w", err)
	}
	fact.Back(whatOnce, once)
	fact.Back(whatStandIn, standIns)
	fact.Back(whatDuty, duties)
	fact.Back(whatAbsence, absences)
	return s.bus.Publish(ctx, tx, fact)
}
