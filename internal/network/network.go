package network

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/i18n"
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

// The minutes a week that a programme asks of its points: the default, and a whole week.
const (
	DefaultWeekly = 24 * 60
	maxWeekly     = 7 * 24 * 60
)

// firstNotice is the version of the privacy notice of a network that names none.
const firstNotice = "1"

// staleAfter bounds how long a process answers with a setting that another process has changed.
const staleAfter = 10 * time.Second

// Setting is what holds for the whole network.
type Setting struct {
	// Name is how the network calls itself: "Punti Digitale Facile Basilicata".
	Name string `json:"name"`
	// Tagline is one short sentence under the name.
	Tagline string `json:"tagline"`
	// RegionCode is the ISTAT code of the region: "17".
	RegionCode string `json:"region_code"`
	// Phone and Email are for the citizens; PhoneHours is what else there is to say of the phone ("it is
	// free"), or when somebody answers where no Hours are kept.
	Phone      string `json:"phone"`
	PhoneHours string `json:"phone_hours"`
	Email      string `json:"email"`
	// HorizonDays is how many days ahead may be booked.
	HorizonDays int `json:"horizon_days"`
	// NoticeVersion names the privacy notice in force: the number of the one published last, else what
	// the network calls the one that comes with the program.
	NoticeVersion string `json:"notice_version"`
	// Invented marks a demo: every person and booking is made up.
	Invented bool `json:"invented"`
	// Palette is the name of the colours; empty is the usual one.
	Palette string `json:"palette"`
	// MailSender and SMSSender are who messages come from; empty is Name.
	MailSender string `json:"mail_sender"`
	SMSSender  string `json:"sms_sender"`
	// FundingIT and FundingEN say who pays, under every page and receipt.
	FundingIT string `json:"funding_it"`
	FundingEN string `json:"funding_en"`
	// MinWeeklyMinutes is what a new programme asks of its points, unless it says otherwise.
	MinWeeklyMinutes int `json:"min_weekly_minutes"`
	// OpenOnHolidays says that somebody answers the phone on national holidays too.
	OpenOnHolidays bool `json:"open_on_holidays"`
}

// Usual returns the setting that a form starts from before the network is set up.
func Usual() Setting {
	return Setting{HorizonDays: DefaultHorizon, NoticeVersion: firstNotice, MinWeeklyMinutes: DefaultWeekly}
}

// Funding returns who pays, in a language; in Italian where there is no English.
func (set Setting) Funding(lang i18n.Lang) string {
	if lang == i18n.English && set.FundingEN != "" {
		return set.FundingEN
	}
	return set.FundingIT
}

// Service keeps the setting.
type Service struct {
	db   *sqldb.DB
	kept atomic.Pointer[kept]
}

type kept struct {
	current Current
	at      time.Time
}

// New returns a Service on db.
func New(db *sqldb.DB) *Service { return &Service{db: db} }

// Setting returns the setting of the network, or refuses with ErrNotSetUp. It is for everybody.
func (s *Service) Setting(ctx context.Context) (Setting, error) {
	now, err := s.Current(ctx)
	return now.Setting, err
}

// SetUp makes the setting of the network, or changes it as a whole. Only roles that reach the whole
// network may. It refuses with fields when something is wrong with what was typed.
func (s *Service) SetUp(ctx context.Context, who identity.Actor, set Setting) error {
	return s.Change(ctx, who, func(now *Setting) { *now = set })
}

// Change applies fn to the setting as it is now, so that two people on two pages do not undo each other.
// Before the set-up it starts from Usual. fn may run twice.
func (s *Service) Change(ctx context.Context, who identity.Actor, fn func(*Setting)) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		before, err := setting(ctx, tx)
		if err != nil && !errors.Is(err, ErrNotSetUp) {
			return err
		}
		after := before
		if err != nil {
			before, after = Setting{}, Usual()
		}
		fn(&after)
		if after, err = after.normal(); err != nil {
			return err
		}
		if err := db.New(tx).PutSetting(ctx, after.row(tx)); err != nil {
			return err
		}
		return write(ctx, tx, who, "network.set_up", audit.Compare(before, after))
	})
	if c, ok := sqldb.Broken(err); ok && c == sqldb.ForeignKey {
		return problem("region_code", "network.region")
	}
	return s.done(err, "set up")
}

