package points

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// load reads points with all that belongs to them in ten statements, whatever their number: those of
// ids, or all. They come by code.
func (s *Service) load(ctx context.Context, tx *sqldb.Tx, all bool, ids []string) ([]Point, error) {
	q, in := db.New(tx), sqldb.List(ids)
	rows, err := q.PointsByIDs(ctx, db.PointsByIDsParams{Everything: all, Ids: in})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	points := make([]Point, len(rows))
	at := make(map[string]*Point, len(rows))
	for i, r := range rows {
		points[i] = fromRow(r)
		at[r.ID] = &points[i]
	}
	if err := s.loadAddresses(ctx, tx, at, all, in); err != nil {
		return nil, err
	}
	tags, err := q.TagsOf(ctx, db.TagsOfParams{Everything: all, PointIds: in})
	if err != nil {
		return nil, err
	}
	for _, t := range tags {
		p := at[t.PointID]
		switch t.Kind {
		case tagAccessibility:
			p.Accessibility = append(p.Accessibility, t.Value)
		case tagService:
			p.Services = append(p.Services, t.Value)
		case tagLanguage:
			p.Languages = append(p.Languages, t.Value)
		}
	}
	err = loadClosures(ctx, q, points, at, all, in)
	// In Go, because the engines do not agree on the order of texts.
	slices.SortFunc(points, func(a, b Point) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID)) })
	return points, err
}

const (
	tagAccessibility = "accessibility"
	tagService       = "service"
	tagLanguage      = "language"
)

// loadClosures gives each point its own closures and those of its body and of the network.
func loadClosures(ctx context.Context, q *db.Queries, points []Point, at map[string]*Point, all bool, in string) error {
	own, err := q.ClosuresOf(ctx, db.ClosuresOfParams{Everything: all, PointIds: in})
	if err != nil {
		return err
	}
	for _, c := range own {
		p := at[c.PointID]
		p.Closures = append(p.Closures, Closure{ID: c.ID, PointID: c.PointID, From: c.FromDay, To: c.ToDay, Reason: c.Reason, Reach: OfPoint})
	}
	wide, err := q.WideClosures(ctx)
	if err != nil {
		return err
	}
	for i := range points {
		for _, r := range wide {
			if w := wideFrom(r); w.shuts(points[i]) {
				points[i].Closures = append(points[i].Closures, w.closure(points[i].ID))
			}
		}
		slices.SortStableFunc(points[i].Closures, func(a, b Closure) int { return a.From.Compare(b.From) })
	}
	return nil
}

func (s *Service) loadAddresses(ctx context.Context, tx *sqldb.Tx, at map[string]*Point, all bool, in string) error {
	q := db.New(tx)
	bands, err := q.BandsOf(ctx, db.BandsOfParams{Everything: all, PointIds: in})
	if err != nil {
		return err
	}
	week := map[string]calendar.Bands{}
	for _, b := range bands {
		week[b.ScheduleID] = append(week[b.ScheduleID], calendar.Band{
			Weekday: calendar.Weekday(b.Weekday), Opens: calendar.Minute(b.Opens), Closes: calendar.Minute(b.Closes),
		})
	}
	rows, err := q.SchedulesOf(ctx, db.SchedulesOfParams{Everything: all, PointIds: in})
	if err != nil {
		return err
	}
	schedules := map[string][]Schedule{}
	for _, r := range rows {
		schedules[r.AddressID] = append(schedules[r.AddressID], Schedule{ID: r.ID, Name: r.Name, From: r.FromDay, To: r.ToDay, Bands: week[r.ID]})
	}
	exceptions, err := loadExceptions(ctx, q, all, in)
	if err != nil {
		return err
	}
	addresses, err := q.AddressesOf(ctx, db.AddressesOfParams{Everything: all, PointIds: in})
	if err != nil {
		return err
	}
	patrons, err := s.patronDays(ctx, tx, addresses)
	for _, a := range addresses {
		own := schedules[a.ID]
		// The engines do not agree on where NULL stands in an order: the ordinary week comes first.
		slices.SortStableFunc(own, func(x, y Schedule) int { return x.From.Compare(y.From) })
		p := at[a.PointID]
		p.Addresses = append(p.Addresses, Address{
			ID: a.ID, PointID: a.PointID, Position: a.Position, Place: a.Place, Street: a.Street, CAP: a.Cap, Belfiore: a.Belfiore,
			At: geo.Point{Lat: a.Lat.V, Lon: a.Lon.V}, HasAt: a.Lat.OK && a.Lon.OK, Schedules: own,
			PatronDay: patrons[a.Belfiore], Exceptions: exceptions[a.ID],
		})
	}
	return err
}

