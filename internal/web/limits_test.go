package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"capillare/internal/web/session"
)

func TestLimitsForgetTheOldest(t *testing.T) {
	t.Parallel()
	l := newLimits(1, 1)
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	if first, again := l.take("first", now), l.take("first", now); first != 0 || again != 1 {
		t.Fatalf("take() twice = %d, %d, want 0, 1", first, again)
	}
	for i := range maxClients + 10 {
		l.take(fmt.Sprint(i), now)
	}
	if len(l.by) != maxClients || l.order.Len() != maxClients {
		t.Errorf("%d clients kept, want %d", len(l.by), maxClients)
	}
	if wait := l.take(fmt.Sprint(maxClients+9), now); wait == 0 {
		t.Error("the latest client was forgotten")
	}
}

func TestClientIP(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, remote, forwarded string
		proxy                   bool
		ip, neighbourhood       string
	}{
		{"direct", "10.0.0.1:55", "", false, "10.0.0.1", "10.0.0.1"},
		{"who claims to be another", "10.0.0.1:55", "1.2.3.4", false, "10.0.0.1", "10.0.0.1"},
		{"our proxy", "10.0.0.1:55", "1.2.3.4", true, "1.2.3.4", "1.2.3.4"},
		{"hearsay before our proxy", "10.0.0.1:55", "9.9.9.9, 1.2.3.4", true, "1.2.3.4", "1.2.3.4"},
		{"nonsense", "10.0.0.1:55", "unknown", true, "10.0.0.1", "10.0.0.1"},
		{"IPv6", "[2001:db8:1:2:3:4:5:6]:55", "", false, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"IPv4 in IPv6", "10.0.0.1:55", "::ffff:1.2.3.4", true, "1.2.3.4", "1.2.3.4"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		d := session.Door{Proxy: c.proxy}
		if got := d.ClientIP(r); got != c.ip {
			t.Errorf("%s: ClientIP() = %s, want %s", c.name, got, c.ip)
		}
		if got := d.Neighbourhood(r); got != c.neighbourhood {
			t.Errorf("%s: Neighbourhood() = %s, want %s", c.name, got, c.neighbourhood)
		}
	}
}
