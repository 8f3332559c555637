package official_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/tabular"
	"capillare/internal/territory/official"
)

const (
	situasHead = "Codice Ripartizione geografica;Codice Regione;Codice Provincia (Storico);Codice Provincia/Uts;Codice Comune (alfanumerico);Codice Comune (numerico);Comune;Comune (dizione italiana);Comune (dizione straniera);Ripartizione geografica;Regione;Provincia/Uts;Tipologia Provincia/Uts;Capoluogo di regione;Capoluogo di provincia/uts;Sigla automobilistica;Codice catasto;Codice fiscale;Codice NUTS1 2024;Codice NUTS2 2024;Codice NUTS3 2024\n"
	situasRow  = "3;09;048;248;048017;48017;Firenze;Firenze;;Centro;Toscana;Firenze;3;1;1;FI;D612;01307110484;ITI;ITI1;ITI14\n"
	bolzanoRow = "2;04;021;021;021008;21008;Bolzano/Bozen;Bolzano;Bozen;Nord-est;Trentino-Alto Adige/Südtirol;Bolzano/Bozen;2;0;1;BZ;A952;00389240219;ITH;ITH1;ITH10\n"

	elencoHead2024 = "Codice Regione;\"Codice dell'Unità territoriale sovracomunale \n(valida a fini statistici)\";Codice Provincia (Storico)(1);Progressivo del Comune (2);Codice Comune formato alfanumerico;Denominazione (Italiana e straniera);Denominazione in italiano;Denominazione altra lingua;Codice Ripartizione Geografica;Ripartizione geografica;Denominazione Regione;\"Denominazione dell'Unità territoriale sovracomunale \n(valida a fini statistici)\";Tipologia di Unità territoriale sovracomunale ;Flag Comune capoluogo di provincia/città metropolitana/libero consorzio;Sigla automobilistica;Codice Comune formato numerico;Codice Comune numerico con 110 province (dal 2010 al 2016);Codice Comune numerico con 107 province (dal 2006 al 2009);Codice Comune numerico con 103 province (dal 1995 al 2005);Codice Catastale del comune;Codice NUTS1 2021;Codice NUTS2 2021 (3) ;Codice NUTS3 2021;Codice NUTS1 2024;Codice NUTS2 2024 (3) ;Codice NUTS3 2024\r\n"
	elencoRow2024  = "20;111;111;105;111105;Villasimius;Villasimius;;5;Isole;Sardegna;Sud Sardegna;1;0;SU;111105;92100;92100;92100;B738;ITG;ITG2;ITG2H;ITG;ITG2;ITG2X\r\n"

	elencoHead2020 = "Codice Regione;Codice dell'Unità territoriale sovracomunale (valida a fini statistici);Codice Provincia (Storico)(1);Progressivo del Comune (2);Codice Comune formato alfanumerico;Denominazione (Italiana e straniera);Denominazione in italiano;Denominazione altra lingua;Codice Ripartizione Geografica;Ripartizione geografica;Denominazione regione;Denominazione dell'Unità territoriale sovracomunale (valida a fini statistici);Flag Comune capoluogo di provincia/città metropolitana/libero consorzio;Sigla automobilistica;Codice Comune formato numerico;Codice Comune numerico con 110 province (dal 2010 al 2016);Codice Comune numerico con 107 province (dal 2006 al 2009);Codice Comune numerico con 103 province (dal 1995 al 2005);Codice Catastale del comune;Popolazione legale 2011 (09/10/2011);NUTS1;NUTS2(3) ;NUTS3\r\n"
	elencoRow2020  = "01;201;001; 001 ;001001;Agliè;Agliè;;1;Nord-ovest;Piemonte;Torino;0;TO;1001;1001;1001;1001;A074;2.644;ITC;ITC1;ITC11\r\n"
)

