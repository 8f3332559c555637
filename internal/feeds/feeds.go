// Package feeds keeps secret addresses at which a calendar program reads the appointments of a facilitator
// or of a point (it: calendari condivisi).
//
// Its rules: whoever holds the address reads the calendar, so only a hash of its token is kept, it can be
// renewed (the old one stops at once) and deleted; a calendar is read with the rights that its maker has at
// that moment, so it is empty for who left; without a choice to the contrary it says that a time is taken
// and nothing of whom, and with it two initials; the topic, the reason, the phone never. That it is read is
// noted once a day, to show whether a calendar program still follows it.
//
// It does not change anything: calendars are read only.
package feeds

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/feeds/internal/db"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// Refusals of this package.
var (
	ErrNotFound = errs.New(errs.NotFound, "feeds.not_found")
	ErrTooMany  = errs.New(errs.Conflict, "feeds.too_many")
)

const (
	// atMost is how many calendars one account may have: nobody needs more, and each is a secret to lose.
	atMost = 20
	// daysBack and daysAhead are what a calendar shows.
	daysBack, daysAhead = 30, 180
)

// Feed is a calendar with a secret address.
type Feed struct {
	ID string
	// FacilitatorID or PointID is whose calendar it is; the other is empty.
	FacilitatorID, PointID string
	// AccountID is who made it, and with whose rights it is read.
	AccountID string
	// Initials says that it shows those of who comes.
	Initials bool
	// ReadOn is the last day on which a calendar program read it; zero is never.
	ReadOn               calendar.Day
	RenewedAt, CreatedAt time.Time
}

// Deps is what feeds need.
type Deps struct {
	Agenda       *agenda.Service
	Points       *points.Service
	Facilitators *facilitators.Service
	// Actor returns the rights that an account has now.
	Actor func(ctx context.Context, accountID string) (identity.Actor, error)
}

// Service keeps the feeds.
type Service struct {
	base *sqldb.DB
	Deps
}

// New returns a Service; call [Service.Subscribe] once.
func New(base *sqldb.DB, d Deps) *Service { return &Service{base: base, Deps: d} }

// whatFeed names the calendars that followed a person entered twice.
const whatFeed = "feeds.feed"

// Subscribe makes calendars follow a person who was entered twice.
func (s *Service) Subscribe(bus *jobs.Bus) {
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, m facilitators.Merged) error {
		ids, err := db.New(tx).FeedsOfFacilitator(ctx, sqldb.OptText(m.From))
		if err != nil {
			return err
		}
		m.Moved(whatFeed, ids...)
		return move(ctx, tx, m.From, m.Into, ids)
	})
	jobs.Subscribe(bus, func(ctx context.Context, tx *sqldb.Tx, u facilitators.MergeUndone) error {
		return move(ctx, tx, u.Into, u.From, u.Of(whatFeed))
	})
}

func move(ctx context.Context, tx *sqldb.Tx, from, into string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	return db.New(tx).MoveFeeds(ctx, db.MoveFeedsParams{Gone: sqldb.OptText(from), Kept: sqldb.OptText(into), Ids: sqldb.List(ids)})
}

// Mine returns the calendars that who has made.
func (s *Service) Mine(ctx context.Context, who identity.Actor) ([]Feed, error) {
	if !who.Can(identity.SeeAgenda) {
		return nil, identity.ErrForbidden
	}
	var list []Feed
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = ofAccount(ctx, tx, who.AccountID)
		return err
	})
	return list, err
}

func ofAccount(ctx context.Context, tx *sqldb.Tx, accountID string) ([]Feed, error) {
	rows, err := db.New(tx).FeedsOfAccount(ctx, accountID)
	if err != nil {
		return nil, fmt.Errorf("feeds: list: %w", err)
	}
	var list []Feed
	for _, r := range rows {
		list = append(list, feedOf(r.FeedsFeed))
	}
	return list, nil
}

// Add makes a calendar of a facilitator or of a point, and returns it with its token: the one moment in
// which it can be read. It is for who sees that agenda.
func (s *Service) Add(ctx context.Context, who identity.Actor, f Feed) (Feed, string, error) {
	if err := s.require(ctx, who, f); err != nil {
		return Feed{}, "", err
	}
	token := rand.Text()
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		have, err := ofAccount(ctx, tx, who.AccountID)
		if err != nil {
			return err
		}
		if len(have) >= atMost {
			return ErrTooMany
		}
		f.ID, f.AccountID, f.CreatedAt, f.RenewedAt, f.ReadOn = sqldb.NewID(tx.Now), who.AccountID, tx.Now, tx.Now, calendar.Day{}
		err = db.New(tx).AddFeed(ctx, db.AddFeedParams{ID: f.ID, TokenHash: hashed(token), AccountID: f.AccountID,
			FacilitatorID: sqldb.OptText(f.FacilitatorID), PointID: sqldb.OptText(f.PointID), Initials: f.Initials,
			RenewedAt: sqldb.At(tx.Now), CreatedAt: sqldb.At(tx.Now)})
		if err != nil {
			return fmt.Errorf("feeds: add: %w", err)
		}
		return note(ctx, tx, who, f, "feeds.add")
	})
	return f, token, err
}

