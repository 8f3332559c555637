package official

import (
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
)

// row is one row while it is read: its methods return what a cell means and note what is wrong.
type row struct {
	*sheet
	number int
	cells  []string
	// wrong rows are left out and told, skipped ones only counted.
	wrong, skipped bool
}

// has reports whether the file has a column.
func (s *sheet) has(meaning string) bool {
	_, ok := s.at[meaning]
	return ok
}

// title returns the head of a column on one line.
func (s *sheet) title(meaning string) string {
	i, ok := s.at[meaning]
	if !ok {
		return ""
	}
	return short(s.header[i], 80)
}

// text returns a cell, "" where the publisher writes that there is nothing.
func (r *row) text(meaning string) string {
	i, ok := r.at[meaning]
	if !ok || i >= len(r.cells) {
		return ""
	}
	switch cell := r.cells[i]; cell {
	case "null", "NULL", "-", "--", "n.d.", "N.D.", "n.d", "nd", "ND", "..", "...", "#N/D":
		return ""
	default:
		if !strings.ContainsAny(cell, "\t\r\n\u00a0") && !strings.Contains(cell, "  ") {
			return cell
		}
		return strings.Join(strings.Fields(cell), " ")
	}
}

// refuse notes a problem of a cell; the row is left out.
func (r *row) refuse(meaning, key string, args errs.Args) {
	r.wrong = true
	r.file.note(r.problem(meaning, key, args))
}

func (r *row) problem(meaning, key string, args errs.Args) Problem {
	return Problem{Row: r.number, Column: r.title(meaning), Value: short(r.text(meaning), 40), Key: key, Args: args}
}

// needed returns a text that must be there.
func (r *row) needed(meaning string) string {
	s := r.text(meaning)
	if s == "" {
		r.refuse(meaning, "official.missing", nil)
	}
	return s
}

// istat returns the code of a municipality that must be there.
func (r *row) istat(meaning string) string {
	if r.needed(meaning) == "" {
		return ""
	}
	return r.maybeISTAT(meaning)
}

// maybeISTAT returns the code of a municipality, "" where there is none.
func (r *row) maybeISTAT(meaning string) string {
	s := r.text(meaning)
	if s == "" {
		return ""
	}
	code, ok := istatCode(s)
	if !ok {
		r.refuse(meaning, "official.istat", nil)
	}
	return code
}

// istatCode fills the zeros that spreadsheets eat: 1001 is 001001. Here nothing else can be meant.
func istatCode(s string) (string, bool) {
	s = strings.TrimSuffix(strings.TrimSuffix(s, ".0"), ",0")
	if len(s) < 4 {
		return "", false
	}
	code, err := codes.CheckISTAT(zeros(s, 6))
	return code, err == nil
}

// zeros fills a number with zeros on the left.
func zeros(s string, width int) string {
	if s == "" {
		return ""
	}
	return strings.Repeat("0", max(0, width-len(s))) + s
}

// belfiore returns a Belfiore code that must be there.
func (r *row) belfiore(meaning string) string {
	s := r.needed(meaning)
	if s == "" {
		return ""
	}
	code, err := codes.CheckBelfiore(s)
	if err != nil {
		r.refuse(meaning, "official.belfiore", nil)
	}
	return code
}

// maybeBelfiore returns a Belfiore code, "" where there is none.
func (r *row) maybeBelfiore(meaning string) string {
	if r.text(meaning) == "" {
		return ""
	}
	return r.belfiore(meaning)
}

// count returns a whole number, not negative, that must be there.
func (r *row) count(meaning string) int {
	if r.needed(meaning) == "" {
		return 0
	}
	if n := r.maybeCount(meaning); n != nil {
		return *n
	}
	return 0
}

// maybeCount returns a whole number, not negative, nil where there is none.
func (r *row) maybeCount(meaning string) *int {
	n := r.maybeInt(meaning)
	if n != nil && *n < 0 {
		r.refuse(meaning, "official.negative", nil)
		return nil
	}
	return n
}

// maybeInt returns a whole number, nil where there is none.
func (r *row) maybeInt(meaning string) *int {
	s := r.text(meaning)
	if s == "" {
		return nil
	}
	n, ok := wholeNumber(s)
	if !ok {
		r.refuse(meaning, "official.number", nil)
		return nil
	}
	return &n
}

// decimal returns a number, not negative, that must be there.
func (r *row) decimal(meaning string) float64 {
	s := r.needed(meaning)
	if s == "" {
		return 0
	}
	v, ok := decimalNumber(s)
	switch {
	case !ok:
		r.refuse(meaning, "official.number", nil)
	case v < 0:
		r.refuse(meaning, "official.negative", nil)
	}
	return v
}

// day returns a day, zero where there is none; an hour behind it is dropped.
func (r *row) day(meaning string) calendar.Day {
	s := r.text(meaning)
	if s == "" {
		return calendar.Day{}
	}
	if i := strings.IndexAny(s, " T"); i > 0 {
		s = s[:i]
	}
	d, err := calendar.ParseDay(s)
	if err != nil {
		r.refuse(meaning, "official.day", nil)
	}
	return d
}

// flag reports a cell that says yes.
func (r *row) flag(meaning string) bool {
	switch strings.ToUpper(r.text(meaning)) {
	case "1", "S", "SI", "SÌ", "X", "TRUE", "1.0":
		return true
	}
	return false
}

// among returns a small number that must be one of from 1 to most, 0 where there is none.
func (r *row) among(meaning string, most int) int {
	n := r.maybeInt(meaning)
	if n == nil {
		return 0
	}
	if *n < 1 || *n > most {
		r.refuse(meaning, "official.class", errs.Args{"classes": "1-" + strconv.Itoa(most)})
		return 0
	}
	return *n
}

// once refuses a second row of the same key.
func (r *row) once(meaning, key string) {
	if key == "" || r.wrong {
		return
	}
	if first, twice := r.first[key]; twice {
		r.refuse(meaning, "official.twice", errs.Args{"first": first})
		return
	}
	r.first[key] = r.number
}

// lenient returns what check makes of a cell, "" where it refuses: some cells are only nice to have.
func (r *row) lenient(meaning string, check func(string) (string, error)) string {
	s, err := check(r.text(meaning))
	if err != nil {
		return ""
	}
	return s
}
