package campaigns

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"capillare/internal/agenda"
	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/campaigns/internal/db"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Deps are the services that campaigns stand on.
type Deps struct {
	Points       *points.Service
	Kinds        *kinds.Service
	Facilitators *facilitators.Service
	Agenda       *agenda.Service
}

// Service keeps campaigns.
type Service struct {
	base *sqldb.DB
	Deps
}

// New returns a Service on base.
func New(base *sqldb.DB, d Deps) *Service { return &Service{base: base, Deps: d} }

// List returns the campaigns that who may see, those that begin last first: those of the network, of own
// bodies, and those with a turn at an own point.
func (s *Service) List(ctx context.Context, who identity.Actor) (list []Campaign, err error) {
	if !who.Can(identity.SeePoints) {
		return nil, identity.ErrForbidden
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).Campaigns(ctx)
		if err != nil {
			return fmt.Errorf("campaigns: %w", err)
		}
		if list, err = withTurns(ctx, tx, rows); err != nil {
			return err
		}
		see, err := s.Points.VisibleTx(ctx, tx, who, identity.SeePoints)
		list = slices.DeleteFunc(list, func(c Campaign) bool { return !sees(who, see, c) })
		return err
	})
	return list, err
}

// sees reports whether who may see c.
func sees(who identity.Actor, see points.Visible, c Campaign) bool {
	return see.All || slices.ContainsFunc(c.PointIDs(), see.Has) ||
		c.BodyID != "" && who.Require(identity.SeePoints, identity.Target{Bodies: []string{c.BodyID}}) == nil
}

// ByID returns a campaign that who may see, or ErrNotFound.
func (s *Service) ByID(ctx context.Context, who identity.Actor, id string) (c Campaign, err error) {
	if !who.Can(identity.SeePoints) {
		return c, identity.ErrForbidden
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		if c, err = one(ctx, tx, id); err != nil {
			return err
		}
		see, err := s.Points.VisibleTx(ctx, tx, who, identity.SeePoints)
		if err == nil && !sees(who, see, c) {
			err = ErrNotFound
		}
		return err
	})
	return c, err
}

// ByCode returns a campaign with made turns by the code of its public address: for citizens.
func (s *Service) ByCode(ctx context.Context, code string) (c Campaign, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		row, err := db.New(tx).CampaignByCode(ctx, code)
		if err != nil {
			return missing(err)
		}
		list, err := withTurns(ctx, tx, []db.CampaignsCampaign{row})
		if err != nil {
			return err
		}
		if c = list[0]; !c.Made() {
			return ErrNotFound
		}
		return nil
	})
	return c, err
}

// History returns what was done to a campaign, the newest first.
func (s *Service) History(ctx context.Context, who identity.Actor, id string) (rows []audit.Row, err error) {
	if _, err := s.ByID(ctx, who, id); err != nil {
		return nil, err
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, err = audit.List(ctx, tx, audit.Filter{Subject: "campaign", SubjectID: id})
		return err
	})
	return rows, err
}

// Add adds a campaign without turns and returns its id. It refuses with fields, and with
// identity.ErrNotHere when who does not run the body.
func (s *Service) Add(ctx context.Context, who identity.Actor, c Campaign) (id string, err error) {
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		if err := s.requireRun(who, c); err != nil {
			return err
		}
		if c, err = checked(c, calendar.DayOf(tx.Now)); err != nil {
			return err
		}
		if err := s.requireKind(ctx, tx, c); err != nil {
			return err
		}
		c.ID = sqldb.NewID(tx.Now)
		if c.Code, err = freeCode(ctx, tx, c.Name); err != nil {
			return err
		}
		err := db.New(tx).InsertCampaign(ctx, db.InsertCampaignParams{
			ID: c.ID, Code: c.Code, Name: c.Name, NameEn: c.NameEN, BodyID: sqldb.OptText(c.BodyID), KindID: c.KindID, Wanted: c.Wanted,
			FromDay: c.From, ToDay: c.To, CreatedAt: sqldb.At(tx.Now),
		})
		if err != nil {
			return fmt.Errorf("add a campaign: %w", err)
		}
		return note(ctx, tx, who, c, "campaigns.add", audit.Compare(Campaign{}, c))
	})
	return c.ID, err
}

// Change gives a campaign another name, other days or another goal; the kind and the body stay. Turns must lie
// within the new days. It refuses as Add does, with ErrRival and ErrOver.
func (s *Service) Change(ctx context.Context, who identity.Actor, c Campaign) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		old, err := s.editable(ctx, tx, who, c.ID)
		if err != nil {
			return err
		}
		c.Code, c.KindID, c.BodyID, c.Turns = old.Code, old.KindID, old.BodyID, old.Turns
		if c, err = checked(c, calendar.DayOf(tx.Now)); err != nil {
			return err
		}
		if c.From != old.From || c.To != old.To {
			if err := s.requireKind(ctx, tx, c); err != nil {
				return onField("to", err)
			}
		}
		for _, t := range c.Turns {
			if t.State != Ended && (t.From.Before(c.From) || t.To.After(c.To)) {
				return errs.Problems{{Field: "to", Key: "campaigns.turns_outside"}}.Err()
			}
		}
		n, err := db.New(tx).UpdateCampaign(ctx, db.UpdateCampaignParams{
			ID: c.ID, Version: c.Version, Name: c.Name, NameEn: c.NameEN, Wanted: c.Wanted, FromDay: c.From, ToDay: c.To,
		})
		if err != nil {
			return fmt.Errorf("change a campaign: %w", err)
		}
		if n == 0 {
			return ErrRival
		}
		return note(ctx, tx, who, c, "campaigns.change", audit.Compare(old, c))
	})
}

