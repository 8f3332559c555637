package agenda

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// The longest texts that are kept.
const (
	longestName = 120
	longestText = 1000
)

// checkedDetails returns d tidied, or one refusal with every problem. A name is asked for only when
// the booking is confirmed.
func checkedDetails(d Details, nameNeeded bool) (Details, error) {
	var p errs.Problems
	d.Topic = strings.TrimSpace(d.Topic)
	d.Reason, d.Needs = strings.TrimSpace(d.Reason), strings.TrimSpace(d.Needs)
	if d.Language == "" {
		d.Language = "it"
	}
	c := &d.Contact
	c.Name, c.OnBehalf, c.Email = tidy(c.Name), tidy(c.OnBehalf), strings.TrimSpace(c.Email)
	tooLong(&p, "topic", d.Topic, longestName)
	tooLong(&p, "reason", d.Reason, longestText)
	tooLong(&p, "needs", d.Needs, longestText)
	tooLong(&p, "name", c.Name, longestName)
	tooLong(&p, "on_behalf", c.OnBehalf, longestName)
	if nameNeeded && c.Name == "" {
		p.Add("name", "agenda.name_missing")
	}
	if c.Phone = strings.TrimSpace(c.Phone); c.Phone != "" {
		phone, ok := normalPhone(c.Phone)
		if !ok {
			p.Add("phone", "agenda.phone")
		}
		c.Phone = phone
	}
	if c.Email != "" && !plausibleMail(c.Email) {
		p.Add("email", "agenda.email")
	}
	if c.Relation != "" && !slices.Contains(Relations(), c.Relation) {
		p.Add("relation", "agenda.relation")
	}
	if c.OnBehalf == "" {
		c.Relation = ""
	}
	return d, p.Err()
}

func tooLong(p *errs.Problems, field, s string, most int) {
	if utf8.RuneCountInString(s) > most {
		p.Add(field, "form.too_long", errs.Args{"n": most})
	}
}

func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// normalPhone returns the digits of a phone number, with its "+" and country when it is not Italian:
// "+39 055 123-45 67", "0039 0551234567" and "055/1234567" are one.
func normalPhone(s string) (string, bool) {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && i == 0:
			b.WriteString("00")
		case strings.ContainsRune(" .-/()\u00a0", r):
		default:
			return "", false
		}
	}
	digits := b.String()
	country, foreign := strings.CutPrefix(digits, "00")
	if foreign {
		digits, foreign = strings.CutPrefix(country, "39")
		foreign = !foreign
	}
	if len(digits) < 6 || len(digits) > 15 {
		return "", false
	}
	if foreign {
		return "+" + digits, true
	}
	return digits, true
}

// plausibleMail asks only for what no address lacks; whether it works, a message will tell.
func plausibleMail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1 && len(s) <= 254 && !strings.ContainsAny(s, " \t\r\n,;<>")
}

// writeContact writes the contact of a booking and returns its id; deleteAfter is used for a new one.
func writeContact(ctx context.Context, tx *sqldb.Tx, q *db.Queries, id string, c Contact, deleteAfter calendar.Day) (string, error) {
	var err error
	if id != "" {
		err = q.UpdateContact(ctx, db.UpdateContactParams{
			ID: id, Name: c.Name, Search: territory.Fold(c.Name), Phone: c.Phone, Email: c.Email, OnBehalf: c.OnBehalf, Relation: c.Relation,
		})
	} else {
		// Also an empty one: with it goes, in its time, what was typed beside it.
		id = sqldb.NewID(tx.Now)
		err = q.InsertContact(ctx, db.InsertContactParams{
			ID: id, Name: c.Name, Search: territory.Fold(c.Name), Phone: c.Phone, Email: c.Email, OnBehalf: c.OnBehalf, Relation: c.Relation,
			DeleteAfter: deleteAfter, CreatedAt: sqldb.At(tx.Now),
		})
	}
	if err != nil {
		return "", fmt.Errorf("write a contact: %w", err)
	}
	return id, nil
}

// keepContact makes the contact of a given booking last until some days after the appointment.
func (s *Service) keepContact(ctx context.Context, tx *sqldb.Tx, contactID string, appointment calendar.Day) error {
	if contactID == "" {
		return nil
	}
	days, err := s.contactDays(ctx, tx)
	if err != nil {
		return err
	}
	err = db.New(tx).SetDeleteAfter(ctx, db.SetDeleteAfterParams{ID: contactID, DeleteAfter: appointment.AddDays(days)})
	if err != nil {
		return fmt.Errorf("keep a contact: %w", err)
	}
	return nil
}
