package points

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/files"
	"capillare/internal/funding"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

var (
	system = identity.System("test")
	start  = time.Date(2026, 11, 24, 9, 0, 0, 0, calendar.Rome)
)

// bench is a small network: two bodies with a project each, in two programmes. The second one asks for 24
// hours a week, and an opening within 60 days.
type bench struct {
	*Service
	ctx        context.Context
	bodies     []string
	programmes []string
	projects   []string

	mu    sync.Mutex
	facts []string // told on the bus
}

func newBench(t testing.TB, db *sqldb.DB) *bench {
	t.Helper()
	b := &bench{ctx: context.Background()}
	places, bus := territory.New(db), jobs.NewBus()
	town := func(belfiore, istat, name, province, sigla string, lat, lon float64) territory.SeedRow {
		return territory.SeedRow{Belfiore: belfiore, ISTAT: istat, Name: name, ProvinceCode: province, ProvinceName: sigla, Sigla: sigla,
			RegionCode: "17", RegionName: "Basilicata", Population: 1000, Located: true, Lat: lat, Lon: lon}
	}
	_, err := places.LoadRows(b.ctx, []territory.SeedRow{
		town("A194", "077002", "Aliano", "077", "MT", 40.3136, 16.2298),
		town("F052", "077014", "Matera", "077", "MT", 40.6664, 16.6043),
		town("G942", "076063", "Potenza", "076", "PZ", 40.6404, 15.8056),
	})
	check(t, err)
	bodies, money := orgs.New(db, places), funding.New(db)
	for i, name := range []string{"Ente Uno", "Ente Due", "Partner"} {
		id, err := bodies.Add(b.ctx, system, orgs.Body{Name: name, Kind: orgs.KindOther})
		check(t, err)
		b.bodies = append(b.bodies, id)
		if i == 2 {
			break
		}
		code := fmt.Sprintf("PR%d", i)
		programme, err := money.AddProgramme(b.ctx, system, funding.Programme{Code: code, Name: code, MinWeeklyMinutes: i * 24 * 60, OpeningDays: i * 60, StartsOn: day(2026, 7, 1), EndsOn: day(2027, 12, 31)})
		check(t, err)
		project, err := money.AddProject(b.ctx, system, funding.Project{ProgrammeID: programme, BodyID: id, Code: code, Name: code, StartsOn: day(2026, 7, 1), EndsOn: day(2027, 12, 31)})
		check(t, err)
		b.programmes, b.projects = append(b.programmes, programme), append(b.projects, project)
	}
	b.Service = New(db, Deps{Bus: bus, Territory: places, Orgs: bodies, Funding: money, Files: files.New(db)})
	jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, _ HoursChanged) error { b.tell("hours"); return nil })
	jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, _ StateChanged) error { b.tell("state"); return nil })
	jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, f Closed) error {
		b.tell("closed " + f.From.String() + " " + f.To.String())
		return nil
	})
	jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, f ManyChanged) error {
		b.tell(fmt.Sprintf("many %d", len(f.PointIDs)))
		return nil
	})
	return b
}

// tell notes a fact. A transaction may run twice: only what is told last counts, so tests look for the end.
func (b *bench) tell(fact string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.facts = append(b.facts, fact)
}

func (b *bench) lastFact() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.facts) == 0 {
		return ""
	}
	return b.facts[len(b.facts)-1]
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// point is a good fixed point of the first body, open since September, in Aliano.
func (b *bench) point(code string) Point {
	return Point{
		Code: code, OfficialName: "Punto " + code, Kind: Fixed, ProjectID: b.projects[0], ManagingBodyID: b.bodies[0],
		State: StateOpen, OpenedOn: day(2026, 9, 1),
		Accessibility: []string{"toilet", "ramp", "ramp"}, Services: []string{"facilitation"}, Languages: []string{"it"},
		Addresses: []Address{{Place: "Biblioteca", Street: "Via Roma 1", CAP: "75010", Belfiore: "a194", At: geo.Point{Lat: 40.31, Lon: 16.23}, HasAt: true,
			Schedules: []Schedule{{Bands: bands("lun-ven 9-13; mar 15-18")}}}},
	}
}

func (b *bench) add(t *testing.T, p Point) Point {
	t.Helper()
	id, err := b.Add(b.ctx, system, p)
	check(t, err)
	return b.get(t, id)
}

func (b *bench) get(t *testing.T, id string) Point {
	t.Helper()
	p, err := b.ByID(b.ctx, system, id)
	check(t, err)
	return p
}

