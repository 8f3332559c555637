package official

import (
	"strings"

	"capillare/internal/errs"
)

// ageFormats are ISTAT's table of years of age, in the form with civil states (to 2025) and without,
// and any table of bands of age.
func ageFormats() []format {
	return []format{
		{kind: Posas, rows: readPosas, columns: []column{
			{meaning: "istat", names: []string{"codicecomune", "codiceistat*"}, head: "Codice comune"},
			{meaning: "age", names: []string{"eta"}, head: "Età"},
			{meaning: "male", names: []string{"totalemaschi"}, head: "Totale maschi"},
			{meaning: "female", names: []string{"totalefemmine"}, head: "Totale femmine"},
			{meaning: "total", names: []string{"totale"}},
			{meaning: "name", names: []string{"comune", "denominazione*"}},
		}},
		{kind: AgeBands, mapped: true, rows: readAgeBands, columns: []column{
			{meaning: "istat", names: []string{"codicecomune", "codiceistat", "istat", "procomt", "refarea", "itter107"}, head: "codice_comune"},
			{meaning: "to14", names: []string{"pop014", "014", "popolazione014", "eta014"}, head: "pop_0_14"},
			{meaning: "to64", names: []string{"pop1564", "1564", "popolazione1564", "eta1564"}, head: "pop_15_64"},
			{meaning: "from65", names: []string{"pop65plus", "65", "pop65", "popolazione65", "eta65", "65eoltre", "pop65eoltre"}, head: "pop_65_plus"},
			{meaning: "male", names: []string{"popmale", "maschi", "totalemaschi"}},
			{meaning: "female", names: []string{"popfemale", "femmine", "totalefemmine"}},
			{meaning: "name", names: []string{"comune", "denominazione", "nome"}},
		}},
	}
}

func readAgeBands(s *sheet) func(*row) {
	return func(r *row) {
		a := Age{
			Row: r.number, ISTAT: r.istat("istat"), Name: r.text("name"),
			To14: r.count("to14"), To64: r.count("to64"), From65: r.count("from65"),
		}
		male, female := r.maybeCount("male"), r.maybeCount("female")
		if s.has("male") && s.has("female") && (male == nil || female == nil) && !r.wrong {
			// The last row of a file that was cut looks so.
			r.needed("male")
			r.needed("female")
		}
		if male != nil && female != nil {
			a.Male, a.Female, a.Sexes = *male, *female, true
			r.adds("male", a.Male+a.Female, a.Total())
		}
		r.once("istat", a.ISTAT)
		if !r.wrong {
			s.file.Ages = append(s.file.Ages, a)
		}
	}
}

const (
	// oldest stands for 100 years and more, and allAges for the total of the ages above it.
	oldest  = 100
	allAges = 999
)

// years sums the ages of one municipality.
type years struct {
	Age
	seen  [oldest + 1]bool
	total int // of the row of all ages, -1 without one
	wrong bool
}

func readPosas(s *sheet) func(*row) {
	towns := map[string]*years{}
	var order []*years
	s.summed = true
	s.finish = func() {
		for _, y := range order {
			s.finishAges(y)
		}
	}
	return func(r *row) {
		code, age := r.istat("istat"), r.age()
		male, female := r.count("male"), r.count("female")
		if r.text("total") != "" {
			r.adds("total", male+female, r.count("total"))
		}
		y := towns[code]
		if y == nil {
			y = &years{Age: Age{Row: r.number, ISTAT: code, Name: r.text("name"), Sexes: true}, total: -1}
			if code != "" {
				towns[code] = y
				order = append(order, y)
			}
		}
		if !r.wrong && age != allAges && y.seen[age] {
			r.refuse("age", "official.age_twice", nil)
		}
		if y.wrong = y.wrong || r.wrong; r.wrong {
			return
		}
		if age == allAges {
			y.total, r.skipped = male+female, true
			return
		}
		y.add(age, male, female)
	}
}

// age reads "100", "100 e oltre", "999" and "Totale".
func (r *row) age() int {
	s := strings.ToLower(r.needed("age"))
	if s == "" {
		return 0
	}
	if strings.HasPrefix(s, "totale") {
		return allAges
	}
	first, _, _ := strings.Cut(strings.TrimSuffix(s, "+"), " ")
	n, ok := wholeNumber(first)
	if !ok || n < 0 || n > oldest && n != allAges {
		r.refuse("age", "official.age", nil)
		return 0
	}
	return n
}

func (y *years) add(age, male, female int) {
	y.seen[age] = true
	y.Male += male
	y.Female += female
	switch n := male + female; {
	case age < 15:
		y.To14 += n
	case age < 65:
		y.To64 += n
	default:
		y.From65 += n
	}
}

// finishAges keeps the municipality when its ages are whole: they make the total, or are all there.
func (s *sheet) finishAges(y *years) {
	count := 0
	for _, seen := range y.seen {
		if seen {
			count++
		}
	}
	p := Problem{Row: y.Row, Column: s.title("age"), Value: y.ISTAT}
	switch {
	case y.wrong:
		p.Key = "official.ages_left_out"
	case y.total >= 0 && y.total != y.Total():
		p.Key, p.Args = "official.sum", errs.Args{"sum": y.Total(), "total": y.total}
	case y.total < 0 && count <= oldest:
		p.Key, p.Args = "official.ages_missing", errs.Args{"n": oldest + 1 - count}
	default:
		s.file.Ages = append(s.file.Ages, y.Age)
		return
	}
	s.file.Wrong++
	s.file.note(p)
}
