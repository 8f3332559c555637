package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/identity/internal/db"
	"capillare/internal/sqldb"
)

const (
	// IdleTime ends a session that nobody uses; a working day fits in it.
	IdleTime = 8 * time.Hour
	// LongestSession ends a session however much it is used.
	LongestSession = 7 * 24 * time.Hour
	// touchEvery spares a write at each request.
	touchEvery  = 5 * time.Minute
	tokenSize   = 32
	maxTokenLen = 100
)

// Session is that somebody is signed in on one browser (it: accesso).
type Session struct {
	AccountID, Name, Email string
	CreatedAt, ExpiresAt   time.Time
	// MustChange says that the password was given by somebody else and must be changed first.
	MustChange bool
}

// SignIn returns the token of a new session. It refuses with ErrSignIn, or ErrThrottled after too many
// failures for the address or the account. It writes the audit.
func (s *Service) SignIn(ctx context.Context, email, password, clientIP string) (token string, err error) {
	email = normalEmail(email)
	var keys []throttleKey
	var account db.IdentityAccount
	var wait time.Duration
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if account, err = db.New(tx).AccountByEmail(ctx, email); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		keys = s.throttleKeys(account, email, clientIP)
		wait, err = attempt(ctx, tx, keys)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	if wait > 0 {
		return "", throttled(wait)
	}
	ok, err := s.hasher.matches(ctx, shortened(password), account.PasswordHash)
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	if !ok || account.State != stateActive {
		return "", ErrSignIn
	}
	changed := false
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		// Checking the password took a while, perhaps in a queue: the account may have been disabled, or given
		// another password, meanwhile.
		now, err := db.New(tx).AccountByID(ctx, account.ID)
		if err != nil {
			return err
		}
		if changed = now.PasswordHash != account.PasswordHash || now.State != stateActive; changed {
			return nil
		}
		if err := succeeded(ctx, tx, keys); err != nil {
			return err
		}
		if err := db.New(tx).SetSignedIn(ctx, db.SetSignedInParams{At: sqldb.At(tx.Now), ID: account.ID}); err != nil {
			return err
		}
		if token, err = newSession(ctx, tx, account.ID); err != nil {
			return err
		}
		return audit.Write(ctx, tx, Actor{AccountID: account.ID}, audit.Entry{
			Action: "identity.sign_in", Subject: "account", SubjectID: account.ID,
		})
	})
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	if changed {
		return "", ErrSignIn
	}
	return token, nil
}

// shortened keeps a body of megabytes from being hashed: no such password exists.
func shortened(password string) string {
	if len(password) > 4*longestPassword {
		return ""
	}
	return password
}

func newSession(ctx context.Context, tx *sqldb.Tx, accountID string) (string, error) {
	token := newToken()
	now := sqldb.At(tx.Now)
	return token, db.New(tx).InsertSession(ctx, db.InsertSessionParams{
		TokenHash: digest(token), AccountID: accountID, CreatedAt: now, SeenAt: now,
		ExpiresAt: sqldb.At(tx.Now.Add(LongestSession)),
	})
}

// Actor returns who is signed in with token, with the roles held today, and the session. It refuses
// with ErrSession. The caller adds the number of the request to the Actor.
func (s *Service) Actor(ctx context.Context, token string) (Actor, Session, error) {
	if token == "" || len(token) > maxTokenLen {
		return Actor{}, Session{}, ErrSession
	}
	var actor Actor
	var session Session
	var stale bool
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		row, err := q.SessionByToken(ctx, db.SessionByTokenParams{
			TokenHash: digest(token), Now: sqldb.At(tx.Now), IdleSince: sqldb.At(tx.Now.Add(-IdleTime)),
		})
		if errors.Is(err, sql.ErrNoRows) {
			return ErrSession
		}
		if err != nil {
			return err
		}
		session = Session{
			AccountID: row.AccountID, Name: row.Name, Email: row.Email, MustChange: row.MustChange,
			CreatedAt: row.CreatedAt.Time, ExpiresAt: row.ExpiresAt.Time,
		}
		stale = tx.Now.Sub(row.SeenAt.Time) >= touchEvery
		actor, err = actorOf(ctx, tx, row.AccountID, row.Name)
		return err
	})
	if err == nil && stale {
		err = s.touch(ctx, token)
	}
	if errors.Is(err, ErrSession) {
		return Actor{}, Session{}, ErrSession
	}
	if err != nil {
		return Actor{}, Session{}, fmt.Errorf("session: %w", err)
	}
	return actor, session, nil
}

func actorOf(ctx context.Context, tx *sqldb.Tx, accountID, name string) (Actor, error) {
	roles, err := db.New(tx).RolesOn(ctx, db.RolesOnParams{AccountID: accountID, Day: calendar.DayOf(tx.Now)})
	if err != nil {
		return Actor{}, err
	}
	actor := Actor{AccountID: accountID, Name: name}
	for _, r := range roles {
		actor.Grants = append(actor.Grants, Grant{Role: Role(r.Role), Scope: Scope(r.Scope), ScopeID: r.ScopeID})
	}
	return actor, nil
}

func (s *Service) touch(ctx context.Context, token string) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		return db.New(tx).TouchSession(ctx, db.TouchSessionParams{SeenAt: sqldb.At(tx.Now), TokenHash: digest(token)})
	})
}

// ActorFor returns the Actor of an account as if it were signed in: what works in its name while nobody
// is there, as a shared calendar does. Of an account that is disabled it holds no roles.
func (s *Service) ActorFor(ctx context.Context, accountID string) (Actor, error) {
	var actor Actor
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		account, err := accountByID(ctx, tx, accountID)
		if err != nil {
			return err
		}
		if account.State == stateDisabled {
			actor = Actor{AccountID: account.ID, Name: account.Name}
			return nil
		}
		actor, err = actorOf(ctx, tx, account.ID, account.Name)
		return err
	})
	return actor, err
}

// SignOut ends the session of token. A session that is over already is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := db.New(tx).DeleteSession(ctx, digest(token))
		return err
	})
}

// Tidy forgets sessions and links that are over and failures of long ago: a job of every day.
func (s *Service) Tidy(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		_, err := q.DeleteOldSessions(ctx, db.DeleteOldSessionsParams{
			Now: sqldb.At(tx.Now), IdleSince: sqldb.At(tx.Now.Add(-IdleTime)),
		})
		if err != nil {
			return fmt.Errorf("forget sessions: %w", err)
		}
		if _, err := q.DeleteOldLinks(ctx, sqldb.At(tx.Now.Add(-keepLinks))); err != nil {
			return fmt.Errorf("forget links: %w", err)
		}
		if _, err := q.DeleteOldThrottles(ctx, sqldb.At(tx.Now.Add(-forgetAfter))); err != nil {
			return fmt.Errorf("forget failures: %w", err)
		}
		return nil
	})
}