func firenze() official.Town {
	return official.Town{
		Row: 2, ISTAT: "048017", Belfiore: "D612", Name: "Firenze", NameIT: "Firenze",
		RegionCode: "09", Region: "Toscana", ProvinceCode: "048", UTSCode: "248", Province: "Firenze", Plate: "FI",
		UTSKind: 3, RegionCapital: true, ProvinceCapital: true, TaxCode: "01307110484", NUTS3: "ITI14", NUTSYear: 2024,
	}
}

// latin1 writes a text as the copies of 2019 to 2023 were.
func latin1(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
	}
	return b.String()
}

func TestSituas(t *testing.T) {
	t.Parallel()
	numeric := func(s string) string {
		return strings.NewReplacer(";09;048;248;048017;", ";9;48;248;48017;", ";01307110484;", ";1307110484;").Replace(s)
	}
	tests := map[string]string{
		"as published":     "\uFEFF" + situasHead + situasRow,
		"windows line end": strings.ReplaceAll(situasHead+situasRow, "\n", "\r\n"),
		"earlier head":     strings.Replace(situasHead, "Tipologia Provincia/Uts", "Flag tipo Uts", 1) + situasRow,
		"quoted formula":   situasHead + strings.Replace(situasRow, ";048017;", `;="048017";`, 1),
		"zeros eaten":      situasHead + numeric(situasRow),
		"loud heads":       strings.ToUpper(situasHead) + situasRow,
		"blank rows below": situasHead + situasRow + "\n;;;;;;\n;;\n",
		"tabs":             strings.ReplaceAll(situasHead+situasRow, ";", "\t"),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := read(t, "situas_comuni_2026-08-14.csv", text, official.Options{})
			if f.Kind != official.Situas || f.Reference != mustDay(t, "2026-08-14") {
				t.Errorf("Read = %s of %v, want situas of 2026-08-14", f.Kind, f.Reference)
			}
			if diff := cmp.Diff([]official.Town{firenze()}, f.Towns); diff != "" {
				t.Errorf("towns (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSituasInWorkbook(t *testing.T) {
	t.Parallel()
	// A workbook in which the codes became numbers, with a sheet of notes before.
	head := strings.Split(strings.TrimSpace(situasHead), ";")
	row := strings.Split(strings.TrimSpace(strings.Replace(situasRow, ";048017;", ";48017;", 1)), ";")
	book := workbook(t,
		tabular.Sheet{Name: "Note", Header: []string{"Nota"}, Rows: tabular.RowsOf([][]string{{"Elenco dei comuni"}})},
		tabular.Sheet{Name: "Comuni 01-01-2026", Header: head, Rows: tabular.RowsOf([][]string{row})})
	f := read(t, "comuni.xlsx", book, official.Options{})
	if diff := cmp.Diff([]official.Town{firenze()}, f.Towns); diff != "" {
		t.Errorf("towns (-want +got):\n%s", diff)
	}
	if f.Title != "Comuni 01-01-2026" || f.Reference != mustDay(t, "2026-01-01") {
		t.Errorf("title %q and day %v, want those of the sheet", f.Title, f.Reference)
	}
}

func TestBilingualName(t *testing.T) {
	t.Parallel()
	m := read(t, "situas.csv", situasHead+bolzanoRow, official.Options{}).Towns[0]
	if diff := cmp.Diff([]string{"Bolzano/Bozen", "Bolzano", "Bozen"}, []string{m.Name, m.NameIT, m.NameOther}); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestElencoThroughTheYears(t *testing.T) {
	t.Parallel()
	head2021 := strings.NewReplacer("NUTS1 2021", "NUTS1 2010", "NUTS2 2021", "NUTS2 2010", "NUTS3 2021", "NUTS3 2010",
		"NUTS1 2024", "NUTS1 2021", "NUTS2 2024", "NUTS2 2021", "NUTS3 2024", "NUTS3 2021").Replace(elencoHead2024)
	tests := []struct {
		name, text string
		want       official.Town
	}{
		{"2024", elencoHead2024 + elencoRow2024, official.Town{
			Row: 2, ISTAT: "111105", Belfiore: "B738", Name: "Villasimius", NameIT: "Villasimius", RegionCode: "20", Region: "Sardegna",
			ProvinceCode: "111", UTSCode: "111", Province: "Sud Sardegna", Plate: "SU", UTSKind: 1, NUTS3: "ITG2X", NUTSYear: 2024,
			ISTAT110: "092100", ISTAT107: "092100", ISTAT103: "092100",
		}},
		{"2021 to 2023", head2021 + elencoRow2024, official.Town{
			Row: 2, ISTAT: "111105", Belfiore: "B738", Name: "Villasimius", NameIT: "Villasimius", RegionCode: "20", Region: "Sardegna",
			ProvinceCode: "111", UTSCode: "111", Province: "Sud Sardegna", Plate: "SU", UTSKind: 1, NUTS3: "ITG2X", NUTSYear: 2021,
			ISTAT110: "092100", ISTAT107: "092100", ISTAT103: "092100",
		}},
		{"2020", latin1(elencoHead2020 + elencoRow2020), official.Town{
			Row: 2, ISTAT: "001001", Belfiore: "A074", Name: "Agliè", NameIT: "Agliè", RegionCode: "01", Region: "Piemonte",
			ProvinceCode: "001", UTSCode: "201", Province: "Torino", Plate: "TO", NUTS3: "ITC11",
			ISTAT110: "001001", ISTAT107: "001001", ISTAT103: "001001",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := read(t, "Elenco-comuni-italiani.csv", tt.text, official.Options{Reference: mustDay(t, "2024-01-22")})
			if f.Kind != official.Elenco || f.Reference != mustDay(t, "2024-01-22") {
				t.Errorf("Read = %s of %v, want elenco of the day that the sender says", f.Kind, f.Reference)
			}
			if diff := cmp.Diff([]official.Town{tt.want}, f.Towns); diff != "" {
				t.Errorf("towns (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWrongTowns(t *testing.T) {
	t.Parallel()
	text := situasHead + situasRow +
		strings.Replace(situasRow, ";048017;", ";48;", 1) + // 3: wrong code
		strings.Replace(situasRow, ";D612;", ";FIRENZE;", 1) + // 4: wrong Belfiore
		situasRow + // 5: twice
		strings.Replace(bolzanoRow, ";Bolzano/Bozen;Bolzano;", ";;Bolzano;", 1) + // 6: no name
		strings.Replace(bolzanoRow, ";2;0;1;BZ", ";9;0;1;BZ", 1) + // 7: no such kind of unit
		"2;04;021;021;021008;21008;Bolz" // 8: cut
	f := read(t, "situas.csv", text, official.Options{})
	want := []string{
		"3 Codice Comune (alfanumerico) istat",
		"4 Codice catasto belfiore",
		"5 Codice Comune (alfanumerico) twice",
		"6 Comune missing",
		"7 Tipologia Provincia/Uts class",
		"8 Codice catasto missing", "8 Regione missing", "8 Sigla automobilistica missing",
	}
	if diff := cmp.Diff(want, keys(t, f)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if f.Rows != 1 || f.Wrong != 6 || len(f.Towns) != 1 {
		t.Errorf("rows %d, wrong %d, towns %d; want 1, 6, 1", f.Rows, f.Wrong, len(f.Towns))
	}
}

func TestShortListIsNoticed(t *testing.T) {
	t.Parallel()
	f := read(t, "situas.csv", situasHead+situasRow, official.Options{})
	if len(f.Problems) != 1 || f.Problems[0].Key != "official.few_rows" || !f.Problems[0].Notice || f.Wrong != 0 {
		t.Errorf("problems = %+v, want one notice that the list is short", f.Problems)
	}
}

func variazioni() tabular.Sheet {
	return tabular.Sheet{
		Name: "variazioni",
		Header: []string{"Anno evento", "Tipo variazione", "Sigla automobilistica", "Codice Provincia/Uts", "Codice Comune", "Comune", "Codice Uts associato", "Sigla automobilistica associata",
			"Codice Comune associato", "Comune associato", "Provvedimento e Documento", "Contenuto del provvedimento", "Data evento"},
		Rows: tabular.RowsOf([][]string{{"2026", "RN-Ricodifica", "SS", "090", "090003", "Alghero", "312", "SS", "112001", "Alghero", "L.R. N. 7", "NUOVA PROVINCIA", "01/01/2026"}}),
	}
}

func soppressioni() tabular.Sheet {
	return tabular.Sheet{
		Name: "soppressioni",
		Header: []string{"Anno evento", "Sigla Provincia/Uts", "Codice Provincia/Uts", "Codice Comune", "Comune", "Flag Scorporo", "Tipo variazione", "Data evento",
			"Codice Comune associato", "Comune associato", "Codice Provincia/Uts associato", "Sigla Provincia/Uts associata"},
		Rows: tabular.RowsOf([][]string{{"1865", "FI", "048", "048805", "Rovezzano", "1", "ES", "13/08/1865", "048017", "Firenze", "048", "FI"}}),
	}
}

func TestChangesAndSuppressions(t *testing.T) {
	t.Parallel()
	files, err := official.Read("situas.xlsx", strings.NewReader(workbook(t, variazioni(), soppressioni())), official.Options{})
	if err != nil || len(files) != 2 {
		t.Fatalf("Read = %d files, %v; want 2", len(files), err)
	}
	change := official.Change{
		Row: 2, Year: 2026, Type: "RN", UTS: "090", Plate: "SS", ISTAT: "090003", Name: "Alghero", ToUTS: "312", ToPlate: "SS",
		ToISTAT: "112001", ToName: "Alghero", Act: "L.R. N. 7", Content: "NUOVA PROVINCIA", Date: mustDay(t, "2026-01-01"),
	}
	if diff := cmp.Diff([]official.Change{change}, files[0].Changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	gone := official.Change{
		Row: 2, Year: 1865, Type: "ES", UTS: "048", Plate: "FI", ISTAT: "048805", Name: "Rovezzano", ToUTS: "048", ToPlate: "FI",
		ToISTAT: "048017", ToName: "Firenze", Date: mustDay(t, "1865-08-13"), Split: true,
	}
	if diff := cmp.Diff([]official.Change{gone}, files[1].Changes); diff != "" {
		t.Errorf("suppressions (-want +got):\n%s", diff)
	}
	older := "Anno;Sigla Automobilistica;Codice Unità territoriale sovracomunale (Uts);Codice Comune;Denominazione Comune;Comune soppresso per scorporo;Data evento;Codice del Comune associato alla variazione;Denominazione Comune associato alla variazione;Codice Unità territoriale sovracomunale associato alla variazione;Sigla Automobilistica associata alla variazione;;;;;\r\n" +
		"1865;FI;048;048805;Rovezzano;1;13/08/1865;048017;Firenze;048;FI;;;;;\r\n"
	f := read(t, "soppressi.csv", latin1(older), official.Options{})
	if diff := cmp.Diff([]official.Change{gone}, f.Changes); diff != "" || f.Kind != official.Suppressions {
		t.Errorf("older list is %s (-want +got):\n%s", f.Kind, diff)
	}
}

func TestWrongChanges(t *testing.T) {
	t.Parallel()
	sheet := variazioni()
	good := []string{"2026", "RN-Ricodifica", "SS", "090", "090003", "Alghero", "312", "SS", "112001", "Alghero", "L.R. N. 7", "X", "01/01/2026"}
	with := func(i int, s string) []string {
		row := append([]string(nil), good...)
		row[i] = s
		return row
	}
	sheet.Rows = tabular.RowsOf([][]string{good, with(1, "ZZ-Ignota"), with(12, "31/02/2026"), with(12, ""), with(8, "12"), with(4, "")})
	f := read(t, "variazioni.xlsx", workbook(t, sheet), official.Options{})
	want := []string{"3 Tipo variazione class", "4 Data evento day", "5 Data evento missing", "6 Codice Comune associato istat", "7 Codice Comune missing"}
	if diff := cmp.Diff(want, keys(t, f)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
