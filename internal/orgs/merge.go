package orgs

import (
	"context"
	"slices"
	"strings"
	"time"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/orgs/internal/db"
	"capillare/internal/sqldb"
)

// UndoDays is for how many days a merge can be undone.
const UndoDays = 14

// Refusals of merges.
var (
	ErrNoMerge    = errs.New(errs.NotFound, "orgs.no_merge")
	ErrSameBody   = errs.New(errs.Invalid, "orgs.same_body")
	ErrUndone     = errs.New(errs.Conflict, "orgs.undone")
	ErrUndoLate   = errs.New(errs.Conflict, "orgs.undo_late")
	ErrUndoTaken  = errs.New(errs.Conflict, "orgs.undo_taken")
	ErrMergedOn   = errs.New(errs.Conflict, "orgs.merged_on")
	errMergeField = errs.New(errs.Invalid, "orgs.merge_field")
)

// whatField and whatRole are the words of this package for what followed a merge.
const (
	whatField = "orgs.field"
	whatRole  = "orgs.role"
)

// Merging says which body becomes part of which, and which details of the one that goes are kept.
type Merging struct {
	FromID, IntoID string
	// Take are names of MergeFields whose value is that of FromID; the others stay those of IntoID.
	Take []string
}

// Merge is a merge as it was kept (it: unione di due enti).
type Merge struct {
	ID, FromID, IntoID string
	At                 time.Time
	// ByID is the account of who did it; empty for the program itself.
	ByID      string
	UndoUntil time.Time
	// Moves are the records that followed.
	Moves []Move
}

// MergeFields lists the details that a merge chooses between, in the order in which pages show them.
func MergeFields() []string {
	return []string{"name", "short_name", "kind", "tax_code", "ipa_code", "belfiore", "email", "pec", "phone"}
}

// Detail returns one of MergeFields of b.
func (b Body) Detail(name string) string {
	if text := b.detail(name); text != nil {
		return *text
	}
	return ""
}

func (b *Body) detail(name string) *string {
	return map[string]*string{
		"name": &b.Name, "short_name": &b.ShortName, "kind": &b.Kind, "tax_code": &b.TaxCode, "ipa_code": &b.IPACode,
		"belfiore": &b.Belfiore, "email": &b.Email, "pec": &b.PEC, "phone": &b.Phone,
	}[name]
}

// Merge makes two records of one body one: m.FromID ends and leads to m.IntoID, and everything that is
// its follows (fact [Merged]). It refuses with ErrSameBody, ErrNotHere, ErrEnded and ErrMerged.
func (s *Service) Merge(ctx context.Context, who identity.Actor, m Merging) (id string, err error) {
	if err := who.Require(identity.EditBodies, identity.Target{}); err != nil {
		return "", err
	}
	if m.FromID == m.IntoID {
		return "", ErrSameBody
	}
	for _, name := range m.Take {
		if !slices.Contains(MergeFields(), name) {
			return "", errMergeField
		}
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		id, err = s.merge(ctx, tx, who, m)
		return err
	})
	return id, err
}

func (s *Service) merge(ctx context.Context, tx *sqldb.Tx, who identity.Actor, m Merging) (string, error) {
	from, err := living(ctx, tx, m.FromID)
	if err != nil {
		return "", err
	}
	into, err := living(ctx, tx, m.IntoID)
	if err != nil {
		return "", err
	}
	q, id := db.New(tx), sqldb.NewID(tx.Now)
	err = q.InsertMerge(ctx, db.InsertMergeParams{
		ID: id, FromID: from.ID, IntoID: into.ID, MergedAt: sqldb.At(tx.Now), MergedBy: who.AccountID,
		UndoUntil: sqldb.At(tx.Now.AddDate(0, 0, UndoDays)),
	})
	if c, ok := sqldb.Broken(err); ok && c == "orgs_merge_once" {
		return "", ErrMerged
	}
	if err != nil {
		return "", fault("merge", err)
	}
	// The one that goes ends first: its name and codes are then free for the one that stays.
	if _, err := q.EndBody(ctx, db.EndBodyParams{ID: from.ID, EndedOn: calendar.DayOf(tx.Now)}); err != nil {
		return "", fault("merge", err)
	}
	kept, err := takeFields(ctx, q, id, from, into, m.Take)
	if err != nil {
		return "", err
	}
	if err := s.moveAll(ctx, tx, Merged{From: from.ID, Into: into.ID, MergeID: id}); err != nil {
		return "", err
	}
	changes := audit.Compare(into, kept)
	changes.Changes = append(changes.Changes, audit.Change{Field: "merged_from", To: from.Name})
	if err := note(ctx, tx, who, "orgs.merge", into.ID, changes); err != nil {
		return "", err
	}
	return id, note(ctx, tx, who, "orgs.merged", from.ID, audit.Changes{Changes: []audit.Change{{Field: "merged_into", To: kept.Name}}})
}

