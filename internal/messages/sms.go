package messages

import (
	"context"
	"errors"
	"strconv"

	"capillare/internal/messages/gateway"
)

// smsCarrier hands SMS to a gateway.
type smsCarrier struct {
	gateway *gateway.Gateway
}

func (c smsCarrier) carry(ctx context.Context, l letter) error {
	status, err := c.gateway.Send(ctx, gateway.Message{ID: l.id, To: l.To, Text: l.Text, Sender: l.sender.SMSName})
	if errors.Is(err, gateway.ErrOptions) {
		return &Trouble{Key: "messages.trouble.server"}
	}
	if err != nil {
		return connectionTrouble(err)
	}
	return gatewayTrouble(status)
}

// gatewayTrouble tells what passes from what does not: a wrong token or an empty purse is mended by
// somebody, a refused number is not.
func gatewayTrouble(status int) error {
	code := strconv.Itoa(status)
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == 401 || status == 402 || status == 403:
		return &Trouble{Key: "messages.trouble.login", Code: code}
	case status == 408 || status == 429 || status >= 500:
		return &Trouble{Key: "messages.trouble.busy", Code: code}
	case status >= 400:
		return &Trouble{Key: "messages.trouble.refused", Code: code, Permanent: true}
	}
	return &Trouble{Key: "messages.trouble.server", Code: code}
}
