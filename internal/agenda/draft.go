package agenda

import (
	"context"
	"errors"
	"fmt"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// HoldRequest asks to keep a time for a while.
type HoldRequest struct {
	Where
	// ClientKey stands for who asks (sealed.Keys.ClientKey): three live holds at most. Empty: no limit.
	ClientKey string
	// Channel is Web when empty.
	Channel  string
	Language string
	// Key makes the same click twice one draft: at least 16 random characters, made for each form.
	Key string
}

// holding is the state of a draft or booking in its seat, and whose hold it is while it is one.
type holding struct {
	state        string
	since, until time.Time
	client       string
}

// held is a hold that lives five minutes more, but not beyond twenty since it began.
func held(since, now time.Time) holding {
	until, last := now.Add(holdFor), since.Add(holdAtMost)
	if until.After(last) {
		until = last
	}
	return holding{state: Held, since: since, until: until}
}

// Hold keeps a seat for five minutes and returns the draft with the secret that opens it. The same Key
// gives the same draft. It refuses with ErrTaken, ErrPast, ErrTooManyHolds, ErrKind and ErrKey.
func (s *Service) Hold(ctx context.Context, r HoldRequest) (Booking, string, error) {
	secret, err := newSecret(r.Key)
	if err != nil {
		return Booking{}, "", err
	}
	if r.Channel == "" {
		r.Channel = Web
	}
	if r.Key != "" {
		b, err := s.BySecret(ctx, secret)
		if err == nil && b.State != Expired {
			return b, secret, nil
		}
		if err == nil {
			b, err = s.Retake(ctx, secret, r.Where, r.ClientKey)
			return b, secret, err
		}
		if !errors.Is(err, ErrNotFound) {
			return Booking{}, "", err
		}
	}
	w, inOrder, err := s.prospects(ctx, r.Where)
	if errors.Is(err, ErrTaken) && r.Key != "" {
		// The same click may have taken it a moment ago.
		if b, same := s.BySecret(ctx, secret); same == nil {
			return b, secret, nil
		}
	}
	if err != nil {
		return Booking{}, "", err
	}
	var b Booking
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		b, err = s.hold(ctx, tx, r, w, inOrder, secret)
		return err
	})
	if err != nil {
		return Booking{}, "", err
	}
	return b, secret, nil
}

func (s *Service) hold(ctx context.Context, tx *sqldb.Tx, r HoldRequest, w Where, inOrder []db.CandidatesRow, secret string) (Booking, error) {
	q := db.New(tx)
	if r.Key != "" {
		if b, err := bySecret(ctx, q, secret); !errors.Is(err, ErrNotFound) {
			return b, err
		}
	}
	if err := limitHolds(ctx, tx, q, r.ClientKey, ""); err != nil {
		return Booking{}, err
	}
	at, err := take(ctx, tx, q, w, inOrder)
	if err != nil {
		return Booking{}, err
	}
	return insertHold(ctx, tx, q, r, w, at, secret, held(tx.Now, tx.Now))
}

func insertHold(ctx context.Context, tx *sqldb.Tx, q *db.Queries, r HoldRequest, w Where, at seat, secret string, h holding) (Booking, error) {
	return insert(ctx, tx, q, w, at, db.InsertBookingParams{
		SecretHash: hashed(secret), Language: r.Language, State: h.state, Channel: r.Channel, ClientKey: r.ClientKey,
		HeldUntil: sqldb.At(h.until), HeldSince: sqldb.At(h.since),
	})
}

func limitHolds(ctx context.Context, tx *sqldb.Tx, q *db.Queries, clientKey, except string) error {
	if clientKey == "" {
		return nil
	}
	n, err := q.CountLiveHolds(ctx, db.CountLiveHoldsParams{ClientKey: clientKey, Now: sqldb.At(tx.Now), ExceptID: except})
	if err != nil {
		return fmt.Errorf("count holds: %w", err)
	}
	if n >= holdsOfClient {
		return ErrTooManyHolds
	}
	return nil
}

// Retake gives a draft another time, or its own again when it had expired, and keeps what was typed.
// When that time is taken the draft stays as it was.
func (s *Service) Retake(ctx context.Context, secret string, w Where, clientKey string) (Booking, error) {
	var b Booking
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		var err error
		if b, err = bySecret(ctx, q, secret); err != nil {
			return err
		}
		if !b.Draft() {
			return ErrNotDraft
		}
		w := w
		if w.Party == 0 {
			w.Party = b.Party
		}
		if w, err = checkedWhere(w, tx.Now); err != nil {
			return err
		}
		if b.State == Held && b.sits(w) {
			b, err = renew(ctx, tx, q, b)
			return err
		}
		if b.State == Expired {
			if err := limitHolds(ctx, tx, q, clientKey, b.ID); err != nil {
				return err
			}
		}
		b.clientKey = clientKey
		b, err = reseat(ctx, tx, q, b, w)
		return err
	})
	return b, err
}

