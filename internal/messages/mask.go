package messages

import (
	"regexp"
	"strings"
)

var (
	separators    = strings.NewReplacer(" ", "", ".", "", "-", "", "/", "", "(", "", ")", "", "\u00a0", "")
	international = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	italianMobile = regexp.MustCompile(`^3[0-9]{8,9}$`)
)

// mobile returns the number with its country, "+393331234567", and whether an SMS can go there. Italian
// mobile numbers may be without the country; others are landlines or cannot be told.
func mobile(s string) (string, bool) {
	s = separators.Replace(strings.TrimSpace(s))
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	}
	if italianMobile.MatchString(s) {
		s = "+39" + s
	}
	if rest, ok := strings.CutPrefix(s, "+39"); ok && !italianMobile.MatchString(rest) {
		return "", false
	}
	return s, international.MatchString(s)
}

// maskPhone leaves the last three digits: enough to recognise one's own.
func maskPhone(number string) string { return "•••" + number[len(number)-3:] }

// maskEmail leaves the first letter and the domain.
func maskEmail(address string) string {
	at := strings.LastIndex(address, "@")
	first := []rune(address[:at])
	return string(first[:1]) + "•••" + address[at:]
}
