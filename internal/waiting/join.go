package waiting

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
	"capillare/internal/waiting/internal/db"
)

const (
	shortestKey = 16
	codeTries   = 5
	// entriesOfClient is how many times one person waits at once, told by phone, mail or internet address.
	entriesOfClient = 3
	placesAtMost    = 100
)

// Join puts somebody in the list. who is identity.Public for a citizen, who has proved to hold the
// booking; staff need to be allowed to book at the point. The same Key gives the same entry. It refuses
// with ErrAlready when the booking waits already, ErrTogether for several people, ErrTooMany, agenda.ErrEnded
// and ErrPast for a booking that is over, and with fields: minutes, days, until and those of a contact.
func (s *Service) Join(ctx context.Context, who identity.Actor, r Request) (Entry, error) {
	r, err := checked(r)
	if err != nil {
		return Entry{}, err
	}
	var key sqldb.OptText
	if r.Key != "" {
		if len(r.Key) < shortestKey {
			return Entry{}, ErrKey
		}
		key = sqldb.OptText(hashed("key " + r.Key))
	}
	places, err := s.reach(ctx, r.PointID, r.Minutes)
	if err != nil {
		return Entry{}, err
	}
	var e Entry
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		if err := s.mayJoin(ctx, tx, who, r.PointID); err != nil {
			return err
		}
		if key != "" {
			row, err := db.New(tx).EntryByKey(ctx, key)
			if e, err = found(row.WaitingEntry, err); !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		e, err = s.join(ctx, tx, who, r, key, places)
		return err
	})
	return e, err
}

// mayJoin refuses a member of the staff who may not book at the point.
func (s *Service) mayJoin(ctx context.Context, tx *sqldb.Tx, who identity.Actor, pointID string) error {
	if who.AccountID == "" && !who.IsSystem() {
		return nil
	}
	_, err := s.points.RequirePoint(ctx, tx, who, identity.Book, pointID)
	return err
}

// Check says all that is wrong with a request before it is made.
func Check(r Request) error {
	_, err := checked(r)
	return err
}

func checked(r Request) (Request, error) {
	var p errs.Problems
	if r.Kind == "" {
		r.Kind = agenda.Individual
	}
	if r.Channel == "" {
		r.Channel = agenda.Web
	}
	if r.Minutes < 0 || r.Minutes > FarthestMinutes {
		p.Add("minutes", "waiting.minutes", errs.Args{"max": FarthestMinutes})
	}
	if !r.Weekdays.Valid() {
		p.Add("days", "waiting.days_missing")
	}
	if r.Kind != agenda.Individual && r.Kind != agenda.Group {
		p.Add("kind", agenda.ErrKind.Key)
	}
	if !slices.Contains(calendar.Parts(), r.Part) {
		p.Add("part", "waiting.days_missing")
	}
	if !r.From.IsZero() && !r.Until.IsZero() && r.Until.Before(r.From) {
		p.Add("until", "waiting.until_before")
	}
	if r.BookingID != "" {
		r.Topic, r.Contact = "", agenda.Contact{}
		return r, p.Err()
	}
	d, err := agenda.CheckedDetails(agenda.Details{Topic: r.Topic, Language: r.Language, Contact: r.Contact})
	var refusal *errs.Refusal
	if errors.As(err, &refusal) {
		p = append(p, refusal.Problems...)
	}
	r.Topic, r.Language, r.Contact = d.Topic, d.Language, d.Contact
	if r.Contact.Name != "" && r.Contact.Phone == "" && r.Contact.Email == "" {
		// Without either nobody could say that a time is free.
		p.Add("phone", "waiting.contact_missing")
	}
	return r, p.Err()
}

// join writes the entry with its places and asks for a first offer.
func (s *Service) join(ctx context.Context, tx *sqldb.Tx, who identity.Actor, r Request, key sqldb.OptText, places map[string]int) (Entry, error) {
	p := db.InsertEntryParams{
		RequestKey: key, PointID: r.PointID, Minutes: r.Minutes, Kind: r.Kind, KindID: sqldb.OptText(r.KindID),
		Weekdays: int(r.Weekdays), Part: string(r.Part), Topic: r.Topic, Name: r.Contact.Name, Search: territory.Fold(r.Contact.Name),
		Phone: r.Contact.Phone, Email: r.Contact.Email, OnBehalf: r.Contact.OnBehalf, Language: r.Language, Channel: r.Channel,
		ClientKey: r.ClientKey, NoticeVersion: r.NoticeVersion, CreatedBy: sqldb.OptText(who.AccountID),
	}
	if p.Language == "" {
		p.Language = "it"
	}
	if err := s.fillDays(ctx, tx, r, &p); err != nil {
		return Entry{}, err
	}
	if err := s.fillBooking(ctx, tx, r, &p); err != nil {
		return Entry{}, err
	}
	e, err := insert(ctx, tx, p)
	if err != nil {
		return e, err
	}
	for id, minutes := range places {
		if err := db.New(tx).PutPlace(ctx, db.PutPlaceParams{EntryID: e.ID, PointID: id, Minutes: minutes}); err != nil {
			return e, fmt.Errorf("waiting: write a place: %w", err)
		}
		if err := enqueue(ctx, tx, id); err != nil {
			return e, err
		}
	}
	return e, note(ctx, tx, who, "join", e, map[string]any{"minutes": e.Minutes, "channel": e.Channel, "places": len(places)})
}

