package codes

import (
	"log/slog"
	"strings"
	"time"
	"unicode"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

// Refusals of tax codes, in the order in which they are looked for.
var (
	ErrTaxCodeLength = errs.New(errs.Invalid, "codes.taxcode_length")
	ErrTaxCodeForm   = errs.New(errs.Invalid, "codes.taxcode_form")
	ErrTaxCodeCheck  = errs.New(errs.Invalid, "codes.taxcode_check")
	ErrTaxCodeDate   = errs.New(errs.Invalid, "codes.taxcode_date")
)

const (
	taxCodeLength = 16
	checkAt       = taxCodeLength - 1
	// The kind of each place: a letter, a digit that homocody may have replaced, or the month.
	taxCodeForm = "LLLLLLDDMDDLDDDL"
	// monthLetters are January to December.
	monthLetters = "ABCDEHLMPRST"
	// homocodes stand for 0 to 9 when two people would have the same code.
	homocodes = "LMNPQRSTUV"
	// womanDay is added to the day of birth of women.
	womanDay = 40
)

// TaxCode is a codice fiscale of a person: 16 capital letters and digits whose check letter is right.
// Logs show it masked.
type TaxCode string

// ParseTaxCode reads a tax code with spaces anywhere and letters of any case. It refuses with
// ErrTaxCodeLength, ErrTaxCodeForm, ErrTaxCodeCheck or ErrTaxCodeDate.
func ParseTaxCode(s string) (TaxCode, error) {
	s = compact(s)
	if len([]rune(s)) != taxCodeLength {
		return "", ErrTaxCodeLength
	}
	if !hasTaxCodeForm(s) {
		return "", ErrTaxCodeForm
	}
	if s[checkAt] != checkLetter(s[:checkAt]) {
		return "", ErrTaxCodeCheck
	}
	code := TaxCode(s)
	if _, _, _, ok := code.birth(); !ok {
		return "", ErrTaxCodeDate
	}
	return code, nil
}

// compact drops white space of any kind and raises letters.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// hasTaxCodeForm reports whether s, 16 runes long, has letters and digits where they belong.
func hasTaxCodeForm(s string) bool {
	if len(s) != taxCodeLength {
		return false
	}
	for i := range taxCodeLength {
		ok := isLetter(s[i])
		switch taxCodeForm[i] {
		case 'D':
			ok = isDigit(s[i]) || strings.IndexByte(homocodes, s[i]) >= 0
		case 'M':
			ok = strings.IndexByte(monthLetters, s[i]) >= 0
		}
		if !ok {
			return false
		}
	}
	return isNameTriple(s[0:3]) && isNameTriple(s[3:6]) && isBelfiore(undoHomocody(s)[11:15])
}

// isNameTriple reports whether s can come from a name: consonants first, then vowels, then X to fill.
func isNameTriple(s string) bool {
	const (
		consonants = iota
		vowels
		filling
	)
	stage := consonants
	for i := range len(s) {
		switch {
		case isVowel(s[i]):
			if stage == filling {
				return false
			}
			stage = vowels
		case stage != consonants:
			if s[i] != 'X' {
				return false
			}
			stage = filling
		}
	}
	return true
}

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isVowel(c byte) bool  { return strings.IndexByte("AEIOU", c) >= 0 }

// checkLetter returns the last letter that belongs to the first 15 characters (DM 23/12/1976).
func checkLetter(s string) byte {
	// Values of 0-9 and of A-Z in odd places, counting from one; in even places each has its own rank.
	odd := [26]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}
	sum := 0
	for i := range len(s) {
		rank := int(s[i] - 'A')
		if isDigit(s[i]) {
			rank = int(s[i] - '0')
		}
		if i%2 == 0 {
			rank = odd[rank]
		}
		sum += rank
	}
	return byte('A' + sum%26)
}

// undoHomocody puts digits back where digits belong; the check letter stays as it is.
func undoHomocody(s string) string {
	b := []byte(s)
	for i := range b {
		if d := strings.IndexByte(homocodes, b[i]); i < taxCodeLength && taxCodeForm[i] == 'D' && d >= 0 {
			b[i] = byte('0' + d)
		}
	}
	return string(b)
}

// Base returns the code with homocody undone and its check letter: the code the person would have
// if nobody else did. Two different people may have the same base.
func (c TaxCode) Base() TaxCode {
	if len(c) != taxCodeLength {
		return c
	}
	s := undoHomocody(string(c[:checkAt]))
	return TaxCode(s + string(checkLetter(s)))
}

// Sex returns "F" or "M", "" for the empty code.
func (c TaxCode) Sex() string {
	if len(c) != taxCodeLength {
		return ""
	}
	if undoHomocody(string(c))[9] >= '4' {
		return "F"
	}
	return "M"
}

// Belfiore returns the code of the municipality, or state (Z...), of birth; "" for the empty code.
func (c TaxCode) Belfiore() string {
	if len(c) != taxCodeLength {
		return ""
	}
	return undoHomocody(string(c))[11:15]
}

// birth returns the two-digit year, month and day, and whether such a day exists in some century.
func (c TaxCode) birth() (year, month, day int, ok bool) {
	if len(c) != taxCodeLength {
		return 0, 0, 0, false
	}
	s := undoHomocody(string(c))
	year = int(s[6]-'0')*10 + int(s[7]-'0')
	month = strings.IndexByte(monthLetters, s[8]) + 1
	day = int(s[9]-'0')*10 + int(s[10]-'0')
	if day > womanDay {
		day -= womanDay
	}
	// Year 00 stands for 2000 too, which was a leap year: 2000 + year is right for every 29 February.
	_, err := realDay(2000+year, month, day)
	return year, month, day, err == nil
}

func realDay(year, month, day int) (calendar.Day, error) {
	d := calendar.NewDay(year, time.Month(month), day)
	if y, m, dd := d.Date(); y != year || int(m) != month || dd != day {
		return calendar.Day{}, ErrTaxCodeDate
	}
	return d, nil
}

// BirthDay returns the latest day of birth that the code allows and that is not after on: the code
// does not say the century, so who is over 99 is taken for a child. It is no day for the empty code.
func (c TaxCode) BirthDay(on calendar.Day) calendar.Day {
	year, month, day, ok := c.birth()
	if !ok || on.IsZero() {
		return calendar.Day{}
	}
	century := on.Year() / 100 * 100
	// Born on 29 February of a year 00: only one century in four has it.
	for range 5 {
		if d, err := realDay(century+year, month, day); err == nil && !d.After(on) {
			return d
		}
		century -= 100
	}
	return calendar.Day{}
}

// Masked returns the code with only its first three and last four characters, for lists and receipts.
func (c TaxCode) Masked() string {
	if len(c) != taxCodeLength {
		return strings.Repeat("*", len(c))
	}
	return string(c[:3]) + strings.Repeat("*", 9) + string(c[12:])
}

// LogValue makes structured logs show the masked code.
func (c TaxCode) LogValue() slog.Value { return slog.StringValue(c.Masked()) }

var _ slog.LogValuer = TaxCode("")
