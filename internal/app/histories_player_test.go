package app

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// player is one client of a history, with the drafts and appointments it has.
type player struct {
	*arena
	n        int
	random   *mathrand.Rand
	mine     []*thing
	deeds    []porcupine.Operation
	marks    map[int64]string // by the call of a deed
	requests int
	odd      []string
}

// thing is a draft or an appointment.
type thing struct {
	spot
	id     int
	base   string
	nonce  string
	staff  bool
	booked bool
	asked  int // when it was last asked for, in minutes
}

// tries is how often a client asks again that does not know what became of its request.
const tries = 4

func (p *player) play() {
	p.marks = map[int64]string{}
	for p.requests < deedsOfPlayer {
		dice := p.random.IntN(100)
		switch {
		case dice < 15:
			p.look()
		case len(p.mine) == 0 || dice < 45 && len(p.mine) < 4:
			p.begin()
		default:
			p.goOn(p.mine[p.random.IntN(len(p.mine))])
		}
	}
}

// ask sends one request and returns what it tells of each of some deeds.
func (p *player) ask(request func(v visitor) page, good func(page) bool, deeds ...deed) (page, outcome) {
	v := p.visitor()
	p.requests++
	v.mark = fmt.Sprintf("%d-%d", p.n, p.requests)
	if p.random.IntN(25) == 0 {
		v.cut = time.Duration(100+p.random.IntN(5000)) * time.Microsecond
	}
	p.gate.RLock()
	call := p.now()
	answer := request(v)
	back := p.now()
	p.gate.RUnlock()
	out := unknown
	switch {
	case good(answer):
		out = yes
	case answer.status == http.StatusConflict:
		out = no
	case answer.status != 0:
		p.odd = append(p.odd, fmt.Sprintf("status %d %s %.300s", answer.status, answer.location, answer.body))
	}
	p.marks[int64(call.at)] = v.mark
	for _, d := range deeds {
		d.from, d.to = call.minutes, back.minutes
		learned := out
		if d.what == leave && out == no {
			continue // nothing changed here
		}
		p.deeds = append(p.deeds, porcupine.Operation{ClientId: p.n, Input: d, Call: int64(call.at), Output: learned, Return: int64(back.at)})
	}
	return answer, out
}

// insist asks again until the outcome is known; it may stay unknown.
func (p *player) insist(request func(v visitor) page, good func(page) bool, deeds ...deed) (page, outcome) {
	for i := 1; ; i++ {
		answer, out := p.ask(request, good, deeds...)
		if out != unknown || i == tries {
			return answer, out
		}
	}
}

func (s spot) deed(w what, who int) deed {
	return deed{time: s.when, seats: s.seats, what: w, who: who}
}

// look reads which times of a point are offered.
func (p *player) look() {
	at := p.spots[p.random.IntN(len(p.spots))]
	day := contestDay.AddDays(14)
	p.requests++
	p.gate.RLock()
	call := p.now()
	answer := p.visitor().get("/prenota/" + at.point.Code + "?dal=" + day.String())
	back := p.now()
	p.gate.RUnlock()
	if answer.status != http.StatusOK {
		p.odd = append(p.odd, fmt.Sprintf("times: status %d", answer.status))
		return
	}
	for _, s := range p.spots {
		if s.point.ID != at.point.ID {
			continue
		}
		d, out := s.deed(read, 0), no
		d.from, d.to = call.minutes, back.minutes
		if strings.Contains(answer.body, `value="`+s.when+`"`) {
			out = yes
		}
		p.deeds = append(p.deeds, porcupine.Operation{ClientId: p.n, Input: d, Call: int64(call.at), Output: out, Return: int64(back.at)})
	}
}

// begin holds a time, or books it at once as an operator.
func (p *player) begin() {
	t := &thing{spot: p.spots[p.random.IntN(len(p.spots))], id: int(p.ids.Add(1)), nonce: rand.Text()}
	if p.random.IntN(4) == 0 {
		t.staff, t.booked = true, true
		answer, out := p.insist(func(v visitor) page { v.staff = true; return v.bookFor(t.point, t.when, t.nonce) }, booked, t.deed(confirm, t.id))
		t.base = answer.location
		p.keepThing(t, out)
		return
	}
	answer, out := p.insist(func(v visitor) page { return v.hold(t.point, t.when, t.nonce) }, isDraft, t.deed(take, t.id))
	t.base, _ = draftOf(answer)
	p.keepThing(t, out)
}

func (p *player) keepThing(t *thing, out outcome) {
	if out == yes {
		t.asked = p.now().minutes
		p.mine = append(p.mine, t)
	}
}

// goOn does the next thing with a draft or an appointment.
func (p *player) goOn(t *thing) {
	dice := p.random.IntN(100)
	late := p.now().minutes-t.asked > tick
	t.asked = p.now().minutes
	switch {
	case !t.booked && late:
		p.forget(t)
	case t.booked && dice < 50:
		p.move(t)
	case t.booked, dice < 10:
		p.cancel(t)
	case dice < 25:
		p.forget(t) // its hold expires
	case dice < 50:
		if _, out := p.insist(func(v visitor) page { return v.fill(t.base) }, isDraft, t.deed(keep, t.id)); out != yes {
			p.forget(t)
		}
	default:
		p.confirm(t)
	}
}

// confirm types who comes, and confirms.
func (p *player) confirm(t *thing) {
	if _, out := p.insist(func(v visitor) page { return v.fill(t.base) }, isDraft, t.deed(keep, t.id)); out != yes {
		p.forget(t)
		return
	}
	_, out := p.insist(func(v visitor) page { return v.confirm(t.base, t.nonce) }, booked, t.deed(confirm, t.id))
	if t.booked = out == yes; !t.booked {
		p.forget(t)
	}
}

func (p *player) cancel(t *thing) {
	path := t.base + "/disdici"
	if t.staff {
		path = t.base + "/annulla"
	}
	p.insist(func(v visitor) page { v.staff = t.staff; return v.post(path, url.Values{}) },
		func(answer page) bool { return answer.status == http.StatusSeeOther }, t.deed(leave, t.id))
	p.forget(t)
}

// move takes another time and leaves this one, in one request.
func (p *player) move(t *thing) {
	to := p.spots[p.random.IntN(len(p.spots))]
	if to.when == t.when || to.seats != t.seats {
		return
	}
	request := func(v visitor) page {
		return v.post(t.base+"/orario", url.Values{"quando": {to.when}, "punto": {to.point.Code}})
	}
	if t.staff {
		request = func(v visitor) page {
			v.staff = true
			return v.post(t.base+"/sposta", url.Values{"punto": {to.point.ID}, "orario": {v.spoken(to.when)}})
		}
	}
	switch _, out := p.insist(request, booked, t.deed(leave, t.id), to.deed(confirm, t.id)); out {
	case yes:
		t.spot = to
	case unknown:
		p.forget(t)
	}
}

// forget leaves a thing alone.
func (p *player) forget(t *thing) {
	for i, other := range p.mine {
		if other == t {
			p.mine = append(p.mine[:i], p.mine[i+1:]...)
			return
		}
	}
}
