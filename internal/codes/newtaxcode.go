package codes

import (
	"fmt"
	"strings"
	"unicode"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

// Refusals of what a tax code is made of.
var (
	ErrTaxCodeName = errs.New(errs.Invalid, "codes.taxcode_name")
	ErrSex         = errs.New(errs.Invalid, "codes.sex")
)

// NewTaxCode builds the tax code of a person, without homocody: for trial data and for showing
// what a code should look like. Sex is "F" or "M"; belfiore is the place of birth.
func NewTaxCode(surname, name, sex string, born calendar.Day, belfiore string) (TaxCode, error) {
	surnameLetters, nameLetters := latinLetters(surname), latinLetters(name)
	if surnameLetters == "" || nameLetters == "" {
		return "", ErrTaxCodeName
	}
	sex = compact(sex)
	if sex != "F" && sex != "M" {
		return "", ErrSex
	}
	if born.IsZero() {
		return "", ErrTaxCodeDate
	}
	place, err := CheckBelfiore(belfiore)
	if err != nil {
		return "", err
	}
	year, month, day := born.Date()
	if sex == "F" {
		day += womanDay
	}
	s := fmt.Sprintf("%s%s%02d%c%02d%s", surnameTriple(surnameLetters), nameTriple(nameLetters),
		year%100, monthLetters[month-1], day, place)
	return TaxCode(s + string(checkLetter(s))), nil
}

func surnameTriple(letters string) string {
	consonants, vowels := split(letters)
	return (consonants + vowels + "XX")[:3]
}

// nameTriple leaves out the second consonant of a name that has four or more.
func nameTriple(letters string) string {
	consonants, vowels := split(letters)
	if len(consonants) > 3 {
		consonants = consonants[:1] + consonants[2:]
	}
	return (consonants + vowels + "XX")[:3]
}

func split(letters string) (consonants, vowels string) {
	for i := range len(letters) {
		if isVowel(letters[i]) {
			vowels += letters[i : i+1]
		} else {
			consonants += letters[i : i+1]
		}
	}
	return consonants, vowels
}

// latinLetters returns the capital letters A to Z of a name, accents taken off; apostrophes, spaces
// and signs of other scripts go.
func latinLetters(name string) string {
	var b strings.Builder
	for _, r := range name {
		r = unicode.ToUpper(r)
		if r >= 'A' && r <= 'Z' {
			b.WriteRune(r)
			continue
		}
		b.WriteString(plain(r))
	}
	return b.String()
}

func plain(r rune) string {
	for _, row := range [...]struct{ accented, letters string }{
		{"ÀÁÂÃÄÅĀĂĄ", "A"}, {"ÇĆČĈ", "C"}, {"ĎĐÐ", "D"}, {"ÈÉÊËĒĖĘĚ", "E"}, {"ĞĢ", "G"},
		{"ÌÍÎÏĪĮİ", "I"}, {"Ķ", "K"}, {"ĹĻĽŁ", "L"}, {"ÑŃŅŇ", "N"}, {"ÒÓÔÕÖØŌŐ", "O"},
		{"ŔŘ", "R"}, {"ŚŞŠȘ", "S"}, {"ŢŤȚ", "T"}, {"ÙÚÛÜŪŮŰŲ", "U"}, {"ÝŸ", "Y"}, {"ŹŻŽ", "Z"},
		{"Æ", "AE"}, {"Œ", "OE"}, {"ßẞ", "SS"}, {"Þ", "TH"},
	} {
		if strings.ContainsRune(row.accented, r) {
			return row.letters
		}
	}
	return ""
}
