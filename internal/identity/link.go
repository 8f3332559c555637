package identity

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/identity/internal/db"
	"capillare/internal/sqldb"
)

const (
	// InviteTime is how long an invitation opens.
	InviteTime = 7 * 24 * time.Hour
	// ResetTime is how long the link for a forgotten password opens.
	ResetTime = 2 * time.Hour
	// keepLinks is how long a link that is over stays, so that its page says why rather than "not found".
	keepLinks = 30 * 24 * time.Hour
	// freeForgotten and freeForgottenAddress are the requests of links before waiting begins.
	freeForgotten        = 3
	freeForgottenAddress = 10
)

// LinkKind is what a link is for.
type LinkKind string

// The kinds of link.
const (
	InviteLink LinkKind = "invite"
	ResetLink  LinkKind = "reset"
)

// Link is a one-time secret with which a person chooses a password (it: invito). Only its hash is kept.
type Link struct {
	AccountID, Name, Email string
	Kind                   LinkKind
	// Token is the secret: it is known only when the link is made.
	Token     string
	ExpiresAt time.Time
}

// Deliver hands a link over in the transaction that makes it, which may run twice: it enqueues a message.
type Deliver func(ctx context.Context, tx *sqldb.Tx, l Link) error

// Invitation is a person to be invited, with the roles to hold. The account of a role is filled in.
type Invitation struct {
	Email, Name string
	Roles       []Holding
}

// Invite adds an account without a password, gives it roles, and makes the link by which the person
// chooses one. deliver may be nil: then the caller hands the link over. It needs ManageAccounts over the
// network, refuses like CreateAccount and Grant, and writes the audit.
func (s *Service) Invite(ctx context.Context, who Actor, n Invitation, deliver Deliver) (l Link, err error) {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return Link{}, err
	}
	var problems errs.Problems
	if n.Email, n.Name, problems = checkedPerson(n.Email, n.Name); problems.Err() != nil {
		return Link{}, problems.Err()
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		id, err := insertAccount(ctx, tx, NewAccount{Email: n.Email, Name: n.Name}, "", false)
		if err != nil {
			return err
		}
		for _, h := range n.Roles {
			h.AccountID = id
			if _, err := s.insertRole(ctx, tx, who, h); err != nil {
				return err
			}
		}
		if err := audit.Write(ctx, tx, who, audit.Entry{Action: "identity.invite", Subject: "account", SubjectID: id}); err != nil {
			return err
		}
		l, err = makeLink(ctx, tx, who, db.IdentityAccount{ID: id, Email: n.Email, Name: n.Name}, InviteLink)
		if err != nil || deliver == nil {
			return err
		}
		return deliver(ctx, tx, l)
	})
	return l, roleTwice(emailTaken(err))
}

// InviteAgain makes a new link for a person who was invited and has no password yet; the link of before
// opens no longer. It refuses with ErrNotInvited.
func (s *Service) InviteAgain(ctx context.Context, who Actor, accountID string, deliver Deliver) (l Link, err error) {
	err = s.changeInvited(ctx, who, accountID, "identity.invite_again", func(tx *sqldb.Tx, account db.IdentityAccount) error {
		if l, err = makeLink(ctx, tx, who, account, InviteLink); err != nil || deliver == nil {
			return err
		}
		return deliver(ctx, tx, l)
	})
	return l, err
}

// WithdrawInvite makes the link of an invitation open no longer. It refuses with ErrNotInvited.
func (s *Service) WithdrawInvite(ctx context.Context, who Actor, accountID string) error {
	return s.changeInvited(ctx, who, accountID, "identity.invite_withdrawn", func(tx *sqldb.Tx, account db.IdentityAccount) error {
		return db.New(tx).WithdrawEveryLink(ctx, db.WithdrawEveryLinkParams{AccountID: account.ID, At: sqldb.At(tx.Now)})
	})
}

func (s *Service) changeInvited(ctx context.Context, who Actor, accountID, action string, change func(*sqldb.Tx, db.IdentityAccount) error) error {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		account, err := accountByID(ctx, tx, accountID)
		if err != nil {
			return err
		}
		if account.PasswordHash != "" || account.State != stateActive {
			return ErrNotInvited
		}
		if err := change(tx, account); err != nil {
			return err
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: "account", SubjectID: accountID})
	})
}

// InviteOf returns until when the invitation of an account opens; zero when none does. It needs
// ManageAccounts over the network.
func (s *Service) InviteOf(ctx context.Context, who Actor, accountID string) (until time.Time, err error) {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return time.Time{}, err
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).LiveLinks(ctx, db.LiveLinksParams{Accounts: sqldb.List([]string{accountID}), Kind: string(InviteLink)})
		for _, r := range rows {
			if r.ExpiresAt.After(tx.Now) {
				until = r.ExpiresAt.Time
			}
		}
		return err
	})
	return until, err
}

