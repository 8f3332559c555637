// Package registertest builds a small invented network for tests of the register and of what stands on
// it: one programme, two bodies with a project each, three points in two provinces, three facilitators.
//
// It is only for tests, and changes no rule: everything is made through the services.
package registertest

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/facilitators"
	"capillare/internal/files"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Today is the day on which tests of the network run: a Tuesday within the programme.
func Today() calendar.Day { return calendar.NewDay(2026, time.November, 24) }

// Now is the instant at which tests start, for sqldbtest.RunAt.
func Now() time.Time { return time.Date(2026, time.November, 24, 9, 0, 0, 0, calendar.Rome) }

// Network is the invented network. Points 0 and 1 (Potenza) are of body and project 0, point 2
// (Matera) of body and project 1; facilitator n serves point n, and facilitator 0 point 1 too.
type Network struct {
	DB           *sqldb.DB
	Keys         *sealed.Keys
	Points       *points.Service
	Facilitators *facilitators.Service
	Funding      *funding.Service
	Agenda       *agenda.Service
	Register     *register.Service

	ProgrammeID                                   string
	BodyIDs, ProjectIDs, PointIDs, FacilitatorIDs []string
}

// System is the actor that builds the network.
func System() identity.Actor { return identity.System("test") }

// New builds the network in db, whose clock shows [Now].
func New(tb testing.TB, db *sqldb.DB) *Network {
	tb.Helper()
	ctx := tb.Context()
	keys, _, err := sealed.LoadOrCreate(filepath.Join(tb.TempDir(), "keys.json"))
	must(tb, err)
	bus, places := jobs.NewBus(), territory.New(db)
	_, err = places.LoadRows(ctx, towns())
	must(tb, err)
	bodies := orgs.New(db, places)
	n := &Network{DB: db, Keys: keys, Funding: funding.New(db)}
	n.Points = points.New(db, points.Deps{Bus: bus, Territory: places, Orgs: bodies, Funding: n.Funding, Files: files.New(db)})
	n.Facilitators = facilitators.New(db, bus, n.Points, keys)
	n.Agenda = agenda.New(db, n.Points, n.Facilitators, agenda.Options{Bus: bus})
	n.Agenda.Subscribe(bus)
	n.Register = register.New(db, register.Deps{Points: n.Points, Facilitators: n.Facilitators, Funding: n.Funding,
		Agenda: n.Agenda, Territory: places, Keys: keys})
	n.fund(ctx, tb, bodies)
	for i, p := range []struct{ name, town string }{{"Punto di Potenza", "G942"}, {"Punto di Aliano", "A196"}, {"Punto di Matera", "F052"}} {
		n.addPoint(ctx, tb, i, p.name, p.town)
	}
	for i, f := range []struct{ name, surname string }{{"Anna", "Rossi"}, {"Bruno", "Verdi"}, {"Carla", "D'Amico"}} {
		n.addFacilitator(ctx, tb, i, f.name, f.surname)
	}
	must(tb, n.Facilitators.Serve(ctx, System(), n.FacilitatorIDs[0], n.PointIDs[1], started(), calendar.Day{}))
	return n
}

func started() calendar.Day { return calendar.NewDay(2026, time.July, 1) }
func ended() calendar.Day   { return calendar.NewDay(2027, time.December, 31) }

func towns() []territory.SeedRow {
	row := func(belfiore, istat, name, province, provinceName, abbr string) territory.SeedRow {
		return territory.SeedRow{Belfiore: belfiore, ISTAT: istat, Name: name, ProvinceCode: province, ProvinceName: provinceName,
			Sigla: abbr, RegionCode: "17", RegionName: "Basilicata", Population: 1000, Located: true, Lat: 40.6, Lon: 15.8, CAPs: []string{"85100"}}
	}
	return []territory.SeedRow{
		row("G942", "076063", "Potenza", "076", "Potenza", "PZ"),
		row("A196", "077001", "Aliano", "077", "Matera", "MT"),
		row("F052", "077014", "Matera", "077", "Matera", "MT"),
	}
}

func (n *Network) fund(ctx context.Context, tb testing.TB, bodies *orgs.Service) {
	tb.Helper()
	var err error
	n.ProgrammeID, err = n.Funding.AddProgramme(ctx, System(), funding.Programme{Code: "PRG", Name: "Programma di prova",
		StartsOn: started(), EndsOn: ended(), MinorsFrom: calendar.NewDay(2026, time.October, 1)})
	must(tb, err)
	for i, name := range []string{"Comune di Potenza", "Comune di Matera"} {
		body, err := bodies.Add(ctx, System(), orgs.Body{Name: name, Kind: orgs.KindMunicipality, Belfiore: []string{"G942", "F052"}[i]})
		must(tb, err)
		project, err := n.Funding.AddProject(ctx, System(), funding.Project{ProgrammeID: n.ProgrammeID, BodyID: body,
			Code: "PRJ" + string(rune('1'+i)), Name: "Progetto " + name, StartsOn: started(), EndsOn: ended()})
		must(tb, err)
		n.BodyIDs, n.ProjectIDs = append(n.BodyIDs, body), append(n.ProjectIDs, project)
	}
}

