package points

import (
	"context"
	"slices"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
)

// ErrNoWide refuses a wide closure that is not there.
var ErrNoWide = errs.New(errs.NotFound, "points.no_wide")

// WideClosure shuts all the points that a body manages or, without a body, the whole network.
type WideClosure struct {
	ID string
	// BodyID is empty for the network.
	BodyID   string
	From, To calendar.Day
	Reason   string
}

func wideFrom(r db.WideClosuresRow) WideClosure {
	return WideClosure{ID: r.ID, BodyID: string(r.BodyID), From: r.FromDay, To: r.ToDay, Reason: r.Reason}
}

func (w WideClosure) shuts(p Point) bool { return w.BodyID == "" || w.BodyID == p.ManagingBodyID }

// closure is what w is to one of its points.
func (w WideClosure) closure(pointID string) Closure {
	reach := OfBody
	if w.BodyID == "" {
		reach = OfNetwork
	}
	return Closure{ID: w.ID, PointID: pointID, From: w.From, To: w.To, Reason: w.Reason, Reach: reach}
}

// target says where a wide closure belongs: only who reaches the whole network may shut it.
func (w WideClosure) target() identity.Target {
	if w.BodyID == "" {
		return identity.Target{}
	}
	return identity.Target{Bodies: []string{w.BodyID}}
}

// WideClosures returns the closures of bodies that who may edit, and those of the network, from a day on.
func (s *Service) WideClosures(ctx context.Context, who identity.Actor, from calendar.Day) (list []WideClosure, err error) {
	if !who.Can(identity.EditPoints) {
		return nil, identity.ErrForbidden
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).WideClosures(ctx)
		list = nil
		for _, r := range rows {
			w := wideFrom(r)
			if !w.To.Before(from) && (w.BodyID == "" || who.Require(identity.EditPoints, w.target()) == nil) {
				list = append(list, w)
			}
		}
		return err
	})
	return list, fault("wide closures", err)
}

// AddWideClosure shuts the points of a body or of the network and returns the id. It refuses with fields
// like AddClosure, and with identity.ErrForbidden or ErrNotHere. It publishes ManyChanged.
func (s *Service) AddWideClosure(ctx context.Context, who identity.Actor, w WideClosure) (id string, err error) {
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := who.Require(identity.EditPoints, w.target()); err != nil {
			return err
		}
		if err := s.requireBody(ctx, tx, w.BodyID); err != nil {
			return err
		}
		c, err := w.closure("").normal()
		if err != nil {
			return err
		}
		w.ID, w.From, w.To, w.Reason = sqldb.NewID(tx.Now), c.From, c.To, c.Reason
		if err := db.New(tx).InsertWideClosure(ctx, db.InsertWideClosureParams{
			ID: w.ID, BodyID: sqldb.OptText(w.BodyID), FromDay: w.From, ToDay: w.To, Reason: w.Reason, CreatedAt: sqldb.At(tx.Now),
		}); err != nil {
			return err
		}
		id = w.ID
		return s.noteWide(ctx, tx, who, "points.wide_closure", w, changed("closure", "", c.text()))
	})
	return id, fault("add a wide closure", err)
}

// requireBody refuses a body that does not exist; the whole network has none.
func (s *Service) requireBody(ctx context.Context, tx *sqldb.Tx, id string) error {
	if id == "" {
		return nil
	}
	found, err := s.orgs.ByIDsTx(ctx, tx, []string{id})
	if err == nil && len(found) == 0 {
		return identity.ErrNotHere
	}
	return err
}

// RemoveWideClosure takes a wide closure away. It refuses with ErrNoWide.
func (s *Service) RemoveWideClosure(ctx context.Context, who identity.Actor, id string) error {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		rows, err := q.WideClosures(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rows, func(r db.WideClosuresRow) bool { return r.ID == id })
		if i < 0 {
			return ErrNoWide
		}
		w := wideFrom(rows[i])
		if err := who.Require(identity.EditPoints, w.target()); err != nil {
			return err
		}
		if _, err := q.DeleteWideClosure(ctx, id); err != nil {
			return err
		}
		return s.noteWide(ctx, tx, who, "points.wide_closure_removed", w, changed("closure", w.closure("").text(), ""))
	})
	return fault("remove a wide closure", err)
}

func (s *Service) noteWide(ctx context.Context, tx *sqldb.Tx, who identity.Actor, action string, w WideClosure, detail any) error {
	ids, err := db.New(tx).IDsManagedBy(ctx, db.IDsManagedByParams{Everybody: w.BodyID == "", BodyID: w.BodyID})
	if err != nil {
		return err
	}
	if err := audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: "closure", SubjectID: w.ID, BodyID: w.BodyID, Detail: detail}); err != nil {
		return err
	}
	return s.manyChanged(ctx, tx, ids)
}

// manyChanged makes the snapshots of every process old, and tells.
func (s *Service) manyChanged(ctx context.Context, tx *sqldb.Tx, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	if err := db.New(tx).TouchAll(ctx, sqldb.List(ids)); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, ManyChanged{PointIDs: ids})
}

// ShutBy returns the points that w would shut, among those over which who holds perm, each as it would be.
func (s *Service) ShutBy(ctx context.Context, who identity.Actor, perm identity.Permission, w WideClosure) ([]Point, error) {
	if err := who.Require(identity.EditPoints, w.target()); err != nil {
		return nil, err
	}
	list, err := s.All(ctx, who, perm)
	if err != nil {
		return nil, err
	}
	var shut []Point
	for _, p := range list {
		if !w.shuts(p) {
			continue
		}
		after, err := p.WithClosure(w.closure(p.ID))
		if err != nil {
			return nil, err
		}
		shut = append(shut, after)
	}
	return shut, nil
}

// SetPatronDay sets the patron's day of a municipality ("06-24", or empty) and makes the points there
// follow. It refuses like territory.SetPatronDay.
func (s *Service) SetPatronDay(ctx context.Context, who identity.Actor, belfiore, day string) error {
	if err := s.territory.SetPatronDay(ctx, who, belfiore, day); err != nil {
		return err
	}
	// A second transaction: should it fail, setting the same day again mends it, and so does the night.
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		ids, err := db.New(tx).IDsIn(ctx, belfiore)
		if err != nil {
			return err
		}
		return s.manyChanged(ctx, tx, ids)
	})
	return fault("set the patron's day", err)
}

// WithPatronDay returns the point as it would be if the patron's day of a municipality were day.
func (p Point) WithPatronDay(belfiore, day string) Point {
	p = p.clone()
	for i, a := range p.Addresses {
		if a.Belfiore == belfiore {
			p.Addresses[i].PatronDay = day
		}
	}
	return p
}