// Forgotten makes a link for who forgot the password, when the address is that of an account with one that
// may sign in; else it does nothing and answers the same. It refuses with ErrThrottled, known address or not.
func (s *Service) Forgotten(ctx context.Context, email, clientIP string, deliver Deliver) error {
	email = normalEmail(email)
	keys := []throttleKey{
		{digest("forgotten " + email), freeForgotten, false},
		{s.conceal("forgotten from " + clientIP), freeForgottenAddress, false},
	}
	var wait time.Duration
	err := s.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if wait, err = attempt(ctx, tx, keys); err != nil || wait > 0 {
			return err
		}
		account, err := db.New(tx).AccountByEmail(ctx, email)
		// Who never chose a password cannot have forgotten it: a link would open an invitation that was withdrawn.
		if errors.Is(err, sql.ErrNoRows) || err == nil && (account.State != stateActive || account.PasswordHash == "") {
			return nil
		}
		if err != nil {
			return err
		}
		l, err := makeLink(ctx, tx, Public(""), account, ResetLink)
		if err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, Public(""), audit.Entry{Action: "identity.forgotten", Subject: "account", SubjectID: account.ID}); err != nil {
			return err
		}
		return deliver(ctx, tx, l)
	})
	if err != nil {
		return fmt.Errorf("forgotten password: %w", err)
	}
	if wait > 0 {
		return throttled(wait)
	}
	return nil
}

// makeLink makes a link that takes the place of any other of its kind.
func makeLink(ctx context.Context, tx *sqldb.Tx, who Actor, account db.IdentityAccount, kind LinkKind) (Link, error) {
	life := InviteTime
	if kind == ResetLink {
		life = ResetTime
	}
	l := Link{AccountID: account.ID, Name: account.Name, Email: account.Email, Kind: kind, Token: newToken(), ExpiresAt: tx.Now.Add(life)}
	q := db.New(tx)
	if _, err := q.WithdrawLinks(ctx, db.WithdrawLinksParams{AccountID: account.ID, Kind: string(kind), At: sqldb.At(tx.Now)}); err != nil {
		return Link{}, fmt.Errorf("make a link: %w", err)
	}
	err := q.InsertLink(ctx, db.InsertLinkParams{
		ID: sqldb.NewID(tx.Now), TokenHash: digest(l.Token), AccountID: account.ID, Kind: string(kind),
		CreatedBy: sqldb.OptText(who.AccountID), CreatedAt: sqldb.At(tx.Now), ExpiresAt: sqldb.At(l.ExpiresAt),
	})
	if err != nil {
		return Link{}, fmt.Errorf("make a link: %w", err)
	}
	return l, nil
}

// newToken returns a secret of 256 bits.
func newToken() string {
	secret := make([]byte, tokenSize)
	// crypto/rand.Read never fails: it ends the program instead.
	_, _ = rand.Read(secret)
	return base64.RawURLEncoding.EncodeToString(secret)
}

// OpenLink returns whose link a token is, to ask for the password. It refuses with ErrLink.
func (s *Service) OpenLink(ctx context.Context, token string) (Link, error) {
	var l Link
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		_, l, err = openLink(ctx, tx, token)
		return err
	})
	return l, err
}

func openLink(ctx context.Context, tx *sqldb.Tx, token string) (id string, l Link, err error) {
	if token == "" || len(token) > maxTokenLen {
		return "", Link{}, ErrLink
	}
	row, err := db.New(tx).LinkByToken(ctx, digest(token))
	if errors.Is(err, sql.ErrNoRows) {
		return "", Link{}, ErrLink
	}
	if err != nil {
		return "", Link{}, fmt.Errorf("link: %w", err)
	}
	account, err := accountByID(ctx, tx, row.AccountID)
	if err != nil {
		return "", Link{}, err
	}
	if !row.UsedAt.IsZero() || !row.WithdrawnAt.IsZero() || !row.ExpiresAt.After(tx.Now) || account.State != stateActive {
		return "", Link{}, ErrLink
	}
	return row.ID, Link{
		AccountID: account.ID, Name: account.Name, Email: account.Email, Kind: LinkKind(row.Kind), ExpiresAt: row.ExpiresAt.Time,
	}, nil
}

// UseLink gives the account of a link the password that the person chose, ends its other sessions and
// links, and returns the token of a new session. It refuses with ErrLink, also whoever comes second, and
// with problems of the field password, and writes the audit.
func (s *Service) UseLink(ctx context.Context, token, password string) (session string, err error) {
	l, err := s.OpenLink(ctx, token)
	if err != nil {
		return "", err
	}
	var problems errs.Problems
	if err := problems.Check("password", CheckPassword(password, l.Name, l.Email)); err != nil {
		return "", err
	}
	if err := problems.Err(); err != nil {
		return "", err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		id, l, err := openLink(ctx, tx, token)
		if err != nil {
			return err
		}
		q, now := db.New(tx), sqldb.At(tx.Now)
		n, err := q.UseLink(ctx, db.UseLinkParams{ID: id, At: now})
		if err != nil {
			return fmt.Errorf("use a link: %w", err)
		}
		if n == 0 {
			return ErrLink
		}
		if err := setPassword(ctx, tx, db.SetPasswordParams{PasswordHash: hash, ID: l.AccountID}); err != nil {
			return fmt.Errorf("password of a link: %w", err)
		}
		if err := q.SetSignedIn(ctx, db.SetSignedInParams{At: now, ID: l.AccountID}); err != nil {
			return fmt.Errorf("password of a link: %w", err)
		}
		if session, err = newSession(ctx, tx, l.AccountID); err != nil {
			return err
		}
		return audit.Write(ctx, tx, Actor{AccountID: l.AccountID}, audit.Entry{
			Action: "identity.link_used", Subject: "account", SubjectID: l.AccountID, Detail: map[string]string{"kind": string(l.Kind)},
		})
	})
	return session, err
}
