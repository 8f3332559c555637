package kinds

import (
	"context"
	"fmt"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/kinds/internal/db"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// Deps are the services that kinds stand on.
type Deps struct {
	Points *points.Service
	// Bus hears [Changed]; nil means nobody does.
	Bus *jobs.Bus
}

// Service keeps the kinds of appointment.
type Service struct {
	base   *sqldb.DB
	points *points.Service
	bus    *jobs.Bus
}

// New returns a Service on base.
func New(base *sqldb.DB, d Deps) *Service {
	if d.Bus == nil {
		d.Bus = jobs.NewBus()
	}
	return &Service{base: base, points: d.Points, bus: d.Bus}
}

// Add adds a kind and returns its id. It refuses with fields, with identity.ErrForbidden, and with
// identity.ErrNotHere when who may not edit where the kind would be offered.
func (s *Service) Add(ctx context.Context, who identity.Actor, k Kind) (id string, err error) {
	k, err = checked(k)
	if err != nil {
		return "", err
	}
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		id, err = s.AddTx(ctx, tx, who, k)
		return err
	})
	return id, err
}

// AddTx is Add inside the caller's transaction.
func (s *Service) AddTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, k Kind) (string, error) {
	k, err := checked(k)
	if err != nil {
		return "", err
	}
	if err := s.require(ctx, tx, who, k); err != nil {
		return "", err
	}
	k.ID = sqldb.NewID(tx.Now)
	q := db.New(tx)
	err = q.InsertKind(ctx, db.InsertKindParams{
		ID: k.ID, BodyID: sqldb.OptText(k.BodyID), PointID: sqldb.OptText(k.PointID), Name: k.Name, NameEn: k.NameEN, Mode: string(k.Mode),
		Minutes: k.Minutes, BeforeMinutes: k.Before, AfterMinutes: k.After, Seats: k.Seats, Kept: k.Kept, NoticeMinutes: k.NoticeMinutes,
		HorizonDays: k.HorizonDays, Audience: string(k.Audience), Bring: k.Bring, BringEn: k.BringEN, FromDay: k.From, ToDay: k.To,
		CreatedAt: sqldb.At(tx.Now),
	})
	if err != nil {
		return "", fault("add", err)
	}
	if err := writeTags(ctx, q, k); err != nil {
		return "", err
	}
	return k.ID, s.note(ctx, tx, who, k, "kinds.add", audit.Compare(Kind{}, k))
}

// Change gives a kind other terms; where it is offered stays, because bookings were made there. It refuses
// as Add does, with ErrNotFound, and with ErrRival when k.Version is not the latest.
func (s *Service) Change(ctx context.Context, who identity.Actor, k Kind) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		old, err := s.editable(ctx, tx, who, k.ID)
		if err != nil {
			return err
		}
		k.BodyID, k.PointID = old.BodyID, old.PointID
		if k, err = checked(k); err != nil {
			return err
		}
		changes := audit.Compare(old, k)
		if len(changes.Changes) == 0 {
			return nil
		}
		q := db.New(tx)
		n, err := q.UpdateKind(ctx, db.UpdateKindParams{
			ID: k.ID, Version: k.Version, Name: k.Name, NameEn: k.NameEN, Mode: string(k.Mode), Minutes: k.Minutes,
			BeforeMinutes: k.Before, AfterMinutes: k.After, Seats: k.Seats, Kept: k.Kept, NoticeMinutes: k.NoticeMinutes,
			HorizonDays: k.HorizonDays, Audience: string(k.Audience), Bring: k.Bring, BringEn: k.BringEN, FromDay: k.From, ToDay: k.To,
		})
		if err != nil {
			return fault("change", err)
		}
		if n == 0 {
			return ErrRival
		}
		if err := q.DeleteTags(ctx, k.ID); err != nil {
			return fault("change", err)
		}
		if err := writeTags(ctx, q, k); err != nil {
			return err
		}
		return s.note(ctx, tx, who, k, "kinds.edit", changes)
	})
}

// End makes on the last day of a kind: what is booked after it is stranded, to be moved or called. It
// refuses a day before the first one or in the past, and ErrEnded a kind that is over.
func (s *Service) End(ctx context.Context, who identity.Actor, id string, on calendar.Day) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		k, err := s.editable(ctx, tx, who, id)
		if err != nil {
			return err
		}
		today := calendar.DayOf(tx.Now)
		switch {
		case !k.To.IsZero() && k.To.Before(today):
			return ErrEnded
		case on.IsZero():
			return errs.Problems{{Field: "on", Key: "form.required"}}.Err()
		case on.Before(k.From) || on.Before(today.AddDays(-1)):
			return errs.Problems{{Field: "on", Key: "kinds.end_day"}}.Err()
		}
		was := k
		k.To = on
		if err := db.New(tx).EndKind(ctx, db.EndKindParams{ID: id, ToDay: on}); err != nil {
			return fault("end", err)
		}
		return s.note(ctx, tx, who, k, "kinds.end", audit.Compare(was, k))
	})
}

// editable loads a kind that who may change.
func (s *Service) editable(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id string) (Kind, error) {
	if !who.Can(identity.EditPoints) {
		return Kind{}, identity.ErrForbidden
	}
	k, err := one(ctx, tx, id)
	if err != nil {
		return Kind{}, err
	}
	return k, s.require(ctx, tx, who, k)
}

// require asks for authority where the kind is offered: one of the network needs the whole network, one
// of a body the body.
func (s *Service) require(ctx context.Context, tx *sqldb.Tx, who identity.Actor, k Kind) error {
	if k.PointID != "" {
		_, err := s.points.RequirePoint(ctx, tx, who, identity.EditPoints, k.PointID)
		return err
	}
	target := identity.Target{}
	if k.BodyID != "" {
		target.Bodies = []string{k.BodyID}
	}
	return who.Require(identity.EditPoints, target)
}

// note writes the audit row of a change and tells it.
func (s *Service) note(ctx context.Context, tx *sqldb.Tx, who identity.Actor, k Kind, action string, changes audit.Changes) error {
	err := audit.Write(ctx, tx, who, audit.Entry{
		Action: action, Subject: "kind", SubjectID: k.ID, BodyID: k.BodyID, PointID: k.PointID, Detail: changes,
	})
	if err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, Changed{KindID: k.ID})
}

func writeTags(ctx context.Context, q *db.Queries, k Kind) error {
	for tag, values := range map[string][]string{"topic": k.Topics, "skill": k.Skills, "language": k.Languages} {
		for _, v := range values {
			if err := q.InsertTag(ctx, db.InsertTagParams{KindID: k.ID, Tag: tag, Value: v}); err != nil {
				return fault("write", err)
			}
		}
	}
	return nil
}

func fault(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("kinds: %s: %w", doing, err)
}
