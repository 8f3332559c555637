package visits

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"capillare/internal/agenda"
	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
	"capillare/internal/visits/internal/db"
)

// The limits of what can be typed.
const (
	longestPlace  = 300
	longestNeed   = 1000
	longestAnswer = 500
	mostPeople    = 500
	shortestKey   = 16
	codeTries     = 5
)

// Ask keeps a request of who, for a citizen identity.Public, and returns it with its code and the day by
// which somebody answers. The same Key gives the same request. It refuses with fields: reason, town,
// place, days, people, and those of a contact.
func (s *Service) Ask(ctx context.Context, who identity.Actor, a Ask) (Request, error) {
	a, town, err := s.checked(ctx, a)
	if err != nil {
		return Request{}, err
	}
	key, err := keyHash(a.Key)
	if err != nil {
		return Request{}, err
	}
	point, minutes, err := s.serving(ctx, town)
	if err != nil {
		return Request{}, err
	}
	var r Request
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		if key != "" {
			row, err := db.New(tx).RequestByKey(ctx, key)
			if r, err = found(row.VisitsRequest, err); !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		days, err := answerDays(ctx, tx)
		if err != nil {
			return err
		}
		r, err = insert(ctx, tx, a, db.InsertRequestParams{
			RequestKey: key, PointID: sqldb.OptText(point), Minutes: minutes, CreatedBy: sqldb.OptText(who.AccountID),
			AnswerBy: workingDay(calendar.DayOf(tx.Now).AddDays(days)),
		})
		if err != nil {
			return err
		}
		if err := noteAsked(ctx, tx, who, r); err != nil {
			return err
		}
		return s.Bus.Publish(ctx, tx, Answered{Request: r})
	})
	return r, err
}

func noteAsked(ctx context.Context, tx *sqldb.Tx, who identity.Actor, r Request) error {
	return audit.Write(ctx, tx, who, audit.Entry{
		Action: "visits.ask", Subject: subject, SubjectID: r.ID, PointID: r.PointID,
		Detail: map[string]any{"reason": r.Reason, "town": r.Belfiore, "people": r.People, "channel": r.Channel},
	})
}

func keyHash(key string) (sqldb.OptText, error) {
	switch {
	case key == "":
		return "", nil
	case len(key) < shortestKey:
		return "", ErrKey
	}
	sum := sha256.Sum256([]byte("capillare visit key " + key))
	return sqldb.OptText(hex.EncodeToString(sum[:])), nil
}

// Check says all that is wrong with what somebody asks for, before it is asked.
func (s *Service) Check(ctx context.Context, a Ask) error {
	_, _, err := s.checked(ctx, a)
	return err
}

func (s *Service) checked(ctx context.Context, a Ask) (Ask, territory.Municipality, error) {
	var p errs.Problems
	if a.Channel == "" {
		a.Channel = agenda.Web
	}
	if !slices.Contains(Reasons(), a.Reason) {
		p.Add("reason", "visits.reason_missing")
	}
	town, err := s.Territory.Current(ctx, a.Belfiore)
	if fault := p.Check("town", err); fault != nil {
		return a, town, fault
	}
	a.Belfiore = town.Belfiore
	a.Place, a.Need = strings.TrimSpace(a.Place), strings.TrimSpace(a.Need)
	if a.Place == "" {
		p.Add("place", "visits.place_missing")
	}
	tooLong(&p, "place", a.Place, longestPlace)
	tooLong(&p, "need", a.Need, longestNeed)
	if !a.Weekdays.Valid() {
		p.Add("days", "visits.days_missing")
	}
	if !slices.Contains(calendar.Parts(), a.Part) {
		p.Add("part", "visits.days_missing")
	}
	if a.People < 1 || a.People > mostPeople {
		p.Add("people", "visits.people_range", errs.Args{"max": mostPeople})
	}
	d, err := agenda.CheckedDetails(agenda.Details{Topic: a.Topic, Language: a.Language, Contact: a.Contact})
	var r *errs.Refusal
	if errors.As(err, &r) {
		p = append(p, r.Problems...)
	}
	a.Topic, a.Language, a.Contact = d.Topic, d.Language, d.Contact
	if a.Contact.Name != "" && a.Contact.Phone == "" && a.Contact.Email == "" {
		// Without either nobody could say when somebody comes.
		p.Add("phone", "visits.contact_missing")
	}
	return a, town, p.Err()
}

func tooLong(p *errs.Problems, field, s string, most int) {
	if utf8.RuneCountInString(s) > most {
		p.Add(field, "form.too_long", errs.Args{"n": most})
	}
}

// serving returns the public point that is nearest to a municipality.
func (s *Service) serving(ctx context.Context, town territory.Municipality) (id string, minutes int, err error) {
	from, ok := town.Place()
	if !ok {
		return "", 0, nil
	}
	near, _, err := s.Points.Near(ctx, points.Search{From: from, Max: 1})
	if err != nil || len(near) == 0 || !near[0].Located {
		return "", 0, err
	}
	return near[0].Point.ID, near[0].Minutes, nil
}

// workingDay returns d, or the first day after it on which offices work.
func workingDay(d calendar.Day) calendar.Day {
	for {
		_, holiday := calendar.Holiday(d)
		if w := d.Weekday(); !holiday && w != calendar.Saturday && w != calendar.Sunday {
			return d
		}
		d = d.AddDays(1)
	}
}

func insert(ctx context.Context, tx *sqldb.Tx, a Ask, p db.InsertRequestParams) (Request, error) {
	p.ID, p.AskedAt = sqldb.NewID(tx.Now), sqldb.At(tx.Now)
	p.Reason, p.Belfiore, p.Place, p.People, p.Topic, p.Need = a.Reason, a.Belfiore, a.Place, a.People, a.Topic, a.Need
	p.Weekdays, p.Part = int(a.Weekdays), string(a.Part)
	p.Name, p.Search, p.Phone, p.Email, p.OnBehalf, p.Relation = a.Contact.Name, territory.Fold(a.Contact.Name), a.Contact.Phone, a.Contact.Email, a.Contact.OnBehalf, a.Contact.Relation
	p.Language, p.Channel, p.NoticeVersion = a.Language, a.Channel, a.NoticeVersion
	for range codeTries {
		p.Code = codes.NewCode(rand.Reader)
		n, err := db.New(tx).InsertRequest(ctx, p)
		if err != nil {
			return Request{}, fmt.Errorf("visits: write a request: %w", err)
		}
		if n == 1 {
			return byID(ctx, tx, p.ID)
		}
	}
	return Request{}, errors.New("visits: no free code")
}

// ByCode returns the request with this code, for the person who has it.
func (s *Service) ByCode(ctx context.Context, code string) (Request, error) {
	var r Request
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		row, err := db.New(tx).RequestByCode(ctx, code)
		r, err = found(row.VisitsRequest, err)
		return err
	})
	return r, err
}

// Withdraw ends the request with this code for the person who asked; ErrEnded when it is over already.
func (s *Service) Withdraw(ctx context.Context, code string) (Request, error) {
	var after Request
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		row, err := db.New(tx).RequestByCode(ctx, code)
		before, err := found(row.VisitsRequest, err)
		if err != nil {
			return err
		}
		after, err = s.change(ctx, tx, identity.Public(""), before, step{"withdraw", func(r *Request) error {
			r.State, r.Refusal, r.EndedAt, r.Plan.BookingID = Refused, Withdrawn, tx.Now, ""
			return nil
		}})
		return err
	})
	return after, err
}
