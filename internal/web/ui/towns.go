package ui

import (
	"strconv"
	"strings"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/coverage"
	"capillare/internal/i18n"
	"capillare/internal/territory"
)

// TownFacts puts what is known of a municipality into words; what is not known is left out.
func TownFacts(p i18n.Printer, t coverage.Town) []SummaryItem {
	var items []SummaryItem
	add := func(key, value string, lines ...string) {
		if value != "" {
			items = append(items, SummaryItem{Term: p.T("coverage.town." + key), Value: value, Lines: lines})
		}
	}
	m := t.Municipality
	if m.Population > 0 {
		add("residents", p.Number(m.Population), SourceWords(p, m.From.Population))
	}
	if all := m.Ages.Total(); all > 0 {
		add("old", p.T("coverage.town.old_value", map[string]any{"n": p.Number(m.Ages.From65), "share": p.Percent(m.Ages.From65, all)}), SourceWords(p, m.From.Ages))
	}
	if m.InnerClass != "" {
		add("class", p.T("territory.inner."+m.InnerClass), p.T("coverage.town.class_note", map[string]any{"class": m.InnerClass}))
	}
	if m.Zone != territory.ZoneUnknown {
		add("zone", p.T("territory.zone."+strconv.Itoa(int(m.Zone))))
	}
	if m.OffRoad() {
		add("island", p.T("coverage.town.island_value"))
	}
	add("patron", patronWords(p, m.PatronDay))
	if b := t.Broadband; b != nil && b.Addresses > 0 {
		add("broadband", p.T("coverage.town.broadband_value", map[string]any{"fibre": p.Percent(b.FTTH, b.Addresses), "radio": p.Percent(b.FWA, b.Addresses)}),
			SourceWords(p, b.Source))
	}
	return items
}

// patronWords writes "06-24" as a day of the year.
func patronWords(p i18n.Printer, day string) string {
	// 2028 has a 29th of February.
	d, err := calendar.ParseDay("2028-" + day)
	if day == "" || err != nil {
		return ""
	}
	_, month, number := d.Date()
	return p.T("coverage.town.patron_value", map[string]any{"day": number, "month": p.Month(month)})
}

// SourceWords says who tells a figure, and of which day; nil stands for the data that come with the
// program.
func SourceWords(p i18n.Printer, s *territory.Source) string {
	switch {
	case s == nil:
		return p.T("coverage.source.seed")
	case s.Reference.IsZero():
		return p.T("coverage.source.undated", map[string]any{"holder": s.Holder})
	case s.Provisional:
		return p.T("coverage.source.provisional", map[string]any{"holder": s.Holder, "day": p.DayNum(s.Reference)})
	}
	return p.T("coverage.source.dated", map[string]any{"holder": s.Holder, "day": p.DayNum(s.Reference)})
}

// OpeningWords says whether a point is open, and when it opens next.
func OpeningWords(p i18n.Printer, o coverage.Opening, now time.Time) string {
	switch {
	case o.Now():
		return p.T("coverage.open_until", map[string]any{"time": p.Time(o.Until)})
	case o.Next.IsZero():
		return p.T("coverage.shut")
	}
	return p.T("coverage.opens", map[string]any{"when": p.When(o.Next, now)})
}

// MinutesWords says how long a way is: "circa 18 minuti", or without "circa" where it was measured.
func MinutesWords(p i18n.Printer, how territory.How, minutes int) string {
	switch how {
	case "":
		return p.T("coverage.no_road")
	case territory.ByMatrix:
		return p.N("coverage.minutes_measured", minutes)
	}
	return p.N("coverage.minutes", minutes)
}

// BandWords writes opening bands: "09:00–13:00, 15:00–18:00".
func BandWords(bands []calendar.Band) string {
	parts := make([]string, len(bands))
	for i, b := range bands {
		parts[i] = b.Opens.String() + "–" + b.Closes.String()
	}
	return strings.Join(parts, ", ")
}

// VisitWords says on which day a tour stops in a municipality, and where.
func VisitWords(p i18n.Printer, v coverage.Visit) string {
	where := v.Address.Street
	if v.Address.Place != "" {
		where = v.Address.Place + ", " + where
	}
	return p.T("coverage.town.visit", map[string]any{"day": p.Day(v.Day), "hours": BandWords(v.Bands), "point": v.Point.PublicName, "address": where})
}
