package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/identity/internal/db"
	"capillare/internal/sqldb"
)

// ChangePassword gives who a new password, after the old one, and returns the token of a new session:
// all others of the account end. It refuses with problems of the fields old and new, or ErrThrottled,
// and writes the audit.
func (s *Service) ChangePassword(ctx context.Context, who Actor, old, fresh string) (token string, err error) {
	if who.AccountID == "" {
		return "", ErrForbidden
	}
	account, err := s.tryOld(ctx, who.AccountID, old)
	if err != nil {
		return "", err
	}
	var problems errs.Problems
	if err := problems.Check("new", CheckPassword(fresh, account.Name, account.Email)); err != nil {
		return "", err
	}
	if fresh == old {
		problems.Add("new", "identity.password_same")
	}
	if err := problems.Err(); err != nil {
		return "", err
	}
	hash, err := s.hasher.hash(ctx, fresh)
	if err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := setPassword(ctx, tx, db.SetPasswordParams{PasswordHash: hash, ID: account.ID}); err != nil {
			return err
		}
		if token, err = newSession(ctx, tx, account.ID); err != nil {
			return err
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: "identity.password", Subject: "account", SubjectID: account.ID})
	})
	if err != nil {
		return "", fmt.Errorf("change password: %w", err)
	}
	return token, nil
}

// tryOld checks the present password, throttled like a sign-in: a browser left open must not let
// somebody guess it.
func (s *Service) tryOld(ctx context.Context, accountID, old string) (db.IdentityAccount, error) {
	var account db.IdentityAccount
	var wait time.Duration
	var keys []throttleKey
	err := s.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if account, err = accountByID(ctx, tx, accountID); err != nil {
			return err
		}
		keys = []throttleKey{{digest("old password " + account.ID), freeForAccount, true}}
		wait, err = attempt(ctx, tx, keys)
		return err
	})
	if err != nil {
		return account, err
	}
	if wait > 0 {
		return account, throttled(wait)
	}
	ok, err := s.hasher.matches(ctx, shortened(old), account.PasswordHash)
	if err != nil {
		return account, err
	}
	if !ok {
		var problems errs.Problems
		problems.Add("old", "identity.password_wrong")
		return account, problems.Err()
	}
	return account, s.db.Update(ctx, func(tx *sqldb.Tx) error { return succeeded(ctx, tx, keys) })
}

func setPassword(ctx context.Context, tx *sqldb.Tx, p db.SetPasswordParams) error {
	q := db.New(tx)
	return errors.Join(q.SetPassword(ctx, p), q.DeleteSessionsOf(ctx, p.ID),
		q.WithdrawEveryLink(ctx, db.WithdrawEveryLinkParams{AccountID: p.ID, At: sqldb.At(tx.Now)}))
}

// ResetPassword gives an account a new first password, which is returned to be told to the person and
// must be changed at the next sign-in; its sessions end. It needs ManageAccounts over the network and
// writes the audit.
func (s *Service) ResetPassword(ctx context.Context, who Actor, accountID string) (password string, err error) {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return "", err
	}
	if password, err = NewPassword(rand.Reader); err != nil {
		return "", err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		account, err := accountByID(ctx, tx, accountID)
		if err != nil {
			return err
		}
		if err := setPassword(ctx, tx, db.SetPasswordParams{PasswordHash: hash, MustChange: true, ID: accountID}); err != nil {
			return err
		}
		if err := db.New(tx).DeleteThrottle(ctx, digest("account "+account.Email)); err != nil {
			return err
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: "identity.reset_password", Subject: "account", SubjectID: accountID})
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// Disable keeps an account from signing in and ends its sessions; Enable takes that back. Both need
// ManageAccounts over the network and write the audit. Disable refuses with ErrLastAdministrator, and
// when the account is the last referent of a body that cannot be without one.
func (s *Service) Disable(ctx context.Context, who Actor, accountID string) error {
	return s.setState(ctx, who, accountID, stateDisabled)
}

// Enable lets a disabled account sign in again.
func (s *Service) Enable(ctx context.Context, who Actor, accountID string) error {
	return s.setState(ctx, who, accountID, stateActive)
}

func (s *Service) setState(ctx context.Context, who Actor, accountID, state string) error {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.setStateTx(ctx, tx, who, accountID, state) })
}

func (s *Service) setStateTx(ctx context.Context, tx *sqldb.Tx, who Actor, accountID, state string) error {
	if _, err := accountByID(ctx, tx, accountID); err != nil {
		return err
	}
	err := s.keeping(ctx, tx, accountID, func() error { return switchState(ctx, tx, accountID, state) })
	if err != nil {
		return err
	}
	return audit.Write(ctx, tx, who, audit.Entry{Action: "identity." + state, Subject: "account", SubjectID: accountID})
}

func switchState(ctx context.Context, tx *sqldb.Tx, accountID, state string) error {
	q := db.New(tx)
	if state == stateDisabled {
		if err := q.DeleteSessionsOf(ctx, accountID); err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
		if err := q.WithdrawEveryLink(ctx, db.WithdrawEveryLinkParams{AccountID: accountID, At: sqldb.At(tx.Now)}); err != nil {
			return fmt.Errorf("withdraw links: %w", err)
		}
	}
	if err := q.SetState(ctx, db.SetStateParams{State: state, ID: accountID}); err != nil {
		return fmt.Errorf("account: %w", err)
	}
	return nil
}
