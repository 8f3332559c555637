package official

import (
	"strings"

	"capillare/internal/errs"
)

// changeTypes are the events that ISTAT knows; Change.Type explains them.
var changeTypes = [...]string{"AP", "RN", "ES", "CS", "AQES", "CE", "AQ", "CECS", "CD", "AS"}

// changeFormats are the workbooks of SITUAS and the older table of suppressions, which says nothing
// of types because it holds one only.
func changeFormats() []format {
	return []format{
		{kind: Changes, rows: readChanges, columns: []column{
			{meaning: "type", names: []string{"tipovariazione"}, head: "Tipo variazione"},
			{meaning: "istat", names: []string{"codicecomune"}, head: "Codice Comune"},
			{meaning: "name", names: []string{"comune"}, head: "Comune"},
			{meaning: "date", names: []string{"dataevento", "datavalidita*"}, head: "Data evento"},
			{meaning: "act", names: []string{"provvedimentoedocumento", "provvedimento*"}, head: "Provvedimento e Documento"},
			{meaning: "to_istat", names: []string{"codicecomuneassociato"}, head: "Codice Comune associato"},
			{meaning: "to_name", names: []string{"comuneassociato"}, head: "Comune associato"},
			{meaning: "content", names: []string{"contenutodelprovvedimento", "contenuto*"}},
			{meaning: "year", names: []string{"annoevento", "anno"}},
			{meaning: "plate", names: []string{"siglaautomobilistica", "siglaprovinciauts"}},
			{meaning: "uts", names: []string{"codiceprovinciauts"}},
			{meaning: "to_uts", names: []string{"codiceutsassociato", "codiceprovinciautsassociato"}},
			{meaning: "to_plate", names: []string{"siglaautomobilisticaassociata", "siglaprovinciautsassociata"}},
		}},
		{kind: Suppressions, rows: readChanges, columns: []column{
			{meaning: "split", names: []string{"flagscorporo", "comunesoppressoperscorporo"}, head: "Flag Scorporo"},
			{meaning: "istat", names: []string{"codicecomune"}, head: "Codice Comune"},
			{meaning: "name", names: []string{"comune", "denominazionecomune"}, head: "Comune"},
			{meaning: "date", names: []string{"dataevento"}, head: "Data evento"},
			{meaning: "to_istat", names: []string{"codicecomuneassociato", "codicedelcomuneassociatoallavariazione"}, head: "Codice Comune associato"},
			{meaning: "to_name", names: []string{"comuneassociato", "denominazionecomuneassociatoallavariazione"}, head: "Comune associato"},
			{meaning: "type", names: []string{"tipovariazione"}},
			{meaning: "year", names: []string{"annoevento", "anno"}},
			{meaning: "plate", names: []string{"siglaprovinciauts", "siglaautomobilistica"}},
			{meaning: "uts", names: []string{"codiceprovinciauts", "codiceunitaterritorialesovracomunaleuts"}},
			{meaning: "to_uts", names: []string{"codiceprovinciautsassociato", "codiceunitaterritorialesovracomunaleassociatoallavariazione"}},
			{meaning: "to_plate", names: []string{"siglaprovinciautsassociata", "siglaautomobilisticaassociataallavariazione"}},
		}},
	}
}

func readChanges(s *sheet) func(*row) {
	dated := !s.file.Reference.IsZero()
	return func(r *row) {
		c := Change{
			Row: r.number, Type: r.changeType(), Date: r.day("date"),
			UTS: zeros(r.text("uts"), 3), Plate: r.text("plate"), ISTAT: r.istat("istat"), Name: r.needed("name"),
			ToUTS: zeros(r.text("to_uts"), 3), ToPlate: r.text("to_plate"),
			ToISTAT: r.maybeISTAT("to_istat"), ToName: r.text("to_name"),
			Act: r.text("act"), Content: r.text("content"), Split: r.flag("split"),
		}
		if c.Date.IsZero() && !r.wrong {
			r.refuse("date", "official.missing", nil)
		}
		c.Year = c.Date.Year()
		if y := r.maybeInt("year"); y != nil {
			c.Year = *y
		}
		if r.wrong {
			return
		}
		// The list is as new as the newest event that it tells.
		if !dated && c.Date.After(s.file.Reference) {
			s.file.Reference = c.Date
		}
		s.file.Changes = append(s.file.Changes, c)
	}
}

// changeType reads "ES-Estinzione" and "ES".
func (r *row) changeType() string {
	if !r.has("type") {
		return "ES"
	}
	code, _, _ := strings.Cut(strings.ToUpper(r.needed("type")), "-")
	code = strings.TrimSpace(code)
	for _, known := range changeTypes {
		if code == known {
			return code
		}
	}
	if code != "" {
		r.refuse("type", "official.class", errs.Args{"classes": strings.Join(changeTypes[:], ", ")})
	}
	return ""
}
