package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"capillare/internal/errs"
)

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	const name, email = "Anna D'Amico", "anna.rossi@comune.potenza.it"
	for _, c := range []struct{ password, want string }{
		{"corallo", "identity.password_short"},
		{"èèèèèèèèèè1", "identity.password_short"},
		{"sedia lampo torrente", ""},
		{"ghtlkwpqzmrv", ""},
		{"password1234", "identity.password_obvious"},
		{"Password123!!", "identity.password_obvious"},
		{"Benvenuto2026!", "identity.password_obvious"},
		{"facilitatore2026", "identity.password_obvious"},
		{"puntodigitalefacile", "identity.password_obvious"},
		{"123456789012", "identity.password_obvious"},
		{"098765432109", "identity.password_obvious"},
		{"abcdefghijklm", "identity.password_obvious"},
		{"aaaaaaaaaaaa", "identity.password_obvious"},
		{"abc1abc1abc1", "identity.password_obvious"},
		{"la mia password di corallo", ""},
		{"xx ANNA xx quadro", "identity.password_personal"},
		{"damico e' xxxx D'amico", "identity.password_personal"},
		{"quadro rossi pesca", "identity.password_personal"},
		{"sole di potenza 9", "identity.password_personal"},
	} {
		err := CheckPassword(c.password, name, email)
		got := ""
		if r, ok := errors.AsType[*errs.Refusal](err); ok {
			got = r.Key
		}
		if got != c.want {
			t.Errorf("CheckPassword(%q) = %q, want %q", c.password, got, c.want)
		}
	}
}

func TestNewPassword(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 200 {
		p, err := NewPassword(rand.Reader)
		if err != nil || len(p) != 19 || p[4] != '-' || p[14] != '-' || seen[p] || CheckPassword(p, "", "") != nil {
			t.Fatalf("NewPassword() = %q, %v, want a new one of four groups", p, err)
		}
		seen[p] = true
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	h := newHasher(Cost{MemoryKiB: 8, Time: 1, Threads: 1})
	phc, err := h.hash(t.Context(), "corallo")
	if err != nil {
		t.Fatal(err)
	}
	dearer := newHasher(Cost{MemoryKiB: 16, Time: 2, Threads: 1})
	for _, c := range []struct {
		name, password, phc string
		want                bool
	}{
		{"right", "corallo", phc, true},
		{"wrong", "Corallo", phc, false},
		{"no account", "corallo", "", false},
	} {
		// A hash carries its own cost, so that raising the cost does not lock anybody out.
		for _, one := range []*hasher{h, dearer} {
			if got, err := one.matches(t.Context(), c.password, c.phc); err != nil || got != c.want {
				t.Errorf("%s: matches() = %v, %v, want %v", c.name, got, err, c.want)
			}
		}
	}
	for _, bad := range []string{"x", "$argon2i$v=19$m=8,t=1,p=1$AA$AA", "$argon2id$v=19$m=8,t=0,p=1$AA$AA", phc[:len(phc)-4]} {
		if _, err := h.matches(t.Context(), "corallo", bad); err == nil {
			t.Errorf("matches(%q) = nil, want an error", bad)
		}
	}
	if DefaultCost() != (Cost{MemoryKiB: 19456, Time: 2, Threads: 1}) {
		t.Errorf("DefaultCost() = %v, want 19 MiB, 2, 1", DefaultCost())
	}
}

func TestTwoHashesAtOnce(t *testing.T) {
	t.Parallel()
	h := newHasher(Cost{MemoryKiB: 8, Time: 1, Threads: 1})
	var inside, most atomic.Int32
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			leave, err := h.queue(t.Context())
			if err != nil {
				t.Errorf("queue() = %v, want nil", err)
				return
			}
			n := inside.Add(1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			inside.Add(-1)
			leave()
		})
	}
	all.Wait()
	if most.Load() > hashesAtOnce {
		t.Errorf("%d hashes at once, want %d at most", most.Load(), hashesAtOnce)
	}
	for range hashesAtOnce {
		if _, err := h.queue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.hash(gone, "corallo"); !errors.Is(err, context.Canceled) {
		t.Errorf("hash() of a caller who left = %v, want context.Canceled", err)
	}
}

func TestWaitAfter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		failures int
		want     time.Duration
	}{{0, 0}, {5, 0}, {6, 2 * time.Second}, {7, 4 * time.Second}, {14, 512 * time.Second}, {15, 15 * time.Minute}, {1000, 15 * time.Minute}} {
		if got := waitAfter(c.failures, 5); got != c.want {
			t.Errorf("waitAfter(%d) = %v, want %v", c.failures, got, c.want)
		}
	}
}