func loadExceptions(ctx context.Context, q *db.Queries, all bool, in string) (map[string][]Exception, error) {
	bands, err := q.ExceptionBandsOf(ctx, db.ExceptionBandsOfParams{Everything: all, PointIds: in})
	if err != nil {
		return nil, err
	}
	of := map[string]calendar.Bands{}
	for _, b := range bands {
		of[b.ExceptionID] = append(of[b.ExceptionID], calendar.Band{Opens: calendar.Minute(b.Opens), Closes: calendar.Minute(b.Closes)})
	}
	rows, err := q.ExceptionsOf(ctx, db.ExceptionsOfParams{Everything: all, PointIds: in})
	found := map[string][]Exception{}
	for _, r := range rows {
		e := Exception{ID: r.ID, AddressID: r.AddressID, Day: r.Day, Reason: r.Reason, Bands: of[r.ID]}
		found[r.AddressID] = append(found[r.AddressID], e.onItsDay())
	}
	return found, err
}

// patronDays returns the patron's days of the municipalities of addresses.
func (s *Service) patronDays(ctx context.Context, tx *sqldb.Tx, addresses []db.PointsAddress) (map[string]string, error) {
	ids := make([]string, len(addresses))
	for i, a := range addresses {
		ids[i] = a.Belfiore
	}
	slices.Sort(ids)
	return s.territory.PatronDays(ctx, tx, slices.Compact(ids))
}

func fromRow(r db.PointsByIDsRow) Point {
	return Point{
		ID: r.ID, Code: r.Code, OfficialName: r.OfficialName, PublicName: r.PublicName,
		FacilitaName: r.FacilitaName, FacilitaNumber: r.FacilitaNumber, Kind: r.Kind, ProjectID: string(r.ProjectID),
		ManagingBodyID: r.ManagingBodyID, DeliveringBodyID: string(r.DeliveringBodyID), State: r.State,
		AwardedOn: r.AwardedOn, SettingUpOn: r.SettingUpOn, OpenedOn: r.OpenedOn, SuspendedOn: r.SuspendedOn, ClosedOn: r.ClosedOn,
		Phone: r.Phone, Email: r.Email, Booking: r.Booking, Source: r.Source, WeeklyMinutes: r.WeeklyMinutes, Version: r.Version,
		OpenOnPatron: r.OpenOnPatron, HoursVersion: r.HoursVersion,
	}
}

// revision says whether anything about any point has changed: points are never deleted, and each
// change adds one to one of them.
type revision struct{ points, changes int64 }

// snapshot is every point at one revision. It never changes once made; what leaves it is cloned.
type snapshot struct {
	revision revision
	all      []Point  // by code
	names    []string // of all, folded: their order in lists
	byID     map[string]int
}

// snapshot returns every point as it is now. It costs one small query while nothing changes, also when
// another process changes it.
func (s *Service) snapshot(ctx context.Context) (*snapshot, error) {
	var snap *snapshot
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		snap, err = s.snapshotTx(ctx, tx)
		return err
	})
	return snap, fault("read", err)
}

// snapshotTx is every point as the transaction sees it. Only a transaction that reads may ask: what it
// finds is kept for others.
func (s *Service) snapshotTx(ctx context.Context, tx *sqldb.Tx) (*snapshot, error) {
	row, err := db.New(tx).Revision(ctx)
	if err != nil {
		return nil, err
	}
	now := revision{points: row.Points, changes: row.Changes}
	if snap := s.seen.Load(); snap != nil && snap.revision == now {
		return snap, nil
	}
	all, err := s.load(ctx, tx, true, nil)
	if err != nil {
		return nil, err
	}
	snap := &snapshot{revision: now, all: all, names: make([]string, len(all)), byID: make(map[string]int, len(all))}
	for i, p := range all {
		snap.names[i], snap.byID[p.ID] = territory.Fold(p.PublicName), i
	}
	s.seen.Store(snap)
	return snap, nil
}

func (s *Service) one(ctx context.Context, tx *sqldb.Tx, id string) (Point, bool, error) {
	points, err := s.load(ctx, tx, false, []string{id})
	if err != nil || len(points) == 0 {
		return Point{}, false, err
	}
	return points[0], true, nil
}

func fault(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("points: %s: %w", doing, err)
}
