package network

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/network/internal/db"
	"capillare/internal/sqldb"
)

// TextKind is one of the legal texts.
type TextKind string

// The texts.
const (
	Privacy       TextKind = "privacy"
	Legal         TextKind = "legal"
	Accessibility TextKind = "accessibility"
	Terms         TextKind = "terms"
)

// TextKinds returns the texts in the order of the page.
func TextKinds() []TextKind { return []TextKind{Privacy, Legal, Accessibility, Terms} }

// BuiltIn reports whether the program comes with a text of this kind: its number is 1.
func (k TextKind) BuiltIn() bool { return k != Terms }

// BuiltInNumber is the number of a text that comes with the program.
const BuiltInNumber = 1

const (
	draft       = "draft"
	published   = "published"
	maxTextSize = 60000
)

// The refusals of texts.
var (
	ErrNoText  = errs.New(errs.NotFound, "network.no_text")
	ErrNoDraft = errs.New(errs.Conflict, "network.no_draft")
)

// Text is a version of a legal text, in the small formatting of ParseText.
type Text struct {
	Kind   TextKind
	Number int
	// Italian is always there once published; English may be empty.
	Italian, English string
	// PublishedOn is zero for a draft.
	PublishedOn calendar.Day
}

// Draft reports whether the text is still being written.
func (t Text) Draft() bool { return t.PublishedOn.IsZero() }

// Versions returns what there is of each kind, the newest first, without the words. It is for those who
// set up the network.
func (s *Service) Versions(ctx context.Context, who identity.Actor) (map[TextKind][]Text, error) {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return nil, err
	}
	return s.versions(ctx, func(Text) bool { return true })
}

// PublishedVersions returns the published versions of kind, the newest first, without the words. It is
// for everybody.
func (s *Service) PublishedVersions(ctx context.Context, kind TextKind) ([]Text, error) {
	all, err := s.versions(ctx, func(t Text) bool { return t.Kind == kind && !t.Draft() })
	return all[kind], err
}

func (s *Service) versions(ctx context.Context, keep func(Text) bool) (map[TextKind][]Text, error) {
	var rows []db.TextsRow
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		rows, err = db.New(tx).Texts(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("network: versions: %w", err)
	}
	all := map[TextKind][]Text{}
	for _, row := range rows {
		if t := (Text{Kind: TextKind(row.Kind), Number: row.Number, PublishedOn: row.PublishedOn}); keep(t) {
			all[t.Kind] = append(all[t.Kind], t)
		}
	}
	return all, nil
}

// Published returns a published version with its words. It is for everybody.
func (s *Service) Published(ctx context.Context, kind TextKind, number int) (Text, error) {
	t, err := s.text(ctx, kind, number)
	if err == nil && t.Draft() {
		return Text{}, ErrNoText
	}
	return t, err
}

// DraftOf returns the draft of kind, or refuses with ErrNoText.
func (s *Service) DraftOf(ctx context.Context, who identity.Actor, kind TextKind) (Text, error) {
	all, err := s.Versions(ctx, who)
	if err != nil {
		return Text{}, err
	}
	for _, t := range all[kind] {
		if t.Draft() {
			return s.text(ctx, kind, t.Number)
		}
	}
	return Text{}, ErrNoText
}

func (s *Service) text(ctx context.Context, kind TextKind, number int) (Text, error) {
	var row db.NetworkText
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		row, err = db.New(tx).Text(ctx, db.TextParams{Kind: string(kind), Number: number})
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Text{}, ErrNoText
	}
	if err != nil {
		return Text{}, fmt.Errorf("network: text: %w", err)
	}
	return Text{Kind: kind, Number: row.Number, Italian: row.BodyIt, English: row.BodyEn, PublishedOn: row.PublishedOn}, nil
}

// SaveDraft keeps the draft of a kind, new or not. It refuses with fields what cannot be read.
func (s *Service) SaveDraft(ctx context.Context, who identity.Actor, t Text) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	t, err := t.normal()
	if err != nil {
		return err
	}
	return s.done(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		n, err := q.EditDraft(ctx, db.EditDraftParams{Kind: string(t.Kind), BodyIt: t.Italian, BodyEn: t.English})
		if err != nil || n > 0 {
			return err
		}
		number, err := q.NextNumber(ctx, string(t.Kind))
		if err != nil {
			return err
		}
		return q.AddText(ctx, db.AddTextParams{Kind: string(t.Kind), Number: int(number), BodyIt: t.Italian, BodyEn: t.English, CreatedAt: sqldb.At(tx.Now)})
	}), "draft")
}

// Publish makes the draft of kind the text in force from today on. number is the one that was read, so
// that nobody publishes what another has written meanwhile under a newer one.
func (s *Service) Publish(ctx context.Context, who identity.Actor, kind TextKind, number int) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	return s.done(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := db.New(tx).PublishDraft(ctx, db.PublishDraftParams{Kind: string(kind), Number: number, PublishedOn: calendar.DayOf(tx.Now)})
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNoDraft
		}
		return write(ctx, tx, who, "network.text_published", map[string]any{"kind": kind, "number": number})
	}), "publish")
}

// Discard throws the draft of kind away.
func (s *Service) Discard(ctx context.Context, who identity.Actor, kind TextKind) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	return s.done(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := db.New(tx).DeleteDraft(ctx, string(kind))
		if err == nil && n == 0 {
			return ErrNoDraft
		}
		return err
	}), "discard")
}

func (t Text) normal() (Text, error) {
	var problems errs.Problems
	for field, body := range map[string]*string{"italian": &t.Italian, "english": &t.English} {
		*body = strings.TrimSpace(strings.ReplaceAll(*body, "\r\n", "\n"))
		if len(*body) > maxTextSize {
			problems.Add(field, "network.text_long")
		}
		_, err := ParseText(*body)
		if err := problems.Check(field, err); err != nil {
			return Text{}, err
		}
	}
	if t.Italian == "" {
		problems.Add("italian", "network.text_missing")
	}
	return t, problems.Err()
}
