// Package gateway hands SMS to an HTTP gateway (it: il fornitore di SMS). Each gateway has a form of its
// own, so header and body are templates among the options.
//
// Its rules: each value is written so that it cannot break out of its place in the template; the token
// never follows a redirection; the answer of the gateway is thrown away, because it may repeat the number.
//
// It does not queue nor try again (package messages does), but can say what the gateway has.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"capillare/internal/config"
)

// sendFor bounds one request.
const sendFor = 20 * time.Second

// The bodies of gateways that name the fields as we do.
const (
	usualJSON = `{"to":"{to}","text":"{text}","sender":"{sender}","id":"{id}"}`
	usualForm = `to={to}&text={text}&sender={sender}&id={id}`
)

// ErrOptions says that no request can be made of the options.
var ErrOptions = errors.New("gateway: the address is not one")

// Message is one SMS. ID is the same when it is sent again.
type Message struct {
	ID, To, Text, Sender string
}

// Gateway sends. It is safe for concurrent use.
type Gateway struct {
	options config.SMS
	client  *http.Client
}

// New returns the Gateway of the options.
func New(options config.SMS) *Gateway {
	return &Gateway{options: options, client: &http.Client{
		Timeout:       sendFor,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Send hands m over and returns the status of the answer.
func (g *Gateway) Send(ctx context.Context, m Message) (status int, err error) {
	kind, body := g.body(m)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.options.Address, strings.NewReader(body))
	if err != nil {
		return 0, ErrOptions
	}
	req.Header.Set("Content-Type", kind)
	if g.options.Once {
		// Only then: with this header the HTTP client itself sends again what had no answer.
		req.Header.Set("Idempotency-Key", m.ID)
	}
	return g.do(req)
}

// do signs in, sends the request and returns the status of the answer.
func (g *Gateway) do(req *http.Request) (status int, err error) {
	if name, value, ok := strings.Cut(g.options.Header, ":"); ok {
		value = strings.ReplaceAll(value, "{token}", g.options.Token.Reveal())
		req.Header.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	res, err := g.client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("gateway: %w", err)
	}
	defer res.Body.Close()
	// Read to the end, within reason, so that the connection can be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	return res.StatusCode, nil
}

// CanTell reports whether the gateway can be asked what it has.
func (g *Gateway) CanTell() bool { return g.options.Status != "" }

// Once reports whether the gateway sends one id once, however often it gets it.
func (g *Gateway) Once() bool { return g.options.Once }

// Has asks the gateway whether it has the message with our id. Whatever is neither yes nor no is an error.
func (g *Gateway) Has(ctx context.Context, id string) (bool, error) {
	address := strings.ReplaceAll(g.options.Status, "{id}", url.PathEscape(id))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false, ErrOptions
	}
	status, err := g.do(req)
	switch {
	case err != nil:
		return false, err
	case status >= 200 && status < 300:
		return true, nil
	case status == http.StatusNotFound:
		return false, nil
	}
	return false, fmt.Errorf("gateway: asked for a message it answered %d", status)
}

// body fills the template.
func (g *Gateway) body(m Message) (kind, body string) {
	kind, body, escape := "application/json", usualJSON, jsonText
	if g.options.Format == "form" {
		kind, body, escape = "application/x-www-form-urlencoded", usualForm, url.QueryEscape
	}
	if g.options.Body != "" {
		body = g.options.Body
	}
	return kind, strings.NewReplacer("{to}", escape(m.To), "{text}", escape(m.Text), "{sender}", escape(m.Sender),
		"{id}", escape(m.ID), "{token}", escape(g.options.Token.Reveal())).Replace(body)
}

// jsonText returns s as it stands between the quotes of a JSON text.
func jsonText(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	return string(quoted[1 : len(quoted)-1])
}
