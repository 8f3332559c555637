package waiting

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
	"capillare/internal/waiting/internal/db"
)

// Filter chooses entries for a list; empty fields do not narrow.
type Filter struct {
	State, PointID string
	// Search is a part of a name, a phone number or a code; names of who waits beside a booking are kept with
	// the booking, not here.
	Search string
	// Offered keeps those with an offer to answer.
	Offered bool
	// Page counts from 0; Size is how many on a page, 0 for 50.
	Page, Size int
}

const pageSize = 50

// Listed is an entry of a list with its open offer, the zero Offer when there is none.
type Listed struct {
	Entry Entry
	Offer Offer
}

// List returns a page of the entries at own points, in the order of asking, those that are over last, and
// how many there are in all.
func (s *Service) List(ctx context.Context, who identity.Actor, f Filter) (page []Listed, total int, err error) {
	if f.Size <= 0 {
		f.Size = pageSize
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		see, err := s.points.VisibleTx(ctx, tx, who, identity.SeeAgenda)
		if err != nil {
			return err
		}
		q, arg := db.New(tx), db.ListEntriesParams{
			AnyState: f.State == "", State: f.State, AnyPoint: f.PointID == "", PointID: f.PointID,
			AnyName: f.Search == "", Pattern: pattern(f.Search), OnlyOffered: f.Offered,
			AllVisible: see.All, Points: see.JSON(), Max: int32(f.Size), Skip: int32(f.Page * f.Size),
		}
		arg.Phone, _ = agenda.NormalPhone(f.Search)
		arg.Code, _ = codes.ParseCode(f.Search)
		rows, err := q.ListEntries(ctx, arg)
		if err != nil {
			return fmt.Errorf("waiting: list: %w", err)
		}
		n, err := q.CountEntries(ctx, db.CountEntriesParams{
			AnyState: arg.AnyState, State: arg.State, AnyPoint: arg.AnyPoint, PointID: arg.PointID,
			AnyName: arg.AnyName, Pattern: arg.Pattern, Phone: arg.Phone, Code: arg.Code, OnlyOffered: arg.OnlyOffered,
			AllVisible: arg.AllVisible, Points: arg.Points,
		})
		if err != nil {
			return fmt.Errorf("waiting: list: %w", err)
		}
		total = int(n)
		page, err = s.listed(ctx, tx, rows)
		return err
	})
	return page, total, err
}

func (s *Service) listed(ctx context.Context, tx *sqldb.Tx, rows []db.ListEntriesRow) ([]Listed, error) {
	page, ids := make([]Listed, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		e, err := s.full(ctx, tx, entryOf(r.WaitingEntry))
		if err != nil {
			return nil, err
		}
		page[i].Entry, ids[i] = e, e.ID
	}
	offers, err := db.New(tx).OpenOffers(ctx, sqldb.List(ids))
	if err != nil {
		return nil, fmt.Errorf("waiting: list: %w", err)
	}
	of := map[string]Offer{}
	for _, r := range offers {
		of[r.WaitingOffer.EntryID] = offerOf(r.WaitingOffer)
	}
	for i := range page {
		page[i].Offer = of[page[i].Entry.ID]
	}
	return page, nil
}

// pattern finds a part of a name; digits and signs alone are no name, and would find everybody.
func pattern(search string) string {
	if name := territory.Fold(search); name != "" {
		return "%" + name + "%"
	}
	return ""
}

// Offers returns the offers made to an entry of an own point, the newest first.
func (s *Service) Offers(ctx context.Context, who identity.Actor, entryID string) (list []Offer, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.entryBy(ctx, tx, By{ID: entryID, Who: who}, identity.SeeAgenda); err != nil {
			return err
		}
		const atMost = 50
		rows, err := db.New(tx).OffersOf(ctx, db.OffersOfParams{EntryID: entryID, Max: atMost})
		if err != nil {
			return fmt.Errorf("waiting: offers: %w", err)
		}
		list = make([]Offer, len(rows))
		for i, r := range rows {
			list[i] = offerOf(r.WaitingOffer)
		}
		return nil
	})
	return list, err
}

// Setting is what the network decides of offers.
type Setting struct {
	// AnswerMinutes is how much daytime there is to answer; MissedAtMost how many offers in a row may have no
	// answer before the entry ends.
	AnswerMinutes, MissedAtMost int
}

// UsualSetting is in force until something else is set.
func UsualSetting() Setting {
	const hours, missed = 3, 3
	return Setting{AnswerMinutes: hours * 60, MissedAtMost: missed}
}

// Limits of a setting.
const (
	FewestAnswerMinutes = 30
	MostAnswerMinutes   = 1440
	MostMissed          = 10
)

func setting(ctx context.Context, tx *sqldb.Tx) (Setting, error) {
	rows, err := db.New(tx).Setting(ctx)
	if err != nil {
		return Setting{}, fmt.Errorf("waiting: setting: %w", err)
	}
	for _, r := range rows {
		return Setting{AnswerMinutes: r.AnswerMinutes, MissedAtMost: r.MissedAtMost}, nil
	}
	return UsualSetting(), nil
}

// Setting returns what is in force.
func (s *Service) Setting(ctx context.Context) (set Setting, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		set, err = setting(ctx, tx)
		return err
	})
	return set, err
}

// SetSetting changes what is in force for the offers to come; those made keep their time.
func (s *Service) SetSetting(ctx context.Context, who identity.Actor, set Setting) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	var p errs.Problems
	if set.AnswerMinutes < FewestAnswerMinutes || set.AnswerMinutes > MostAnswerMinutes {
		p.Add("answer_minutes", "waiting.answer_minutes", errs.Args{"min": FewestAnswerMinutes, "max": MostAnswerMinutes})
	}
	if set.MissedAtMost < 1 || set.MissedAtMost > MostMissed {
		p.Add("missed", "waiting.missed_at_most", errs.Args{"max": MostMissed})
	}
	if err := p.Err(); err != nil {
		return err
	}
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		was, err := setting(ctx, tx)
		if err != nil || was == set {
			return err
		}
		err = db.New(tx).PutSetting(ctx, db.PutSettingParams{AnswerMinutes: set.AnswerMinutes, MissedAtMost: set.MissedAtMost})
		if err != nil {
			return fmt.Errorf("waiting: setting: %w", err)
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: "network.waiting", Subject: "network", SubjectID: "1", Detail: audit.Changes{Changes: []audit.Change{
			{Field: "answer_minutes", From: strconv.Itoa(was.AnswerMinutes), To: strconv.Itoa(set.AnswerMinutes)},
			{Field: "missed_at_most", From: strconv.Itoa(was.MissedAtMost), To: strconv.Itoa(set.MissedAtMost)},
		}}})
	})
}

// forgetAtOnce bounds a transaction that deletes contacts.
const forgetAtOnce = 200

// Forget deletes the contacts of the entries that ended long enough ago, and returns how many they were.
func (s *Service) Forget(ctx context.Context) (total int, err error) {
	for n := int64(1); n > 0; {
		err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
			n = 0
			days, err := s.contactDays(ctx, tx)
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
			return total, fmt.Errorf("waiting: forget: %w", err)
		}
		total += int(n)
	}
	return total, nil
}
