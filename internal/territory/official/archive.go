package official

import (
	"time"

	"capillare/internal/calendar"
)

// archiveFormats are the Interior Ministry's two lists: ANPR's archive and SUT, with electoral codes.
func archiveFormats() []format {
	return []format{
		{kind: Archive, rows: readArchive, columns: []column{
			{meaning: "istat", names: []string{"codistat"}, head: "CODISTAT"},
			{meaning: "belfiore", names: []string{"codcatastale"}, head: "CODCATASTALE"},
			{meaning: "name", names: []string{"denominazioneit"}, head: "DENOMINAZIONE_IT"},
			{meaning: "from", names: []string{"dataistituzione"}, head: "DATAISTITUZIONE"},
			{meaning: "to", names: []string{"datacessazione"}, head: "DATACESSAZIONE"},
			{meaning: "name_other", names: []string{"altradenominazione"}},
			{meaning: "region_code", names: []string{"idregione"}},
			{meaning: "plate", names: []string{"siglaprovincia"}},
			{meaning: "updated", names: []string{"dataultimoagg"}},
		}},
		{kind: Sut, rows: readSut, columns: []column{
			{meaning: "istat", names: []string{"codiceistat"}, head: "CODICE ISTAT"},
			{meaning: "belfiore", names: []string{"codicebelfiore"}, head: "CODICE BELFIORE"},
			{meaning: "name", names: []string{"descrizionecomune"}, head: "DESCRIZIONE COMUNE"},
			{meaning: "electoral", names: []string{"codiceelettorale"}, head: "CODICE ELETTORALE"},
			{meaning: "plate", names: []string{"sigla"}},
		}},
	}
}

func readArchive(s *sheet) func(*row) {
	// The archive writes this day for what is still there.
	never := calendar.NewDay(9999, time.December, 31)
	dated := !s.file.Reference.IsZero()
	return func(r *row) {
		t := ArchiveTown{
			Row: r.number, ISTAT: r.istat("istat"), Belfiore: r.maybeBelfiore("belfiore"),
			Name: r.needed("name"), NameOther: r.text("name_other"),
			RegionCode: r.text("region_code"), Plate: r.text("plate"),
			From: r.day("from"), To: r.day("to"), Updated: r.day("updated"),
		}
		r.lasts(t.From, t.To)
		r.once("istat", t.ISTAT+"|"+t.Belfiore+"|"+t.From.String()+"|"+t.To.String()+"|"+t.Name)
		if r.wrong {
			return
		}
		if t.To == never {
			t.To = calendar.Day{}
		}
		if !dated && t.Updated.After(s.file.Reference) {
			s.file.Reference = t.Updated
		}
		s.file.Archive = append(s.file.Archive, t)
	}
}

// lasts refuses a period without a day or that ends before it begins.
func (r *row) lasts(from, to calendar.Day) {
	switch {
	case r.wrong:
	case from.IsZero():
		r.refuse("from", "official.missing", nil)
	case to.IsZero():
		r.refuse("to", "official.missing", nil)
	case to.Before(from):
		r.refuse("to", "official.period", nil)
	}
}

func readSut(s *sheet) func(*row) {
	return func(r *row) {
		t := SutTown{
			Row: r.number, ISTAT: r.istat("istat"), Belfiore: r.belfiore("belfiore"), Name: r.needed("name"),
			Plate: r.text("plate"), Electoral: r.needed("electoral"),
		}
		r.once("istat", t.ISTAT)
		r.once("belfiore", t.Belfiore)
		if !r.wrong {
			s.file.Sut = append(s.file.Sut, t)
		}
	}
}
