// Package app builds the program from its configuration and starts and stops it in order (it: il programma).
//
// Its rules: every service is made here, once, by hand and in the order of the map, so that a reader sees who needs
// whom; reactions between domains are subscribed here; the web server stops taking requests before jobs stop, and
// jobs stop before the database closes.
//
// It holds no rule of the network.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/backup"
	"capillare/internal/calls"
	"capillare/internal/campaigns"
	"capillare/internal/config"
	"capillare/internal/coverage"
	"capillare/internal/facilita"
	"capillare/internal/facilitators"
	"capillare/internal/feeds"
	"capillare/internal/files"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/imports"
	"capillare/internal/jobs"
	"capillare/internal/kinds"
	"capillare/internal/messages"
	"capillare/internal/monitoring"
	"capillare/internal/network"
	"capillare/internal/notify"
	"capillare/internal/opendata"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
	"capillare/internal/visits"
	"capillare/internal/waiting"
)

// Options say what to open.
type Options struct {
	Store    config.Store
	Facilita config.Facilita
	Mail     config.Mail
	SMS      config.SMS
	Backup   config.Backup
	Log      *slog.Logger
	// Now is the clock; nil is the machine's.
	Now func() time.Time
	// Zone is the time zone that the environment asks for, which doctor judges.
	Zone string
	// Owner opens the owner's address, for commands that fill an empty database.
	Owner bool
	// Alone leaves out the reactions between domains, for the demo: it rebuilds bookable times once, at its end.
	Alone bool
}

// App is the program, opened.
type App struct {
	DB   *sqldb.DB
	Keys *sealed.Keys
	Log  *slog.Logger
	// NewKeys says that the file of keys was made now.
	NewKeys bool

	facilita config.Facilita
	// publicURL is the address of the site without a slash at the end, where the configuration says it.
	publicURL string
	token     string // opens the page of the first administrator; empty when there is one
	reload    chan struct{}
	options   Options

	Jobs         *jobs.Runner
	Identity     *identity.Service
	Messages     *messages.Service
	Files        *files.Service
	Territory    *territory.Service
	Orgs         *orgs.Service
	Network      *network.Service
	Funding      *funding.Service
	Points       *points.Service
	Kinds        *kinds.Service
	Facilitators *facilitators.Service
	Agenda       *agenda.Service
	Campaigns    *campaigns.Service
	Waiting      *waiting.Service
	Visits       *visits.Service
	Calls        *calls.Service
	Notify       *notify.Service
	Feeds        *feeds.Service
	Register     *register.Service
	Facilita     *facilita.Service
	Monitoring   *monitoring.Service
	OpenData     *opendata.Service
	Coverage     *coverage.Service
	Imports      *imports.Service
	Backups      *backup.Service
}

// Open opens the database and the keys and builds every service. Close it.
func Open(ctx context.Context, o Options) (*App, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	url := o.Store.DatabaseURL()
	if o.Owner {
		url = o.Store.OwnerURL()
	}
	db, err := sqldb.Open(ctx, sqldb.Options{URL: url, Now: o.Now, Log: o.Log})
	if err != nil {
		return nil, err
	}
	keys, created, err := sealed.LoadOrCreate(o.Store.KeysPath())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("keys: %w", err), db.Close())
	}
	a := &App{DB: db, Keys: keys, Log: o.Log, NewKeys: created, facilita: o.Facilita, reload: make(chan struct{}, 1), options: o}
	a.build(o)
	if err := a.buildBackups(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return a, nil
}

