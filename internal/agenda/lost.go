package agenda

import (
	"context"
	"fmt"
	"strings"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/sqldb"
)

const (
	// askedEvery is how long after one request the codes of a contact are not sent again, and askedADay how
	// often at most on one day: nobody's phone is to ring for a joke.
	askedEvery = 10 * time.Minute
	askedADay  = 3
	// codesAtOnce bounds how many bookings one message lists.
	codesAtOnce = 20
)

// ErrReach says that what was typed is neither a phone number nor an e-mail address.
var ErrReach = errs.New(errs.Invalid, "agenda.reach")

// AskCodes sends the codes of the bookings still to come again to the phone or mail they were made with
// ([CodeAsked]). It answers the same whether there are any or not, so that nobody learns who has an
// appointment; ErrReach when what was typed is neither a phone number nor a mail.
func (s *Service) AskCodes(ctx context.Context, phoneOrMail string) error {
	var arg db.OpenOfContactParams
	to := strings.TrimSpace(phoneOrMail)
	if phone, ok := normalPhone(to); ok {
		to, arg.Phone = phone, phone
	} else if plausibleMail(to) {
		arg.Email = strings.ToLower(to)
	} else {
		return ErrReach
	}
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		arg.Now, arg.Max = sqldb.At(tx.Now), codesAtOnce
		q := db.New(tx)
		rows, err := q.OpenOfContact(ctx, arg)
		if err != nil {
			return fmt.Errorf("bookings of a contact: %w", err)
		}
		times, ok := askedBefore(rows, tx.Now)
		if len(rows) == 0 || !ok {
			return nil
		}
		fact := CodeAsked{To: to}
		var contacts []string
		for _, r := range rows {
			b := bookingOf(db.BookingByIDRow{
				AgendaBooking: r.AgendaBooking, AddressID: r.AddressID, KindID: r.KindID, Mode: r.Mode, ContactName: sqldb.OptText(r.ContactName),
				ContactPhone: sqldb.OptText(r.ContactPhone), ContactEmail: sqldb.OptText(r.ContactEmail),
				OnBehalf: sqldb.OptText(r.OnBehalf), Relation: sqldb.OptText(r.Relation),
			})
			fact.Bookings, contacts = append(fact.Bookings, b), append(contacts, b.contactID)
		}
		err = q.SetAsked(ctx, db.SetAskedParams{Asked: times + 1, AskedAt: sqldb.At(tx.Now), Ids: sqldb.List(contacts)})
		if err != nil {
			return fmt.Errorf("note who asked for codes: %w", err)
		}
		return s.tell(ctx, tx, fact)
	})
}

// askedBefore returns how often the codes were asked for today, and whether they may go again.
func askedBefore(rows []db.OpenOfContactRow, now time.Time) (times int, ok bool) {
	for _, r := range rows {
		if r.AskedAt.IsZero() || calendar.DayOf(r.AskedAt.Time) != calendar.DayOf(now) {
			continue
		}
		if times = max(times, r.Asked); now.Sub(r.AskedAt.Time) < askedEvery {
			return times, false
		}
	}
	return times, times < askedADay
}
