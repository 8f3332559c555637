package facilitators

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Filter chooses facilitators. Zero fields choose everybody.
type Filter struct {
	// Search is a part of name or surname, in any order of the two, accents or not.
	Search string
	BodyID string
	// PointID keeps those who serve the point today.
	PointID string
	// State keeps those who are in it today: who has ended has left.
	State string
	// Language keeps those who speak it.
	Language string
	// OnDuty keeps those who have a shift today, wherever.
	OnDuty bool
	// Max is how many at most (50 when zero), after skipping Offset.
	Max, Offset int
}

// ByIDs returns the facilitators of ids that exist. It asks no permission: callers show only names of
// people of their own points.
func (s *Service) ByIDs(ctx context.Context, ids []string) (map[string]Facilitator, error) {
	var found map[string]Facilitator
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		found, err = s.ByIDsTx(ctx, tx, ids)
		return err
	})
	return found, err
}

// ByIDsTx is ByIDs inside the caller's transaction.
func (s *Service) ByIDsTx(ctx context.Context, tx *sqldb.Tx, ids []string) (map[string]Facilitator, error) {
	list, err := s.load(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	found := make(map[string]Facilitator, len(list))
	for _, f := range list {
		found[f.ID] = f
	}
	return found, nil
}

// ByID returns one facilitator of an own body or point; ErrNotFound or identity.ErrNotHere otherwise.
func (s *Service) ByID(ctx context.Context, who identity.Actor, id string) (Facilitator, error) {
	see, err := s.visible(ctx, who)
	if err != nil {
		return Facilitator{}, err
	}
	var f Facilitator
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		f, err = s.byID(ctx, tx, id)
		return err
	})
	if err != nil {
		return Facilitator{}, err
	}
	if !see.sees(f) {
		return Facilitator{}, identity.ErrNotHere
	}
	return f, nil
}

// ByAccount returns the facilitator who signs in with accountID, or ErrNotFound.
func (s *Service) ByAccount(ctx context.Context, accountID string) (Facilitator, error) {
	var f Facilitator
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		id, err := db.New(tx).FacilitatorOfAccount(ctx, sqldb.OptText(accountID))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("facilitator of an account: %w", err)
		}
		f, err = s.byID(ctx, tx, id)
		return err
	})
	return f, err
}

// List returns the people of own bodies and points, by surname, and how many there are in all.
func (s *Service) List(ctx context.Context, who identity.Actor, f Filter) ([]Facilitator, int, error) {
	see, err := s.visible(ctx, who)
	if err != nil {
		return nil, 0, err
	}
	if f.Max <= 0 {
		f.Max = 50
	}
	var list []Facilitator
	var total int64
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		arg := db.ListFacilitatorsParams{
			AllVisible: see.all, Bodies: sqldb.List(see.bodies), Points: sqldb.List(see.points),
			AnyBody: f.BodyID == "", BodyID: f.BodyID, AnyState: f.State == "", State: f.State,
			AnyPoint: f.PointID == "", PointID: f.PointID, Today: today(tx), Pattern: pattern(f.Search),
			AnyLanguage: f.Language == "", Language: f.Language, AnyDuty: !f.OnDuty, OnDuty: "[]",
			Max: int32(f.Max), Skip: int32(f.Offset),
		}
		if f.OnDuty {
			on, err := s.onDutyToday(ctx, tx)
			if err != nil {
				return err
			}
			arg.OnDuty = sqldb.List(on)
		}
		q := db.New(tx)
		ids, err := q.ListFacilitators(ctx, arg)
		if err != nil {
			return fmt.Errorf("list facilitators: %w", err)
		}
		total, err = q.CountFacilitators(ctx, db.CountFacilitatorsParams{
			AllVisible: arg.AllVisible, Bodies: arg.Bodies, Points: arg.Points, AnyBody: arg.AnyBody, BodyID: arg.BodyID,
			AnyState: arg.AnyState, State: arg.State, AnyPoint: arg.AnyPoint, PointID: arg.PointID, Today: arg.Today, Pattern: arg.Pattern,
			AnyLanguage: arg.AnyLanguage, Language: arg.Language, AnyDuty: arg.AnyDuty, OnDuty: arg.OnDuty,
		})
		if err != nil {
			return fmt.Errorf("count facilitators: %w", err)
		}
		list, err = s.load(ctx, tx, ids)
		return err
	})
	return list, int(total), err
}

// CountActive returns how many facilitators are active on a day: one of the four national figures.
func (s *Service) CountActive(ctx context.Context, on calendar.Day) (int, error) {
	var n int64
	err := s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		n, err = db.New(tx).CountActive(ctx, on)
		return err
	})
	return int(n), err
}

