package waiting

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/waiting/internal/db"
)

// subject is what the audit calls an entry.
const subject = "waiting"

func entryOf(r db.WaitingEntry) Entry {
	return Entry{
		ID: r.ID, Code: r.Code,
		Wish: Wish{
			BookingID: string(r.BookingID), PointID: r.PointID, Minutes: r.Minutes, Kind: r.Kind, KindID: string(r.KindID),
			From: r.FromDay, Until: r.UntilDay, Suits: calendar.Suits{Weekdays: calendar.Weekdays(r.Weekdays), Part: calendar.Part(r.Part)},
		},
		Topic: r.Topic, Language: r.Language,
		Contact: agenda.Contact{Name: r.Name, Phone: r.Phone, Email: r.Email, OnBehalf: r.OnBehalf},
		Channel: r.Channel, State: r.State, Missed: r.Missed, AskedAt: r.AskedAt.Time, EndedAt: r.EndedAt.Time, Version: r.Version,
		Before: r.BeforeAt.Time, lasts: time.Duration(r.Lasts) * time.Minute, noticeVersion: r.NoticeVersion,
	}
}

func offerOf(r db.WaitingOffer) Offer {
	return Offer{
		ID: r.ID, EntryID: r.EntryID, PointID: r.PointID, AddressID: r.AddressID, StartsAt: r.StartsAt.Time, EndsAt: r.EndsAt.Time,
		State: r.State, MadeAt: r.MadeAt.Time, Until: r.UntilAt.Time, AnsweredAt: r.AnsweredAt.Time, sealed: r.Sealed,
	}
}

func found(row db.WaitingEntry, err error) (Entry, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Entry{}, ErrNotFound
	}
	if err != nil {
		return Entry{}, fmt.Errorf("waiting: entry: %w", err)
	}
	return entryOf(row), nil
}

// full completes an entry with what its booking knows of the person.
func (s *Service) full(ctx context.Context, tx *sqldb.Tx, e Entry) (Entry, error) {
	if e.BookingID == "" || e.Contact.Name != "" {
		return e, nil
	}
	b, err := s.agenda.InTx(ctx, tx, e.BookingID)
	if err != nil {
		return e, err
	}
	e.Topic, e.Language, e.Contact = b.Topic, b.Language, b.Contact
	return e, nil
}

// hashed is how secrets are kept: who reads the database cannot use them.
func hashed(secret string) string {
	sum := sha256.Sum256([]byte("capillare waiting " + secret))
	return hex.EncodeToString(sum[:])
}

// note writes the audit row of a change: never a name or a phone.
func note(ctx context.Context, tx *sqldb.Tx, who identity.Actor, action string, e Entry, detail map[string]any) error {
	return audit.Write(ctx, tx, who, audit.Entry{Action: "waiting." + action, Subject: subject, SubjectID: e.ID, PointID: e.PointID, Detail: detail})
}