func (n *Network) addPoint(ctx context.Context, tb testing.TB, i int, name, town string) {
	tb.Helper()
	week, err := calendar.ParseBands("lun-ven 9-13")
	must(tb, err)
	id, err := n.Points.Add(ctx, System(), points.Point{OfficialName: name, Kind: points.Fixed, ProjectID: n.ProjectIDs[i/2],
		ManagingBodyID: n.BodyIDs[i/2], State: points.StateOpen, AwardedOn: started(), SettingUpOn: started(), OpenedOn: started(),
		FacilitaNumber: []string{"101", "102", ""}[i],
		Addresses:      []points.Address{{Street: "Via Roma 1", CAP: "85100", Belfiore: town, Schedules: []points.Schedule{{Bands: week}}}}})
	must(tb, err)
	n.PointIDs = append(n.PointIDs, id)
}

func (n *Network) addFacilitator(ctx context.Context, tb testing.TB, i int, name, surname string) {
	tb.Helper()
	code, err := codes.NewTaxCode(surname, name, "F", calendar.NewDay(1990, time.May, 10+i), "G942")
	must(tb, err)
	id, err := n.Facilitators.Add(ctx, System(), facilitators.Facilitator{BodyID: n.BodyIDs[i/2], Name: name, Surname: surname,
		Contract: facilitators.Employee, State: facilitators.Active, From: started()}, string(code))
	must(tb, err)
	must(tb, n.Facilitators.Serve(ctx, System(), id, n.PointIDs[i], started(), calendar.Day{}))
	n.FacilitatorIDs = append(n.FacilitatorIDs, id)
}

// Citizen returns the n-th invented citizen, complete, born in 1960 or later.
func Citizen(n int) register.Citizen {
	names := []string{"Maria", "Luca", "Sara", "Nicola", "Teresa", "Rocco", "Lucia", "Donato"}
	c := register.Citizen{Name: names[n%len(names)], Surname: "Prova" + string(rune('a'+n/26%26)) + string(rune('a'+n%26)),
		Education: "C", Occupation: "A", Citizenship: "A", Province: "PZ"}
	sex := []string{"F", "M"}[n%2]
	code, err := codes.NewTaxCode(c.Surname, c.Name, sex, calendar.NewDay(1960, time.January, 1).AddDays(n*37%15000), "G942")
	if err != nil {
		panic("registertest: an invented citizen without a code: " + err.Error())
	}
	c.TaxCode = string(code)
	return c
}

// Service returns a service at a point on a day, right in every part, with the given citizens.
func (n *Network) Service(point int, day calendar.Day, start calendar.Minute, citizens ...register.Citizen) register.Input {
	return register.Input{PointID: n.PointIDs[point], FacilitatorID: n.FacilitatorIDs[point], Day: day, Start: start, Minutes: 30,
		Types: []string{"A"}, Skills: []string{"9", "6"}, Domains: []string{"A"}, NoticeVersion: "1", Citizens: citizens}
}

// Actor returns somebody with one role in one scope and an account of that name.
func Actor(account string, role identity.Role, scope identity.Scope, scopeID string) identity.Actor {
	return identity.Actor{AccountID: account, Name: account, Grants: []identity.Grant{{Role: role, Scope: scope, ScopeID: scopeID}}}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatalf("registertest: build the network: %v", err)
	}
}

// SignedIn gives the i-th facilitator an account and returns who that is, with the role over point i.
func (n *Network) SignedIn(tb testing.TB, i int) identity.Actor {
	tb.Helper()
	ctx := tb.Context()
	accounts := identity.New(n.DB, identity.Options{Cost: identity.Cost{MemoryKiB: 8, Time: 1, Threads: 1}})
	account, err := accounts.CreateAccount(ctx, System(), identity.NewAccount{
		Email: "facilitatore" + string(rune('0'+i)) + "@example.org", Name: "Facilitatore", Password: "una frase lunga di prova",
	})
	must(tb, err)
	must(tb, n.Facilitators.LinkAccount(ctx, System(), n.FacilitatorIDs[i], account))
	return Actor(account, identity.Facilitator, identity.ScopePoint, n.PointIDs[i])
}
