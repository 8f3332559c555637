package official

import (
	"strings"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

// peopleFormats are ISTAT's balance of the year and ANPR's count of a month.
func peopleFormats() []format {
	return []format{
		{kind: Population, rows: readPopulation, columns: []column{
			{meaning: "istat", names: []string{"codicecomune"}, head: "Codice comune"},
			{meaning: "name", names: []string{"comune"}, head: "Comune"},
			{meaning: "total", names: []string{"popolazioneal31dicembretotale*"}, head: "Popolazione al 31 dicembre - Totale"},
			{meaning: "male", names: []string{"popolazioneal31dicembremaschi*"}},
			{meaning: "female", names: []string{"popolazioneal31dicembrefemmine*"}},
			{meaning: "mark", names: []string{"informazioni*"}},
		}},
		{kind: Residents, rows: readResidents, columns: []column{
			{meaning: "istat", names: []string{"codistatcomune", "codistat"}, head: "COD_ISTAT_COMUNE"},
			{meaning: "total", names: []string{"residenti", "popolazioneresidente"}, head: "RESIDENTI"},
			{meaning: "month", names: []string{"mese"}, head: "MESE"},
			{meaning: "year", names: []string{"anno"}, head: "ANNO"},
			{meaning: "name", names: []string{"comune"}},
		}},
	}
}

func readPopulation(s *sheet) func(*row) {
	return func(r *row) {
		p := PopulationRow{
			Row: r.number, ISTAT: r.istat("istat"), Name: r.needed("name"), Total: r.count("total"),
			Provisional: strings.HasPrefix(strings.ToLower(r.text("mark")), "p"),
		}
		male, female := r.maybeCount("male"), r.maybeCount("female")
		if male != nil && female != nil {
			p.Male, p.Female, p.Sexes = *male, *female, true
			r.adds("total", p.Male+p.Female, p.Total)
		}
		r.once("istat", p.ISTAT)
		if r.wrong {
			return
		}
		s.file.Provisional = s.file.Provisional || p.Provisional
		s.file.Populations = append(s.file.Populations, p)
	}
}

// adds refuses a row whose parts do not make its total: a file that was cut ends so.
func (r *row) adds(meaning string, sum, total int) {
	if !r.wrong && sum != total {
		r.refuse(meaning, "official.sum", errs.Args{"sum": sum, "total": total})
	}
}

func readResidents(s *sheet) func(*row) {
	return func(r *row) {
		p := PopulationRow{Row: r.number, ISTAT: r.istat("istat"), Name: r.text("name"), Total: r.count("total")}
		day := monthEnd(r.count("year"), r.count("month"))
		if day.IsZero() && !r.wrong {
			r.refuse("month", "official.day", nil)
		}
		r.once("istat", p.ISTAT)
		if r.wrong {
			return
		}
		if day.After(s.file.Reference) {
			s.file.Reference = day
		}
		s.file.Populations = append(s.file.Populations, p)
	}
}

// monthEnd returns the last day of a month.
func monthEnd(year, month int) calendar.Day {
	if month < 1 || month > 12 || year < 1861 {
		return calendar.Day{}
	}
	return calendar.NewDay(year, time.Month(month)+1, 0)
}
