// Package network holds the one network that a database serves (it: la rete): its name, region,
// contacts, and the settings that hold for all of it.
//
// Its rules: there is one network in each database, set up once and changed later by who may set it
// up; the privacy notice has a version, which bookings and records remember; a demo says so (Invented)
// on every page.
//
// It does not hold points, bodies or programmes (packages points, orgs, funding), nor options of the
// process such as addresses and files (package config).
package network

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"sync/atomic"
	"time"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/network/internal/db"
	"capillare/internal/sqldb"
)

// ErrNotSetUp says that nobody has set up the network yet.
var ErrNotSetUp = errs.New(errs.NotFound, "network.not_set_up")

// The days ahead that may be booked: the default and the limits.
const (
	DefaultHorizon = 60
	MinHorizon     = 7
	MaxHorizon     = 365
)

// firstNotice is the version of the privacy notice of a network that names none.
const firstNotice = "1"

// staleAfter bounds how long a process answers with a setting that another process has changed.
const staleAfter = 10 * time.Second

// Setting is what holds for the whole network.
type Setting struct {
	// Name is how the network calls itself: "Punti Digitale Facile Basilicata".
	Name string
	// Tagline is one short sentence under the name.
	Tagline string
	// RegionCode is the ISTAT code of the region: "17".
	RegionCode string
	// Phone and Email are for the citizens; PhoneHours says when somebody answers.
	Phone, PhoneHours, Email string
	// HorizonDays is how many days ahead may be booked.
	HorizonDays int
	// NoticeVersion names the privacy notice in force.
	NoticeVersion string
	// Invented marks a demo: every person and booking is made up.
	Invented bool
}

// Service keeps the setting.
type Service struct {
	db   *sqldb.DB
	kept atomic.Pointer[kept]
}

type kept struct {
	setting Setting
	at      time.Time
}

// New returns a Service on db.
func New(db *sqldb.DB) *Service { return &Service{db: db} }

// Setting returns the setting of the network, or refuses with ErrNotSetUp. It is for everybody.
func (s *Service) Setting(ctx context.Context) (Setting, error) {
	now := s.db.Now()
	if k := s.kept.Load(); k != nil && now.Sub(k.at) < staleAfter {
		return k.setting, nil
	}
	var row db.SettingRow
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		row, err = db.New(tx).Setting(ctx)
		return err
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Setting{}, ErrNotSetUp
	case err != nil:
		return Setting{}, fmt.Errorf("network: read the setting: %w", err)
	}
	s.kept.Store(&kept{setting: Setting(row), at: now})
	return Setting(row), nil
}

// SetUp makes the setting of the network, or changes it. Only roles that reach the whole network may.
// It refuses with fields when something is wrong with what was typed.
func (s *Service) SetUp(ctx context.Context, who identity.Actor, set Setting) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	set, err := set.normal()
	if err != nil {
		return err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := db.New(tx).PutSetting(ctx, db.PutSettingParams{
			Name: set.Name, Tagline: set.Tagline, RegionCode: set.RegionCode,
			Phone: set.Phone, PhoneHours: set.PhoneHours, Email: set.Email,
			HorizonDays: set.HorizonDays, NoticeVersion: set.NoticeVersion, Invented: set.Invented,
			CreatedAt: sqldb.At(tx.Now),
		}); err != nil {
			return err
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: "network.set_up", Subject: "network", SubjectID: "1", Detail: set})
	})
	if c, ok := sqldb.Broken(err); ok && c == sqldb.ForeignKey {
		return problem("region_code", "network.region")
	}
	if err != nil {
		return fmt.Errorf("network: set up: %w", err)
	}
	s.kept.Store(nil)
	return nil
}

// normal returns the setting as it is kept, or refuses with fields.
func (set Setting) normal() (Setting, error) {
	var problems errs.Problems
	for _, text := range []*string{&set.Name, &set.Tagline, &set.RegionCode, &set.Phone, &set.PhoneHours, &set.Email, &set.NoticeVersion} {
		*text = strings.TrimSpace(*text)
	}
	if set.Name == "" {
		problems.Add("name", "network.name_missing")
	}
	if set.RegionCode == "" {
		problems.Add("region_code", "network.region")
	}
	if set.Email != "" {
		if _, err := mail.ParseAddress(set.Email); err != nil {
			problems.Add("email", "network.email")
		}
	}
	if set.HorizonDays == 0 {
		set.HorizonDays = DefaultHorizon
	}
	if set.HorizonDays < MinHorizon || set.HorizonDays > MaxHorizon {
		problems.Add("horizon_days", "network.horizon", errs.Args{"min": MinHorizon, "max": MaxHorizon})
	}
	if set.NoticeVersion == "" {
		set.NoticeVersion = firstNotice
	}
	return set, problems.Err()
}

func problem(field, key string) error {
	var problems errs.Problems
	problems.Add(field, key)
	return problems.Err()
}
