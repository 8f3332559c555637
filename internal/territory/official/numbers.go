package official

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// thousands matches a whole number with dots, apostrophes or spaces between the thousands.
var thousands = regexp.MustCompile(`^-?\d{1,3}([.' \x{00A0}\x{202F}]\d{3})+$`)

// wholeNumber reads 2644, 2.644, 2 644 and what spreadsheets make of whole numbers: 2644.0.
func wholeNumber(s string) (int, bool) {
	if thousands.MatchString(s) {
		s = strings.Map(func(r rune) rune {
			if r == '-' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, s)
	}
	for _, end := range []string{".0", ",0", ".00", ",00"} {
		s = strings.TrimSuffix(s, end)
	}
	n, err := strconv.Atoi(s)
	if err != nil || n > math.MaxInt32 || n < math.MinInt32 {
		return 0, false
	}
	return n, true
}

// decimalNumber reads 13,1463 and 13.1463 and 1.234,56: with a comma, dots are between thousands.
func decimalNumber(s string) (float64, bool) {
	if strings.Contains(s, ",") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", ".")
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, false
	}
	return v, true
}