// run gives fn a bench on each engine, at nine of a Tuesday.
func run(t *testing.T, fn func(t *testing.T, b *bench)) {
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) { fn(t, newBench(t, db)) })
}

func TestAddKeepsEverything(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		in := b.point("pt001")
		in.DeliveringBodyID, in.Closures = b.bodies[2], []Closure{{From: day(2026, 12, 24), To: day(2027, 1, 6), Reason: "Natale"}}
		in.Addresses[0].Schedules = append(in.Addresses[0].Schedules, Schedule{Name: "estate", From: day(2027, 8, 1), To: day(2027, 8, 31), Bands: bands("mar 8-12")})
		got := b.add(t, in)
		want := in
		want.Code, want.PublicName, want.Booking, want.Version, want.WeeklyMinutes = "PT001", "Punto pt001", BookingPossible, 1, 23*60
		want.OfficialName, want.Accessibility = "Punto pt001", []string{"ramp", "toilet"}
		want.Addresses[0].Belfiore, want.HoursVersion, want.Closures[0].Reach = "A194", 1, OfPoint
		ids := cmp.FilterPath(func(p cmp.Path) bool {
			name := p.Last().String()
			return name == ".ID" || name == ".PointID"
		}, cmp.Ignore())
		if diff := cmp.Diff(want, got, ids, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("ByID after Add (-want +got):\n%s", diff)
		}
		byCode, err := b.ByCode(b.ctx, " pt001")
		if diff := cmp.Diff(got, byCode); err != nil || diff != "" {
			t.Errorf("ByCode, %v (-want +got):\n%s", err, diff)
		}
		if _, err := b.ByCode(b.ctx, "PT002"); !errors.Is(err, ErrNoCode) {
			t.Errorf("ByCode(unknown) = %v, want %v", err, ErrNoCode)
		}
		if b.lastFact() != "state" {
			t.Errorf("facts = %v, want state at the end", b.facts)
		}
	})
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(b *bench, p *Point)
		want   string
	}{
		{"code taken", func(_ *bench, p *Point) { p.OfficialName = "Altro" }, "code points.code_taken"},
		{"name taken", func(_ *bench, p *Point) { p.Code, p.OfficialName = "B", "Punto A" }, "official_name points.name_taken"},
		{"code", func(_ *bench, p *Point) { p.Code = "È 1" }, "code points.code_form"},
		{"name", func(_ *bench, p *Point) { p.OfficialName = " - " }, "official_name points.name_missing"},
		{"long name", func(_ *bench, p *Point) { p.OfficialName = strings.Repeat("x", 201) }, "official_name points.name_long"},
		{"kind", func(_ *bench, p *Point) { p.Kind = "" }, "kind points.kind_unknown"},
		{"state", func(_ *bench, p *Point) { p.State = "lost" }, "state points.state_unknown"},
		{"booking", func(_ *bench, p *Point) { p.Booking = "maybe" }, "booking points.booking_unknown"},
		{"number", func(_ *bench, p *Point) { p.FacilitaNumber = "12a" }, "facilita_number points.facilita_number"},
		{"mail", func(_ *bench, p *Point) { p.Email = "x@" }, "email points.email"},
		{"tag", func(_ *bench, p *Point) { p.Accessibility = []string{"pool"} }, "accessibility points.tag_unknown"},
		{"no managing body", func(_ *bench, p *Point) { p.ManagingBodyID = "" }, "managing_body_id points.managing_missing"},
		{"unknown body", func(_ *bench, p *Point) { p.DeliveringBodyID = "x" }, "delivering_body_id points.body_unknown"},
		{"unknown project", func(_ *bench, p *Point) { p.ProjectID = "x" }, "project_id points.project_unknown"},
		{"no address", func(_ *bench, p *Point) { p.Addresses = nil }, "addresses.0.belfiore points.address_missing"},
		{"municipality", func(_ *bench, p *Point) { p.Addresses[0].Belfiore = "Z999" }, "addresses.0.belfiore points.municipality"},
		{"cap", func(_ *bench, p *Point) { p.Addresses[0].CAP = "7501" }, "addresses.0.cap codes.cap"},
		{"coordinates", func(_ *bench, p *Point) { p.Addresses[0].At.Lat = 100 }, "addresses.0.at points.coordinates"},
		{"hours", func(_ *bench, p *Point) {
			p.Addresses[0].Schedules[0].Bands = append(p.Addresses[0].Schedules[0].Bands, bands("lun 12-14")...)
		}, "addresses.0.hours calendar.band_overlap"},
		{"two ordinary weeks", func(_ *bench, p *Point) {
			p.Addresses[0].Schedules = append(p.Addresses[0].Schedules, Schedule{Bands: bands("sab 9-12")})
		}, "addresses.0.hours points.ordinary_twice"},
		{"days out of order", func(_ *bench, p *Point) { p.Code, p.OfficialName, p.SettingUpOn = "B", "B", day(2026, 9, 2) }, "opened_on points.state_before"},
		{"closure", func(_ *bench, p *Point) {
			p.Code, p.OfficialName, p.Closures = "B", "B", []Closure{{From: day(2026, 9, 2), To: day(2026, 9, 1), Reason: "x"}}
		}, "to points.days_reversed"},
		{"open without hours", func(_ *bench, p *Point) { p.Code, p.OfficialName, p.Addresses[0].Schedules = "B", "B", nil }, "points.open_needs_hours"},
		{"open itinerant with one address", func(_ *bench, p *Point) { p.Code, p.OfficialName, p.Kind = "B", "B", Itinerant }, "points.open_needs_places"},
	}
	run(t, func(t *testing.T, b *bench) {
		b.add(t, b.point("A"))
		for _, tt := range tests {
			p := b.point("A")
			tt.change(b, &p)
			if _, err := b.Add(b.ctx, system, p); errs.Of(err) == "" || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Add(%s) = %v, want %s", tt.name, err, tt.want)
			}
		}
		if n, err := b.Count(b.ctx); err != nil || !cmp.Equal(n, map[string]int{StateOpen: 1}) {
			t.Errorf("Count after refusals = %v, %v, want one open", n, err)
		}
	})
}

