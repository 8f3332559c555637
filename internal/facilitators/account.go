package facilitators

import (
	"context"
	"fmt"
	"strings"

	"capillare/internal/audit"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// LinkAccount says that the person id signs in with an account, which nobody else does from then on; an
// empty id says that nobody does. It is for those who manage accounts: not a body, but they decide who
// is behind one. It refuses with ErrNotFound, ErrMerged and, when the person has another account,
// ErrAccountTaken.
func (s *Service) LinkAccount(ctx context.Context, who identity.Actor, id, accountID string) error {
	return s.base.Update(ctx, func(tx *sqldb.Tx) error { return s.LinkAccountTx(ctx, tx, who, id, accountID) })
}

// LinkAccountTx is LinkAccount inside the caller's transaction: for an invitation.
func (s *Service) LinkAccountTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id, accountID string) error {
	if err := who.Require(identity.ManageAccounts, identity.Target{}); err != nil {
		return err
	}
	q := db.New(tx)
	if err := q.UnlinkAccount(ctx, accountID); err != nil {
		return fmt.Errorf("unlink an account: %w", err)
	}
	if id == "" {
		return audit.Write(ctx, tx, who, audit.Entry{Action: "facilitators.unlink_account", Subject: "account", SubjectID: accountID})
	}
	f, err := s.byID(ctx, tx, id)
	if err != nil {
		return err
	}
	if f.MergedInto != "" {
		return ErrMerged
	}
	if f.AccountID != "" {
		return ErrAccountTaken
	}
	if err := q.LinkAccount(ctx, db.LinkAccountParams{AccountID: accountID, ID: id}); err != nil {
		return fmt.Errorf("link an account: %w", err)
	}
	return audit.Write(ctx, tx, who, audit.Entry{
		Action: "facilitators.link_account", Subject: "facilitator", SubjectID: id, BodyID: f.BodyID,
		Detail: map[string]string{"account": accountID},
	})
}

// WithoutAccount returns the people in service with an address who have no account yet: an invitation to
// that address is likely to be for one of them. It is for those who manage accounts.
func (s *Service) WithoutAccount(ctx context.Context, who identity.Actor, email string) (list []Facilitator, err error) {
	if err := who.Require(identity.ManageAccounts, identity.Target{}); err != nil {
		return nil, err
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		ids, err := db.New(tx).WithoutAccount(ctx, db.WithoutAccountParams{Email: strings.ToLower(strings.TrimSpace(email)), Today: today(tx)})
		if err != nil {
			return fmt.Errorf("people of an address: %w", err)
		}
		list, err = s.load(ctx, tx, ids)
		return err
	})
	return list, err
}
