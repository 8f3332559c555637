package official

import (
	"strings"

	"capillare/internal/errs"
)

// broadbandFormats are the table of sums for each municipality, found by a mapping or by its own
// heads, and Open Fiber's list of addresses in the areas of the public concession.
func broadbandFormats() []format {
	return []format{
		{kind: Broadband, mapped: true, rows: readCoverage, columns: []column{
			{meaning: "istat", names: []string{"istat", "codiceistat", "codicecomune", "procomt", "idcomune"}, head: "istat"},
			{meaning: "addresses", names: []string{"addresses", "indirizzi", "civici", "numerocivici", "totalecivici"}, head: "addresses"},
			{meaning: "white", names: []string{"white", "bianchi", "civicibianchi"}},
			{meaning: "grey", names: []string{"grey", "grigi", "civicigrigi"}},
			{meaning: "black", names: []string{"black", "neri", "civicineri"}},
			{meaning: "ftth", names: []string{"ftth", "civiciftth"}},
			{meaning: "fwa", names: []string{"fwa", "civicifwa"}},
			{meaning: "day", names: []string{"date", "data", "datariferimento"}},
		}},
		{kind: Broadband, rows: readAddresses, columns: []column{
			{meaning: "istat", names: []string{"comune"}, head: "COMUNE"},
			{meaning: "state", names: []string{"statoui", "statobuilding"}, head: "STATO_UI"},
			{meaning: "building", names: []string{"idbuilding"}, head: "ID_BUILDING"},
		}},
	}
}

// coverages sums rows for each municipality, in the order in which these come first.
type coverages struct {
	sheet *sheet
	at    map[string]int
}

func newCoverages(s *sheet) *coverages {
	s.summed = true
	return &coverages{sheet: s, at: map[string]int{}}
}

// of returns the sums of one municipality, good until the next call.
func (c *coverages) of(istat string) *Coverage {
	i, ok := c.at[istat]
	if !ok {
		i = len(c.sheet.file.Broadbands)
		c.at[istat] = i
		c.sheet.file.Broadbands = append(c.sheet.file.Broadbands, Coverage{ISTAT: istat, Day: c.sheet.file.Reference})
	}
	return &c.sheet.file.Broadbands[i]
}

// readCoverage adds the rows of the newest day of each municipality; a file may tell its history.
func readCoverage(s *sheet) func(*row) {
	sums := newCoverages(s)
	return func(r *row) {
		one := Coverage{
			ISTAT: r.istat("istat"), Day: r.day("day"), Addresses: r.count("addresses"),
			White: r.optional("white"), Grey: r.optional("grey"), Black: r.optional("black"),
			FTTH: r.optional("ftth"), FWA: r.optional("fwa"),
		}
		if part := max(one.White+one.Grey+one.Black, one.FTTH, one.FWA); !r.wrong && part > one.Addresses {
			r.refuse("addresses", "official.more_than_all", errs.Args{"part": part, "total": one.Addresses})
		}
		if r.wrong {
			return
		}
		if one.Day.After(s.file.Reference) {
			s.file.Reference = one.Day
		}
		if one.Day.IsZero() {
			one.Day = s.file.Reference
		}
		sum := sums.of(one.ISTAT)
		switch {
		case sum.Addresses == 0 || one.Day.After(sum.Day):
			*sum = one
		case one.Day.Before(sum.Day):
			r.skipped = true
		default:
			sum.add(one)
		}
	}
}

func (c *Coverage) add(o Coverage) {
	c.Addresses += o.Addresses
	c.White += o.White
	c.Grey += o.Grey
	c.Black += o.Black
	c.FTTH += o.FTTH
	c.FWA += o.FWA
}

// optional returns a number that may be missing.
func (r *row) optional(meaning string) int {
	if n := r.maybeCount(meaning); n != nil {
		return *n
	}
	return 0
}

// States of an address in version 1.7 of Open Fiber's layout. What is planned or not on sale yet
// (80, 101, 201, 6xx, 9xx) is not reached.
const (
	onFibre       = "102"
	onFibreOffice = "302" // public offices
	onRadio       = "202"
	onRadioFirst  = "205" // radio until the fibre comes
)

// readAddresses counts addresses. The concession covers white areas only.
func readAddresses(s *sheet) func(*row) {
	sums := newCoverages(s)
	return func(r *row) {
		istat, state := r.istat("istat"), r.needed("state")
		if r.wrong {
			return
		}
		one := Coverage{Addresses: 1, White: 1}
		digits, _, _ := strings.Cut(state, " ")
		switch digits {
		case onFibre, onFibreOffice:
			one.FTTH = 1
		case onRadio, onRadioFirst:
			one.FWA = 1
		}
		sums.of(istat).add(one)
	}
}