// fillDays gives the entry its first and last day, within those that can be booked.
func (s *Service) fillDays(ctx context.Context, tx *sqldb.Tx, r Request, p *db.InsertEntryParams) error {
	days, err := s.horizon(ctx, tx)
	if err != nil {
		return err
	}
	today := calendar.DayOf(tx.Now)
	p.FromDay, p.UntilDay = r.From, r.Until
	if p.FromDay.Before(today) {
		p.FromDay = today
	}
	if last := today.AddDays(days); p.UntilDay.IsZero() || p.UntilDay.After(last) {
		p.UntilDay = last
	}
	if p.UntilDay.Before(p.FromDay) {
		return errs.Problems{{Field: "until", Key: "waiting.until_before"}}.Err()
	}
	return nil
}

// fillBooking takes from the booking what an earlier time must be like, or counts how often who has none
// waits already.
func (s *Service) fillBooking(ctx context.Context, tx *sqldb.Tx, r Request, p *db.InsertEntryParams) error {
	q := db.New(tx)
	if r.BookingID == "" {
		n, err := q.CountOfClient(ctx, db.CountOfClientParams{ClientKey: p.ClientKey, Phone: p.Phone, Email: p.Email})
		if err != nil {
			return fmt.Errorf("waiting: count: %w", err)
		}
		if n >= entriesOfClient {
			return ErrTooMany
		}
		return nil
	}
	b, err := s.agenda.InTx(ctx, tx, r.BookingID)
	if err != nil {
		return err
	}
	switch {
	case b.State != agenda.Confirmed:
		return agenda.ErrEnded
	case !b.StartsAt.After(tx.Now):
		return agenda.ErrPast
	case b.Party > 1 || b.TogetherID != "":
		return ErrTogether
	}
	row, err := q.EntryOfBooking(ctx, sqldb.OptText(b.ID))
	if _, err = found(row.WaitingEntry, err); err == nil {
		return ErrAlready
	} else if !errors.Is(err, ErrNotFound) {
		return err
	}
	p.BookingID, p.BeforeAt, p.Lasts = sqldb.OptText(b.ID), sqldb.At(b.StartsAt), int(b.EndsAt.Sub(b.StartsAt).Minutes())
	p.Kind, p.KindID, p.Language = b.Kind, sqldb.OptText(b.KindID), b.Language
	if p.UntilDay.After(b.Day) {
		p.UntilDay = b.Day
	}
	if p.FromDay.After(p.UntilDay) {
		p.FromDay = p.UntilDay
	}
	return nil
}

func insert(ctx context.Context, tx *sqldb.Tx, p db.InsertEntryParams) (Entry, error) {
	p.ID, p.AskedAt = sqldb.NewID(tx.Now), sqldb.At(tx.Now)
	for range codeTries {
		p.Code = codes.NewCode(rand.Reader)
		n, err := db.New(tx).InsertEntry(ctx, p)
		if err != nil {
			return Entry{}, fmt.Errorf("waiting: write an entry: %w", err)
		}
		if n == 1 {
			row, err := db.New(tx).EntryByID(ctx, p.ID)
			return found(row.WaitingEntry, err)
		}
	}
	return Entry{}, errors.New("waiting: no free code")
}

// reach returns the points within so many minutes of a point, with their minutes; itself at 0.
func (s *Service) reach(ctx context.Context, pointID string, minutes int) (map[string]int, error) {
	there, err := s.points.ByIDs(ctx, []string{pointID})
	if err != nil {
		return nil, err
	}
	p, ok := there[pointID]
	if !ok {
		return nil, identity.ErrNotHere
	}
	places := map[string]int{pointID: 0}
	at, located := whereIs(p)
	if minutes == 0 || !located {
		return places, nil
	}
	near, _, err := s.points.Near(ctx, points.Search{From: at, Max: placesAtMost})
	if err != nil {
		return nil, err
	}
	for _, n := range near {
		if n.Located && n.Minutes <= minutes && n.Point.ID != pointID && n.Point.Booking != points.BookingNone {
			places[n.Point.ID] = n.Minutes
		}
	}
	return places, nil
}

func whereIs(p points.Point) (geo.Point, bool) {
	for _, a := range p.Addresses {
		if a.HasAt {
			return a.At, true
		}
	}
	return geo.Point{}, false
}

// enqueue asks for the offers at a point, once however often it is asked.
func enqueue(ctx context.Context, tx *sqldb.Tx, pointID string) error {
	return jobs.Enqueue(ctx, tx, OfferJob{PointID: pointID}, jobs.Options{UniqueKey: "waiting.offer " + pointID})
}
