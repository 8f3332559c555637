package opendata

import (
	"fmt"
	"strings"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/points"
)

// farAway is the last year of a range that has no end: the notation has no word for "from then on".
const farAway = 2099

// Hours returns when an address is open from a day on, as the opening_hours tag of OpenStreetMap says it
// (https://wiki.openstreetmap.org/wiki/Key:opening_hours): "Mo-Fr 09:00-13:00; PH off". A later rule
// wins over the earlier ones, so that rules stand in the order of points.Point.OpeningOn, the strongest
// last. What ended before the day is left out. An address that never opens is "off".
func Hours(p points.Point, a points.Address, from calendar.Day) string {
	var rules []string
	add := func(rule string) {
		if rule != "" {
			rules = append(rules, rule)
		}
	}
	add(a.Ordinary().OSM())
	for _, s := range a.Schedules {
		if !s.From.IsZero() && !s.To.Before(from) {
			rules = append(rules, seasonRules(s)...)
		}
	}
	if len(rules) > 0 {
		add("PH off")
		add(patronRule(p, a))
		rules = append(rules, closureRules(p, from)...)
	}
	for _, e := range a.Exceptions {
		if !e.Day.Before(from) {
			add(osmDay(e.Day) + " " + osmBands(e.Bands))
		}
	}
	if len(rules) == 0 || !inService(p) {
		return "off"
	}
	return strings.Join(append(rules, stateRules(p, from)...), "; ")
}

// seasonRules shut the ordinary week between the days of a season and open its own.
func seasonRules(s points.Schedule) []string {
	days := osmRange(s.From, s.To)
	rules := []string{days + " off"}
	if week := s.Bands.OSM(); week != "" {
		for rule := range strings.SplitSeq(week, "; ") {
			rules = append(rules, days+" "+rule)
		}
	}
	return rules
}

// patronRule shuts the patron's day of every year.
func patronRule(p points.Point, a points.Address) string {
	day, err := time.Parse("01-02", a.PatronDay)
	if err != nil || p.OpenOnPatron {
		return ""
	}
	return day.Format("Jan 02") + " off"
}

func closureRules(p points.Point, from calendar.Day) []string {
	var rules []string
	for _, c := range p.Closures {
		if !c.To.Before(from) {
			rules = append(rules, osmRange(c.From, c.To)+" off"+comment(c.Reason))
		}
	}
	return rules
}

// stateRules shut the point on the days on which it is not in service.
func stateRules(p points.Point, from calendar.Day) []string {
	var rules []string
	if p.OpenedOn.After(from) {
		rules = append(rules, osmRange(from, p.OpenedOn.AddDays(-1))+" off")
	}
	for _, end := range []calendar.Day{p.SuspendedOn, p.ClosedOn} {
		if !end.IsZero() {
			rules = append(rules, osmRange(end, calendar.NewDay(farAway, time.December, 31))+" off")
		}
	}
	return rules
}

// inService reports whether the point has opened or has a day on which it will.
func inService(p points.Point) bool {
	return !p.OpenedOn.IsZero() && p.OpenOn(p.OpenedOn)
}

func osmBands(bands calendar.Bands) string {
	if len(bands) == 0 {
		return "off"
	}
	hours := make([]string, len(bands))
	for i, band := range bands {
		hours[i] = band.Hours()
	}
	return strings.Join(hours, ",")
}

// osmDay is "2026 Dec 24".
func osmDay(d calendar.Day) string {
	y, m, day := d.Date()
	return fmt.Sprintf("%d %s %02d", y, m.String()[:3], day)
}

// osmRange is "2026 Dec 24-2027 Jan 06", or the one day.
func osmRange(from, to calendar.Day) string {
	if from == to {
		return osmDay(from)
	}
	return osmDay(from) + "-" + osmDay(to)
}

// comment is a reason between quotes, which the notation cannot hold inside.
func comment(reason string) string {
	reason = strings.Map(func(r rune) rune {
		if r == '"' || r < ' ' {
			return -1
		}
		return r
	}, reason)
	if reason == "" {
		return ""
	}
	return ` "` + reason + `"`
}