func TestAwardedNeedsNeitherHoursNorPlaces(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.point("")
		p.OfficialName, p.Kind, p.State, p.OpenedOn = "Giro", Itinerant, "", calendar.Day{}
		p.Addresses[0].Schedules = nil
		p = b.add(t, p)
		if p.Code != "P0001" || p.State != StateAwarded || p.AwardedOn != day(2026, 11, 24) || !p.HoursToComplete() {
			t.Errorf("Add = %s %s %v, hours to complete %v, want P0001 awarded today, true", p.Code, p.State, p.AwardedOn, p.HoursToComplete())
		}
		check(t, b.SetState(b.ctx, system, p.ID, StateSettingUp, calendar.Day{}))
		if err := b.SetState(b.ctx, system, p.ID, StateOpen, calendar.Day{}); !errors.Is(err, ErrNeedsHours) {
			t.Errorf("SetState(open) without hours = %v, want %v", err, ErrNeedsHours)
		}
		check(t, b.SetHours(b.ctx, system, p.Addresses[0].ID, calendar.Day{}, calendar.Day{}, "", bands("lun 9-13")))
		if err := b.SetState(b.ctx, system, p.ID, StateOpen, calendar.Day{}); !errors.Is(err, ErrNeedsPlaces) {
			t.Errorf("SetState(open) with one address = %v, want %v", err, ErrNeedsPlaces)
		}
		p = b.get(t, p.ID)
		p.Addresses = append(p.Addresses, Address{Belfiore: "F052", Schedules: []Schedule{{Bands: bands("mar 9-13:30")}}})
		check(t, b.Edit(b.ctx, system, p))
		check(t, b.SetState(b.ctx, system, p.ID, StateOpen, calendar.Day{}))
		p = b.get(t, p.ID)
		if p.State != StateOpen || p.OpenedOn != day(2026, 11, 24) || p.WeeklyMinutes != 510 || p.HoursToComplete() {
			t.Errorf("after all = %s %v %d minutes, want open today, 510", p.State, p.OpenedOn, p.WeeklyMinutes)
		}
		p.Addresses = p.Addresses[:1]
		if err := b.Edit(b.ctx, system, p); !errors.Is(err, ErrNeedsPlaces) {
			t.Errorf("Edit(open itinerant to one address) = %v, want %v", err, ErrNeedsPlaces)
		}
		if second := b.add(t, Point{OfficialName: "Altro", Kind: Fixed, ManagingBodyID: b.bodies[0], Addresses: []Address{{Belfiore: "A194"}}}); second.Code != "P0002" {
			t.Errorf("next code = %s, want P0002", second.Code)
		}
	})
}

