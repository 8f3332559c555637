package facilitators

import (
	"context"
	"fmt"

	"capillare/internal/audit"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// LinkAccount says that the person id signs in with an account, which nobody else does from then on; an
// empty id says that nobody does. It is for those who manage accounts: not a body, but they decide who
// is behind one. It refuses with ErrNotFound and ErrAccountTaken, when the person has another account.
func (s *Service) LinkAccount(ctx context.Context, who identity.Actor, id, accountID string) error {
	if err := who.Require(identity.ManageAccounts, identity.Target{}); err != nil {
		return err
	}
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
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
	})
}
