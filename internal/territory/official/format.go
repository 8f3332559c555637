package official

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/tabular"
)

// column is a column of an official file.
type column struct {
	// meaning is what the readers of rows call it.
	meaning string
	// names are the heads under which it was published, as tabular.Canonical writes them; a star at
	// the end stands for anything, because heads hold dates and notes.
	names []string
	// head is how a column that must be there is called in messages; the others have none.
	head string
	// newest takes, of several columns that fit, the one with the highest year in its head.
	newest bool
}

func (c column) required() bool { return c.head != "" }

// format is one published form of a kind.
type format struct {
	kind    Kind
	columns []column
	// mapped reports that Options.Columns may name the columns.
	mapped bool
	// rows makes the function that takes the rows, one by one.
	rows func(s *sheet) func(r *row)
}

// formats are all forms of tables; where two fit, the one with more required columns is meant.
func formats() []format {
	return slices.Concat(townFormats(), changeFormats(), peopleFormats(), classFormats(), ageFormats(),
		bodyFormats(), travelFormats(), broadbandFormats(), archiveFormats())
}

// Kinds returns every kind that Read knows, in the order in which a person may look for one.
func Kinds() []Kind {
	return []Kind{Situas, Elenco, Changes, Suppressions, Archive, Population, Residents, Posas, AgeBands,
		Classifications, InnerAreas, Bodies, Boundaries, Travel, Broadband, Sut}
}

// name is the key of the words for a kind.
func (k Kind) name() errs.TextKey { return errs.TextKey("official.kind." + string(k)) }

// Meaning is a column that Options.Columns may point at.
type Meaning struct {
	Name     string
	Required bool
}

// Meanings returns what the columns of a kind may mean, nil for kinds that need no mapping.
func Meanings(kind Kind) []Meaning {
	var all []Meaning
	for _, f := range formats() {
		if f.kind != kind || !f.mapped {
			continue
		}
		for _, c := range f.columns {
			i := slices.IndexFunc(all, func(m Meaning) bool { return m.Name == c.meaning })
			if i < 0 {
				all = append(all, Meaning{Name: c.meaning, Required: c.required()})
				continue
			}
			all[i].Required = all[i].Required && c.required()
		}
	}
	return all
}

// headSearch is how many rows may stand above the header.
const headSearch = 30

// match is a format found in a file.
type match struct {
	format format
	// header is the index of the header among the first rows, at the place of each meaning in it.
	header int
	at     map[string]int
}

// recognise finds out what a table is from its first rows.
func recognise(head []tabular.Row, o Options) (match, error) {
	var best match
	score := 0
	near := nearest{}
	for _, f := range formats() {
		if o.Kind != "" && o.Kind != f.kind {
			continue
		}
		if f.mapped {
			f.columns = withMapping(f.columns, o.Columns)
		}
		for i, row := range head {
			at := find(f.columns, row.Cells)
			required, missing := f.count(at)
			if len(missing) > 0 {
				near.consider(f.kind, row, required, missing)
				continue
			}
			if required > score {
				best, score = match{format: f, header: i, at: at}, required
			}
		}
	}
	if score == 0 {
		return match{}, near.refusal(head, o)
	}
	return best, nil
}

// count returns how many of the columns that must be there are, and the heads of the others.
func (f format) count(at map[string]int) (required int, missing []string) {
	for _, c := range f.columns {
		if !c.required() {
			continue
		}
		if _, ok := at[c.meaning]; ok {
			required++
		} else {
			missing = append(missing, c.head)
		}
	}
	return required, missing
}

func withMapping(columns []column, mapping map[string]string) []column {
	columns = slices.Clone(columns)
	for name, meaning := range mapping {
		i := slices.IndexFunc(columns, func(c column) bool { return c.meaning == meaning })
		if i >= 0 {
			// What the sender says comes before what we know.
			columns[i].names = append([]string{tabular.Canonical(name)}, columns[i].names...)
		}
	}
	return columns
}

// find returns where each meaning stands in a row that may be the header.
func find(columns []column, cells []string) map[string]int {
	names := make([]string, len(cells))
	for i, cell := range cells {
		names[i] = tabular.Canonical(cell)
	}
	at := map[string]int{}
	for _, c := range columns {
		if i := c.find(names); i >= 0 {
			at[c.meaning] = i
		}
	}
	return at
}

func (c column) find(names []string) int {
	for _, want := range c.names {
		found, year := -1, -1
		for i, name := range names {
			if name == "" || !fits(name, want) {
				continue
			}
			if !c.newest {
				return i
			}
			if y := yearIn(name); y > year {
				found, year = i, y
			}
		}
		if found >= 0 {
			return found
		}
	}
	return -1
}

func fits(name, want string) bool {
	if start, open := strings.CutSuffix(want, "*"); open {
		return strings.HasPrefix(name, start)
	}
	return name == want
}

var year = regexp.MustCompile(`(19|20)\d\d`)

// yearIn returns the last year in a text, 0 without one.
func yearIn(text string) int {
	all := year.FindAllString(text, -1)
	if len(all) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(all[len(all)-1])
	return n
}

// nearest remembers the kind that a file without a needed column most resembles.
type nearest struct {
	kind    Kind
	row     tabular.Row
	found   int
	missing []string
}

func (n *nearest) consider(kind Kind, row tabular.Row, found int, missing []string) {
	better := cmp.Or(cmp.Compare(found-len(missing), n.found-len(n.missing)), cmp.Compare(found, n.found))
	if found > 0 && (n.kind == "" || better > 0) {
		*n = nearest{kind: kind, row: row, found: found, missing: missing}
	}
}

// refusal says which columns are missing when the file looks like a kind, else what was seen.
func (n *nearest) refusal(head []tabular.Row, o Options) error {
	if n.found >= len(n.missing) && n.found > 0 || o.Kind != "" && n.kind != "" {
		return ErrColumns.With(errs.Args{
			"kind": n.kind.name(), "missing": strings.Join(n.missing, ", "),
			"seen": seen(n.row.Cells), "row": n.row.Number,
		})
	}
	widest := slices.MaxFunc(head, func(a, b tabular.Row) int { return cmp.Compare(len(a.Cells), len(b.Cells)) })
	return unknown(widest.Cells)
}

// unknown refuses a table with the columns seen and the kinds that it could have been.
func unknown(cells []string) error {
	kinds := make([]errs.TextKey, 0, len(Kinds()))
	for _, k := range Kinds() {
		kinds = append(kinds, k.name())
	}
	return ErrUnknown.With(errs.Args{"seen": seen(cells), "kinds": kinds})
}

// seen lists heads of columns, short enough for a message.
func seen(cells []string) string {
	const most = 25
	var names []string
	for _, cell := range cells {
		if cell == "" {
			continue
		}
		if len(names) == most {
			names = append(names, "…")
			break
		}
		names = append(names, short(cell, 50))
	}
	return strings.Join(names, ", ")
}

// short puts a text on one line and cuts it.
func short(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