// require refuses who may not see the agenda of which f is the calendar.
func (s *Service) require(ctx context.Context, who identity.Actor, f Feed) error {
	if !who.Can(identity.SeeAgenda) || who.AccountID == "" {
		return identity.ErrForbidden
	}
	if f.FacilitatorID != "" {
		own, err := s.Facilitators.ByAccount(ctx, who.AccountID)
		if err == nil && own.ID == f.FacilitatorID {
			return nil
		}
		if err != nil && !errors.Is(err, facilitators.ErrNotFound) {
			return err
		}
		_, err = s.Facilitators.ByID(ctx, who, f.FacilitatorID)
		return err
	}
	return s.base.View(ctx, func(tx *sqldb.Tx) error {
		_, err := s.Points.RequirePoint(ctx, tx, who, identity.SeeAgenda, f.PointID)
		return err
	})
}

// Renew gives a calendar a new token: the old address stops at once.
func (s *Service) Renew(ctx context.Context, who identity.Actor, id string) (f Feed, token string, err error) {
	token = rand.Text()
	f, err = s.change(ctx, who, id, "feeds.renew", func(tx *sqldb.Tx) error {
		_, err := db.New(tx).Renew(ctx, db.RenewParams{ID: id, TokenHash: hashed(token), RenewedAt: sqldb.At(tx.Now)})
		return err
	})
	return f, token, err
}

// ShowInitials says whether a calendar shows the initials of who comes.
func (s *Service) ShowInitials(ctx context.Context, who identity.Actor, id string, show bool) error {
	_, err := s.change(ctx, who, id, "feeds.initials", func(tx *sqldb.Tx) error {
		_, err := db.New(tx).SetInitials(ctx, db.SetInitialsParams{ID: id, Initials: show})
		return err
	})
	return err
}

// Remove deletes a calendar: its address stops at once.
func (s *Service) Remove(ctx context.Context, who identity.Actor, id string) error {
	_, err := s.change(ctx, who, id, "feeds.remove", func(tx *sqldb.Tx) error {
		_, err := db.New(tx).DeleteFeed(ctx, id)
		return err
	})
	return err
}

// change does something to a calendar of who.
func (s *Service) change(ctx context.Context, who identity.Actor, id, action string, do func(tx *sqldb.Tx) error) (f Feed, err error) {
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		row, err := db.New(tx).FeedByID(ctx, id)
		if f, err = found(row.FeedsFeed, err); err != nil {
			return err
		}
		if f.AccountID != who.AccountID {
			return ErrNotFound
		}
		if err := do(tx); err != nil {
			return fmt.Errorf("%s: %w", action, err)
		}
		return note(ctx, tx, who, f, action)
	})
	return f, err
}

// Read returns the calendar at a secret address with its appointments, in order of time. What is not there,
// or whose maker may no longer see it, is ErrNotFound.
func (s *Service) Read(ctx context.Context, token string) (Feed, []agenda.Booking, error) {
	var f Feed
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		row, err := db.New(tx).FeedByToken(ctx, hashed(token))
		f, err = found(row.FeedsFeed, err)
		return err
	})
	if err != nil {
		return Feed{}, nil, err
	}
	maker, err := s.Actor(ctx, f.AccountID)
	if err == nil {
		err = s.require(ctx, maker, f)
	}
	if kind := errs.Of(err); kind == errs.NotFound || kind == errs.Forbidden {
		return Feed{}, nil, ErrNotFound
	}
	if err != nil {
		return Feed{}, nil, err
	}
	today := calendar.DayOf(s.base.Now())
	list, err := s.Agenda.Given(ctx, maker, f.FacilitatorID, f.PointID, today.AddDays(-daysBack), today.AddDays(daysAhead))
	if err != nil || f.ReadOn.Equal(today) {
		return f, list, err
	}
	return f, list, s.base.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := db.New(tx).NoteRead(ctx, db.NoteReadParams{ID: f.ID, ReadOn: today})
		return err
	})
}

func found(row db.FeedsFeed, err error) (Feed, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Feed{}, ErrNotFound
	}
	if err != nil {
		return Feed{}, fmt.Errorf("feeds: read: %w", err)
	}
	return feedOf(row), nil
}

func feedOf(r db.FeedsFeed) Feed {
	return Feed{ID: r.ID, FacilitatorID: string(r.FacilitatorID), PointID: string(r.PointID), AccountID: r.AccountID, Initials: r.Initials,
		ReadOn: r.ReadOn, RenewedAt: r.RenewedAt.Time, CreatedAt: r.CreatedAt.Time}
}

func hashed(token string) string {
	sum := sha256.Sum256([]byte("capillare calendar " + token))
	return hex.EncodeToString(sum[:])
}

func note(ctx context.Context, tx *sqldb.Tx, who identity.Actor, f Feed, action string) error {
	return audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: "feed", SubjectID: f.ID, PointID: f.PointID,
		Detail: map[string]any{"facilitator": f.FacilitatorID, "initials": f.Initials}})
}
