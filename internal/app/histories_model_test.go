package app

import (
	"maps"
	"slices"

	"github.com/anishathalye/porcupine"
)

// what a client asks of one time.
type what uint8

const (
	read    what = iota // is the time offered?
	take                // hold a seat
	keep                // go on with the draft that holds it
	confirm             // make it a booking, or book at once
	leave               // cancel, give up, or move elsewhere
)

// outcome is what the client learned. A client that hung up learned nothing: it may have happened or not.
type outcome uint8

const (
	yes outcome = iota
	no
	unknown
)

// deed is one thing asked of one time. A move is two: to leave here and to confirm there.
type deed struct {
	time  string
	seats int
	what  what
	who   int
	// from and to are where the clock stood, in minutes, when it was asked and when it was answered: the
	// transaction saw one of them, or one between.
	from, to int
}

// holder has a seat of a time: until a minute, or for good. A hold began at since and can be renewed.
type holder struct{ who, since, until int }

// The rules of holds, in minutes, and how far the clock goes at once.
const (
	heldFor, heldAtMost = 5, 20
	forGood             = 1 << 30
	tick                = 6
)

// occupancy is the state of one time: who has a seat or had a hold of late, and how many holds that expired
// long ago may not have been let go yet.
type occupancy struct {
	holders []holder
	stale   int
}

// oneTime is the model of one time, on its own. What it allows is what people are promised, not how the
// agenda is made. A hold that expired is still there until somebody wants the seat: meanwhile it may come
// to life again, and the seat is not offered.
func oneTime() porcupine.Model {
	model := porcupine.NondeterministicModel{
		Partition: byTime,
		Init:      func() []any { return []any{occupancy{}} },
		Step: func(state, in, out any) []any {
			var next []any
			d := in.(deed)
			for now := d.from; now <= d.to; now += tick {
				for _, s := range d.after(state.(occupancy).forget(now), out.(outcome), now) {
					next = append(next, s)
				}
			}
			return next
		},
		Equal: func(a, b any) bool {
			x, y := a.(occupancy), b.(occupancy)
			return x.stale == y.stale && slices.Equal(x.holders, y.holders)
		},
	}
	return model.ToModel()
}

func byTime(history []porcupine.Operation) [][]porcupine.Operation {
	parts := map[string][]porcupine.Operation{}
	for _, o := range history {
		key := o.Input.(deed).time
		parts[key] = append(parts[key], o)
	}
	return slices.Collect(maps.Values(parts))
}

// forget counts the holds that expired two ticks ago: their clients have given up.
func (s occupancy) forget(now int) occupancy {
	old := func(h holder) bool { return h.until < now-2*tick }
	if !slices.ContainsFunc(s.holders, old) {
		return s
	}
	kept := slices.DeleteFunc(slices.Clone(s.holders), old)
	return occupancy{kept, s.stale + len(s.holders) - len(kept)}
}

// within is s when no more than n seats can be in use.
func (s occupancy) within(n int) occupancy {
	s.stale = max(0, min(s.stale, n-len(s.holders)))
	return s
}

// after returns the states that may follow; none when the outcome is impossible.
func (d deed) after(s occupancy, out outcome, now int) []occupancy {
	others := 0
	for _, h := range s.holders {
		if h.who != d.who && h.until >= now {
			others++
		}
	}
	may := others < d.seats
	switch {
	case d.what == read && out == yes && may:
		return []occupancy{s.within(d.seats - 1)}
	case d.what == read && out == no && len(s.holders)+s.stale >= d.seats:
		return []occupancy{s}
	case d.what == read:
		return nil
	case d.what == leave:
		may = true
	}
	var next []occupancy
	if out != no && may {
		next = d.done(s, now)
	}
	if out == unknown || out == no && !may {
		next = append(next, s)
	}
	return next
}

// done returns the states after the deed has succeeded.
func (d deed) done(s occupancy, now int) []occupancy {
	rest := slices.DeleteFunc(slices.Clone(s.holders), func(h holder) bool {
		// The only seat cannot be taken but when the hold that expired has gone.
		return h.who == d.who || d.seats == 1 && d.what != leave
	})
	with := func(h holder) occupancy {
		all := append(slices.Clone(rest), h)
		slices.SortFunc(all, func(a, b holder) int { return a.who - b.who })
		return occupancy{all, s.stale}.within(d.seats)
	}
	fresh := with(holder{d.who, now, now + heldFor})
	i := slices.IndexFunc(s.holders, func(h holder) bool { return h.who == d.who })
	switch {
	case d.what == leave:
		return []occupancy{{rest, s.stale}}
	case d.what == confirm:
		return []occupancy{with(holder{d.who, 0, forGood})}
	case i < 0:
		return []occupancy{fresh}
	case s.holders[i].until == forGood:
		return []occupancy{s}
	}
	was := s.holders[i]
	next := []occupancy{}
	if until := min(now+heldFor, was.since+heldAtMost); until > now {
		next = append(next, with(holder{d.who, was.since, until}))
	} else {
		next = append(next, fresh)
	}
	if was.until < now {
		// Somebody may have wanted the seat meanwhile and left again: then it was taken anew.
		next = append(next, fresh)
	}
	if d.what == take {
		// The same click again answers with what there is.
		next = append(next, s)
	}
	return next
}
