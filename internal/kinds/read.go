package kinds

import (
	"context"
	"slices"
	"strings"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/kinds/internal/db"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Filter narrows a list of kinds.
type Filter struct {
	// Text is looked for in the names.
	Text string
	// Mode and Audience are any when empty.
	Mode     Mode
	Audience Audience
	// BodyID and PointID keep those of one body, and those offered at one point.
	BodyID, PointID string
	// Ended keeps those that are over, instead of the others.
	Ended bool
}

// List returns the kinds that who may see, by name: those of the network, and those of the bodies and points
// that who may see.
func (s *Service) List(ctx context.Context, who identity.Actor, f Filter) ([]Kind, error) {
	if !who.Can(identity.SeePoints) {
		return nil, identity.ErrForbidden
	}
	var list []Kind
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		all, err := everyKind(ctx, tx)
		if err != nil {
			return err
		}
		sees, err := s.sight(ctx, tx, who)
		if err != nil {
			return err
		}
		offered, err := s.offeredTo(ctx, tx, f.PointID)
		if err != nil {
			return err
		}
		today := calendar.DayOf(tx.Now)
		list = slices.DeleteFunc(all, func(k Kind) bool { return !sees(k) || !offered(k) || !f.keeps(k, today) })
		return nil
	})
	return list, err
}

func (f Filter) keeps(k Kind, today calendar.Day) bool {
	over := !k.To.IsZero() && k.To.Before(today)
	text := territory.Fold(f.Text)
	return over == f.Ended && (f.Mode == "" || k.Mode == f.Mode) && (f.Audience == "" || k.Audience == f.Audience) &&
		(f.BodyID == "" || k.BodyID == f.BodyID) && (text == "" || strings.Contains(territory.Fold(k.Name+" "+k.NameEN), text))
}

// sight returns which kinds who may see: everybody those of the network, the others by the points seen.
func (s *Service) sight(ctx context.Context, tx *sqldb.Tx, who identity.Actor) (func(Kind) bool, error) {
	see, err := s.points.VisibleTx(ctx, tx, who, identity.SeePoints)
	if err != nil || see.All {
		return func(Kind) bool { return true }, err
	}
	seen, err := s.points.ByIDsTx(ctx, tx, see.IDs)
	if err != nil {
		return nil, err
	}
	bodies := map[string]bool{}
	for _, p := range seen {
		bodies[p.ManagingBodyID] = true
	}
	return func(k Kind) bool {
		switch {
		case k.PointID != "":
			return see.Has(k.PointID)
		case k.BodyID != "":
			return bodies[k.BodyID] || who.Require(identity.SeePoints, identity.Target{Bodies: []string{k.BodyID}}) == nil
		}
		return true
	}, nil
}

// offeredTo returns which kinds are offered at a point; every one for "".
func (s *Service) offeredTo(ctx context.Context, tx *sqldb.Tx, pointID string) (func(Kind) bool, error) {
	if pointID == "" {
		return func(Kind) bool { return true }, nil
	}
	found, err := s.points.ByIDsTx(ctx, tx, []string{pointID})
	if err != nil {
		return nil, err
	}
	p := found[pointID]
	return func(k Kind) bool { return k.OfferedAt(p) }, nil
}

// OfferedAt reports whether a point may offer the kind.
func (k Kind) OfferedAt(p points.Point) bool {
	return k.BodyID == "" && k.PointID == "" || k.BodyID != "" && k.BodyID == p.ManagingBodyID || k.PointID != "" && k.PointID == p.ID
}

// Offered reports whether a point may offer all of some kinds, ended ones too: for package facilitators.
func Offered(ctx context.Context, tx *sqldb.Tx, p points.Point, ids []string) (bool, error) {
	rows, err := db.New(tx).KindsByIDs(ctx, sqldb.List(ids))
	if err != nil {
		return false, fault("read", err)
	}
	found := map[string]Kind{}
	for _, r := range rows {
		found[r.KindsKind.ID] = kindOf(r.KindsKind)
	}
	return !slices.ContainsFunc(ids, func(id string) bool {
		k, there := found[id]
		return !there || !k.OfferedAt(p)
	}), nil
}

// ByID returns a kind that who may see, or ErrNotFound.
func (s *Service) ByID(ctx context.Context, who identity.Actor, id string) (k Kind, err error) {
	if !who.Can(identity.SeePoints) {
		return Kind{}, identity.ErrForbidden
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		if k, err = one(ctx, tx, id); err != nil {
			return err
		}
		sees, err := s.sight(ctx, tx, who)
		if err == nil && !sees(k) {
			err = ErrNotFound
		}
		return err
	})
	return k, err
}

