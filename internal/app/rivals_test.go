package app

import (
	"crypto/rand"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/waiting"
)

const (
	rivals = 16
	// weekOfRounds is how many of the sixteen times of a week are fought for: the others are the alternatives.
	weekOfRounds = 12
)

// rounds is how often each contest is held: CAPILLARE_SOAK_ROUNDS times in a soak.
func rounds(tb testing.TB, usual int) int {
	tb.Helper()
	text := os.Getenv("CAPILLARE_SOAK_ROUNDS")
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		tb.Fatalf("CAPILLARE_SOAK_ROUNDS=%s: %v", text, err)
	}
	return n
}

// match is one kind of contest for a time: what comes before, and what rival i does.
type match struct {
	name   string
	rounds int
	seats  int
	before func(c *contest, p points.Point, when string) func(i int) page
}

func matches() []match {
	return []match{
		{"hold and confirm", 20, 1, func(c *contest, p points.Point, when string) func(int) page {
			return func(int) page { return c.visitor().book(p, when) }
		}},
		{"citizens and operators", 3, 1, func(c *contest, p points.Point, when string) func(int) page {
			return func(i int) page {
				if i%2 == 0 {
					return c.operator().bookFor(p, when, rand.Text())
				}
				return c.visitor().book(p, when)
			}
		}},
		{"a hold that ran out", 3, 1, afterExpiry},
		{"the last seat of a group", 3, 6, func(c *contest, p points.Point, when string) func(int) page {
			for range 5 {
				c.visitor().book(p, when)
			}
			return func(int) page { return c.visitor().book(p, when) }
		}},
	}
}

// insist tries until the time is free, or long enough.
func (v visitor) insist(p points.Point, when string) (answer page) {
	for range 5 {
		if answer = v.book(p, when); booked(answer) {
			break
		}
	}
	return answer
}

// offered makes rival 0 free a time that somebody waits for, and accept it for them.
func offered(c *contest, p points.Point, when string) func(int) page {
	nonce, day := rand.Text(), calendar.DayOf(c.startOf(when))
	first := c.visitor()
	holder := first.finish(first.hold(p, when, nonce), nonce)
	entry, err := c.Waiting.Join(c.tb.Context(), identity.Public(""), waiting.Request{
		Wish: waiting.Wish{PointID: p.ID, From: day, Until: day, Suits: calendar.AnyTime()}, Topic: "D",
		Contact: agenda.Contact{Name: "Piero Attesa", Phone: c.visitor().phone}, NoticeVersion: "2026-07", Key: rand.Text(),
	})
	c.must(err)
	return func(i int) page {
		if i > 0 {
			return c.visitor().insist(p, when)
		}
		first.post(holder.location+"/disdici", url.Values{})
		if _, err := c.Waiting.OfferAt(c.tb.Context(), p.ID); err != nil {
			return page{body: err.Error()}
		}
		o, err := c.Waiting.Open(c.tb.Context(), waiting.By{Code: entry.Code})
		if err != nil {
			return page{body: err.Error()}
		}
		return c.visitor().post("/attesa/c/"+entry.Code+"/accetta", url.Values{"offer": {o.Offer.ID}})
	}
}

// afterExpiry makes rival 0 confirm a draft whose hold has run out, while the others want its time.
func afterExpiry(c *contest, p points.Point, when string) func(int) page {
	late, nonce := c.visitor(), rand.Text()
	base, ok := draftOf(late.hold(p, when, nonce))
	if !ok {
		c.tb.Fatalf("no hold of %s", when)
	}
	late.fill(base)
	c.clock.Add(6 * time.Minute)
	return func(i int) page {
		if i == 0 {
			return late.confirm(base, nonce)
		}
		return c.visitor().book(p, when)
	}
}

// book goes all the way from a time to the receipt.
func (v visitor) book(p points.Point, when string) page {
	nonce := rand.Text()
	return v.finish(v.hold(p, when, nonce), nonce)
}

// Sixteen clients want one seat through the pages: one has it, fifteen read that it is taken and see others.
func TestSixteenRivalsThroughThePages(t *testing.T) {
	t.Parallel()
	for _, engine := range sqldbtest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			c := newContest(t, engine)
			for _, m := range matches() {
				t.Run(m.name, func(t *testing.T) { c.hold(t, m) })
			}
			t.Run("an offer of the waiting list", c.holdOffers)
		})
	}
}

// hold holds all rounds of a match, each for another time.
func (c *contest) hold(t *testing.T, m match) {
	t.Helper()
	var p points.Point
	var free []string
	day := contestDay
	for n := range rounds(t, m.rounds) {
		if n%(6*weekOfRounds) == 0 {
			p, day = c.place(m.seats), contestDay
		}
		if n%weekOfRounds == 0 {
			day = day.AddDays(7)
			free = c.visitor().times(p, day)
		}
		when := free[0]
		free = free[1:]
		c.contend(t, n, m.seats, p, when, m.before)
	}
}

// holdOffers frees times that somebody waits for, while fifteen others want them: one has each.
func (c *contest) holdOffers(t *testing.T) {
	p, day := points.Point{}, contestDay
	for n := range rounds(t, 3) {
		if n%6 == 0 {
			// One time a week, so that it is the one offered; the later weeks stay for the alternatives.
			p, day = c.placeUntil(1, 9*60+30), contestDay
		}
		day = day.AddDays(7)
		c.contend(t, n, 1, p, c.visitor().times(p, day)[0], offered)
	}
}

// contend holds one round.
func (c *contest) contend(t *testing.T, n, seats int, p points.Point, when string, before func(c *contest, p points.Point, when string) func(i int) page) {
	t.Helper()
	won := 0
	for i, answer := range race(rivals, before(c, p, when)) {
		if booked(answer) {
			won++
		} else if wrong := unclear(answer); wrong != "" {
			t.Errorf("round %d, rival %d was not told well: %s", n, i, wrong)
		}
	}
	if taken := c.taken(p, when); won != 1 || taken != seats {
		t.Fatalf("round %d: %d rivals won and %d seats are taken, want 1 and %d", n, won, taken, seats)
	}
}

// unclear says what is missing in a refusal: that the time is taken, in words, and at least three others.
func unclear(p page) string {
	if strings.HasPrefix(p.step(), "/attesa/c/") {
		return "" // the page of who waits says that the offer is gone
	}
	if p.status != http.StatusConflict {
		return fmt.Sprintf("status %d %s %.200s", p.status, p.location, p.body)
	}
	words := i18n.Default().Printer(i18n.Italian)
	citizen, staff := words.T("public.taken.taken"), words.T("agenda.taken")
	if !strings.Contains(p.body, html.EscapeString(citizen)) && !strings.Contains(p.body, html.EscapeString(staff)) {
		return "no word that the time is taken"
	}
	if n := strings.Count(p.body, `name="quando"`) + strings.Count(p.body, `name="orario"`); n < 3 {
		return fmt.Sprintf("%d other times, want 3", n)
	}
	return ""
}
