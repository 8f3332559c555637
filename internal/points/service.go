package points

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/files"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Service keeps the points.
type Service struct {
	db        *sqldb.DB
	bus       *jobs.Bus
	territory *territory.Service
	orgs      *orgs.Service
	funding   *funding.Service
	files     *files.Service
	seen      atomic.Pointer[snapshot]
	measured  atomic.Pointer[spots]
}

// Deps are the services that points stand on.
type Deps struct {
	Bus       *jobs.Bus
	Territory *territory.Service
	Orgs      *orgs.Service
	Funding   *funding.Service
	// Files keeps acts and photographs.
	Files *files.Service
}

// New returns a Service on db.
func New(db *sqldb.DB, d Deps) *Service {
	return &Service{db: db, bus: d.Bus, territory: d.Territory, orgs: d.Orgs, funding: d.Funding, files: d.Files}
}

// Add adds a point with its addresses, hours, tags and closures, and returns its id. State may be any
// (awarded when empty): a point that was open before this program is added open, with its days. It
// refuses with fields, and like SetState when it cannot be open.
func (s *Service) Add(ctx context.Context, who identity.Actor, p Point) (id string, err error) {
	if !who.Can(identity.EditPoints) {
		return "", identity.ErrForbidden
	}
	if p, err = s.Check(ctx, p); err != nil {
		return "", err
	}
	search, err := s.searchText(ctx, p)
	if err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		id, err = s.add(ctx, tx, who, p, search)
		return err
	})
	return id, fault("add", err)
}

// AddTx is Add within the transaction of the caller, for a point that Check returned.
func (s *Service) AddTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p Point) (string, error) {
	search, err := s.searchText(ctx, p)
	if err != nil {
		return "", err
	}
	id, err := s.add(ctx, tx, who, p, search)
	return id, fault("add", err)
}

func (s *Service) add(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p Point, search string) (string, error) {
	if err := s.requireRun(ctx, tx, who, p, true); err != nil {
		return "", err
	}
	if err := s.requireLiving(ctx, tx, Point{}, p); err != nil {
		return "", err
	}
	p, err := p.stateDays(calendar.DayOf(tx.Now))
	if err != nil {
		return "", err
	}
	if err := p.checkOpen(); err != nil {
		return "", err
	}
	q := db.New(tx)
	p.ID = sqldb.NewID(tx.Now)
	if p.Code == "" {
		if p.Code, err = nextCode(ctx, q); err != nil {
			return "", err
		}
	}
	if err := q.InsertPoint(ctx, db.InsertPointParams{
		ID: p.ID, Code: p.Code, OfficialName: p.OfficialName, PublicName: p.PublicName, Search: search,
		FacilitaName: p.FacilitaName, FacilitaNumber: p.FacilitaNumber, Kind: p.Kind, ProjectID: sqldb.OptText(p.ProjectID),
		ManagingBodyID: p.ManagingBodyID, DeliveringBodyID: sqldb.OptText(p.DeliveringBodyID), State: p.State,
		AwardedOn: p.AwardedOn, SettingUpOn: p.SettingUpOn, OpenedOn: p.OpenedOn, SuspendedOn: p.SuspendedOn, ClosedOn: p.ClosedOn,
		Phone: p.Phone, Email: p.Email, Booking: p.Booking, Source: p.Source, OpenOnPatron: p.OpenOnPatron, CreatedAt: sqldb.At(tx.Now),
	}); err != nil {
		return "", taken(err)
	}
	if err := insertParts(ctx, tx, p); err != nil {
		return "", err
	}
	if err := note(ctx, tx, who, "points.add", p, map[string]any{"code": p.Code, "state": p.State}); err != nil {
		return "", err
	}
	return p.ID, s.bus.Publish(ctx, tx, StateChanged{PointID: p.ID})
}

// insertParts adds what belongs to a new point, and counts its minutes.
func insertParts(ctx context.Context, tx *sqldb.Tx, p Point) error {
	q := db.New(tx)
	for _, a := range p.Addresses {
		if err := insertAddress(ctx, tx, p.ID, a); err != nil {
			return err
		}
	}
	if err := insertTags(ctx, q, p); err != nil {
		return err
	}
	for _, c := range p.Closures {
		c, err := c.normal()
		if err != nil {
			return err
		}
		if err := insertClosure(ctx, tx, p.ID, c); err != nil {
			return err
		}
	}
	return q.UpdateMinutes(ctx, p.ID)
}

// Edit changes the details, tags and addresses of p.ID: addresses with an id are changed, those without
// are added with their schedules, those left out go. Hours, closures and state have their own methods.
// It refuses with ErrChanged when p.Version is not the latest, with ErrAddressInUse when an address to
// remove has bookings or services, with fields, and like SetState when an open point would lack what it
// needs. The managing body and the project are changed only by who reaches the programme.
func (s *Service) Edit(ctx context.Context, who identity.Actor, p Point) error {
	if !who.Can(identity.EditPoints) {
		return identity.ErrForbidden
	}
	if err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		// Asked here too, so that a stranger learns nothing from what Check says about the form.
		_, err := s.RequirePoint(ctx, tx, who, identity.EditPoints, p.ID)
		return err
	}); err != nil {
		return err
	}
	p, err := s.Check(ctx, p)
	if err != nil {
		return err
	}
	search, err := s.searchText(ctx, p)
	if err != nil {
		return err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.edit(ctx, tx, who, p, search) })
	return fault("edit", err)
}

