package territory

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns the form under which names are compared and searched: lower case, no accents, every
// apostrophe, hyphen, dot or other sign a space, no double spaces. "Forlì", "FORLI'" and "forli" are
// one; "Sant'Angelo" is "sant angelo". Abbreviations stay as they were typed ("S. Vito" is "s vito"),
// because only who searches knows whether San, Santa or Santo is meant.
func Fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.M, r):
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			if r == 'ß' {
				b.WriteString("ss")
				continue
			}
			b.WriteRune(r)
		default:
			space = true
		}
	}
	return b.String()
}
