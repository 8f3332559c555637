package official

import (
	"strings"

	"capillare/internal/errs"
)

// classFormats are ISTAT's geography of municipalities and the map of inner areas.
func classFormats() []format {
	return []format{
		{kind: Classifications, rows: readClasses, columns: []column{
			{meaning: "istat", names: []string{"codiceistatdelcomunealfanumerico", "codiceistatdelcomuneformatoalfanumerico", "codiceistatdelcomunenumerico", "codiceistatdelcomune*"}, head: "Codice Istat del Comune (alfanumerico)"},
			{meaning: "name", names: []string{"denominazioneitalianaestraniera", "denominazione*"}, head: "Denominazione (Italiana e straniera)"},
			{meaning: "area", names: []string{"superficieterritoriale*"}, head: "Superficie territoriale (kmq)"},
			{meaning: "zone", names: []string{"zonaaltimetrica*"}, head: "Zona altimetrica"},
			{meaning: "altitude", names: []string{"altitudinedelcentro*"}},
			{meaning: "coastal", names: []string{"comunelitoraneo*"}},
			{meaning: "island", names: []string{"comuneisolano*"}},
			{meaning: "degurba", names: []string{"gradodiurbanizzazione*"}, newest: true},
			{meaning: "population", names: []string{"popolazioneresidente*"}, newest: true},
			{meaning: "legal", names: []string{"popolazionelegale*"}, newest: true},
		}},
		{kind: InnerAreas, rows: readInnerAreas, columns: []column{
			{meaning: "istat", names: []string{"procomt", "procom", "procomn"}, head: "PROCOM_T"},
			{meaning: "class2021", names: []string{"codiceareeinterne20212027"}, head: "CODICE_Aree_Interne 2021-2027"},
			{meaning: "name", names: []string{"denominazionecomune"}, head: "DENOMINAZIONE_COMUNE"},
			{meaning: "belfiore", names: []string{"codicecatastale*"}},
			{meaning: "class2014", names: []string{"codiceareeinterne20142020"}},
			{meaning: "pole", names: []string{"procomcomunedidestinazioneprevalente*"}},
			{meaning: "pole_name", names: []string{"comunedidestinazioneprevalente*"}},
		}},
	}
}

// The highest of the numbers that stand for classes.
const (
	zones    = 5
	degurbas = 3
)

func readClasses(s *sheet) func(*row) {
	day := dayIn(s.title("population"))
	return func(r *row) {
		c := Class{
			Row: r.number, ISTAT: r.istat("istat"), Name: r.needed("name"),
			AreaKM2: r.decimal("area"), AltitudeM: r.maybeInt("altitude"),
			AltimetricZone: r.among("zone", zones), Degurba: r.among("degurba", degurbas),
			Coastal: r.flag("coastal"), Island: r.flag("island"),
			Population: r.maybeCount("population"), LegalPopulation: r.maybeCount("legal"),
			PopulationDay: day,
		}
		r.once("istat", c.ISTAT)
		if !r.wrong {
			s.file.Classes = append(s.file.Classes, c)
		}
	}
}

// innerClasses are the letters from the pole to the far outlying place.
const innerClasses = "ABCDEF"

func readInnerAreas(s *sheet) func(*row) {
	return func(r *row) {
		a := InnerArea{
			Row: r.number, ISTAT: r.istat("istat"), Belfiore: r.maybeBelfiore("belfiore"), Name: r.needed("name"),
			Class2014: r.innerClass("class2014"), Class2021: r.innerClass("class2021"),
			PoleISTAT: r.maybeISTAT("pole"), PoleName: r.text("pole_name"),
		}
		if a.Class2021 == "" && !r.wrong {
			r.refuse("class2021", "official.missing", nil)
		}
		r.once("istat", a.ISTAT)
		if !r.wrong {
			s.file.InnerAreas = append(s.file.InnerAreas, a)
		}
	}
}

// innerClass reads "C" and "C - Cintura".
func (r *row) innerClass(meaning string) string {
	s := strings.ToUpper(r.text(meaning))
	if s == "" {
		return ""
	}
	letter, _, _ := strings.Cut(s, " ")
	if len(letter) != 1 || !strings.Contains(innerClasses, letter) {
		r.refuse(meaning, "official.class", errs.Args{"classes": "A-F"})
		return ""
	}
	return letter
}
