package identity

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"capillare/internal/audit"
	"capillare/internal/errs"
	"capillare/internal/identity/internal/db"
	"capillare/internal/sqldb"
)

const (
	stateActive   = "active"
	stateDisabled = "disabled"
	longestName   = 120
	longestEmail  = 254
)

// Account is somebody who works in the network (it: account).
type Account struct {
	ID, Email, Name string
	// Disabled accounts cannot sign in; they stay, because the audit speaks of them.
	Disabled bool
	// Invited accounts never had a password: nobody signed in with them yet.
	Invited bool
	// MustChange says that the password was given by somebody else and was not changed yet.
	MustChange bool
	CreatedAt  time.Time
	// SignedInAt is the last time; zero is never.
	SignedInAt time.Time
}

// NewAccount is an account to be made.
type NewAccount struct{ Email, Name, Password string }

// AccountState is whether somebody can sign in with an account.
type AccountState string

// The states of an account.
const (
	StateActive   AccountState = "active"
	StateInvited  AccountState = "invited"
	StateDisabled AccountState = "disabled"
)

// AccountStates lists every state, in the order in which pages show them.
func AccountStates() []AccountState { return []AccountState{StateActive, StateInvited, StateDisabled} }

// State says whether somebody can sign in with a.
func (a Account) State() AccountState {
	switch {
	case a.Disabled:
		return StateDisabled
	case a.Invited:
		return StateInvited
	}
	return StateActive
}

// Filter chooses accounts, by name.
type Filter struct {
	// Search is a part of the name or of the address.
	Search string
	// State keeps the accounts of one state; empty is all.
	State AccountState
	// Max is how many at most, 0 is 50; Skip is how many to leave out before.
	Max, Skip int
}

func normalEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// checkedPerson returns the name and the address made normal, and what is wrong with them by field.
func checkedPerson(rawEmail, rawName string) (email, name string, problems errs.Problems) {
	email, name = normalEmail(rawEmail), strings.Join(strings.Fields(rawName), " ")
	local, domain, at := strings.Cut(email, "@")
	if !at || local == "" || !strings.Contains(domain, ".") || len(email) > longestEmail || strings.ContainsAny(email, " <>,;\t\r\n") ||
		strings.Contains(domain, "@") {
		problems.Add("email", "identity.email")
	}
	if name == "" || utf8.RuneCountInString(name) > longestName {
		problems.Add("name", "identity.name")
	}
	return email, name, problems
}

// checked returns n made normal, or what is wrong with it by field.
func (n NewAccount) checked() (NewAccount, error) {
	var problems errs.Problems
	n.Email, n.Name, problems = checkedPerson(n.Email, n.Name)
	if err := problems.Check("password", CheckPassword(n.Password, n.Name, n.Email)); err != nil {
		return n, err
	}
	return n, problems.Err()
}

// CreateAccount adds an account without roles and returns its id. A person who makes it for another
// gives a first password, which must be changed at the first sign-in. It needs ManageAccounts over the
// network; it refuses a known address with a Conflict of the field email, and writes the audit.
func (s *Service) CreateAccount(ctx context.Context, who Actor, n NewAccount) (id string, err error) {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return "", err
	}
	n, hash, err := s.prepare(ctx, n)
	if err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		id, err = insertAccount(ctx, tx, n, hash, !who.IsSystem())
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: "identity.create", Subject: "account", SubjectID: id})
	})
	return id, emailTaken(err)
}

// prepare checks n and hashes its password, outside of any transaction because it takes long.
func (s *Service) prepare(ctx context.Context, n NewAccount) (NewAccount, string, error) {
	n, err := n.checked()
	if err != nil {
		return n, "", err
	}
	hash, err := s.hasher.hash(ctx, n.Password)
	return n, hash, err
}

func insertAccount(ctx context.Context, tx *sqldb.Tx, n NewAccount, hash string, mustChange bool) (string, error) {
	id := sqldb.NewID(tx.Now)
	return id, db.New(tx).InsertAccount(ctx, db.InsertAccountParams{
		ID: id, Email: n.Email, Name: n.Name, PasswordHash: hash, MustChange: mustChange, CreatedAt: sqldb.At(tx.Now),
	})
}