// takeFields gives into the chosen details of from and keeps what they were.
func takeFields(ctx context.Context, q *db.Queries, mergeID string, from, into Body, take []string) (Body, error) {
	kept := into
	for _, name := range take {
		was, becomes := into.Detail(name), from.Detail(name)
		if was == becomes {
			continue
		}
		*kept.detail(name) = becomes
		err := q.InsertMergeField(ctx, db.InsertMergeFieldParams{MergeID: mergeID, Field: name, Was: was, Became: becomes})
		if err != nil {
			return Body{}, fault("merge", err)
		}
	}
	return kept, update(ctx, q, kept)
}

// moveAll moves the roles, tells the others, and keeps which records followed.
func (s *Service) moveAll(ctx context.Context, tx *sqldb.Tx, fact Merged) error {
	q := db.New(tx)
	roles, err := q.MoveRoles(ctx, db.MoveRolesParams{FromID: fact.From, IntoID: fact.Into})
	if err != nil {
		return fault("merge roles", err)
	}
	var moved []Move
	for _, r := range roles {
		moved = append(moved, Move{What: whatRole, ID: r.Role + " " + r.FromDay.String()})
	}
	fact.moved = &moved
	if err := s.bus.Publish(ctx, tx, fact); err != nil {
		return err
	}
	for _, m := range moved {
		err := q.InsertMergeMove(ctx, db.InsertMergeMoveParams{MergeID: fact.MergeID, What: m.What, RecordID: m.ID})
		if err != nil {
			return fault("merge", err)
		}
	}
	return nil
}

// UndoMerge puts back what a merge moved, unless it changed meanwhile: what could not go back is
// returned. It refuses with ErrNoMerge, ErrUndone, ErrUndoLate, with ErrMergedOn when the body kept became
// part of another since, and with ErrUndoTaken when a name or code belongs to another body by now.
func (s *Service) UndoMerge(ctx context.Context, who identity.Actor, mergeID string) (stayed []Move, err error) {
	return s.UndoMergeInto(ctx, who, "", mergeID)
}

// UndoMergeInto is UndoMerge for a merge into bodyID: a merge into another body is not there.
func (s *Service) UndoMergeInto(ctx context.Context, who identity.Actor, bodyID, mergeID string) (stayed []Move, err error) {
	if err := who.Require(identity.EditBodies, identity.Target{}); err != nil {
		return nil, err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		m, err := undoable(ctx, tx, bodyID, mergeID)
		if err != nil {
			return err
		}
		stayed, err = s.undo(ctx, tx, who, m)
		return err
	})
	return stayed, err
}

func (s *Service) undo(ctx context.Context, tx *sqldb.Tx, who identity.Actor, m db.OrgsMerge) ([]Move, error) {
	bodies, err := byIDs(ctx, tx, []string{m.FromID, m.IntoID})
	if err != nil {
		return nil, fault("undo", err)
	}
	from, into := bodies[m.FromID], bodies[m.IntoID]
	if into.MergedInto != "" {
		return nil, ErrMergedOn
	}
	q := db.New(tx)
	if _, err := q.SetUndone(ctx, db.SetUndoneParams{ID: m.ID, UndoneAt: sqldb.At(tx.Now)}); err != nil {
		return nil, fault("undo", err)
	}
	back, stayed, err := fieldsBack(ctx, q, m.ID, into)
	if err != nil {
		return nil, err
	}
	if _, err := q.ReopenBody(ctx, from.ID); err != nil {
		return nil, undoTaken(taken(err))
	}
	left, err := s.moveBack(ctx, tx, MergeUndone{From: from.ID, Into: into.ID, MergeID: m.ID})
	if err != nil {
		return nil, err
	}
	changes := audit.Compare(into, back)
	changes.Changes = append(changes.Changes, audit.Change{Field: "merged_from", From: from.Name})
	if err := note(ctx, tx, who, "orgs.merge_undone", into.ID, changes); err != nil {
		return nil, err
	}
	err = note(ctx, tx, who, "orgs.merge_undone", from.ID, audit.Changes{Changes: []audit.Change{{Field: "merged_into", From: into.Name}}})
	return append(stayed, left...), err
}

