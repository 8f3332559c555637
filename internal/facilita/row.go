package facilita

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"

	"capillare/internal/codes"
	"capillare/internal/facilitators"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/register/codelist"
)

// maxText is where the platform cuts free texts.
const maxText = 600

// Columns returns the names of the columns, in order.
func Columns() []string {
	return []string{
		"IDFacilitatore", "NominativoFacilitatore", "IDSede", "NominativoSede",
		"AN1", "AN2", "AN3", "AN4", "AN5", "AN6", "AN7", "AN8", "AN9", "AN10", "AN11", "AN12", "AN14", "AN17",
		"PR1", "PR2", "SE1", "SE2", "SE3", "SE4", "SE5", "SE6", "SE7",
		"ES1", "ES2", "ES3", "ES4", "ES5", "ES6",
	}
}

// names is what the rows of an export take from other registers.
type names struct {
	points       map[string]points.Point
	facilitators map[string]facilitators.Facilitator
	codes        map[string]codes.TaxCode
}

// service is the part of a row that all people of a record share.
type service struct {
	person, personID, site, siteID string
	record                         register.Record
	detail                         string
}

func (n names) service(r register.Record) service {
	f, p := n.facilitators[r.FacilitatorID], n.points[r.PointID]
	s := service{
		person: plain(f.Surname + " " + f.Name), personID: string(n.codes[r.FacilitatorID]),
		site: plain(p.FacilitaName), siteID: digits(p.FacilitaNumber),
		record: r, detail: cut(plain(r.Detail), maxText),
	}
	if s.personID == "" {
		// The platform then finds the person by name; the column may not be empty.
		s.personID = ownNumber(r.FacilitatorID)
	}
	if s.site == "" {
		s.site = plain(p.OfficialName)
	}
	if s.siteID == "" {
		s.siteID = ownNumber(p.ID)
	}
	return s
}

// same is what the platform compares to tell whether two services are one.
func (s service) same() string {
	r := s.record
	return strings.ToUpper(strings.Join([]string{r.Day.String(), length(r.Minutes), codelist.Join(r.Types), s.site, s.personID,
		s.person, codelist.Join(r.Skills), codelist.Join(r.Domains), strings.Join(strings.Fields(s.detail), " ")}, "|"))
}

// keepApart changes the details of services that the platform would take for an earlier one of the day.
func keepApart(day []service, word string) {
	seen := map[string]int{}
	for i := range day {
		s := &day[i]
		base := s.detail
		for n := 1; seen[s.same()] > 0; n++ {
			mark := word + " " + clock(s.record)
			if n > 1 {
				mark += ", " + strconv.Itoa(n)
			}
			s.detail = strings.TrimSpace(cut(base, maxText-len([]rune(mark))-3) + " (" + mark + ")")
		}
		seen[s.same()]++
	}
}

func (s service) row(p register.OpenPerson, noCode string) []string {
	r := s.record
	return []string{
		s.personID, s.person, s.siteID, s.site,
		plain(p.Name), plain(p.Surname), string(p.TaxCode), noCode, "", "", p.Gender, p.AgeBand,
		p.Education, p.Occupation, p.Citizenship, plain(p.Province), "", "",
		"", "", r.Day.String(), length(r.Minutes),
		codelist.Join(r.Types), codelist.Join(codelist.AreasOf(r.Skills)), codelist.Join(r.Skills), codelist.Join(r.Domains), s.detail,
		"", "", "", "", "", "",
	}
}

// length writes minutes as hh:mm, five characters.
func length(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// plain takes out what breaks a row: quotation marks, line breaks, and a sign at the beginning that a
// spreadsheet would take for a formula.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return -1
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		}
		return r
	}, s)
	return strings.TrimLeft(strings.Join(strings.Fields(s), " "), "=+-@ ")
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most]))
	}
	return s
}

// digits returns s when it is a number, else "".
func digits(s string) string {
	if _, err := strconv.ParseUint(s, 10, 64); err != nil {
		return ""
	}
	return s
}

// ownNumber makes a stable number of our own for an id of ours.
func ownNumber(id string) string {
	h := fnv.New32a()
	h.Write([]byte(id))
	return strconv.FormatUint(uint64(h.Sum32()), 10)
}
