package messages

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/mail"
	"strings"
	"time"

	"capillare/internal/config"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/jobs"
	"capillare/internal/messages/gateway"
	"capillare/internal/messages/internal/db"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
)

// Channel is the way a message takes.
type Channel string

// The channels.
const (
	Email Channel = "email"
	SMS   Channel = "sms"
)

// The refusals of Send.
var (
	ErrNotReady = errs.New(errs.Conflict, "messages.not_ready")
	ErrAddress  = errs.New(errs.Invalid, "messages.address")
	ErrPhone    = errs.New(errs.Invalid, "messages.phone")
)

// Message is what to send. Text is plain; an e-mail gets the name and phone of the network below it.
type Message struct {
	// ID names the message in Delivery; empty is a new one.
	ID string
	// Kind says what the message is for: "identity.invite". It stays, so nothing personal.
	Kind string
	// Channel is Email when empty.
	Channel Channel
	// To is an e-mail address, or a mobile number.
	To string
	// Subject is for e-mail only.
	Subject string
	Text    string
	// Language is Italian when empty.
	Language i18n.Lang
	// NotBefore is the first instant at which it may leave; zero is now. After ExpiresAt it does not
	// leave any more; zero is never.
	NotBefore, ExpiresAt time.Time
	// Files go with an e-mail.
	Files []File
}

// File is something attached to an e-mail. Type is its MIME type with its parameters.
type File struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Content []byte `json:"content"`
}

// Sender is who the messages come from: settings of the network.
type Sender struct {
	// Name stands beside the e-mail address, SMSName instead of the number where the gateway can.
	Name, SMSName string
	// Phone is told to who has questions; ReplyTo gets the answers, when there is one.
	Phone, ReplyTo string
}

// Options say how messages leave.
type Options struct {
	Mail config.Mail
	SMS  config.SMS
	Keys *sealed.Keys
	Log  *slog.Logger
	// Bus hears how each message ended; nil when nobody listens.
	Bus *jobs.Bus
	// Sender tells who the messages come from; KeepDays for how long the settled ones are kept. Both may
	// be nil.
	Sender   func(ctx context.Context) (Sender, error)
	KeepDays func(ctx context.Context) (int, error)
}

// Service queues messages and sends them.
type Service struct {
	db       *sqldb.DB
	options  Options
	log      *slog.Logger
	carriers map[Channel]carrier
}

// New returns a Service on base.
func New(base *sqldb.DB, o Options) *Service {
	s := &Service{db: base, options: o, log: o.Log, carriers: map[Channel]carrier{}}
	if s.log == nil {
		s.log = slog.Default()
	}
	switch {
	case o.Mail.Folder != "":
		s.carriers[Email] = mailFolder{dir: o.Mail.Folder, from: o.Mail.From}
		s.carriers[SMS] = smsFolder{dir: o.Mail.Folder}
	case o.Mail.Ready():
		s.carriers[Email] = smtpCarrier{o.Mail}
	}
	if o.Mail.Folder == "" && o.SMS.Address != "" {
		s.carriers[SMS] = smsCarrier{gateway.New(o.SMS)}
	}
	return s
}

// Ready reports whether e-mail can leave. Where it cannot, a page shows what to do instead.
func (s *Service) Ready() bool { return s.ReadyFor(Email) }

// ReadyFor reports whether messages can leave on channel.
func (s *Service) ReadyFor(channel Channel) bool { return s.carriers[channel] != nil }

// content is what is sealed while a message waits.
type content struct {
	To      string `json:"to"`
	Subject string `json:"subject,omitempty"`
	Text    string `json:"text"`
	Files   []File `json:"files,omitempty"`
}

const sealPurpose = "messages.content"

// Send queues m: it leaves some seconds after tx is committed. It refuses with ErrNotReady when nothing
// leaves on the channel, with ErrAddress or ErrPhone when To cannot be one.
func (s *Service) Send(ctx context.Context, tx *sqldb.Tx, m Message) error {
	if m.Channel == "" {
		m.Channel = Email
	}
	if m.Language == "" {
		m.Language = i18n.Italian
	}
	if m.ID == "" {
		m.ID = sqldb.NewID(tx.Now)
	}
	if !s.ReadyFor(m.Channel) {
		return ErrNotReady
	}
	to, masked, err := addressOf(m)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(content{To: to, Subject: oneLine(m.Subject), Text: m.Text, Files: m.Files})
	if err != nil {
		return fmt.Errorf("messages: send %s: %w", m.Kind, err)
	}
	next := tx.Now
	if m.NotBefore.After(next) {
		next = m.NotBefore
	}
	err = db.New(tx).AddMessage(ctx, db.AddMessageParams{
		ID: m.ID, Kind: m.Kind, Channel: string(m.Channel), Language: string(m.Language), Masked: masked,
		Sealed: s.options.Keys.Seal(sealPurpose, plain, m.ID), NextAt: sqldb.At(next), ExpiresAt: sqldb.At(m.ExpiresAt), CreatedAt: sqldb.At(tx.Now),
	})
	if err != nil {
		return fmt.Errorf("messages: send %s: %w", m.Kind, err)
	}
	return jobs.Enqueue(ctx, tx, sendJob{ID: m.ID}, jobs.Options{At: next})
}

// Drop gives up a message that is of no more use, if it has not left yet.
func (s *Service) Drop(ctx context.Context, tx *sqldb.Tx, id string) error {
	if _, err := db.New(tx).Drop(ctx, db.DropParams{ID: id, SettledAt: sqldb.At(tx.Now)}); err != nil {
		return fmt.Errorf("messages: drop: %w", err)
	}
	return nil
}

// Reachable reports whether a message can be sent to an address on channel: something leaves there, and the
// address can be one.
func (s *Service) Reachable(channel Channel, to string) bool {
	_, _, err := addressOf(Message{Channel: channel, To: to})
	return err == nil && s.ReadyFor(channel)
}

// addressOf returns where m goes as it is sent, and as it may be shown afterwards.
func addressOf(m Message) (to, masked string, err error) {
	if m.Channel == SMS {
		number, ok := mobile(m.To)
		if !ok {
			return "", "", ErrPhone
		}
		return number, maskPhone(number), nil
	}
	parsed, err := mail.ParseAddress(strings.TrimSpace(m.To))
	if err != nil || !strings.Contains(parsed.Address, "@") {
		return "", "", ErrAddress
	}
	return parsed.Address, maskEmail(parsed.Address), nil
}

// oneLine keeps a subject from breaking out of its header.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
