// Package codelist holds the national code lists of a service (it: liste di codici del tracciato
// Facilita): type, skill area, skill, public-service domain, and the traits of a citizen.
//
// Its rules: a code is the national one and never changes meaning; its words are message keys
// ("register.se6.A"), so that the interface says them in our own plain language; the area (SE4) is
// never asked, because the skill (SE5) decides it; the age band comes from the age in full years.
//
// It does not read or write records (package register) and knows no column order (package facilita).
package codelist

import (
	"slices"
	"strconv"
	"strings"
)

// Code is one entry of a list.
type Code struct {
	// Value is the national code: a letter, or a number for skills.
	Value string
	// Key is the message key of its words.
	Key string
}

// List is a national list, in its own order.
type List string

// The lists, named as the columns of the national file.
const (
	Documents    List = "an5"
	Genders      List = "an7"
	AgeBands     List = "an8"
	Education    List = "an9"
	Occupations  List = "an10"
	Citizenships List = "an11"
	Types        List = "se3"
	Areas        List = "se4"
	Skills       List = "se5"
	Domains      List = "se6"
)

// Lists returns every list.
func Lists() []List {
	return []List{Documents, Genders, AgeBands, Education, Occupations, Citizenships, Types, Areas, Skills, Domains}
}

// Codes of genders and age bands that are computed, never typed.
const (
	Female = "A"
	Male   = "B"

	Band18 = "A" // 18-29
	Band30 = "B" // 30-54
	Band55 = "C" // 55-74
	Band75 = "D" // 75 and over
	Band14 = "E" // 14-17

	// MinAge is the age below which nobody may be registered; AdultAge the one from which everybody may.
	MinAge   = 14
	AdultAge = 18
)

// skillCount is how many skills there are: they are numbered, the other lists are lettered.
const skillCount = 13

func (l List) last() byte {
	switch l {
	case Documents, AgeBands, Types, Areas:
		return 'E'
	case Genders:
		return 'D'
	case Education:
		return 'L'
	case Occupations:
		return 'H'
	case Citizenships:
		return 'C'
	case Domains:
		return 'S'
	}
	return 0
}

// Codes returns the entries of l in the national order.
func (l List) Codes() []Code {
	var out []Code
	if l == Skills {
		for n := range skillCount {
			out = append(out, l.code(strconv.Itoa(n+1)))
		}
		return out
	}
	for c := byte('A'); c <= l.last(); c++ {
		out = append(out, l.code(string(c)))
	}
	return out
}

func (l List) code(value string) Code { return Code{Value: value, Key: l.Key(value)} }

// Key returns the message key of value in l.
func (l List) Key(value string) string { return "register." + string(l) + "." + value }

// Has reports whether value is a code of l.
func (l List) Has(value string) bool {
	if l == Skills {
		n, err := strconv.Atoi(value)
		return err == nil && n >= 1 && n <= skillCount && strconv.Itoa(n) == value
	}
	return len(value) == 1 && value[0] >= 'A' && value[0] <= l.last()
}

// Sort returns values without repeats, in the order of the list.
func (l List) Sort(values []string) []string {
	out := slices.Clone(values)
	slices.SortFunc(out, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(out)
}

// AreaOf returns the area (SE4) of a skill (SE5), "" when there is no such skill.
func AreaOf(skill string) string {
	n, err := strconv.Atoi(skill)
	switch {
	case err != nil || n < 1 || n > skillCount:
		return ""
	case n <= 3:
		return "A"
	case n <= 9:
		return "B"
	case n == 10:
		return "C"
	case n <= 12:
		return "D"
	}
	return "E"
}

// AreasOf returns the areas of skills, in order.
func AreasOf(skills []string) []string {
	var areas []string
	for _, s := range skills {
		if a := AreaOf(s); a != "" {
			areas = append(areas, a)
		}
	}
	return Areas.Sort(areas)
}

// DigComp returns the number of the skill, or of the area, in the European framework DigComp 2.1.
func DigComp(skill string) string {
	n, err := strconv.Atoi(skill)
	if err != nil || n < 1 || n > skillCount {
		return ""
	}
	return [...]string{"1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3", "4.1", "4.2", "5"}[n-1]
}

// BandOf returns the age band (AN8) of an age in full years, "" below 14.
func BandOf(age int) string {
	switch {
	case age < MinAge:
		return ""
	case age < AdultAge:
		return Band14
	case age < 30:
		return Band18
	case age < 55:
		return Band30
	case age < 75:
		return Band55
	}
	return Band75
}

// GenderOf returns the gender code (AN7) of the sex in a tax code, "F" or "M".
func GenderOf(sex string) string {
	switch sex {
	case "F":
		return Female
	case "M":
		return Male
	}
	return ""
}

// Join writes values as the national file does: "A:C", no spaces.
func Join(values []string) string { return strings.Join(values, ":") }

// Split reads what Join wrote.
func Split(joined string) []string {
	if joined == "" {
		return nil
	}
	return strings.Split(joined, ":")
}
