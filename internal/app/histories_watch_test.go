package app

import (
	"net/http"
	"sync"
	"time"
)

// watch notes when the handler of a marked request was done. Who hangs up does not learn it, and a change
// may be made until then.
type watch struct {
	mu   sync.Mutex
	done map[string]seen
	open int
	now  func() seen
}

// seen is an instant: of the machine since the start, and of the clock in minutes.
type seen struct {
	at      time.Duration
	minutes int
}

// over looks on while h answers.
func (w *watch) over(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mark := r.Header.Get(markHeader)
		if mark == "" {
			h.ServeHTTP(rw, r)
			return
		}
		w.mu.Lock()
		w.open++
		w.mu.Unlock()
		defer func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.done[mark] = w.now()
			w.open--
		}()
		h.ServeHTTP(rw, r)
	})
}

// idle reports whether every marked request is answered.
func (w *watch) idle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open == 0
}

// start forgets what was seen; now tells the instant.
func (w *watch) start(now func() seen) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done, w.now = map[string]seen{}, now
}
