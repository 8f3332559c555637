package territory

import (
	"cmp"
	"slices"
	"time"

	"capillare/internal/calendar"
)

// span is the days on which a municipality had an ISTAT code, both included; to is zero while it has.
type span struct {
	istat, belfiore string
	from, to        calendar.Day
}

func (s *span) holds(on calendar.Day) bool {
	return !on.Before(s.from) && (s.to.IsZero() || !on.After(s.to))
}

// distance says how far a day is from the span: zero inside; before the span counts more than after it,
// because files that are late are more common than files that are early.
func (s *span) distance(on calendar.Day) int {
	switch {
	case s.holds(on):
		return 0
	case on.Before(s.from):
		return 1_000_000 + s.from.Sub(on)
	}
	return on.Sub(s.to)
}

// past is the history of all codes, by code and by municipality.
type past struct {
	byCode, byTown map[string][]*span
}

func (p *past) add(s span) *span {
	one := &s
	p.byCode[s.istat] = append(p.byCode[s.istat], one)
	p.byTown[s.belfiore] = append(p.byTown[s.belfiore], one)
	return one
}

func (p *past) remove(s *span) {
	other := func(o *span) bool { return o == s }
	p.byCode[s.istat] = slices.DeleteFunc(p.byCode[s.istat], other)
	p.byTown[s.belfiore] = slices.DeleteFunc(p.byTown[s.belfiore], other)
}

// holder returns the span of who had the code on a day, nil when nobody did.
func (p *past) holder(istat string, on calendar.Day) *span {
	for _, s := range p.byCode[istat] {
		if s.holds(on) {
			return s
		}
	}
	return nil
}

// of returns the span in which a municipality had a code at any time, the last one; nil when it never
// did.
func (p *past) of(belfiore, istat string) *span {
	var found *span
	for _, s := range p.byTown[belfiore] {
		if s.istat == istat && (found == nil || s.from.After(found.from)) {
			found = s
		}
	}
	return found
}

// last returns the span of a municipality that began last.
func (p *past) last(belfiore string) *span {
	var found *span
	for _, s := range p.byTown[belfiore] {
		if found == nil || s.from.After(found.from) || s.from == found.from && s.to.IsZero() {
			found = s
		}
	}
	return found
}

// recode gives a municipality a new code from a day on.
func (p *past) recode(s *span, istat string, from calendar.Day) {
	before := from.AddDays(-1)
	if next := p.of(s.belfiore, istat); next != nil && (next.to.IsZero() || !next.to.Before(from)) {
		// Both sources know the change and differ on the day: ISTAT, who makes the codes, is right.
		if s.from.Before(from) && next.from.After(s.from) {
			s.to, next.from = before, from
		}
		return
	}
	next := span{istat: istat, belfiore: s.belfiore, from: from, to: s.to}
	for _, later := range p.byTown[s.belfiore] {
		if later != s && later.from.After(from) && (next.to.IsZero() || !later.from.After(next.to)) {
			next.to = later.from.AddDays(-1)
		}
	}
	s.to = before
	if s.to.Before(s.from) {
		p.remove(s)
	}
	p.add(next)
}

// postpone makes a municipality take its code on a day later than next says, and keep the old one until
// then: ANPR took over some changes of province years before ISTAT did.
func (p *past) postpone(next *span, istat string, from calendar.Day) {
	for _, old := range p.byTown[next.belfiore] {
		if old.istat == istat && !old.to.IsZero() && old.to.AddDays(1) == next.from && next.from.Before(from) {
			old.to, next.from = from.AddDays(-1), from
			return
		}
	}
}

// settle makes every code belong to one municipality on each day: where two overlap, the earlier one
// ends when the later begins; where they begin together, the one that still has it is believed.
func (p *past) settle() {
	for code := range p.byCode {
		spans := slices.Clone(p.byCode[code])
		slices.SortFunc(spans, func(a, b *span) int {
			return cmp.Or(a.from.Compare(b.from), b.end().Compare(a.end()), cmp.Compare(a.belfiore, b.belfiore))
		})
		var before *span
		for _, s := range spans {
			if before != nil && s.from == before.from {
				p.remove(s)
				continue
			}
			if before != nil && before.holds(s.from) {
				before.to = s.from.AddDays(-1)
			}
			before = s
		}
	}
}

// end is the last day, far away while there is none.
func (s *span) end() calendar.Day {
	if s.to.IsZero() {
		return calendar.NewDay(9999, time.December, 31)
	}
	return s.to
}
