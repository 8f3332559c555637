package web

import (
	"container/list"
	"math"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"capillare/internal/errs"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// Twenty people behind the one address of a library, each booking in six forms within three minutes,
// stay well below the first limit. A code of eight signs is not found by ten guesses and one a minute.
const (
	postsASecond  = 2
	postsAtOnce   = 60
	missesASecond = 1.0 / 60
	missesAtOnce  = 10
	// maxClients bounds the memory: about 200 bytes for each.
	maxClients = 50_000
)

var errTooMany = errs.New(errs.Unavailable, "web.too_many")

// limits counts by client, for a bounded number of clients: the one not seen for longest goes first.
type limits struct {
	rate  rate.Limit
	burst int

	mu    sync.Mutex
	order *list.List // of *client, the latest in front
	by    map[string]*list.Element
}

type client struct {
	key     string
	limiter *rate.Limiter
}

func newLimits(perSecond float64, burst int) *limits {
	return &limits{rate: rate.Limit(perSecond), burst: burst, order: list.New(), by: map[string]*list.Element{}}
}

func (l *limits) of(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.by[key]; ok {
		l.order.MoveToFront(e)
		return e.Value.(*client).limiter
	}
	if l.order.Len() >= maxClients {
		oldest := l.order.Back()
		delete(l.by, l.order.Remove(oldest).(*client).key)
	}
	c := &client{key: key, limiter: rate.NewLimiter(l.rate, l.burst)}
	l.by[key] = l.order.PushFront(c)
	return c.limiter
}

// take uses one try of key, or returns the seconds to wait for the next.
func (l *limits) take(key string, now time.Time) (seconds int) {
	limiter := l.of(key)
	if limiter.AllowN(now, 1) {
		return 0
	}
	return l.wait(limiter, now)
}

func (l *limits) wait(limiter *rate.Limiter, now time.Time) int {
	missing := 1 - limiter.TokensAt(now)
	return max(1, int(math.Ceil(missing/float64(l.rate))))
}

// Guesses limits how often one client may try codes of bookings: only wrong ones count.
type Guesses struct {
	door   session.Door
	misses *limits
}

// NewGuesses returns a limit that nobody has reached.
func NewGuesses(door session.Door) *Guesses {
	return &Guesses{door: door, misses: newLimits(missesASecond, missesAtOnce)}
}

// Allow refuses, as Unavailable with the seconds to wait, who has tried too many wrong codes.
func (g *Guesses) Allow(r *http.Request) error {
	limiter := g.misses.of(g.door.Neighbourhood(r))
	if limiter.TokensAt(ui.Now(r)) >= 1 {
		return nil
	}
	return errTooMany.With(errs.Args{ui.RetryArg: g.misses.wait(limiter, ui.Now(r))})
}

// Miss notes a wrong code.
func (g *Guesses) Miss(r *http.Request) {
	g.misses.of(g.door.Neighbourhood(r)).AllowN(ui.Now(r), 1)
}
