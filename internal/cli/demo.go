package cli

import (
	"errors"
	"strings"
	"time"

	"capillare/internal/app"
	"capillare/internal/calendar"
	"capillare/internal/config"
	"capillare/internal/demo"
)

type demoCmd struct {
	Store  config.Store `embed:""`
	Region string       `name:"region" default:"basilicata" enum:"basilicata,toscana" help:"Network to build: basilicata (32 points, 25,000 citizens) or toscana (169 points, 136,000 citizens)."`
	Today  string       `name:"today" help:"Day on which the network stands, for repeatable networks. Empty: the day of the machine." placeholder:"YYYY-MM-DD"`
	Seed   uint64       `name:"seed" default:"1" help:"Chooses among networks that are alike: same region, day, seed and scale give the same network."`
	Scale  float64      `name:"scale" default:"1" help:"Part of the citizens, services and bookings to build, for quick trials: 0.05 is a twentieth. Points are always all."`
}

// Run builds the network; what the time is stays at seven in the morning of today, so that today's agenda is whole.
func (d demoCmd) Run(c *console) (err error) {
	today := calendar.DayOf(time.Now())
	if d.Today != "" {
		if today, err = calendar.ParseDay(d.Today); err != nil {
			return errors.New("--today is a day such as 2026-11-24")
		}
	}
	morning, err := today.At(7 * 60)
	if err != nil {
		return err
	}
	if _, err := migrate(c, d.Store); err != nil {
		return err
	}
	began := time.Now()
	a, err := app.Open(c.ctx, app.Options{Store: d.Store, Log: c.log, Owner: true, Alone: true,
		Now: func() time.Time { return morning.Add(time.Since(began)) }})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	got, err := demo.Build(c.ctx, demo.Services{DB: a.DB, Identity: a.Identity, Territory: a.Territory, Orgs: a.Orgs, Network: a.Network,
		Funding: a.Funding, Points: a.Points, Facilitators: a.Facilitators, Agenda: a.Agenda, Register: a.Register},
		demo.Options{Region: d.Region, Today: today, Seed: d.Seed, Scale: d.Scale, Progress: c.progress()})
	if err != nil {
		return err
	}
	c.printf("\n%s: invented people on real municipalities.\n", got.Title)
	c.printf("  %d points, %d facilitators, %d citizens, %d services (%d accesses, %d unique), %d bookings ahead, in %s\n",
		got.Points, got.Facilitators, got.Citizens, got.Services, got.Accesses, got.UniqueAccesses, got.Bookings, time.Since(began).Round(time.Second))
	c.accounts()
	return nil
}

// accounts prints who can sign in to a demo network.
func (c *console) accounts() {
	c.printf("Demo accounts, all with the password %s:\n", demo.Password)
	for _, role := range []string{"regione", "ente", "partner", "facilitatore", "operatore", "revisore", "amministratore"} {
		c.printf("  %s@demo.example\n", role)
	}
}

// progress returns a printer of steps: each is one line, written again in tenths.
func (c *console) progress() func(step string, done, all int) {
	last := ""
	return func(step string, done, all int) {
		text := step + " " + strings.Repeat(".", done*10/max(all, 1))
		if text == last {
			return
		}
		last = text
		if done < all {
			c.printf("\r%-30s", text)
			return
		}
		c.printf("\r%-30s %d\n", text, all)
	}
}
