package points

import (
	"context"
	"slices"

	"capillare/internal/identity"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
)

// Visible is the points over which a person holds a permission. Lists of every domain pass All and
// JSON to their query.
type Visible struct {
	All bool
	// IDs is empty when All.
	IDs []string
}

// JSON returns the ids as the JSON array that queries take.
func (v Visible) JSON() string { return sqldb.List(v.IDs) }

// Has reports whether the point is among them.
func (v Visible) Has(pointID string) bool { return v.All || slices.Contains(v.IDs, pointID) }

// Visible returns the points over which who holds perm: all for the network; for a programme those of
// its projects; for a body those it manages or where it delivers. It refuses with
// identity.ErrForbidden when who holds perm nowhere.
func (s *Service) Visible(ctx context.Context, who identity.Actor, perm identity.Permission) (v Visible, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		v, err = s.VisibleTx(ctx, tx, who, perm)
		return err
	})
	return v, err
}

// VisibleTx is Visible within the transaction of the caller.
func (s *Service) VisibleTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, perm identity.Permission) (Visible, error) {
	if !who.Can(perm) {
		return Visible{}, identity.ErrForbidden
	}
	reach := who.Reach(perm)
	if reach.All {
		return Visible{All: true}, nil
	}
	projects, err := s.funding.ProjectIDs(ctx, tx, reach.Programmes)
	if err != nil {
		return Visible{}, err
	}
	ids, err := db.New(tx).VisibleIDs(ctx, db.VisibleIDsParams{
		Points: sqldb.List(reach.Points), Projects: sqldb.List(append(projects, reach.Projects...)), Bodies: sqldb.List(reach.Bodies),
	})
	return Visible{IDs: ids}, fault("visible", err)
}

// RequirePoint returns a point over which who holds perm. It refuses with identity.ErrForbidden, and
// with identity.ErrNotHere both for a point of others and for one that does not exist.
func (s *Service) RequirePoint(ctx context.Context, tx *sqldb.Tx, who identity.Actor, perm identity.Permission, pointID string) (Point, error) {
	if !who.Can(perm) {
		return Point{}, identity.ErrForbidden
	}
	p, ok, err := s.one(ctx, tx, pointID)
	if err != nil {
		return Point{}, fault("read", err)
	}
	if !ok {
		return Point{}, identity.ErrNotHere
	}
	target, err := s.Target(ctx, tx, p)
	if err != nil {
		return Point{}, err
	}
	if err := who.Require(perm, target); err != nil {
		return Point{}, err
	}
	return p, nil
}

// Target says where a point belongs, for identity.Actor.Require.
func (s *Service) Target(ctx context.Context, tx *sqldb.Tx, p Point) (identity.Target, error) {
	t := identity.Target{Project: p.ProjectID, Point: p.ID, Bodies: p.Bodies()}
	if p.ProjectID == "" {
		return t, nil
	}
	project, err := s.funding.ProjectByID(ctx, tx, p.ProjectID)
	t.Programme = project.ProgrammeID
	return t, err
}

// requireRun asks for authority above the point: over its programme or, when managing is true, its
// project or managing body. A delivering partner must not give itself the whole of a point.
func (s *Service) requireRun(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p Point, managing bool) error {
	t, err := s.Target(ctx, tx, p)
	if err != nil {
		return err
	}
	above := identity.Target{Programme: t.Programme}
	if managing {
		above.Project, above.Bodies = t.Project, []string{p.ManagingBodyID}
	}
	if who.Require(identity.EditPoints, above) != nil {
		return identity.ErrForbidden
	}
	return nil
}
