package tabular

import (
	"regexp"
	"strings"
)

var (
	// formula matches what a spreadsheet would run, also behind apostrophes that we may have put.
	formula = regexp.MustCompile("^'*[=+\\-@\t\r\n＝＋－＠]")
	// number matches plain numbers and telephone numbers, which begin like a formula and are none.
	number = regexp.MustCompile(`^[+-]?[0-9][0-9 .,/()-]*$|^-$`)
	// escaped matches what harmless has changed.
	escaped = regexp.MustCompile("^''*[=+\\-@\t\r\n＝＋－＠]")
)

// harmless puts an apostrophe before a text that a spreadsheet would take for a formula.
func harmless(s string) string {
	if formula.MatchString(s) && !number.MatchString(s) {
		return "'" + s
	}
	return s
}

// plain takes that apostrophe away, so that a file we wrote reads back as it was.
func plain(s string) string {
	// Nearly no cell begins so, and files have millions of cells.
	if strings.HasPrefix(s, "'") && escaped.MatchString(s) {
		return s[1:]
	}
	return s
}