// FindTx returns the id of the person in service with this tax code or, without one, of the only
// person of the body with this name; "" when there is none. It is for imports.
func (s *Service) FindTx(ctx context.Context, tx *sqldb.Tx, bodyID, name, surname string, taxCode codes.TaxCode) (string, error) {
	q := db.New(tx)
	if taxCode != "" {
		id, err := q.FacilitatorOfTaxCode(ctx, sqldb.OptText(s.keys.TaxCodeKey(taxCode)))
		if !errors.Is(err, sql.ErrNoRows) {
			return id, err
		}
		return "", nil
	}
	rows, err := q.FacilitatorsOfBody(ctx, bodyID)
	if err != nil {
		return "", fmt.Errorf("facilitators of a body: %w", err)
	}
	want := territory.Fold(surname + " " + name)
	found := ""
	for _, r := range rows {
		if territory.Fold(r.Surname+" "+r.Name) != want {
			continue
		}
		if found != "" {
			return "", nil
		}
		found = r.ID
	}
	return found, nil
}

// TaxCodes opens the tax codes of ids, for the national file; it is written in the audit.
func (s *Service) TaxCodes(ctx context.Context, who identity.Actor, ids []string) (map[string]codes.TaxCode, error) {
	if !who.Can(identity.ExportNational) {
		return nil, identity.ErrForbidden
	}
	found := map[string]codes.TaxCode{}
	err := s.base.Update(ctx, func(tx *sqldb.Tx) error {
		clear(found)
		rows, err := db.New(tx).Facilitators(ctx, sqldb.List(ids))
		if err != nil {
			return fmt.Errorf("tax codes: %w", err)
		}
		for _, r := range rows {
			if len(r.TaxCodeCipher) == 0 {
				continue
			}
			plain, err := s.keys.Open(taxCodePurpose, r.TaxCodeCipher, r.ID)
			if err != nil {
				return fmt.Errorf("open the tax code of facilitator %s: %w", r.ID, err)
			}
			found[r.ID] = codes.TaxCode(plain)
		}
		return audit.Write(ctx, tx, who, audit.Entry{
			Action: "facilitators.tax_codes_read", Subject: "facilitator", SubjectID: "*", Detail: map[string]any{"people": len(found)},
		})
	})
	return found, err
}

func (s *Service) byID(ctx context.Context, tx *sqldb.Tx, id string) (Facilitator, error) {
	list, err := s.load(ctx, tx, []string{id})
	if err != nil {
		return Facilitator{}, err
	}
	if len(list) == 0 {
		return Facilitator{}, ErrNotFound
	}
	return list[0], nil
}

// load returns people with their tags and points, by surname.
func (s *Service) load(ctx context.Context, tx *sqldb.Tx, ids []string) ([]Facilitator, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q, list := db.New(tx), sqldb.List(ids)
	rows, err := q.Facilitators(ctx, list)
	if err != nil {
		return nil, fmt.Errorf("facilitators: %w", err)
	}
	tags, err := q.Tags(ctx, list)
	if err != nil {
		return nil, fmt.Errorf("facilitators: %w", err)
	}
	served, err := q.ServedPoints(ctx, list)
	if err != nil {
		return nil, fmt.Errorf("facilitators: %w", err)
	}
	people := make([]Facilitator, len(rows))
	at := make(map[string]*Facilitator, len(rows))
	for i, r := range rows {
		people[i] = Facilitator{
			ID: r.ID, AccountID: string(r.AccountID), BodyID: r.BodyID, Name: r.Name, Surname: r.Surname, Email: r.Email, Phone: r.Phone,
			Contract: r.Contract, State: r.State, From: r.FromDay, To: r.ToDay, HasTaxCode: r.TaxCodeKey != "",
			MergedInto: string(r.MergedInto),
		}
		at[r.ID] = &people[i]
	}
	for _, t := range tags {
		f := at[t.FacilitatorID]
		if t.Kind == "skill" {
			f.Skills = append(f.Skills, t.Value)
		} else {
			f.Languages = append(f.Languages, t.Value)
		}
	}
	for _, p := range served {
		f := at[p.FacilitatorID]
		f.Points = append(f.Points, Served{PointID: p.PointID, From: p.FromDay, To: p.ToDay})
	}
	return people, nil
}

// sight is whom an actor may see: people of some bodies, and people who serve some points.
type sight struct {
	all            bool
	bodies, points []string
}

func (s *Service) visible(ctx context.Context, who identity.Actor) (sight, error) {
	if !who.Can(identity.SeeFacilitators) {
		return sight{}, identity.ErrForbidden
	}
	see, err := s.points.Visible(ctx, who, identity.SeeFacilitators)
	if err != nil {
		return sight{}, err
	}
	return sight{all: see.All, bodies: who.Reach(identity.SeeFacilitators).Bodies, points: see.IDs}, nil
}

func (v sight) sees(f Facilitator) bool {
	if v.all || contains(v.bodies, f.BodyID) {
		return true
	}
	for _, p := range f.Points {
		if contains(v.points, p.PointID) {
			return true
		}
	}
	return false
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// pattern is a LIKE pattern; Fold leaves no sign that LIKE would take for a wildcard.
func pattern(search string) string {
	return "%" + strings.ReplaceAll(territory.Fold(search), " ", "%") + "%"
}