func TestEdit(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.point("A")
		p.Kind = Itinerant
		p.Addresses = append(p.Addresses, Address{Place: "Due", Belfiore: "F052"}, Address{Place: "Tre", Belfiore: "G942"})
		p = b.add(t, p)
		first := p.clone()
		p.PublicName, p.Languages, p.State, p.WeeklyMinutes = "Nome nuovo", []string{"lis", "en"}, StateClosed, 7
		p.Addresses[1], p.Addresses[2] = p.Addresses[2], p.Addresses[1]
		p.Addresses[1].Place = "Terza"
		check(t, b.Edit(b.ctx, system, p))
		got := b.get(t, p.ID)
		if got.PublicName != "Nome nuovo" || !slices.Equal(got.Languages, []string{"en", "lis"}) || got.State != StateOpen || got.Version != 2 || got.WeeklyMinutes != 23*60 {
			t.Errorf("after Edit = %+v", got)
		}
		if got.Addresses[1].ID != first.Addresses[2].ID || got.Addresses[1].Place != "Terza" || got.Addresses[2].ID != first.Addresses[1].ID {
			t.Errorf("addresses after Edit = %+v", got.Addresses)
		}
		if err := b.Edit(b.ctx, system, first); !errors.Is(err, ErrChanged) {
			t.Errorf("Edit with an old version = %v, want %v", err, ErrChanged)
		}
		got.Addresses = got.Addresses[1:]
		if err := b.Edit(b.ctx, system, got); !errors.Is(err, ErrNeedsHours) {
			t.Errorf("Edit that takes the only hours away = %v, want %v", err, ErrNeedsHours)
		}
		got = b.get(t, p.ID)
		got.Addresses = append(got.Addresses[:1], got.Addresses[2])
		check(t, b.Edit(b.ctx, system, got))
		if got = b.get(t, p.ID); len(got.Addresses) != 2 || got.Addresses[1].Place != "Due" || got.Addresses[1].Position != 1 {
			t.Errorf("addresses after one went = %+v", got.Addresses)
		}
		other := b.add(t, b.point("B"))
		got.Addresses[1].ID = other.Addresses[0].ID
		if err := b.Edit(b.ctx, system, got); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("Edit with the address of another point = %v, want %v", err, identity.ErrNotHere)
		}
	})
}

func TestAnotherWayOfBookingIsTold(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.add(t, b.point("A"))
		for _, booking := range []string{BookingNone, BookingPossible} {
			b.tell("before")
			p.Booking = booking
			check(t, b.Edit(b.ctx, system, p))
			if got := b.lastFact(); got != "hours" {
				t.Errorf("last fact after Edit to booking %q = %q, want hours", booking, got)
			}
			p = b.get(t, p.ID)
		}
	})
}

func TestRivalsEdit(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.add(t, b.point("A"))
		const rivals = 20
		results := make(chan error, rivals)
		for i := range rivals {
			go func() {
				mine := p.clone()
				mine.PublicName = fmt.Sprintf("Nome %d", i)
				results <- b.Edit(b.ctx, system, mine)
			}()
		}
		won, refused := 0, 0
		for range rivals {
			switch err := <-results; {
			case err == nil:
				won++
			case errors.Is(err, ErrChanged):
				refused++
			default:
				t.Errorf("Edit among rivals = %v, want nil or %v", err, ErrChanged)
			}
		}
		if won != 1 || refused != rivals-1 {
			t.Errorf("%d won and %d were refused, want 1 and %d", won, refused, rivals-1)
		}
	})
}

func TestAddressInUse(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.point("A")
		p.Addresses = append(p.Addresses, Address{Belfiore: "F052"})
		p = b.add(t, p)
		// A shift, written by hand because its package stands above this one.
		check(t, b.db.Update(b.ctx, func(tx *sqldb.Tx) error {
			if _, err := tx.ExecContext(b.ctx, `INSERT INTO facilitators_facilitator (id, body_id, name, surname, search, from_day, created_at)
				VALUES ('f', $1, 'Ada', 'Prova', 'ada prova', $2, $3)`, b.bodies[0], day(2026, 9, 1), sqldb.At(tx.Now)); err != nil {
				return err
			}
			_, err := tx.ExecContext(b.ctx, `INSERT INTO facilitators_duty (id, facilitator_id, point_id, address_id, weekday, starts, ends, from_day)
				VALUES ('d', 'f', $1, $2, 1, 540, 780, $3)`, p.ID, p.Addresses[1].ID, day(2026, 9, 1))
			return err
		}))
		p.Addresses = p.Addresses[:1]
		if err := b.Edit(b.ctx, system, p); !errors.Is(err, ErrAddressInUse) {
			t.Errorf("Edit that removes an address with a shift = %v, want %v", err, ErrAddressInUse)
		}
		if got := b.get(t, p.ID); len(got.Addresses) != 2 || got.Version != 1 {
			t.Errorf("after the refusal: %d addresses, version %d, want 2 and 1", len(got.Addresses), got.Version)
		}
	})
}