func undoable(ctx context.Context, tx *sqldb.Tx, bodyID, mergeID string) (db.OrgsMerge, error) {
	rows, err := db.New(tx).MergeByID(ctx, mergeID)
	switch {
	case err != nil:
		return db.OrgsMerge{}, fault("undo", err)
	case len(rows) == 0, bodyID != "" && rows[0].IntoID != bodyID:
		return db.OrgsMerge{}, ErrNoMerge
	case !rows[0].UndoneAt.IsZero():
		return db.OrgsMerge{}, ErrUndone
	case tx.Now.After(rows[0].UndoUntil.Time):
		return db.OrgsMerge{}, ErrUndoLate
	}
	return rows[0], nil
}

// fieldsBack restores the details that the merge changed and nobody changed since.
func fieldsBack(ctx context.Context, q *db.Queries, mergeID string, into Body) (back Body, stayed []Move, err error) {
	rows, err := q.MergeFields(ctx, mergeID)
	if err != nil {
		return Body{}, nil, fault("undo", err)
	}
	back = into
	for _, f := range rows {
		if into.Detail(f.Field) != f.Became {
			stayed = append(stayed, Move{What: whatField, ID: f.Field})
			continue
		}
		*back.detail(f.Field) = f.Was
	}
	return back, stayed, undoTaken(update(ctx, q, back))
}

func undoTaken(err error) error {
	if errs.Of(err) == errs.Invalid {
		return ErrUndoTaken
	}
	return err
}

func (s *Service) moveBack(ctx context.Context, tx *sqldb.Tx, fact MergeUndone) ([]Move, error) {
	q := db.New(tx)
	rows, err := q.MergeMoves(ctx, fact.MergeID)
	if err != nil {
		return nil, fault("undo", err)
	}
	for _, r := range rows {
		fact.moves = append(fact.moves, Move{What: r.What, ID: r.RecordID})
	}
	var stayed []Move
	fact.stayed = &stayed
	for _, id := range fact.Of(whatRole) {
		name, from, _ := strings.Cut(id, " ")
		day, err := calendar.ParseDay(from)
		if err != nil {
			return nil, fault("undo roles", err)
		}
		n, err := q.MoveRoleBack(ctx, db.MoveRoleBackParams{FromID: fact.From, IntoID: fact.Into, Role: name, FromDay: day})
		if err != nil {
			return nil, fault("undo roles", err)
		}
		if n == 0 {
			fact.Stayed(whatRole, id)
		}
	}
	return stayed, s.bus.Publish(ctx, tx, fact)
}

// Merges returns what became part of a body that who may see, the newest first.
func (s *Service) Merges(ctx context.Context, who identity.Actor, bodyID string) ([]Merge, error) {
	if err := who.Require(identity.SeeBodies, identity.Target{Bodies: []string{bodyID}}); err != nil {
		return nil, err
	}
	var found []Merge
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		rows, err := q.MergesInto(ctx, bodyID)
		found = found[:0]
		for _, r := range rows {
			one := Merge{ID: r.ID, FromID: r.FromID, IntoID: r.IntoID, At: r.MergedAt.Time, ByID: r.MergedBy, UndoUntil: r.UndoUntil.Time}
			moves, err := q.MergeMoves(ctx, r.ID)
			if err != nil {
				return err
			}
			for _, m := range moves {
				one.Moves = append(one.Moves, Move{What: m.What, ID: m.RecordID})
			}
			found = append(found, one)
		}
		return err
	})
	return found, fault("merges", err)
}

// Kept returns the body that a merged one is part of by now: id itself when it is part of none.
func (s *Service) Kept(ctx context.Context, id string) (string, error) {
	for {
		found, err := s.ByIDs(ctx, []string{id})
		if err != nil || found[id].MergedInto == "" {
			return id, err
		}
		id = found[id].MergedInto
	}
}