// sits reports whether the booking already is what w asks for.
func (b Booking) sits(w Where) bool {
	return b.PointID == w.PointID && b.Kind == w.Kind && b.StartsAt.Equal(w.StartsAt) && b.Party == w.Party &&
		(w.KindID == "" || slotKind(w.KindID) == b.KindID) &&
		(w.AddressID == "" || w.AddressID == b.AddressID) && (w.FacilitatorID == "" || w.FacilitatorID == b.FacilitatorID)
}

// reseat takes the new seat of a draft before it frees the old one.
func reseat(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking, w Where) (Booking, error) {
	at, err := take(ctx, tx, q, w, nil)
	if err != nil {
		return b, err
	}
	h := held(tx.Now, tx.Now)
	if b.State == Held {
		if h = held(b.HeldSince, tx.Now); !h.until.After(tx.Now) {
			return b, ErrExpired
		}
	}
	h.client = b.clientKey
	// A hold that ran out may have been let go a moment ago, to make room: its seat is not to be freed twice.
	if b, err = byID(ctx, q, b.ID); err != nil {
		return b, err
	}
	if err := settle(ctx, tx, q, b, w, at, h); err != nil {
		return b, err
	}
	if b.State == Held {
		if err := giveBack(ctx, q, b); err != nil {
			return b, err
		}
	}
	return byID(ctx, q, b.ID)
}

// Renew makes a hold live five minutes more; ErrExpired when it is gone or twenty minutes old.
func (s *Service) Renew(ctx context.Context, secret string) (Booking, error) {
	var b Booking
	err := s.base.Update(ctx, func(tx *sqldb.Tx) (err error) {
		q := db.New(tx)
		if b, err = bySecret(ctx, q, secret); err != nil {
			return err
		}
		switch b.State {
		case Held:
			b, err = renew(ctx, tx, q, b)
			return err
		case Expired:
			return ErrExpired
		}
		return ErrNotDraft
	})
	return b, err
}

// renew may revive a hold that ran out and that nobody wanted meanwhile.
func renew(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking) (Booking, error) {
	h := held(b.HeldSince, tx.Now)
	if b.HeldUntil.After(h.until) {
		// An offer is held longer than a draft: going through its steps must not shorten it.
		h.until = b.HeldUntil
	}
	if !h.until.After(tx.Now) {
		return b, ErrExpired
	}
	if _, err := q.SetHold(ctx, db.SetHoldParams{ID: b.ID, HeldUntil: sqldb.At(h.until), UpdatedAt: sqldb.At(tx.Now)}); err != nil {
		return b, fmt.Errorf("renew a hold: %w", err)
	}
	if b.Party > 1 {
		err := q.HoldTogether(ctx, db.HoldTogetherParams{TogetherID: sqldb.OptText(b.ID), HeldUntil: sqldb.At(h.until), UpdatedAt: sqldb.At(tx.Now)})
		if err != nil {
			return b, fmt.Errorf("renew a hold: %w", err)
		}
	}
	b.HeldUntil = h.until
	return b, nil
}

// Fill keeps what was typed so far, all of it, and renews the hold. An expired draft keeps it as well.
func (s *Service) Fill(ctx context.Context, secret string, d Details) (Booking, error) {
	d, err := checkedDetails(d, false)
	if err != nil {
		return Booking{}, err
	}
	var b Booking
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		if b, err = bySecret(ctx, q, secret); err != nil {
			return err
		}
		if !b.Draft() {
			return ErrNotDraft
		}
		if b.State == Held {
			if _, err := renew(ctx, tx, q, b); err != nil && !errors.Is(err, ErrExpired) {
				return err
			}
		}
		b, err = fill(ctx, tx, q, b, d)
		return err
	})
	return b, err
}

// fill writes what was typed, or is known, of a draft.
func fill(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking, d Details) (Booking, error) {
	contact, err := writeContact(ctx, tx, q, b.contactID, d.Contact, calendar.DayOf(tx.Now).AddDays(draftDays))
	if err != nil {
		return b, err
	}
	err = q.SetDetails(ctx, db.SetDetailsParams{
		ID: b.ID, Topic: d.Topic, Reason: d.Reason, Needs: d.Needs, Language: d.Language,
		ContactID: sqldb.OptText(contact), UpdatedAt: sqldb.At(tx.Now),
	})
	if err != nil {
		return b, fmt.Errorf("fill a draft: %w", err)
	}
	if b.Party > 1 {
		err = q.DetailsTogether(ctx, db.DetailsTogetherParams{
			TogetherID: sqldb.OptText(b.ID), Topic: d.Topic, Reason: d.Reason, Needs: d.Needs, Language: d.Language,
			ContactID: sqldb.OptText(contact), UpdatedAt: sqldb.At(tx.Now),
		})
		if err != nil {
			return b, fmt.Errorf("fill a draft: %w", err)
		}
	}
	return byID(ctx, q, b.ID)
}

