package official

import (
	"strings"

	"capillare/internal/codes"
	"capillare/internal/tabular"
)

// bodyFormats are the two forms of IndicePA. The names of who represents a body stand in both files
// and in neither list of columns: they are never read.
func bodyFormats() []format {
	mails := mailColumns()
	return []format{
		{kind: Bodies, rows: readBodies, columns: append([]column{
			{meaning: "ipa", names: []string{"codiceipa"}, head: "Codice_IPA"},
			{meaning: "name", names: []string{"denominazioneente"}, head: "Denominazione_ente"},
			{meaning: "category", names: []string{"codicecategoria"}, head: "Codice_Categoria"},
			{meaning: "tax_code", names: []string{"codicefiscaleente"}, head: "Codice_fiscale_ente"},
			{meaning: "istat", names: []string{"codicecomuneistat"}},
			{meaning: "belfiore", names: []string{"codicecatastalecomune"}},
			{meaning: "cap", names: []string{"cap"}},
			{meaning: "address", names: []string{"indirizzo"}},
			{meaning: "site", names: []string{"sitoistituzionale"}},
			{meaning: "updated", names: []string{"dataaggiornamento"}},
			{meaning: "liquidation", names: []string{"enteinliquidazione"}},
		}, mails...)},
		{kind: Bodies, rows: readBodies, columns: append([]column{
			{meaning: "ipa", names: []string{"codamm"}, head: "cod_amm"},
			{meaning: "name", names: []string{"desamm"}, head: "des_amm"},
			{meaning: "category", names: []string{"tipologiaistat"}, head: "tipologia_istat"},
			{meaning: "tax_code", names: []string{"cf"}, head: "cf"},
			{meaning: "place", names: []string{"comune"}},
			{meaning: "plate", names: []string{"provincia"}},
			{meaning: "region", names: []string{"regione"}},
			{meaning: "cap", names: []string{"cap"}},
			{meaning: "address", names: []string{"indirizzo"}},
			{meaning: "site", names: []string{"sitoistituzionale"}},
		}, mails...)},
	}
}

// mailNumbers number the addresses that the index has for a body.
const mailNumbers = "12345"

func mailColumns() []column {
	var columns []column
	for _, n := range mailNumbers {
		columns = append(columns,
			column{meaning: "mail" + string(n), names: []string{"mail" + string(n)}},
			column{meaning: "mail_kind" + string(n), names: []string{"tipomail" + string(n)}})
	}
	return columns
}

func readBodies(s *sheet) func(*row) {
	dated := !s.file.Reference.IsZero()
	return func(r *row) {
		b := Body{
			Row: r.number, IPA: r.ipa(), Name: r.needed("name"), Category: r.text("category"),
			TaxCode: r.lenient("tax_code", codes.CheckVAT),
			ISTAT:   r.lenient("istat", lenientISTAT), Belfiore: r.lenient("belfiore", codes.CheckBelfiore),
			Place: r.text("place"), Plate: r.text("plate"), RegionName: r.text("region"),
			CAP: r.lenient("cap", codes.CheckCAP), Address: r.text("address"), Site: r.text("site"),
			Updated: r.day("updated"), Liquidation: r.flag("liquidation"),
		}
		b.Kind = bodyKind(b.Category, b.Name)
		b.PEC, b.Mail = r.mails()
		r.once("ipa", b.IPA)
		if r.wrong {
			return
		}
		if !dated && b.Updated.After(s.file.Reference) {
			s.file.Reference = b.Updated
		}
		s.file.Bodies = append(s.file.Bodies, b)
	}
}

func (r *row) ipa() string {
	s := r.needed("ipa")
	if s == "" {
		return ""
	}
	code, err := codes.CheckIPA(s)
	if err != nil {
		r.refuse("ipa", "official.ipa", nil)
	}
	return code
}

func lenientISTAT(s string) (string, error) {
	code, ok := istatCode(s)
	if !ok {
		return "", codes.ErrISTAT
	}
	return code, nil
}

// mails returns the first certified address and the first plain one.
func (r *row) mails() (pec, mail string) {
	for _, n := range mailNumbers {
		address := strings.ToLower(r.text("mail" + string(n)))
		if !strings.Contains(address, "@") {
			continue
		}
		certified := strings.EqualFold(r.text("mail_kind"+string(n)), "pec")
		switch {
		case certified && pec == "":
			pec = address
		case !certified && mail == "":
			mail = address
		}
	}
	return pec, mail
}

// Categories of the index by code, and how their words begin in the older file.
var bodyCategories = [...]struct {
	code, words string
	kind        BodyKind
}{
	{"L4", "regioniprovinceautonome", Region},
	{"L5", "provinceeloro", Province},
	{"L45", "cittametropolitane", Province},
	{"L6", "comunieloro", Municipality},
	{"L18", "unionidicomuni", Union},
	{"L12", "comunitamontane", Union},
	{"L36", "consorzitraamministrazionilocali", Union},
}

// together begin the names of bodies made of others, which share the category of their members.
var together = [...]string{"consorzio", "associazione", "unione", "comunita", "convenzione", "conferenza"}

func bodyKind(category, name string) BodyKind {
	words, name := tabular.Canonical(category), tabular.Canonical(name)
	for _, c := range bodyCategories {
		if category != c.code && !strings.HasPrefix(words, c.words) {
			continue
		}
		for _, start := range together {
			if c.kind != Union && strings.HasPrefix(name, start) {
				if c.kind == Municipality {
					return Union
				}
				return OtherBody
			}
		}
		return c.kind
	}
	return OtherBody
}
