package official

import "strings"

// townFormats are ISTAT's two lists of municipalities. The heads of the Elenco changed in 2021 and
// 2024; those of SITUAS in 2025.
func townFormats() []format {
	return []format{
		{kind: Situas, columns: situasColumns(), rows: readTowns},
		{kind: Elenco, columns: elencoColumns(), rows: readTowns},
	}
}

func situasColumns() []column {
	return []column{
		{meaning: "istat", names: []string{"codicecomunealfanumerico"}, head: "Codice Comune (alfanumerico)"},
		{meaning: "name", names: []string{"comune"}, head: "Comune"},
		{meaning: "belfiore", names: []string{"codicecatasto", "codicecatastale*"}, head: "Codice catasto"},
		{meaning: "uts", names: []string{"codiceprovinciauts"}, head: "Codice Provincia/Uts"},
		{meaning: "region_code", names: []string{"codiceregione"}, head: "Codice Regione"},
		{meaning: "region", names: []string{"regione"}, head: "Regione"},
		{meaning: "plate", names: []string{"siglaautomobilistica"}, head: "Sigla automobilistica"},
		{meaning: "province_code", names: []string{"codiceprovinciastorico*"}},
		{meaning: "name_it", names: []string{"comunedizioneitaliana"}},
		{meaning: "name_other", names: []string{"comunedizionestraniera"}},
		{meaning: "province", names: []string{"provinciauts"}},
		{meaning: "uts_kind", names: []string{"tipologiaprovinciauts", "flagtipouts"}},
		{meaning: "region_capital", names: []string{"capoluogodiregione*"}},
		{meaning: "province_capital", names: []string{"capoluogodiprovincia*"}},
		{meaning: "tax_code", names: []string{"codicefiscale*"}},
		{meaning: "nuts3", names: []string{"codicenuts3*"}, newest: true},
	}
}

func elencoColumns() []column {
	return []column{
		{meaning: "istat", names: []string{"codicecomuneformatoalfanumerico"}, head: "Codice Comune formato alfanumerico"},
		{meaning: "belfiore", names: []string{"codicecatastaledelcomune"}, head: "Codice Catastale del comune"},
		{meaning: "region_code", names: []string{"codiceregione"}, head: "Codice Regione"},
		{meaning: "region", names: []string{"denominazioneregione"}, head: "Denominazione Regione"},
		{meaning: "plate", names: []string{"siglaautomobilistica"}, head: "Sigla automobilistica"},
		{meaning: "name_it", names: []string{"denominazioneinitaliano"}, head: "Denominazione in italiano"},
		{meaning: "name", names: []string{"denominazioneitalianaestraniera", "denominazioneinitaliano"}},
		{meaning: "name_other", names: []string{"denominazionealtralingua"}},
		{meaning: "uts", names: []string{"codicedellunitaterritorialesovracomunale*", "codicecittametropolitana"}},
		{meaning: "province_code", names: []string{"codiceprovinciastorico*", "codiceprovincia1", "codiceprovincia"}},
		{meaning: "province", names: []string{"denominazionedellunitaterritorialesovracomunale*", "denominazioneprovincia"}},
		{meaning: "uts_kind", names: []string{"tipologiadiunitaterritorialesovracomunale*"}},
		{meaning: "province_capital", names: []string{"flagcomunecapoluogo*"}},
		{meaning: "istat110", names: []string{"codicecomunenumericocon110province*"}},
		{meaning: "istat107", names: []string{"codicecomunenumericocon107province*"}},
		{meaning: "istat103", names: []string{"codicecomunenumericocon103province*"}},
		{meaning: "nuts3", names: []string{"codicenuts3*", "nuts3*"}, newest: true},
	}
}

// highestUTSKind is that of the units of Friuli-Venezia Giulia.
const highestUTSKind = 5

func readTowns(s *sheet) func(*row) {
	edition := yearIn(s.title("nuts3"))
	return func(r *row) {
		t := Town{
			Row: r.number, ISTAT: r.istat("istat"), Belfiore: r.belfiore("belfiore"),
			Name: r.needed("name"), NameIT: r.text("name_it"), NameOther: r.text("name_other"),
			RegionCode: zeros(r.needed("region_code"), 2), Region: r.needed("region"),
			ProvinceCode: zeros(r.text("province_code"), 3), UTSCode: zeros(r.text("uts"), 3),
			Province: r.text("province"), Plate: plateOf(r),
			UTSKind:       r.among("uts_kind", highestUTSKind),
			RegionCapital: r.flag("region_capital"), ProvinceCapital: r.flag("province_capital"),
			TaxCode: zeros(r.text("tax_code"), 11),
			NUTS3:   r.text("nuts3"), NUTSYear: edition,
			ISTAT110: r.maybeISTAT("istat110"), ISTAT107: r.maybeISTAT("istat107"), ISTAT103: r.maybeISTAT("istat103"),
		}
		t.fill()
		r.once("istat", t.ISTAT)
		r.once("belfiore", t.Belfiore)
		if !r.wrong {
			s.file.Towns = append(s.file.Towns, t)
		}
	}
}

// plateOf reads the letters of the province; "NA" is Naples and no gap.
func plateOf(r *row) string { return strings.ToUpper(r.needed("plate")) }

// fill derives what older lists leave out.
func (t *Town) fill() {
	if t.NameIT == "" {
		t.NameIT = t.Name
	}
	if t.ProvinceCode == "" && len(t.ISTAT) == 6 {
		t.ProvinceCode = t.ISTAT[:3]
	}
	if t.UTSCode == "" {
		t.UTSCode = t.ProvinceCode
	}
}