// MayRun reports whether who may change a campaign.
func (s *Service) MayRun(who identity.Actor, c Campaign) bool { return s.requireRun(who, c) == nil }

// requireRun refuses who does not run the body of a campaign; one of the network is for who reaches all of it.
func (s *Service) requireRun(who identity.Actor, c Campaign) error {
	if c.BodyID == "" {
		return who.Require(identity.EditPoints, identity.Target{})
	}
	return who.Require(identity.EditPoints, identity.Target{Bodies: []string{c.BodyID}})
}

// editable returns a campaign that who may change and that is not over.
func (s *Service) editable(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id string) (Campaign, error) {
	if !who.Can(identity.EditPoints) {
		return Campaign{}, identity.ErrForbidden
	}
	c, err := one(ctx, tx, id)
	if err != nil {
		return c, err
	}
	see, err := s.Points.VisibleTx(ctx, tx, who, identity.SeePoints)
	switch {
	case err != nil:
		return c, err
	case !sees(who, see, c):
		return c, ErrNotFound
	case c.Over(calendar.DayOf(tx.Now)):
		return c, ErrOver
	}
	return c, s.requireRun(who, c)
}

// requireKind refuses a kind that is not there, is another body's, or is over before the campaign ends.
func (s *Service) requireKind(ctx context.Context, tx *sqldb.Tx, c Campaign) error {
	found, err := s.Kinds.ByIDs(ctx, tx, []string{c.KindID})
	if err != nil {
		return err
	}
	k, ok := found[c.KindID]
	if k.BodyID != "" && c.BodyID != "" && k.BodyID != c.BodyID {
		return errs.Problems{{Field: "kind", Key: "campaigns.kind_missing"}}.Err()
	}
	if !ok || !k.On(c.From) || !k.On(c.To) {
		return errs.Problems{{Field: "kind", Key: "campaigns.kind_days"}}.Err()
	}
	return nil
}

// onField puts the problems of a refusal at one field: the form of a change has no other.
func onField(field string, err error) error {
	r, ok := errors.AsType[*errs.Refusal](err)
	if !ok {
		return err
	}
	p := slices.Clone(r.Problems)
	for i := range p {
		p[i].Field = field
	}
	return errs.Problems(p).Err()
}

// freeCode makes the code of a campaign of its name: "Aiuti per l'alluvione" is "aiuti-per-l-alluvione", and
// the next one "aiuti-per-l-alluvione-2".
func freeCode(ctx context.Context, tx *sqldb.Tx, name string) (string, error) {
	base := cmp.Or(strings.ReplaceAll(territory.Fold(name), " ", "-"), "campagna")
	for n := 1; ; n++ {
		code := base
		if n > 1 {
			code = fmt.Sprintf("%s-%d", base, n)
		}
		_, err := db.New(tx).CampaignByCode(ctx, code)
		if errors.Is(err, sql.ErrNoRows) {
			return code, nil
		}
		if err != nil {
			return "", fmt.Errorf("code of a campaign: %w", err)
		}
	}
}

func note(ctx context.Context, tx *sqldb.Tx, who identity.Actor, c Campaign, action string, detail any) error {
	return audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: "campaign", SubjectID: c.ID, BodyID: c.BodyID, Detail: detail})
}

func one(ctx context.Context, tx *sqldb.Tx, id string) (Campaign, error) {
	row, err := db.New(tx).CampaignByID(ctx, id)
	if err != nil {
		return Campaign{}, missing(err)
	}
	list, err := withTurns(ctx, tx, []db.CampaignsCampaign{row})
	if err != nil {
		return Campaign{}, err
	}
	return list[0], nil
}

func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return fmt.Errorf("campaign: %w", err)
}

// withTurns reads the turns of campaigns, of all in one read.
func withTurns(ctx context.Context, tx *sqldb.Tx, rows []db.CampaignsCampaign) ([]Campaign, error) {
	list, ids, at := make([]Campaign, len(rows)), make([]string, len(rows)), map[string]int{}
	for i, r := range rows {
		list[i] = Campaign{
			ID: r.ID, Code: r.Code, Name: r.Name, NameEN: r.NameEn, BodyID: string(r.BodyID), KindID: r.KindID, Wanted: r.Wanted,
			From: r.FromDay, To: r.ToDay, EndedOn: r.EndedOn, Version: r.Version,
		}
		ids[i], at[r.ID] = r.ID, i
	}
	turns, err := db.New(tx).TurnsOf(ctx, sqldb.List(ids))
	if err != nil {
		return nil, fmt.Errorf("turns of campaigns: %w", err)
	}
	for _, r := range turns {
		c := &list[at[r.CampaignID]]
		c.Turns = append(c.Turns, Turn{
			ID: r.ID, CampaignID: r.CampaignID, FacilitatorID: r.FacilitatorID, PointID: r.PointID, AddressID: string(r.AddressID),
			Place:    Place{Name: r.Place, Street: r.Street, CAP: r.Cap, Belfiore: r.Belfiore},
			Weekdays: calendar.Weekdays(r.Weekdays), Starts: calendar.Minute(r.Starts), Ends: calendar.Minute(r.Ends),
			From: r.FromDay, To: r.ToDay, State: r.State,
		})
	}
	return list, nil
}
