package network

import (
	"context"
	"fmt"
	"strconv"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/network/internal/db"
	"capillare/internal/sqldb"
)

// Current is everything that pages show of the network.
type Current struct {
	Setting Setting
	Hours   Hours
	// LogoID is the picture of the logo, empty for none; FunderIDs are the emblems of who pays.
	LogoID    string
	FunderIDs []string
	// Published are the numbers of the legal texts in force, by kind; one that is not here is the text
	// that comes with the program.
	Published map[TextKind]int
	retention map[Class]int
}

// Current returns everything that pages show, at most some seconds old, or refuses with ErrNotSetUp. It
// is for everybody; the caller changes nothing in it.
func (s *Service) Current(ctx context.Context) (Current, error) {
	now := s.db.Now()
	if k := s.kept.Load(); k != nil && now.Sub(k.at) < staleAfter {
		return k.current, nil
	}
	var c Current
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		c, err = current(ctx, tx)
		return err
	})
	if err != nil {
		return Current{}, err
	}
	s.kept.Store(&kept{current: c, at: now})
	return c, nil
}

func current(ctx context.Context, tx *sqldb.Tx) (c Current, err error) {
	if c.Setting, err = setting(ctx, tx); err != nil {
		return c, err
	}
	if c.Hours, err = hours(ctx, tx, c.Setting); err != nil {
		return c, err
	}
	q := db.New(tx)
	pictures, err := q.Pictures(ctx)
	if err != nil {
		return c, fmt.Errorf("network: pictures: %w", err)
	}
	for _, p := range pictures {
		if PictureRole(p.Role) == Logo {
			c.LogoID = p.FileID
		} else {
			c.FunderIDs = append(c.FunderIDs, p.FileID)
		}
	}
	texts, err := q.Texts(ctx)
	if err != nil {
		return c, fmt.Errorf("network: texts: %w", err)
	}
	c.Published = map[TextKind]int{}
	for _, t := range texts {
		if kind := TextKind(t.Kind); t.State == published && t.Number > c.Published[kind] {
			c.Published[kind] = t.Number
		}
	}
	if n := c.Published[Privacy]; n > 0 {
		c.Setting.NoticeVersion = strconv.Itoa(n)
	}
	c.retention, err = retention(ctx, tx)
	return c, err
}

// hours reads when somebody answers the phone.
func hours(ctx context.Context, tx *sqldb.Tx, set Setting) (Hours, error) {
	q, out := db.New(tx), Hours{OnHolidays: set.OpenOnHolidays}
	bands, err := q.Bands(ctx)
	if err != nil {
		return Hours{}, fmt.Errorf("network: hours: %w", err)
	}
	for _, b := range bands {
		out.Bands = append(out.Bands, calendar.Band{Weekday: calendar.Weekday(b.Weekday), Opens: calendar.Minute(b.Opens), Closes: calendar.Minute(b.Closes)})
	}
	closed, err := q.ClosedDays(ctx)
	if err != nil {
		return Hours{}, fmt.Errorf("network: closed days: %w", err)
	}
	for _, c := range closed {
		out.Closed = append(out.Closed, Days{From: c.FromDay, To: c.ToDay})
	}
	return out, nil
}

// History returns what was changed of the network, the newest first.
func (s *Service) History(ctx context.Context, who identity.Actor) (rows []audit.Row, err error) {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err = audit.List(ctx, tx, audit.Filter{Subject: "network", SubjectID: "1"})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("network: history: %w", err)
	}
	return rows, nil
}
