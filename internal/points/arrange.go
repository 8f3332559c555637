package points

import (
	"cmp"
	"slices"
	"strings"
)

// compare puts the town of who asks first, then what a road leads to, then the rest, by name at last.
func (p *Places) compare(a, b *candidate) int {
	switch {
	case a.here != b.here:
		return first(a.here)
	case a.byRoad != b.byRoad:
		return first(a.byRoad)
	case a.located != b.located:
		return first(a.located)
	case a.minutes != b.minutes:
		return first(a.minutes < b.minutes)
	case a.km != b.km:
		return first(a.km < b.km)
	}
	return cmp.Or(strings.Compare(p.snap.names[a.point], p.snap.names[b.point]), cmp.Compare(a.point, b.point), cmp.Compare(a.address, b.address))
}

func first(a bool) int {
	if a {
		return -1
	}
	return 1
}

// heap makes a heap of the rest: each one before its two children.
func (p *Places) heap() {
	for i := len(p.rest)/2 - 1; i >= 0; i-- {
		p.sink(i)
	}
}

// sink lets one go down among the rest until it stands before its children.
func (p *Places) sink(i int) {
	for child := 2*i + 1; child < len(p.rest); child = 2*i + 1 {
		if other := child + 1; other < len(p.rest) && p.compare(&p.rest[other], &p.rest[child]) < 0 {
			child = other
		}
		if p.compare(&p.rest[i], &p.rest[child]) <= 0 {
			return
		}
		p.rest[i], p.rest[child] = p.rest[child], p.rest[i]
		i = child
	}
}

// arrange puts in order what stands up to a rank: one after the other while they are few, else all at once.
func (p *Places) arrange(rank int) {
	const few = 8
	if rank < len(p.done) {
		return
	}
	if rank*few > p.Len() {
		slices.SortFunc(p.rest, func(a, b candidate) int { return p.compare(&a, &b) })
		p.done, p.rest = append(p.done, p.rest...), nil
		return
	}
	for rank >= len(p.done) {
		p.done = append(p.done, p.rest[0])
		last := len(p.rest) - 1
		p.rest[0], p.rest = p.rest[last], p.rest[:last]
		p.sink(0)
	}
}
