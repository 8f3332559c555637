package messages

import (
	"context"
	"errors"
	"net"
	"strconv"

	"capillare/internal/messages/gateway"
)

// smsCarrier hands SMS to a gateway.
type smsCarrier struct {
	gateway *gateway.Gateway
}

// wary is a carrier that cannot take the same letter twice without sending it twice: before a second
// attempt it is asked what became of the first.
type wary interface {
	carrier
	// became returns what is known of a letter whose answer never came.
	became(ctx context.Context, id string) (fate, error)
}

// fate is what became of a letter.
type fate int

const (
	unknown fate = iota // nobody can tell
	taken               // it left
	missing             // it did not, or may be handed over again
)

func (c smsCarrier) carry(ctx context.Context, l letter) error {
	status, err := c.gateway.Send(ctx, gateway.Message{ID: l.id, To: l.To, Text: l.Text, Sender: l.sender.SMSName})
	if errors.Is(err, gateway.ErrOptions) {
		return &Trouble{Key: "messages.trouble.server"}
	}
	if err != nil {
		t := connectionTrouble(err)
		t.Doubtful = !neverArrived(err) && t.Key != "messages.trouble.tls"
		return t
	}
	return gatewayTrouble(status)
}

// neverArrived reports whether err came before a word was said.
func neverArrived(err error) bool {
	var network *net.OpError
	var name *net.DNSError
	return errors.As(err, &name) || errors.As(err, &network) && network.Op == "dial"
}

func (c smsCarrier) became(ctx context.Context, id string) (fate, error) {
	switch {
	case c.gateway.CanTell():
		has, err := c.gateway.Has(ctx, id)
		if err != nil {
			return unknown, connectionTrouble(err)
		}
		if has {
			return taken, nil
		}
		return missing, nil
	case c.gateway.Once():
		return missing, nil
	}
	return unknown, nil
}

// gatewayTrouble tells what passes from what does not: a wrong token or an empty purse is mended by
// somebody, a refused number is not. Of an answer that something between us and the gateway may have
// given, nobody knows what the gateway did.
func gatewayTrouble(status int) error {
	code := strconv.Itoa(status)
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == 401 || status == 402 || status == 403:
		return &Trouble{Key: "messages.trouble.login", Code: code}
	case status == 429 || status == 503:
		return &Trouble{Key: "messages.trouble.busy", Code: code}
	case status == 408 || status >= 500:
		return &Trouble{Key: "messages.trouble.busy", Code: code, Doubtful: true}
	case status >= 400:
		return &Trouble{Key: "messages.trouble.refused", Code: code, Permanent: true}
	}
	return &Trouble{Key: "messages.trouble.server", Code: code}
}
