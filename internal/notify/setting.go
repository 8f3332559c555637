package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/notify/internal/db"
	"capillare/internal/sqldb"
)

// Which reminder may be an SMS.
const (
	SMSFirst  = "first"
	SMSSecond = "second"
	SMSNone   = "none"
)

// Setting are the rules of the network.
type Setting struct {
	// FirstHours and SecondHours are how long before the appointment the reminders leave; 0 is none.
	FirstHours  int `json:"first_hours"`
	SecondHours int `json:"second_hours"`
	// SMS says that text messages may be sent at all, SMSReminder which reminder may be one.
	SMS         bool   `json:"sms"`
	SMSReminder string `json:"sms_reminder"`
	// Calls says that who can only be phoned is phoned for the first reminder too.
	Calls bool `json:"calls"`
	// QuietFrom and QuietTo are when nobody is disturbed; equal is never.
	QuietFrom calendar.Minute `json:"quiet_from"`
	QuietTo   calendar.Minute `json:"quiet_to"`
}

// Usual is the setting of a network that made none.
func Usual() Setting {
	return Setting{FirstHours: 48, SecondHours: 3, SMS: true, SMSReminder: SMSFirst, Calls: true, QuietFrom: 21 * 60, QuietTo: 8 * 60}
}

// FirstChoices and SecondChoices are the hours that a network chooses from; 0 is no reminder.
func FirstChoices() []int { return []int{0, 24, 48, 72} }

// SecondChoices are the hours of the second reminder.
func SecondChoices() []int { return []int{0, 2, 3, 4, 6} }

// Setting returns the rules of the network. They are for everybody.
func (s *Service) Setting(ctx context.Context) (set Setting, err error) {
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		set, err = setting(ctx, tx)
		return err
	})
	return set, err
}

func setting(ctx context.Context, tx *sqldb.Tx) (Setting, error) {
	row, err := db.New(tx).Setting(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Usual(), nil
	}
	if err != nil {
		return Setting{}, fmt.Errorf("notify: setting: %w", err)
	}
	return Setting{FirstHours: row.FirstHours, SecondHours: row.SecondHours, SMS: row.Sms, SMSReminder: row.SmsReminder, Calls: row.Calls,
		QuietFrom: calendar.Minute(row.QuietFrom), QuietTo: calendar.Minute(row.QuietTo)}, nil
}

// SetSetting changes the rules; reminders planned before keep their hour. It is for those who set up the
// network, and refuses with fields what cannot be.
func (s *Service) SetSetting(ctx context.Context, who identity.Actor, set Setting) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	if err := set.check(); err != nil {
		return err
	}
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		before, err := setting(ctx, tx)
		if err != nil {
			return err
		}
		err = db.New(tx).PutSetting(ctx, db.PutSettingParams{FirstHours: set.FirstHours, SecondHours: set.SecondHours, Sms: set.SMS,
			SmsReminder: set.SMSReminder, Calls: set.Calls, QuietFrom: int(set.QuietFrom), QuietTo: int(set.QuietTo)})
		if err != nil {
			return fmt.Errorf("notify: setting: %w", err)
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: "notify.set", Subject: "network", SubjectID: "1", Detail: audit.Compare(before, set)})
	})
}

func (set Setting) check() error {
	var p errs.Problems
	const longestFirst, longestSecond = 168, 24
	if set.FirstHours < 0 || set.FirstHours > longestFirst {
		p.Add("first_hours", "notify.hours")
	}
	if set.SecondHours < 0 || set.SecondHours > longestSecond {
		p.Add("second_hours", "notify.hours")
	}
	if set.FirstHours > 0 && set.SecondHours >= set.FirstHours {
		p.Add("second_hours", "notify.hours_order")
	}
	if set.SMSReminder != SMSFirst && set.SMSReminder != SMSSecond && set.SMSReminder != SMSNone {
		p.Add("sms_reminder", "notify.sms_reminder")
	}
	if !set.QuietFrom.Valid() {
		p.Add("quiet_from", "notify.quiet")
	}
	if !set.QuietTo.Valid() {
		p.Add("quiet_to", "notify.quiet")
	}
	return p.Err()
}
