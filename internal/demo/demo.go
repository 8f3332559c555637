package demo

import (
	"context"
	"errors"
	"fmt"

	"capillare/internal/agenda"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// Services are what the demo builds with.
type Services struct {
	DB        *sqldb.DB
	Identity  *identity.Service
	Territory *territory.Service
	Orgs      *orgs.Service
	Network   *network.Service
	Funding   *funding.Service
	Points    *points.Service
	// Kinds may be nil: then a service is made on DB.
	Kinds        *kinds.Service
	Facilitators *facilitators.Service
	Agenda       *agenda.Service
	Register     *register.Service
}

// ErrNotEmpty refuses a database that already holds a network.
var ErrNotEmpty = errors.New("demo: this database already holds a network: give --data a new folder")

// Result says what was built.
type Result struct {
	Title                                   string
	Points, Facilitators, Citizens          int
	Services, Accesses, UniqueAccesses      int
	Bookings                                int
	Accounts                                []Account
	FacilitatorPoint, FacilitatorPointPlace string
}

// builder carries what was made so far.
type builder struct {
	*plan
	Services
	who    identity.Actor
	people *population
	places []territory.Municipality

	programme funding.Programme
	projects  []project
	spots     []spot
	offers    offered
	result    Result
}

// Build makes the network. It takes minutes at the full scale of Tuscany.
func Build(ctx context.Context, s Services, o Options) (Result, error) {
	p, err := newPlan(o)
	if err != nil {
		return Result{}, err
	}
	if _, err := s.Network.Setting(ctx); err == nil {
		return Result{}, ErrNotEmpty
	}
	if s.Kinds == nil {
		s.Kinds = kinds.New(s.DB, kinds.Deps{Points: s.Points})
	}
	b := &builder{plan: p, Services: s, who: identity.System("demo")}
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"territory", b.territory}, {"programme", b.money}, {"points", b.points}, {"hours", b.hours},
		{"kinds", b.kinds}, {"facilitators", b.facilitators}, {"services", b.services}, {"bookings", b.bookings}, {"accounts", b.accounts},
		{"points on their way", b.notOpen},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return Result{}, fmt.Errorf("demo: %s: %w", step.name, err)
		}
	}
	b.result.Title = p.title
	return b.result, nil
}

// territory loads the municipalities and names the network.
func (b *builder) territory(ctx context.Context) error {
	b.Progress("territory", 0, 1)
	if _, err := b.Territory.Load(ctx); err != nil {
		return err
	}
	places, err := b.Territory.InRegion(ctx, b.code)
	if err != nil {
		return err
	}
	b.places = places
	b.people = newPopulation(b.plan, places)
	if err := b.patrons(ctx); err != nil {
		return err
	}
	b.Progress("territory", 1, 1)
	return b.Network.SetUp(ctx, b.who, network.Setting{
		Name: b.title, Tagline: "La rete dei punti che ti aiutano con il digitale", RegionCode: b.code, Phone: b.phone,
		PhoneHours: "lun-ven 8-18", Email: "aiuto@demo.example", HorizonDays: 60, NoticeVersion: "1.0", Invented: true,
		MinWeeklyMinutes: network.DefaultWeekly,
	})
}
