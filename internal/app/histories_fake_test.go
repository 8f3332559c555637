package app

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"capillare/internal/points"
	"capillare/internal/sqldb/sqldbtest"
)

// The checker must see what it is there to see: the same clients against an agenda that looks whether
// there is a seat and then takes it, and against one that does both at once.
func TestTheCheckerFindsLookThenInsert(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		careless bool
		want     porcupine.CheckResult
	}{{"careful", false, porcupine.Ok}, {"careless", true, porcupine.Illegal}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(c.careless)
			arena := &contest{tb: t, clock: f.clock}
			arena.serve(f.pages())
			h := arena.play(1, points.Point{Code: "1", ID: "1"}, points.Point{Code: "3", ID: "3"})
			h.judge(t, c.want)
			t.Log(h.tally)
		})
	}
}

// fake answers as the pages do, from memory. A careless one looks first and takes later.
type fake struct {
	careless bool
	clock    *sqldbtest.Clock

	mu    sync.Mutex
	times map[string]map[string]fakeHold // by time and draft
	at    map[string]string              // the time of each draft
}

type fakeHold struct{ since, until time.Time }

func newFake(careless bool) *fake {
	f := &fake{careless: careless, clock: sqldbtest.NewClock(time.Time{}), times: map[string]map[string]fakeHold{}, at: map[string]string{}}
	for i := range 6 {
		starts := time.Date(2027, time.January, 25, 8+i, 0, 0, 0, time.UTC).Format(time.RFC3339)
		f.times[starts+"|individual|1"] = map[string]fakeHold{}
		f.times[starts+"|group|3"] = map[string]fakeHold{}
	}
	return f
}

// pages answer at the addresses of the true ones.
func (f *fake) pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /prenota/{code}", f.list)
	mux.HandleFunc("POST /prenota/{code}", func(w http.ResponseWriter, r *http.Request) {
		f.answer(w, r, "/prenotazione/b/"+r.FormValue("nonce")+"/richiedente", f.seat(r.FormValue("quando"), r.FormValue("nonce"), false))
	})
	mux.HandleFunc("POST /centro/prenota", func(w http.ResponseWriter, r *http.Request) {
		f.answer(w, r, "/centro/prenotazioni/"+r.FormValue("key"), f.seat(f.spelled(r), r.FormValue("key"), true))
	})
	mux.HandleFunc("POST /prenotazione/b/{id}/richiedente", func(w http.ResponseWriter, r *http.Request) {
		f.answer(w, r, "/prenotazione/b/"+r.PathValue("id")+"/riepilogo", f.seat(f.timeOf(r.PathValue("id")), r.PathValue("id"), false))
	})
	mux.HandleFunc("POST /prenotazione/b/{id}/riepilogo", func(w http.ResponseWriter, r *http.Request) {
		f.answer(w, r, "/prenotazione/b/"+r.PathValue("id"), f.seat(f.timeOf(r.PathValue("id")), r.PathValue("id"), true))
	})
	mux.HandleFunc("POST /prenotazione/b/{id}/orario", func(w http.ResponseWriter, r *http.Request) {
		f.answer(w, r, "/prenotazione/b/"+r.PathValue("id"), f.seat(r.FormValue("quando"), r.PathValue("id"), true))
	})
	mux.HandleFunc("POST /centro/prenotazioni/{id}/sposta", func(w http.ResponseWriter, r *http.Request) {
		f.answer(w, r, "/centro/prenotazioni/"+r.PathValue("id"), f.seat(f.spelled(r), r.PathValue("id"), true))
	})
	leave := func(w http.ResponseWriter, r *http.Request) { f.leave(r.PathValue("id")); f.answer(w, r, "/", true) }
	mux.HandleFunc("POST /prenotazione/b/{id}/disdici", leave)
	mux.HandleFunc("POST /centro/prenotazioni/{id}/annulla", leave)
	return mux
}

func (f *fake) answer(w http.ResponseWriter, r *http.Request, next string, done bool) {
	if !done {
		w.WriteHeader(http.StatusConflict)
		return
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// list shows the times of a point with a free seat.
func (f *fake) list(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range 6 {
		for when := range f.times {
			if strings.HasSuffix(when, "|"+r.PathValue("code")) && strings.Contains(when, fmt.Sprintf("T%02d:", 8+i)) && f.taken(when, "") < seatsOf(when) {
				fmt.Fprintf(w, "<input name=\"quando\" value=\"%s\">", when)
			}
		}
	}
}

func seatsOf(when string) int { return int(when[len(when)-1] - '0') }

// spelled finds the time that an operator names by its second and its address.
func (f *fake) spelled(r *http.Request) string {
	var second int64
	var address string
	_, _ = fmt.Sscan(r.FormValue("orario"), &second, &address)
	kind := map[string]string{"1": "individual", "3": "group"}[address]
	return time.Unix(second, 0).UTC().Format(time.RFC3339) + "|" + kind + "|" + address
}

func (f *fake) timeOf(id string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at[id]
}

// taken counts the live holds of others.
func (f *fake) taken(when, but string) (n int) {
	for id, h := range f.times[when] {
		if id != but && !h.until.Before(f.clock.Now()) {
			n++
		}
	}
	return n
}

// seat takes or keeps a seat, for good or for five minutes.
func (f *fake) seat(when, id string, forGood bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.taken(when, id) >= seatsOf(when) {
		return false
	}
	if f.careless {
		f.mu.Unlock()
		runtime.Gosched()
		f.mu.Lock()
	}
	now := f.clock.Now()
	was := f.times[when][id]
	if f.at[id] != when {
		delete(f.times[f.at[id]], id)
		was = fakeHold{}
	}
	h := fakeHold{since: was.since, until: now.Add(heldFor * time.Minute)}
	if last := was.since.Add(heldAtMost * time.Minute); !was.until.IsZero() && last.After(now) {
		h.until = minTime(h.until, last)
	} else {
		h.since = now
	}
	if forGood || was.until.Year() > 3000 {
		h.until = now.AddDate(2000, 0, 0)
	}
	f.times[when][id], f.at[id] = h, when
	return true
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func (f *fake) leave(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.times[f.at[id]], id)
}
