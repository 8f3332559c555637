package identity

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity/internal/db"
	"capillare/internal/sqldb"
)

// UnusedTime is after how long an account that nobody uses is pointed out.
const UnusedTime = 90 * 24 * time.Hour

// Access is a role of somebody, past and future ones too, with what the yearly review looks at.
type Access struct {
	Holder
	State                 AccountState
	CreatedAt, SignedInAt time.Time
}

// Unused reports whether nobody has signed in for [UnusedTime].
func (a Access) Unused(now time.Time) bool {
	last := a.SignedInAt
	if last.IsZero() {
		last = a.CreatedAt
	}
	return now.Sub(last) >= UnusedTime
}

// AccessFilter chooses roles.
type AccessFilter struct {
	// Role is empty for all.
	Role Role
	// Scopes, when not nil, keeps the roles held in one of them.
	Scopes []Grant
}

// Access returns every role that f chooses, by role and scope. It needs ManageAccounts over the network.
func (s *Service) Access(ctx context.Context, who Actor, f AccessFilter) ([]Access, error) {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return nil, err
	}
	keys := make([]string, len(f.Scopes))
	for i, g := range f.Scopes {
		keys[i] = string(g.Scope) + ":" + g.ScopeID
	}
	var list []Access
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).EveryRole(ctx, db.EveryRoleParams{
			AnyRole: f.Role == "", Role: string(f.Role), AnyScope: f.Scopes == nil, Scopes: sqldb.List(keys),
		})
		list = make([]Access, len(rows))
		for i, r := range rows {
			a := Account{Disabled: r.State == stateDisabled, Invited: r.Invited}
			list[i] = Access{State: a.State(), CreatedAt: r.CreatedAt.Time, SignedInAt: r.SignedInAt.Time, Holder: Holder{
				Name: r.Name, Email: r.Email, Holding: Holding{
					ID: r.ID, AccountID: r.AccountID, Role: Role(r.Role), Scope: Scope(r.Scope), ScopeID: r.ScopeID, From: r.FromDay, To: r.ToDay,
				},
			}}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list who may do what: %w", err)
	}
	return list, nil
}

// Review is that somebody looked through who may do what (it: revisione degli accessi).
type Review struct {
	ID     string
	At     time.Time
	DoneBy string
	// Accounts and Roles are how many there were.
	Accounts, Roles int
	Note            string
}

const (
	longestNote = 600
	reviewsMax  = 50
)

// MarkReviewed keeps that who has looked through who may do what. It needs ManageAccounts over the
// network, refuses a note that is too long, and writes the audit.
func (s *Service) MarkReviewed(ctx context.Context, who Actor, note string) error {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return err
	}
	if who.AccountID == "" {
		return ErrForbidden
	}
	note = strings.TrimSpace(note)
	if utf8.RuneCountInString(note) > longestNote {
		return errs.Problems{{Field: "note", Key: "form.too_long", Args: errs.Args{"n": longestNote}}}.Err()
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		n, err := q.CountSubjects(ctx, calendar.DayOf(tx.Now))
		if err != nil {
			return fmt.Errorf("review: %w", err)
		}
		id := sqldb.NewID(tx.Now)
		err = q.InsertReview(ctx, db.InsertReviewParams{
			ID: id, DoneAt: sqldb.At(tx.Now), DoneBy: who.AccountID, Accounts: int(n.Accounts), Roles: int(n.Roles), Note: note,
		})
		if err != nil {
			return fmt.Errorf("review: %w", err)
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: "identity.review", Subject: "review", SubjectID: id})
	})
}

// Reviews returns the reviews done, the latest first. It needs ManageAccounts over the network.
func (s *Service) Reviews(ctx context.Context, who Actor) ([]Review, error) {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return nil, err
	}
	var list []Review
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).Reviews(ctx, reviewsMax)
		list = make([]Review, len(rows))
		for i, r := range rows {
			list[i] = Review{ID: r.ID, At: r.DoneAt.Time, DoneBy: r.DoneBy, Accounts: r.Accounts, Roles: r.Roles, Note: r.Note}
		}
		return err
	})
	return list, err
}

// History returns what was done to an account, the latest first. It needs ManageAccounts over the network.
func (s *Service) History(ctx context.Context, who Actor, accountID string) ([]audit.Row, error) {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return nil, err
	}
	var rows []audit.Row
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		rows, err = audit.List(ctx, tx, audit.Filter{Subject: "account", SubjectID: accountID})
		return err
	})
	return rows, err
}

// person is what the history of an account compares: which fields changed, never their values.
type person struct {
	Name  string `json:"name" audit:"name"`
	Email string `json:"email" audit:"name"`
}

// EditAccount changes the name and the address of an account. A link sent to the address of before opens
// no longer. It needs ManageAccounts over the network, refuses like CreateAccount, and writes the audit.
func (s *Service) EditAccount(ctx context.Context, who Actor, accountID, name, email string) error {
	if err := who.Require(ManageAccounts, Target{}); err != nil {
		return err
	}
	email, name, problems := checkedPerson(email, name)
	if err := problems.Err(); err != nil {
		return err
	}
	return emailTaken(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		was, err := accountByID(ctx, tx, accountID)
		if err != nil {
			return err
		}
		q := db.New(tx)
		if err := q.SetNameAndEmail(ctx, db.SetNameAndEmailParams{ID: accountID, Name: name, Email: email}); err != nil {
			return fmt.Errorf("edit an account: %w", err)
		}
		if email != was.Email {
			if err := q.WithdrawEveryLink(ctx, db.WithdrawEveryLinkParams{AccountID: accountID, At: sqldb.At(tx.Now)}); err != nil {
				return fmt.Errorf("edit an account: %w", err)
			}
		}
		return audit.Write(ctx, tx, who, audit.Entry{
			Action: "identity.edit", Subject: "account", SubjectID: accountID,
			Detail: audit.Compare(person{was.Name, was.Email}, person{name, email}),
		})
	}))
}