func emailTaken(err error) error {
	if c, broken := sqldb.Broken(err); broken && c == "identity_account_email" {
		return &errs.Refusal{Kind: errs.Conflict, Key: errEmailTaken.Key, Problems: []errs.Problem{{Field: "email", Key: errEmailTaken.Key}}}
	}
	return err
}

// HasAdministrator reports whether anybody was ever made an administrator: else the program is at its
// first run.
func (s *Service) HasAdministrator(ctx context.Context) (bool, error) {
	var n int64
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		n, err = db.New(tx).CountAdministrators(ctx)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look for an administrator: %w", err)
	}
	return n > 0, nil
}

// FirstAdministrator makes the first account of an empty network, with the roles of administrator and
// of region, so that one person can set everything up. It refuses with ErrNotEmpty when there was an
// administrator before, and writes the audit. The caller has made sure that it is the owner who asks.
func (s *Service) FirstAdministrator(ctx context.Context, n NewAccount) (id string, err error) {
	n, hash, err := s.prepare(ctx, n)
	if err != nil {
		return "", err
	}
	setup := System("first_run")
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		before, err := db.New(tx).CountAdministrators(ctx)
		if err != nil {
			return err
		}
		if before > 0 {
			return ErrNotEmpty
		}
		if id, err = insertAccount(ctx, tx, n, hash, false); err != nil {
			return err
		}
		for _, role := range []Role{Administrator, Region} {
			if _, err := s.insertRole(ctx, tx, setup, Holding{AccountID: id, Role: role, Scope: ScopeNetwork}); err != nil {
				return err
			}
		}
		return audit.Write(ctx, tx, setup, audit.Entry{Action: "identity.first_administrator", Subject: "account", SubjectID: id})
	})
	return id, emailTaken(err)
}

func accountByID(ctx context.Context, tx *sqldb.Tx, id string) (db.IdentityAccount, error) {
	a, err := db.New(tx).AccountByID(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return a, ErrNoAccount
	}
	if err != nil {
		return a, fmt.Errorf("account: %w", err)
	}
	return a, nil
}

func account(a db.IdentityAccount) Account {
	return Account{
		ID: a.ID, Email: a.Email, Name: a.Name, Disabled: a.State == stateDisabled, Invited: a.PasswordHash == "", MustChange: a.MustChange,
		CreatedAt: a.CreatedAt.Time, SignedInAt: a.SignedInAt.Time,
	}
}

// ByID returns one account. It needs ManageAccounts over the network, except for one's own.
func (s *Service) ByID(ctx context.Context, who Actor, id string) (Account, error) {
	if who.AccountID == "" || who.AccountID != id {
		if err := who.Require(ManageAccounts, Target{}); err != nil {
			return Account{}, err
		}
	}
	var found db.IdentityAccount
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		found, err = accountByID(ctx, tx, id)
		return err
	})
	return account(found), err
}

// Names returns the names of accounts, for lists that say who did something. Unknown ids are left out.
func (s *Service) Names(ctx context.Context, ids []string) (map[string]string, error) {
	names := map[string]string{}
	if len(ids) == 0 {
		return names, nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		found, err := db.New(tx).AccountsByIDs(ctx, string(list))
		for _, a := range found {
			names[a.ID] = a.Name
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("names of accounts: %w", err)
	}
	return names, nil
}

// List returns the accounts that f chooses and how many there are in all. It needs ManageAccounts over
// the network.
func (s *Service) List(ctx context.Context, who Actor, f Filter) (list []Account, total int, err error) {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return nil, 0, err
	}
	if f.Max <= 0 {
		f.Max = 50
	}
	pattern := "%" + escapeLike(strings.ToLower(strings.TrimSpace(f.Search))) + "%"
	everybody := pattern == "%%"
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		n, err := q.CountAccounts(ctx, db.CountAccountsParams{
			Everybody: everybody, Pattern: pattern, AnyState: f.State == "", State: string(f.State),
		})
		if err != nil {
			return err
		}
		found, err := q.ListAccounts(ctx, db.ListAccountsParams{
			Everybody: everybody, Pattern: pattern, AnyState: f.State == "", State: string(f.State), Max: int32(f.Max), Skip: int32(f.Skip),
		})
		total, list = int(n), make([]Account, len(found))
		for i, a := range found {
			list[i] = account(a)
		}
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list accounts: %w", err)
	}
	return list, total, nil
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