// MayEdit reports whether who may change a kind, or add one offered there.
func (s *Service) MayEdit(ctx context.Context, who identity.Actor, k Kind) bool {
	return s.base.View(ctx, func(tx *sqldb.Tx) error { return s.require(ctx, tx, who, k) }) == nil
}

// ByIDs returns kinds by id, also ended ones; unknown ids are left out. It asks no permission.
func (s *Service) ByIDs(ctx context.Context, tx *sqldb.Tx, ids []string) (map[string]Kind, error) {
	found := map[string]Kind{}
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := db.New(tx).KindsByIDs(ctx, sqldb.List(ids))
	if err != nil {
		return nil, fault("read", err)
	}
	list := make([]Kind, len(rows))
	for i, r := range rows {
		list[i] = kindOf(r.KindsKind)
	}
	if err := readTags(ctx, tx, list); err != nil {
		return nil, err
	}
	for _, k := range list {
		found[k.ID] = k
	}
	return found, nil
}

// At returns the kinds that a point may offer today or later, by name: for the public pages.
func (s *Service) At(ctx context.Context, pointID string) (list []Kind, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		found, err := s.points.ByIDsTx(ctx, tx, []string{pointID})
		if err != nil {
			return err
		}
		p, ok := found[pointID]
		if !ok {
			return identity.ErrNotHere
		}
		list, err = s.AtTx(ctx, tx, p)
		return err
	})
	return list, err
}

// AtTx is At inside the caller's transaction, for a point that is read already.
func (s *Service) AtTx(ctx context.Context, tx *sqldb.Tx, p points.Point) ([]Kind, error) {
	rows, err := db.New(tx).KindsAt(ctx, db.KindsAtParams{
		OnDay: calendar.DayOf(tx.Now), BodyID: sqldb.OptText(p.ManagingBodyID), PointID: sqldb.OptText(p.ID),
	})
	if err != nil {
		return nil, fault("read", err)
	}
	list := make([]Kind, len(rows))
	for i, r := range rows {
		list[i] = kindOf(r.KindsKind)
	}
	return list, readTags(ctx, tx, list)
}

// History returns what was done to a kind that who may see, the newest first.
func (s *Service) History(ctx context.Context, who identity.Actor, id string) (rows []audit.Row, err error) {
	if _, err := s.ByID(ctx, who, id); err != nil {
		return nil, err
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, err = audit.List(ctx, tx, audit.Filter{Subject: "kind", SubjectID: id})
		return err
	})
	return rows, fault("history", err)
}

func one(ctx context.Context, tx *sqldb.Tx, id string) (Kind, error) {
	rows, err := db.New(tx).KindsByIDs(ctx, sqldb.List([]string{id}))
	if err != nil {
		return Kind{}, fault("read", err)
	}
	if len(rows) == 0 {
		return Kind{}, ErrNotFound
	}
	list := []Kind{kindOf(rows[0].KindsKind)}
	err = readTags(ctx, tx, list)
	return list[0], err
}

func everyKind(ctx context.Context, tx *sqldb.Tx) ([]Kind, error) {
	rows, err := db.New(tx).AllKinds(ctx)
	if err != nil {
		return nil, fault("list", err)
	}
	list := make([]Kind, len(rows))
	for i, r := range rows {
		list[i] = kindOf(r.KindsKind)
	}
	return list, readTags(ctx, tx, list)
}

// readTags fills the topics, skills and languages of kinds, in one read.
func readTags(ctx context.Context, tx *sqldb.Tx, list []Kind) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[string]*Kind, len(list))
	ids := make([]string, len(list))
	for i := range list {
		at[list[i].ID], ids[i] = &list[i], list[i].ID
	}
	rows, err := db.New(tx).TagsOf(ctx, sqldb.List(ids))
	if err != nil {
		return fault("read", err)
	}
	for _, r := range rows {
		switch k := at[r.KindID]; r.Tag {
		case "topic":
			k.Topics = append(k.Topics, r.Value)
		case "skill":
			k.Skills = append(k.Skills, r.Value)
		case "language":
			k.Languages = append(k.Languages, r.Value)
		}
	}
	return nil
}

func kindOf(r db.KindsKind) Kind {
	return Kind{
		ID: r.ID, BodyID: string(r.BodyID), PointID: string(r.PointID), Name: r.Name, NameEN: r.NameEn, Mode: Mode(r.Mode),
		Minutes: r.Minutes, Before: r.BeforeMinutes, After: r.AfterMinutes, Seats: r.Seats, Kept: r.Kept, NoticeMinutes: r.NoticeMinutes,
		HorizonDays: r.HorizonDays, Audience: Audience(r.Audience), Bring: r.Bring, BringEN: r.BringEn, From: r.FromDay, To: r.ToDay,
		Version: r.Version,
	}
}
