package gateway_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/config"
	"capillare/internal/messages/gateway"
)

// request is what a gateway was sent.
type request struct {
	Kind, Authorization, Body string
}

func server(t *testing.T, status int, location string) (address string, got *request) {
	t.Helper()
	got = &request{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		*got = request{Kind: r.Header.Get("Content-Type"), Authorization: r.Header.Get("Authorization"), Body: string(body)}
		if location != "" {
			w.Header().Set("Location", location)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s.URL, got
}

var message = gateway.Message{ID: "m1", To: "+393331234567", Text: "Ciao \"Anna\" & co\nriga {to}", Sender: "Rete"}

func TestSendJSON(t *testing.T) {
	t.Parallel()
	address, got := server(t, http.StatusAccepted, "")
	g := gateway.New(config.SMS{Address: address, Token: "segreto", Header: "Authorization: Bearer {token}", Format: "json"})
	if status, err := g.Send(context.Background(), message); err != nil || status != http.StatusAccepted {
		t.Fatalf("Send = %d, %v, want 202", status, err)
	}
	var body map[string]string
	if err := json.Unmarshal([]byte(got.Body), &body); err != nil {
		t.Fatalf("the body is not JSON: %v\n%s", err, got.Body)
	}
	want := map[string]string{"to": message.To, "text": message.Text, "sender": "Rete", "id": "m1"}
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if got.Authorization != "Bearer segreto" || got.Kind != "application/json" {
		t.Errorf("headers = %+v", *got)
	}
}

func TestSendForm(t *testing.T) {
	t.Parallel()
	address, got := server(t, http.StatusOK, "")
	g := gateway.New(config.SMS{Address: address, Token: "a&b", Format: "form", Body: "dest={to}&msg={text}&key={token}"})
	if status, err := g.Send(context.Background(), message); err != nil || status != http.StatusOK {
		t.Fatalf("Send = %d, %v, want 200", status, err)
	}
	values, err := url.ParseQuery(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"dest": {message.To}, "msg": {message.Text}, "key": {"a&b"}}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
	if got.Authorization != "" {
		t.Errorf("Authorization = %q, want none", got.Authorization)
	}
}

func TestTokenDoesNotFollowARedirection(t *testing.T) {
	t.Parallel()
	other, got := server(t, http.StatusOK, "")
	address, _ := server(t, http.StatusFound, other)
	g := gateway.New(config.SMS{Address: address, Token: "segreto", Header: "Authorization: Bearer {token}"})
	if status, err := g.Send(context.Background(), message); err != nil || status != http.StatusFound {
		t.Errorf("Send = %d, %v, want the redirection itself", status, err)
	}
	if *got != (request{}) {
		t.Errorf("the other machine was sent %+v", *got)
	}
}
