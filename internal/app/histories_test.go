package app

import (
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"capillare/internal/points"
	"capillare/internal/sqldb/sqldbtest"
)

// How large one history is: small enough for the checker, crowded enough for rivals.
const (
	players       = 16
	deedsOfPlayer = 30
	historiesKept = 10 // in one database
	// The clock stays in one day, so that the pages show the same week throughout.
	ticksAtMost = 80
)

// What the agenda answers to sixteen clients at once, some of whom hang up in the middle while the clock
// runs and holds expire, can be explained by one order of what happened to each time. A soak plays
// CAPILLARE_SOAK_DEEDS requests on each engine.
func TestHistoriesHaveAnOrder(t *testing.T) {
	t.Parallel()
	want := players * deedsOfPlayer
	if text := os.Getenv("CAPILLARE_SOAK_DEEDS"); text != "" {
		var err error
		if want, err = strconv.Atoi(text); err != nil {
			t.Fatalf("CAPILLARE_SOAK_DEEDS=%s: %v", text, err)
		}
	}
	for _, engine := range sqldbtest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var all tally
			for n := 0; all.requests < want; n++ {
				t.Run(fmt.Sprintf("histories-%d", n*historiesKept), func(t *testing.T) {
					c := newContest(t, engine)
					for range historiesKept {
						if all.requests >= want || t.Failed() {
							break
						}
						h := c.play(mathrand.Uint64(), c.place(1), c.place(3))
						h.judge(t, porcupine.Ok)
						all.add(h.tally)
					}
				})
				if t.Failed() {
					break
				}
			}
			t.Log(all)
		})
	}
}

// tally counts what was asked and learned.
type tally struct {
	requests, unknown int
	took              time.Duration
	kinds             map[string]int
}

func (n *tally) add(more tally) {
	if n.kinds == nil {
		n.kinds = map[string]int{}
	}
	n.requests += more.requests
	n.unknown += more.unknown
	n.took += more.took
	for k, v := range more.kinds {
		n.kinds[k] += v
	}
}

// String tells how much was played.
func (n tally) String() string {
	words := fmt.Sprintf("%d requests, %d with unknown outcome, checked in %v:", n.requests, n.unknown, n.took.Round(time.Millisecond))
	for _, k := range slices.Sorted(maps.Keys(n.kinds)) {
		words += fmt.Sprintf(" %s %d", k, n.kinds[k])
	}
	return words
}

// history is what some players asked and learned.
type history struct {
	seed  uint64
	deeds []porcupine.Operation
	odd   []string
	tally
}

// judge looks for an order of the deeds.
func (h *history) judge(t *testing.T, want porcupine.CheckResult) {
	t.Helper()
	begun := time.Now()
	got := porcupine.CheckOperationsTimeout(oneTime(), h.deeds, time.Minute)
	h.took = time.Since(begun)
	if got != want {
		t.Errorf("history of seed %d (%v) is %s, want %s", h.seed, h.tally, got, want)
	}
	if len(h.odd) > h.requests/50 {
		t.Errorf("history of seed %d: %d answers that nobody expects, the first: %s", h.seed, len(h.odd), h.odd[0])
	}
}

// spot is a time that players want.
type spot struct {
	point points.Point
	when  string
	seats int
}

// arena is where a history is played.
type arena struct {
	*contest
	spots []spot
	begun time.Time
	early time.Time
	ids   atomic.Int64
	// gate keeps the clock still while somebody waits for an answer: an order is easier to find when each
	// answer belongs to one minute.
	gate sync.RWMutex
}

func (a *arena) now() seen {
	return seen{at: time.Since(a.begun), minutes: int(a.clock.Now().Sub(a.early) / time.Minute)}
}

// play lets sixteen players loose on six times of one seat and two of a group.
func (c *contest) play(seed uint64, one, group points.Point) *history {
	c.tb.Helper()
	early, err := contestDay.At(7 * 60)
	c.must(err)
	c.clock.Set(early)
	a := &arena{contest: c, begun: time.Now(), early: early}
	day := contestDay.AddDays(14)
	for i, when := range c.visitor().times(one, day)[:6] {
		a.spots = append(a.spots, spot{one, when, 1})
		if i < 2 {
			a.spots = append(a.spots, spot{group, c.visitor().times(group, day)[i], 3})
		}
	}
	c.watch.start(a.now)
	crowd := make([]*player, players)
	stop := make(chan struct{})
	var clock, wg sync.WaitGroup
	clock.Go(func() { a.runClock(mathrand.New(mathrand.NewPCG(seed, 0)), stop) })
	for i := range crowd {
		crowd[i] = &player{arena: a, n: i, random: mathrand.New(mathrand.NewPCG(seed, uint64(i)+1))}
		wg.Go(crowd[i].play)
	}
	wg.Wait()
	close(stop)
	clock.Wait()
	for !c.watch.idle() {
		time.Sleep(time.Millisecond)
	}
	return a.gather(seed, crowd)
}

// runClock lets holds expire, and sometimes sweeps them up.
func (a *arena) runClock(random *mathrand.Rand, stop <-chan struct{}) {
	for range ticksAtMost {
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(10+random.IntN(50)) * time.Millisecond):
		}
		a.gate.Lock()
		for !a.watch.idle() {
			time.Sleep(time.Millisecond)
		}
		a.clock.Add(tick * time.Minute)
		a.gate.Unlock()
		if a.App != nil && random.IntN(3) == 0 {
			_, _ = a.Agenda.Sweep(a.tb.Context())
		}
	}
}

// gather puts the deeds of all together. What was begun and not heard may have happened until its handler
// was done; what never arrived did not happen.
func (a *arena) gather(seed uint64, crowd []*player) *history {
	h := &history{seed: seed, tally: tally{kinds: map[string]int{}}}
	for _, p := range crowd {
		h.requests += p.requests
		h.odd = append(h.odd, p.odd...)
		for _, d := range p.deeds {
			if d.Output == unknown {
				mark := p.marks[d.Call]
				done, arrived := a.watch.done[mark]
				if !arrived {
					continue
				}
				in := d.Input.(deed)
				in.to = max(in.to, done.minutes)
				d.Input, d.Return = in, max(d.Return, int64(done.at))
				h.unknown++
			}
			h.kinds[d.Input.(deed).what.String()+" "+d.Output.(outcome).String()]++
			h.deeds = append(h.deeds, d)
		}
	}
	return h
}

// String names a deed in a report.
func (w what) String() string { return [...]string{"read", "take", "keep", "confirm", "leave"}[w] }

// String names an outcome in a report.
func (o outcome) String() string { return [...]string{"yes", "no", "unknown"}[o] }

// isDraft reports whether an answer leads on with a draft, given or kept.
func isDraft(p page) bool { return strings.HasPrefix(p.step(), "/prenotazione/b/") && !booked(p) }