// Confirm makes a draft a booking. It asks for a name; phone and mail may be missing. A draft that
// expired, or whose slot the rules took away, tries the same time again: ErrTaken when it is gone, and
// what was typed stays. It refuses with what [Service.Advice] says. Confirming twice, or with the key of an earlier confirmation, gives the same booking.
func (s *Service) Confirm(ctx context.Context, secret string, r ConfirmRequest) (Booking, error) {
	hash, err := keyHash(r.Key, secret)
	if err != nil {
		return Booking{}, err
	}
	if !r.Anyway {
		if err := s.question(ctx, secret); err != nil {
			return Booking{}, err
		}
	}
	var b Booking
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		was, again, err := byKey(ctx, q, hash)
		if err != nil {
			return err
		}
		if again {
			b = was
			return nil
		}
		if b, err = bySecret(ctx, q, secret); err != nil {
			return err
		}
		switch {
		case b.State == Cancelled:
			return ErrEnded
		case !b.Draft():
			return nil
		}
		b, err = s.confirm(ctx, tx, q, b, r, hash)
		return err
	})
	return b, err
}

func (s *Service) confirm(ctx context.Context, tx *sqldb.Tx, q *db.Queries, b Booking, r ConfirmRequest, key sqldb.OptText) (Booking, error) {
	if _, err := checkedDetails(b.Details, true); err != nil {
		return b, err
	}
	w, err := checkedWhere(b.Where(), tx.Now)
	if err != nil {
		return b, err
	}
	if err := withinLimits(ctx, tx, q, b); err != nil {
		return b, err
	}
	gone, err := withdrawn(ctx, q, b)
	if err != nil {
		return b, err
	}
	if b.State == Expired || gone {
		b, err = reseat(ctx, tx, q, b, w)
		if gone && errors.Is(err, ErrExpired) {
			return b, ErrTaken
		}
		if err != nil {
			return b, err
		}
	}
	b.NoticeVersion, b.key = r.NoticeVersion, key
	return s.giveHeld(ctx, tx, q, identity.Public(""), b)
}

// giveHeld makes a hold the booking that it was for.
func (s *Service) giveHeld(ctx context.Context, tx *sqldb.Tx, q *db.Queries, who identity.Actor, b Booking) (Booking, error) {
	n, err := q.ConfirmBooking(ctx, db.ConfirmBookingParams{ID: b.ID, NoticeVersion: b.NoticeVersion, IdempotencyKey: b.key, UpdatedAt: sqldb.At(tx.Now)})
	if err != nil {
		return b, fmt.Errorf("confirm a booking: %w", err)
	}
	if n == 0 {
		return b, ErrEnded
	}
	if b.Party > 1 {
		err := q.ConfirmTogether(ctx, db.ConfirmTogetherParams{TogetherID: sqldb.OptText(b.ID), NoticeVersion: b.NoticeVersion, UpdatedAt: sqldb.At(tx.Now)})
		if err != nil {
			return b, fmt.Errorf("confirm who comes together: %w", err)
		}
	}
	if err := s.keepContact(ctx, tx, b.contactID, b.Day); err != nil {
		return b, err
	}
	if err := record(ctx, tx, who, b, "agenda.confirm"); err != nil {
		return b, err
	}
	if b, err = byID(ctx, q, b.ID); err != nil {
		return b, err
	}
	return b, s.tell(ctx, tx, Changed{What: Booked, Booking: b, Who: who})
}

// withdrawn reports whether the rules took the slot of a hold away meanwhile: a closure, a shift that
// ended. A booking made there would be one that nobody awaits.
func withdrawn(ctx context.Context, q *db.Queries, b Booking) (bool, error) {
	slot, err := q.SlotByID(ctx, b.SlotID)
	if err != nil {
		return false, fmt.Errorf("slot of a hold: %w", err)
	}
	return slot.State == Withdrawn, nil
}

// Where asks for the place, time, kind and number of people of a booking, with whichever facilitator.
func (b Booking) Where() Where {
	return Where{PointID: b.PointID, AddressID: b.AddressID, Kind: b.Kind, KindID: wished(b.KindID), StartsAt: b.StartsAt, Party: b.Party}
}

// Drop gives up a draft: the time is free again at once.
func (s *Service) Drop(ctx context.Context, secret string) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		b, err := bySecret(ctx, q, secret)
		if err != nil {
			return err
		}
		if b.State != Held {
			return nil
		}
		if err := end(ctx, tx, q, b, Expired, ""); err != nil {
			return err
		}
		return s.tell(ctx, tx, Freed{PointID: b.PointID})
	})
}

// record writes the audit row of a change of a booking: never a name, a phone or a reason.
func record(ctx context.Context, tx *sqldb.Tx, who identity.Actor, b Booking, action string) error {
	return audit.Write(ctx, tx, who, audit.Entry{
		Action: action, Subject: "booking", SubjectID: b.ID, PointID: b.PointID,
		Detail: map[string]any{"slot": b.SlotID, "starts_at": b.StartsAt.UTC().Format(time.RFC3339), "channel": b.Channel, "state": b.State},
	})
}