// EditTx is Edit within the transaction of the caller, for a point that Check returned.
func (s *Service) EditTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p Point) error {
	search, err := s.searchText(ctx, p)
	if err != nil {
		return err
	}
	return fault("edit", s.edit(ctx, tx, who, p, search))
}

func (s *Service) edit(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p Point, search string) error {
	old, err := s.RequirePoint(ctx, tx, who, identity.EditPoints, p.ID)
	if err != nil {
		return err
	}
	if old.Version != p.Version {
		return ErrChanged
	}
	if err := s.requireMoves(ctx, tx, who, old, p); err != nil {
		return err
	}
	if err := s.requireLiving(ctx, tx, old, p); err != nil {
		return err
	}
	p = p.over(old)
	if err := p.checkOpen(); err != nil {
		return err
	}
	q := db.New(tx)
	n, err := q.UpdatePoint(ctx, db.UpdatePointParams{
		ID: p.ID, Version: p.Version, Code: p.Code, OfficialName: p.OfficialName, PublicName: p.PublicName, Search: search,
		FacilitaName: p.FacilitaName, FacilitaNumber: p.FacilitaNumber, Kind: p.Kind, ProjectID: sqldb.OptText(p.ProjectID),
		ManagingBodyID: p.ManagingBodyID, DeliveringBodyID: sqldb.OptText(p.DeliveringBodyID),
		Phone: p.Phone, Email: p.Email, Booking: p.Booking, Source: p.Source, OpenOnPatron: p.OpenOnPatron,
	})
	if err != nil {
		return taken(err)
	}
	if n == 0 {
		return ErrChanged
	}
	if err := q.DeleteTags(ctx, p.ID); err != nil {
		return err
	}
	if err := insertTags(ctx, q, p); err != nil {
		return err
	}
	moved, err := editAddresses(ctx, tx, old, p)
	if err != nil {
		return err
	}
	if err := note(ctx, tx, who, "points.edit", p, audit.Compare(old.story(), p.story())); err != nil {
		return err
	}
	if !moved && p.Booking == old.Booking && p.OpenOnPatron == old.OpenOnPatron && p.ManagingBodyID == old.ManagingBodyID && !movedTown(old, p) {
		return nil
	}
	return s.bus.Publish(ctx, tx, HoursChanged{PointID: p.ID})
}

// over completes what Edit takes from a form with what it must leave as it is in old.
func (p Point) over(old Point) Point {
	p.State, p.AwardedOn, p.SettingUpOn = old.State, old.AwardedOn, old.SettingUpOn
	p.OpenedOn, p.SuspendedOn, p.ClosedOn = old.OpenedOn, old.SuspendedOn, old.ClosedOn
	if p.Code == "" {
		p.Code = old.Code
	}
	for i, a := range p.Addresses {
		if was, ok := old.Address(a.ID); ok {
			p.Addresses[i].Schedules, p.Addresses[i].Exceptions, p.Addresses[i].PatronDay = was.Schedules, was.Exceptions, was.PatronDay
		}
	}
	return p
}

// movedTown reports whether an address lies in another municipality, which has its own patron.
func movedTown(old, p Point) bool {
	return slices.ContainsFunc(p.Addresses, func(a Address) bool {
		was, ok := old.Address(a.ID)
		return ok && was.Belfiore != a.Belfiore
	})
}

// requireMoves asks for more authority when the point goes to other bodies or another project.
func (s *Service) requireMoves(ctx context.Context, tx *sqldb.Tx, who identity.Actor, old, p Point) error {
	if old.ManagingBodyID != p.ManagingBodyID || old.ProjectID != p.ProjectID {
		if err := s.requireRun(ctx, tx, who, old, false); err != nil {
			return err
		}
		return s.requireRun(ctx, tx, who, p, false)
	}
	if old.DeliveringBodyID != p.DeliveringBodyID {
		return s.requireRun(ctx, tx, who, old, true)
	}
	return nil
}

// searchText is the folded text in which List looks: code, names, places and municipalities.
func (s *Service) searchText(ctx context.Context, p Point) (string, error) {
	var ids []string
	for _, a := range p.Addresses {
		ids = append(ids, a.Belfiore)
	}
	towns, err := s.territory.ByBelfiore(ctx, ids)
	if err != nil {
		return "", err
	}
	parts := []string{p.PublicName, p.OfficialName, p.Code}
	for _, a := range p.Addresses {
		parts = append(parts, a.Place, a.Street, towns[a.Belfiore].Name)
	}
	return territory.Fold(strings.Join(parts, " ")), nil
}

const codePrefix = "P"

// nextCode returns the first free code of the form P0001.
func nextCode(ctx context.Context, q *db.Queries) (string, error) {
	taken, err := q.CodesLike(ctx, codePrefix+"%")
	if err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		if code := fmt.Sprintf("%s%04d", codePrefix, n); !slices.Contains(taken, code) {
			return code, nil
		}
	}
}

func note(ctx context.Context, tx *sqldb.Tx, who identity.Actor, action string, p Point, detail any) error {
	return audit.Write(ctx, tx, who, audit.Entry{
		Action: action, Subject: "point", SubjectID: p.ID, BodyID: p.ManagingBodyID, PointID: p.ID, Detail: detail,
	})
}
