package messages

import (
	"context"

	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// TrialKind is the kind of the messages of SendTrial.
const TrialKind = "messages.trial"

// SendTrial sends a message that only says that messages arrive, and returns its id for Delivery. It is
// for those who set up the network.
func (s *Service) SendTrial(ctx context.Context, who identity.Actor, channel Channel, to string, lang i18n.Lang) (id string, err error) {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return "", err
	}
	p := i18n.Default().Printer(lang)
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		id = sqldb.NewID(tx.Now)
		return s.Send(ctx, tx, Message{ID: id, Kind: TrialKind, Channel: channel, To: to, Language: lang,
			Subject: p.T("messages.trial.subject"), Text: p.T("messages.trial.text")})
	})
	return id, err
}
