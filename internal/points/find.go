package points

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Filter chooses points for a list; empty fields do not narrow.
type Filter struct {
	// Search is part of a name, code, street or municipality, in any writing.
	Search string
	State  string
	// Province is the code ("076") or the letters ("PZ").
	Province string
	// BodyID is a body that manages or delivers.
	BodyID    string
	ProjectID string
	// Kind is Fixed or Itinerant; ProgrammeID the programme that pays.
	Kind, ProgrammeID string
	// Late keeps only the points that should be open by now; BelowMinimum those whose week is shorter than
	// the programme asks.
	Late, BelowMinimum bool
	// HoursToComplete keeps only the points without ordinary hours.
	HoursToComplete bool
	// Page counts from 0; Size is how many on a page, 0 for 50.
	Page, Size int
}

const pageSize = 50

// List returns a page of the points that who may see, by name, and how many there are in all.
func (s *Service) List(ctx context.Context, who identity.Actor, f Filter) (page []Point, total int, err error) {
	if !who.Can(identity.SeePoints) {
		return nil, 0, identity.ErrForbidden
	}
	towns, err := s.townsOf(ctx, f.Province)
	if err != nil {
		return nil, 0, err
	}
	if f.Size <= 0 {
		f.Size = pageSize
	}
	ids, everyone, err := s.suited(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	search := territory.Fold(f.Search)
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		visible, err := s.VisibleTx(ctx, tx, who, identity.SeePoints)
		if err != nil {
			return err
		}
		q := db.New(tx)
		what := db.CountListParams{
			AnyID: everyone, Ids: sqldb.List(ids),
			Everywhere: visible.All, Visible: visible.JSON(),
			AnyName: search == "", Pattern: "%" + search + "%",
			AnyState: f.State == "", State: f.State,
			AnyBody: f.BodyID == "", BodyID: f.BodyID,
			AnyProject: f.ProjectID == "", ProjectID: sqldb.OptText(f.ProjectID),
			WithHours: !f.HoursToComplete,
			AnyPlace:  f.Province == "", Belfiore: sqldb.List(towns),
		}
		n, err := q.CountList(ctx, what)
		if err != nil {
			return err
		}
		total = int(n)
		found, err := q.ListIDs(ctx, db.ListIDsParams{
			AnyID: what.AnyID, Ids: what.Ids,
			Everywhere: what.Everywhere, Visible: what.Visible, AnyName: what.AnyName, Pattern: what.Pattern,
			AnyState: what.AnyState, State: what.State, AnyBody: what.AnyBody, BodyID: what.BodyID,
			AnyProject: what.AnyProject, ProjectID: what.ProjectID, WithHours: what.WithHours,
			AnyPlace: what.AnyPlace, Belfiore: what.Belfiore,
			Skip: int32(max(0, f.Page) * f.Size), Max: int32(f.Size),
		})
		if err != nil {
			return err
		}
		page, err = s.load(ctx, tx, false, found)
		order := map[string]int{}
		for i, id := range found {
			order[id] = i
		}
		slices.SortFunc(page, func(a, b Point) int { return cmp.Compare(order[a.ID], order[b.ID]) })
		return err
	})
	return page, total, fault("list", err)
}

// suited returns the points that answer what SQL does not know: terms of programmes, and days that they
// make. With everyone, all do.
func (s *Service) suited(ctx context.Context, f Filter) (ids []string, everyone bool, err error) {
	if f.Kind == "" && f.ProgrammeID == "" && !f.Late && !f.BelowMinimum {
		return nil, true, nil
	}
	snap, err := s.snapshot(ctx)
	if err != nil {
		return nil, false, err
	}
	terms, err := s.Terms(ctx, snap.all...)
	today := calendar.DayOf(s.db.Now())
	for _, p := range snap.all {
		t := terms[p.ID]
		if (f.Kind == "" || p.Kind == f.Kind) && (f.ProgrammeID == "" || t.ProgrammeID == f.ProgrammeID) &&
			(!f.Late || p.Late(t, today)) && (!f.BelowMinimum || p.BelowMinimum(t)) {
			ids = append(ids, p.ID)
		}
	}
	return ids, false, err
}

// townsOf returns the municipalities of a province, given by code or letters.
func (s *Service) townsOf(ctx context.Context, province string) ([]string, error) {
	if province == "" {
		return nil, nil
	}
	return s.territory.CodesIn(ctx, province)
}

// ByID returns a point that who may see. It refuses with identity.ErrForbidden and identity.ErrNotHere.
func (s *Service) ByID(ctx context.Context, who identity.Actor, id string) (p Point, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		p, err = s.RequirePoint(ctx, tx, who, identity.SeePoints, id)
		return err
	})
	return p, err
}

// ByIDs returns points by id, for pages and domains that already decided who may see them; unknown ids
// are left out.
func (s *Service) ByIDs(ctx context.Context, ids []string) (map[string]Point, error) {
	snap, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	found := make(map[string]Point, len(ids))
	for _, id := range ids {
		if i, ok := snap.byID[id]; ok {
			found[id] = snap.all[i].clone()
		}
	}
	return found, nil
}

// ByIDsTx is ByIDs within the transaction of the caller, of which it sees the changes.
func (s *Service) ByIDsTx(ctx context.Context, tx *sqldb.Tx, ids []string) (map[string]Point, error) {
	points, err := s.load(ctx, tx, false, ids)
	found := make(map[string]Point, len(points))
	for _, p := range points {
		found[p.ID] = p
	}
	return found, fault("by ids", err)
}

// ByCode returns the point with a code, in whatever state: a public page shows it only when Listed. It
// refuses with ErrNoCode.
func (s *Service) ByCode(ctx context.Context, code string) (Point, error) {
	snap, err := s.snapshot(ctx)
	if err != nil {
		return Point{}, err
	}
	i, ok := slices.BinarySearchFunc(snap.all, strings.ToUpper(strings.TrimSpace(code)), func(p Point, code string) int { return cmp.Compare(p.Code, code) })
	if !ok {
		return Point{}, ErrNoCode
	}
	return snap.all[i].clone(), nil
}

// All returns the points over which who holds perm, in whatever state, by code: for figures and maps.
func (s *Service) All(ctx context.Context, who identity.Actor, perm identity.Permission) ([]Point, error) {
	visible, err := s.Visible(ctx, who, perm)
	if err != nil {
		return nil, err
	}
	return s.some(ctx, func(p Point) bool { return visible.Has(p.ID) })
}

// Public returns the points that citizens should find today, by code.
func (s *Service) Public(ctx context.Context) ([]Point, error) {
	today := calendar.DayOf(s.db.Now())
	return s.some(ctx, func(p Point) bool { return p.Listed(today) })
}

func (s *Service) some(ctx context.Context, keep func(Point) bool) ([]Point, error) {
	snap, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var found []Point
	for _, p := range snap.all {
		if keep(p) {
			found = append(found, p.clone())
		}
	}
	return found, nil
}

// Count returns how many points are in each state.
func (s *Service) Count(ctx context.Context) (map[string]int, error) {
	count := map[string]int{}
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).CountStates(ctx)
		for _, r := range rows {
			count[r.State] = int(r.N)
		}
		return err
	})
	return count, fault("count", err)
}
