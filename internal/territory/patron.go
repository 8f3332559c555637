package territory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/territory/internal/db"
)

// patron is what the audit says of a change of the day.
type patron struct {
	PatronDay string `json:"patron_day"`
}

// SetPatronDay says on which day of each year, as "MM-DD", a municipality keeps its patron; an empty
// one forgets it. The body that is that municipality may, and who reaches the whole network. It refuses
// what is no day of every year, 29 February among them.
func (s *Service) SetPatronDay(ctx context.Context, who identity.Actor, belfiore, monthDay string) error {
	if err := s.mayChange(ctx, who, belfiore); err != nil {
		return err
	}
	if !validMonthDay(monthDay) {
		var problems errs.Problems
		problems.Add("patron_day", "territory.patron_day")
		return problems.Err()
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		was, err := q.PatronDay(ctx, belfiore)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoMunicipality
		}
		if err != nil || was == monthDay {
			return err
		}
		if _, err := q.SetPatronDay(ctx, db.SetPatronDayParams{PatronDay: monthDay, Belfiore: belfiore}); err != nil {
			return err
		}
		if err := q.Grow(ctx); err != nil {
			return err
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: "territory.patron_day", Subject: "municipality", SubjectID: belfiore,
			Detail: audit.Compare(patron{was}, patron{monthDay})})
	})
	if err != nil {
		return fmt.Errorf("territory: set the patron's day: %w", err)
	}
	s.forget()
	return nil
}

// PatronDays returns the patron's days, "MM-DD", of the municipalities among ids that have told one, as
// they are in the caller's transaction.
func (s *Service) PatronDays(ctx context.Context, tx *sqldb.Tx, ids []string) (map[string]string, error) {
	rows, err := db.New(tx).PatronDays(ctx, sqldb.List(ids))
	if err != nil {
		return nil, fmt.Errorf("territory: read patron's days: %w", err)
	}
	days := make(map[string]string, len(rows))
	for _, row := range rows {
		if row.PatronDay != "" {
			days[row.Belfiore] = row.PatronDay
		}
	}
	return days, nil
}

// MayChange reports whether who may say what only the municipality knows, such as its patron's day.
func (s *Service) MayChange(ctx context.Context, who identity.Actor, belfiore string) (bool, error) {
	err := s.mayChange(ctx, who, belfiore)
	if _, refused := errors.AsType[*errs.Refusal](err); refused {
		return false, nil
	}
	return err == nil, err
}

func (s *Service) mayChange(ctx context.Context, who identity.Actor, belfiore string) error {
	var target identity.Target
	if reach := who.Reach(identity.EditPoints); !reach.All && len(reach.Bodies) > 0 && s.Seats != nil {
		seats, err := s.Seats(ctx, reach.Bodies)
		if err != nil {
			return err
		}
		for body, seat := range seats {
			if seat == belfiore {
				target.Bodies = append(target.Bodies, body)
			}
		}
	}
	return who.Require(identity.EditPoints, target)
}

// validMonthDay reports whether text is empty or a day that every year has.
func validMonthDay(text string) bool {
	if text == "" {
		return true
	}
	_, err := time.Parse(time.DateOnly, "2001-"+text) // 2001 has no 29 February
	return err == nil && len(text) == len("MM-DD")
}
