package calendar

import (
	"slices"
	"strings"
	"unicode"

	"capillare/internal/errs"
)

// ParseBands reads the weekly hours as people write them: "lun 09:00-13:00; mar 9-13",
// "lun-ven 9:00-12:30", "mer e ven 15-19", "Lun-Ven 9-13 Mar e Gio 14-16", "lunedì 9-13, 15-18",
// "dal lunedì al venerdì dalle 9 alle 13", "dom chiuso", and the OpenStreetMap form. The result is
// Normal. Empty text gives no bands. What can be read in two ways is refused with ErrBands.
func ParseBands(s string) (Bands, error) {
	var all Bands
	var closed []Weekday
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '\n' || r == '\r' }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		c := clause{tokens: tokens(part)}
		if !c.read() {
			return nil, unread(part)
		}
		all, closed = append(all, c.bands...), append(closed, c.closed...)
	}
	for _, band := range all {
		// "lun-ven 9-13; mer chiuso" may be an exception or a mistake: a person must say.
		if slices.Contains(closed, band.Weekday) {
			return nil, unread(band.String())
		}
	}
	return all.Normal()
}

const longestPart = 60

func unread(part string) error {
	if r := []rune(part); len(r) > longestPart {
		part = string(r[:longestPart]) + "…"
	}
	return ErrBands.With(errs.Args{"part": part})
}

type tokenKind int

const (
	tokenBad tokenKind = iota
	tokenDay
	tokenTime
	tokenTo     // a dash, "al", "alle"
	tokenAnd    // a comma, "e"
	tokenSlash  // "to" within a band, "and" between bands, unclear between days
	tokenClosed // "chiuso"
)

type token struct {
	kind tokenKind
	day  Weekday
	time Minute
}

// tokens cuts one part into words, times and signs; words without weight ("dalle", "ore") go.
func tokens(part string) []token {
	var result []token
	runes := []rune(strings.ToLower(part))
	for i := 0; i < len(runes); {
		start := i
		switch r := runes[i]; {
		case unicode.IsSpace(r):
			i++
		case unicode.IsLetter(r):
			for i < len(runes) && (unicode.IsLetter(runes[i]) || runes[i] == '\'' || runes[i] == '’') {
				i++
			}
			word := string(runes[start:i])
			if i < len(runes) && runes[i] == '.' {
				i++
			}
			if t, counts := wordToken(word); counts {
				result = append(result, t)
			}
		case r >= '0' && r <= '9':
			i = endOfTime(runes, i)
			result = append(result, timeToken(string(runes[start:i])))
		case r == ':' && len(result) > 0 && result[len(result)-1].kind == tokenDay:
			i++
		default:
			i++
			result = append(result, token{kind: signKind(r)})
		}
	}
	return result
}

// endOfTime returns where the time starting at i ends: digits, and digits after one point or colon.
func endOfTime(runes []rune, i int) int {
	isDigit := func(i int) bool { return i < len(runes) && runes[i] >= '0' && runes[i] <= '9' }
	for isDigit(i) {
		i++
	}
	if i < len(runes) && (runes[i] == ':' || runes[i] == '.') && isDigit(i+1) {
		for i++; isDigit(i); {
			i++
		}
	}
	return i
}

func timeToken(s string) token {
	m, err := ParseMinute(s)
	if err != nil {
		return token{}
	}
	return token{kind: tokenTime, time: m}
}

func signKind(r rune) tokenKind {
	switch r {
	case '-', '–', '—', '−':
		return tokenTo
	case ',', '&', '+':
		return tokenAnd
	case '/':
		return tokenSlash
	}
	return tokenBad
}

// wordToken returns the token of a lower-case word, and false for a word without weight.
func wordToken(word string) (token, bool) {
	switch word {
	case "dal", "da", "dalle", "dalla", "ore", "h", "il", "from":
		return token{}, false
	case "al", "alle", "a", "to":
		return token{kind: tokenTo}, true
	case "e", "ed", "and":
		return token{kind: tokenAnd}, true
	case "chiuso", "chiusa", "chiusi", "closed", "off":
		return token{kind: tokenClosed}, true
	}
	if w := weekdayOf(word); w.Valid() {
		return token{kind: tokenDay, day: w}, true
	}
	return token{}, true
}

func weekdayOf(word string) Weekday {
	switch strings.TrimRight(strings.ReplaceAll(word, "ì", "i"), "'’") {
	case "lun", "lunedi", "mo", "mon", "monday":
		return Monday
	case "mar", "mart", "martedi", "tu", "tue", "tuesday":
		return Tuesday
	case "mer", "merc", "mercoledi", "we", "wed", "wednesday":
		return Wednesday
	case "gio", "giov", "giovedi", "th", "thu", "thursday":
		return Thursday
	case "ven", "venerdi", "fr", "fri", "friday":
		return Friday
	case "sab", "sabato", "sa", "sat", "saturday":
		return Saturday
	case "dom", "domenica", "su", "sun", "sunday":
		return Sunday
	}
	return 0
}

// clause reads the tokens of one part: groups of days, each followed by its hours.
type clause struct {
	tokens []token
	bands  Bands
	closed []Weekday
}

func (c *clause) peek() tokenKind {
	if len(c.tokens) == 0 {
		return tokenBad
	}
	return c.tokens[0].kind
}

func (c *clause) next() token {
	t := c.tokens[0]
	c.tokens = c.tokens[1:]
	return t
}

// skip drops the next token when it is of kind, and reports whether it was.
func (c *clause) skip(kind tokenKind) bool {
	if c.peek() != kind || len(c.tokens) == 0 {
		return false
	}
	c.next()
	return true
}

// read fills bands and closed, and reports whether every token was understood.
func (c *clause) read() bool {
	for {
		days, ok := c.days()
		if !ok || !c.hours(days) {
			return false
		}
		if len(c.tokens) == 0 {
			return true
		}
	}
}

func (c *clause) days() (days []Weekday, ok bool) {
	for {
		if c.peek() != tokenDay {
			return nil, false
		}
		first := c.next().day
		last := first
		if c.skip(tokenTo) {
			if c.peek() != tokenDay {
				return nil, false
			}
			last = c.next().day
		}
		if last < first {
			return nil, false
		}
		for w := first; w <= last; w++ {
			days = append(days, w)
		}
		and := c.skip(tokenAnd)
		if c.peek() != tokenDay {
			// "lun, 9-13" is clear enough, "lun e" at the end is not: hours will find nothing.
			return days, !and || len(c.tokens) > 0
		}
	}
}

// hours reads the bands of days, up to the next group of days or the end.
func (c *clause) hours(days []Weekday) bool {
	if c.skip(tokenClosed) {
		c.closed = append(c.closed, days...)
		c.skip(tokenAnd)
		return true
	}
	for {
		if c.peek() != tokenTime {
			return false
		}
		opens := c.next().time
		if !c.skip(tokenTo) && !c.skip(tokenSlash) || c.peek() != tokenTime {
			return false
		}
		closes := c.next().time
		for _, w := range days {
			c.bands = append(c.bands, Band{Weekday: w, Opens: opens, Closes: closes})
		}
		joined := c.skip(tokenAnd) || c.skip(tokenSlash)
		switch {
		case len(c.tokens) == 0:
			return !joined
		case c.peek() == tokenDay:
			return true
		}
	}
}