// build makes the services, lower ones first.
func (a *App) build(o Options) {
	bus := jobs.NewBus()
	a.Jobs = jobs.NewRunner(a.DB, a.Log)
	a.Identity = identity.New(a.DB, identity.Options{Bus: bus})
	a.Files = files.New(a.DB)
	a.Network = network.New(a.DB)
	a.Messages = messages.New(a.DB, messages.Options{Mail: o.Mail, SMS: o.SMS, Keys: a.Keys, Log: a.Log, Sender: a.sender, Bus: bus,
		KeepDays: a.keepFor(network.MessagesSent)})
	a.Territory = territory.New(a.DB)
	a.Orgs = orgs.New(a.DB, a.Territory).Telling(bus)
	a.Territory.Seats = seats(a.Orgs)
	a.Funding = funding.New(a.DB).Telling(bus)
	a.Points = points.New(a.DB, points.Deps{Bus: bus, Territory: a.Territory, Orgs: a.Orgs, Funding: a.Funding, Files: a.Files})
	a.Kinds = kinds.New(a.DB, kinds.Deps{Points: a.Points, Bus: bus})
	a.Facilitators = facilitators.New(a.DB, bus, a.Points, a.Keys)
	a.Agenda = agenda.New(a.DB, a.Points, a.Facilitators, agenda.Options{Bus: bus, Kinds: a.Kinds, Horizon: a.Network.HorizonDays, ContactDays: a.keepForIn(network.Contacts)})
	a.Campaigns = campaigns.New(a.DB, campaigns.Deps{Points: a.Points, Kinds: a.Kinds, Facilitators: a.Facilitators, Agenda: a.Agenda})
	a.Campaigns.Subscribe(bus)
	a.Waiting = waiting.New(a.DB, a.Agenda, a.Points, waiting.Options{Bus: bus, Keys: a.Keys, ContactDays: a.keepForIn(network.Contacts), Horizon: a.Network.HorizonDays})
	a.Visits = visits.New(a.DB, visits.Deps{Bus: bus, Points: a.Points, Territory: a.Territory, Agenda: a.Agenda, People: a.Facilitators, ContactDays: a.keepForIn(network.Contacts)})
	a.Calls = calls.New(a.DB, bus, a.Points, a.keepFor(network.MessagesSent))
	a.Notify = notify.New(a.DB, notify.Deps{Agenda: a.Agenda, Calls: a.Calls, Kinds: a.Kinds, Messages: a.Messages, Network: a.Network, Points: a.Points,
		Territory: a.Territory, Waiting: a.Waiting, BaseURL: func() string { return a.publicURL }, From: o.Mail.From, KeepDays: a.keepFor(network.MessagesSent)})
	a.Feeds = feeds.New(a.DB, feeds.Deps{Agenda: a.Agenda, Points: a.Points, Facilitators: a.Facilitators, Actor: a.Identity.ActorFor})
	a.Feeds.Subscribe(bus)
	a.Register = register.New(a.DB, register.Deps{Points: a.Points, Facilitators: a.Facilitators, Funding: a.Funding,
		Agenda: a.Agenda, Territory: a.Territory, Keys: a.Keys})
	a.Facilita = facilita.New(a.DB, facilita.Deps{Register: a.Register, Points: a.Points, Facilitators: a.Facilitators, Funding: a.Funding})
	a.Monitoring = monitoring.New(monitoring.Deps{Register: a.Register, Points: a.Points, Facilitators: a.Facilitators, Funding: a.Funding})
	a.OpenData = opendata.New(opendata.Deps{Points: a.Points, Orgs: a.Orgs, Territory: a.Territory})
	a.Coverage = coverage.New(coverage.Deps{Points: a.Points, Territory: a.Territory})
	a.Imports = imports.New(a.DB, imports.Deps{KeepDays: a.keepFor(network.ImportFiles), Territory: a.Territory, Orgs: a.Orgs, Funding: a.Funding, Points: a.Points, Facilitators: a.Facilitators,
		Keys: a.Keys, Actor: a.Identity.ActorFor, Rebuild: a.Agenda.Rebuild})
	a.Funding.Subscribe(bus)
	// Before the points: when these follow a body, their times are made again, from the kinds that moved too.
	a.Kinds.Subscribe(bus)
	a.Points.SubscribeBodies(bus)
	a.followPeople(bus)
	if !o.Alone {
		a.Agenda.Subscribe(bus)
		a.Notify.Subscribe(bus)
	}
	a.Waiting.Subscribe(bus)
	a.Visits.Subscribe(bus)
	a.Agenda.Handle(a.Jobs)
	a.Waiting.Handle(a.Jobs)
	a.Visits.Handle(a.Jobs)
	a.Calls.Handle(a.Jobs)
	a.Notify.Handle(a.Jobs)
	a.Imports.Handle(a.Jobs)
	a.Messages.Handle(a.Jobs)
	a.handleRetention(a.Jobs)
	jobs.Handle(a.Jobs, func(ctx context.Context, _ tidyJob) error { return a.Identity.Tidy(ctx) })
	a.Jobs.Every(tidyJob{}, jobs.Daily(3*60+10))
}

// sender tells who messages come from; before the network is set up they come from nobody in particular.
func (a *App) sender(ctx context.Context) (messages.Sender, error) {
	set, err := a.Network.Setting(ctx)
	if errors.Is(err, network.ErrNotSetUp) {
		return messages.Sender{}, nil
	}
	return messages.Sender{Name: cmp.Or(set.MailSender, set.Name), SMSName: set.SMSSender, Phone: set.Phone, ReplyTo: set.Email}, err
}

// tidyJob removes sessions and waits that are over.
type tidyJob struct{}

// Kind implements jobs.Job.
func (tidyJob) Kind() string { return "identity.tidy" }

// Close closes what is open.
func (a *App) Close() error { return a.DB.Close() }