// write notes a change of the network in the audit.
func write(ctx context.Context, tx *sqldb.Tx, who identity.Actor, action string, detail any) error {
	return audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: "network", SubjectID: "1", Detail: detail})
}

// done forgets what was kept in memory after a change; refusals go on as they are.
func (s *Service) done(err error, what string) error {
	if _, refused := errors.AsType[*errs.Refusal](err); refused {
		return err
	}
	if err != nil {
		return fmt.Errorf("network: %s: %w", what, err)
	}
	s.kept.Store(nil)
	return nil
}

// setting reads the setting alone; the version of the notice is that typed at the set-up.
func setting(ctx context.Context, tx *sqldb.Tx) (Setting, error) {
	row, err := db.New(tx).Setting(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Setting{}, ErrNotSetUp
	}
	if err != nil {
		return Setting{}, fmt.Errorf("network: read the setting: %w", err)
	}
	return Setting{
		Name: row.Name, Tagline: row.Tagline, RegionCode: row.RegionCode, Phone: row.Phone, PhoneHours: row.PhoneHours, Email: row.Email,
		HorizonDays: row.HorizonDays, NoticeVersion: row.NoticeVersion, Invented: row.Invented, Palette: row.Palette,
		MailSender: row.MailSender, SMSSender: row.SmsSender, FundingIT: row.FundingIt, FundingEN: row.FundingEn,
		MinWeeklyMinutes: row.MinWeeklyMinutes, OpenOnHolidays: row.OpenOnHolidays,
	}, nil
}

func (set Setting) row(tx *sqldb.Tx) db.PutSettingParams {
	return db.PutSettingParams{
		Name: set.Name, Tagline: set.Tagline, RegionCode: set.RegionCode, Phone: set.Phone, PhoneHours: set.PhoneHours, Email: set.Email,
		HorizonDays: set.HorizonDays, NoticeVersion: set.NoticeVersion, Invented: set.Invented, Palette: set.Palette,
		MailSender: set.MailSender, SmsSender: set.SMSSender, FundingIt: set.FundingIT, FundingEn: set.FundingEN,
		MinWeeklyMinutes: set.MinWeeklyMinutes, OpenOnHolidays: set.OpenOnHolidays, CreatedAt: sqldb.At(tx.Now),
	}
}

// smsName is what gateways take as a sender: eleven plain letters and digits.
var smsName = regexp.MustCompile(`^[A-Za-z0-9 ]{3,11}$`)

// normal returns the setting as it is kept, or refuses with fields.
func (set Setting) normal() (Setting, error) {
	var problems errs.Problems
	for _, text := range []*string{&set.Name, &set.Tagline, &set.RegionCode, &set.Phone, &set.PhoneHours, &set.Email, &set.NoticeVersion,
		&set.Palette, &set.MailSender, &set.SMSSender, &set.FundingIT, &set.FundingEN} {
		*text = strings.TrimSpace(*text)
	}
	if set.HorizonDays == 0 {
		set.HorizonDays = DefaultHorizon
	}
	if set.NoticeVersion == "" {
		set.NoticeVersion = firstNotice
	}
	if set.Name == "" {
		problems.Add("name", "network.name_missing")
	}
	if set.RegionCode == "" {
		problems.Add("region_code", "network.region")
	}
	// Only the address itself: with a name beside it, links that write to it would not work.
	if parsed, err := mail.ParseAddress(set.Email); set.Email != "" && (err != nil || parsed.Address != set.Email) {
		problems.Add("email", "network.email")
	}
	if set.HorizonDays < MinHorizon || set.HorizonDays > MaxHorizon {
		problems.Add("horizon_days", "network.horizon", errs.Args{"min": MinHorizon, "max": MaxHorizon})
	}
	if set.MinWeeklyMinutes < 0 || set.MinWeeklyMinutes > maxWeekly {
		problems.Add("min_weekly_hours", "network.weekly")
	}
	if set.SMSSender != "" && !smsName.MatchString(set.SMSSender) {
		problems.Add("sms_sender", "network.sms_sender")
	}
	if set.FundingIT == "" && set.FundingEN != "" {
		problems.Add("funding_it", "network.italian_first")
	}
	return set, problems.Err()
}

func problem(field, key string) error {
	var problems errs.Problems
	problems.Add(field, key)
	return problems.Err()
}
