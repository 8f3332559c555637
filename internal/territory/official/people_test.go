package official_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/tabular"
	"capillare/internal/territory/official"
)

const (
	p2Title = "\uFEFF\"Bilancio demografico e popolazione residente al 31 dicembre 2025\"\n"
	p2Head  = `"Codice comune";"Comune";"Popolazione censita al 1° gennaio - Totale";"Popolazione al 31 dicembre - Maschi";"Popolazione al 31 dicembre - Femmine";"Popolazione al 31 dicembre - Totale";"Informazioni"` + "\n"
	p2Row   = `"064120";"Zungoli";910;429;469;898;"p"` + "\n"
	p2Note  = `"Note: p = dato provvisorio. v = dati in corso di validazione."` + "\n"
)

func TestPopulation(t *testing.T) {
	t.Parallel()
	zungoli := official.PopulationRow{Row: 3, ISTAT: "064120", Name: "Zungoli", Male: 429, Female: 469, Total: 898, Sexes: true, Provisional: true}
	f := read(t, "P2_2025_it_Comuni.csv", p2Title+p2Head+p2Row+p2Note, official.Options{})
	if diff := cmp.Diff([]official.PopulationRow{zungoli}, f.Populations); diff != "" {
		t.Errorf("populations (-want +got):\n%s", diff)
	}
	if f.Reference != mustDay(t, "2025-12-31") || !f.Provisional || f.Skipped != 1 {
		t.Errorf("day %v, provisional %v, skipped %d; want 2025-12-31, true, 1", f.Reference, f.Provisional, f.Skipped)
	}
	// Without a title the name tells the year; a column more and totals with dots change nothing.
	moved := strings.Replace(p2Head, `"Comune";`, `"Comune";"Nuova";`, 1) + `64120;Zungoli;x;910;429;469;898;""` + "\n" +
		`15146;Milano;x;1;700.000;666.155;1.366.155;` + "\n" + `;Italia;x;1;1;1;2;` + "\n"
	f = read(t, "P2_2024_it_Comuni.csv", moved, official.Options{})
	if f.Reference != mustDay(t, "2024-12-31") || f.Provisional || f.Skipped != 1 || len(f.Populations) != 2 || f.Populations[1].Total != 1_366_155 {
		t.Errorf("Read = %+v, want two rows of 2024-12-31, not provisional", f)
	}
}

func TestWrongPopulation(t *testing.T) {
	t.Parallel()
	text := p2Head + p2Row +
		"001001;Agliè;1;1;-2;1;\n" + // 3: negative
		"001002;Airasca;1;1;2;9;\n" + // 4: does not add up
		"001003;Ala;1;1;2;tre;\n" + // 5: no number
		"64120;Zungoli;910;429;469;898;p\n" + // 6: twice
		"001004;Albiano;1;85" // 7: cut
	f := read(t, "P2_2025_it_Comuni.csv", text, official.Options{})
	want := []string{
		"3 Popolazione al 31 dicembre - Femmine negative",
		"4 Popolazione al 31 dicembre - Totale sum",
		"5 Popolazione al 31 dicembre - Totale number",
		"6 Codice comune twice",
		"7 Popolazione al 31 dicembre - Totale missing",
	}
	if diff := cmp.Diff(want, keys(t, f)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestResidentsOfANPR(t *testing.T) {
	t.Parallel()
	f := read(t, "popolazione_residente_export.csv", "MESE,ANNO,REGIONE,PROVINCIA,COD_ISTAT_COMUNE,COMUNE,RESIDENTI\n2,2024,TOSCANA,FIRENZE,048017,FIRENZE,362353\n13,2024,X,Y,048001,BAGNO,1\n", official.Options{})
	want := []official.PopulationRow{{Row: 2, ISTAT: "048017", Name: "FIRENZE", Total: 362353}}
	if diff := cmp.Diff(want, f.Populations); diff != "" {
		t.Errorf("populations (-want +got):\n%s", diff)
	}
	if f.Kind != official.Residents || f.Reference != mustDay(t, "2024-02-29") {
		t.Errorf("Read = %s of %v, want residents of 2024-02-29", f.Kind, f.Reference)
	}
	if diff := cmp.Diff([]string{"3 MESE day"}, keys(t, f)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

const (
	posas2026 = "\uFEFF\"Popolazione residente per età e sesso al 1° gennaio 2026 (stima)\"\r\n\"Codice comune\";\"Comune\";\"Età\";\"Totale maschi\";\"Totale femmine\";\"Totale\"\r\n"
	posas2025 = "\"Popolazione residente al 1° gennaio 2025 per sesso, età e stato civile\"\n" +
		`"Codice comune";"Comune";"Età";"Celibi";"Coniugati";"Divorziati";"Vedovi";"Uniti civilmente";"Maschi già in unione civile (per scioglimento unione)";"Maschi già in unione civile (per decesso del partner)";"Totale maschi";"Nubili";"Coniugate";"Divorziate";"Vedove";"Unite civilmente";"Femmine già in unione civile (per scioglimento unione)";"Femmine già in unione civile (per decesso del partner)";"Totale femmine";"Totale"` + "\n"
)

// ages writes one man and two women of each age, in either layout, and the row of all ages.
func ages(code string, wide, total bool) string {
	var b strings.Builder
	line := func(age, men, women int) {
		if wide {
			fmt.Fprintf(&b, "\"%s\";\"Agliè\";%d;%d;0;0;0;0;0;0;%d;%d;0;0;0;0;0;0;%d;%d\n", code, age, men, men, women, women, men+women)
			return
		}
		fmt.Fprintf(&b, "\"%s\";\"Agliè\";%d;%d;%d;%d\n", code, age, men, women, men+women)
	}
	for age := range 101 {
		line(age, 1, 2)
	}
	if total {
		line(999, 101, 202)
	}
	return b.String()
}

func TestPosas(t *testing.T) {
	t.Parallel()
	want := []official.Age{{Row: 3, ISTAT: "001001", Name: "Agliè", To14: 45, To64: 150, From65: 108, Male: 101, Female: 202, Sexes: true}}
	tests := []struct {
		name, text, day string
		skipped         int
		estimated       bool
	}{
		{"2026", posas2026 + ages("001001", false, true), "2026-01-01", 1, true},
		{"2025", posas2025 + ages("001001", true, true) + "\"Nota: dati definitivi.\"\n", "2025-01-01", 2, false},
		{"without the row of all ages", posas2025 + ages("1001", true, false), "2025-01-01", 0, false},
		{"zipped", zipped(t, [2]string{"POSAS_2026_it_Comuni.csv", posas2026 + ages("001001", false, true)}), "2026-01-01", 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := read(t, "posas.zip", tt.text, official.Options{})
			if diff := cmp.Diff(want, f.Ages); diff != "" {
				t.Errorf("ages (-want +got):\n%s", diff)
			}
			if f.Kind != official.Posas || f.Reference != mustDay(t, tt.day) || f.Skipped != tt.skipped || f.Estimated != tt.estimated || f.Rows != 101 || len(f.Problems) != 0 {
				t.Errorf("Read = %s of %v, skipped %d, estimated %v, rows %d, problems %v", f.Kind, f.Reference, f.Skipped, f.Estimated, f.Rows, f.Problems)
			}
		})
	}
}

func TestWrongPosas(t *testing.T) {
	t.Parallel()
	whole, cut := ages("001004", false, true), ages("001006", false, true)
	text := posas2026 + ages("001001", false, true) +
		strings.Replace(ages("001002", false, true), ";999;101;202;303", ";999;101;203;304", 1) + // total differs
		strings.Replace(ages("001003", false, true), ";57;1;2;3", ";157;1;2;3", 1) + // no such age
		ages("001005", false, false) + ages("001005", false, false)[:len("\"001005\";\"Agliè\";0;1;2;3\n")] + // an age twice
		whole[:strings.Index(whole, "\"001004\";\"Agliè\";60;")] + // ends between two ages
		cut[:strings.Index(cut, ";60;")] // cut within a row
	f := read(t, "POSAS_2026_it_Comuni.csv", text, official.Options{})
	if len(f.Ages) != 1 || f.Ages[0].ISTAT != "001001" {
		t.Errorf("ages = %v, want those of 001001 only", f.Ages)
	}
	got := strings.Join(keys(t, f), "\n")
	for _, want := range []string{"Età sum", "Età age", "Età age_twice", "Età ages_missing", "Età ages_left_out", "Totale maschi missing"} {
		if !strings.Contains(got, want) {
			t.Errorf("problems lack %q:\n%s", want, got)
		}
	}
}

func TestAgeBands(t *testing.T) {
	t.Parallel()
	want := []official.Age{{Row: 2, ISTAT: "001001", To14: 283, To64: 1579, From65: 722, Male: 1259, Female: 1325, Sexes: true}}
	f := read(t, "limen_demographics-by-comune_2026.csv", "codice_comune,pop_0_14,pop_15_64,pop_65_plus,pop_male,pop_female\n001001,283,1579,722,1259,1325\n", official.Options{})
	if diff := cmp.Diff(want, f.Ages); diff != "" || f.Reference != mustDay(t, "2026-01-01") {
		t.Errorf("ages of %v (-want +got):\n%s", f.Reference, diff)
	}
	mapped := official.Options{Reference: mustDay(t, "2025-01-01"), Columns: map[string]string{
		"Chiave": "istat", "Giovani": "to14", "Adulti": "to64", "Anziani": "from65", "M": "male", "F": "female",
	}}
	f = read(t, "anagrafe.csv", "chiave;GIOVANI;Adulti;Anziani;M;F\n1001;283;1.579;722;1.259;1.325\n", mapped)
	if diff := cmp.Diff(want, f.Ages); diff != "" || f.Reference != mustDay(t, "2025-01-01") {
		t.Errorf("mapped ages of %v (-want +got):\n%s", f.Reference, diff)
	}
	cut := "codice_comune,pop_0_14,pop_15_64,pop_65_plus,pop_male,pop_female\n001001,283,1579,722,1259,1325\n001002,438,2312,948,18"
	if diff := cmp.Diff([]string{"3 pop_female missing"}, keys(t, read(t, "a.csv", cut, official.Options{}))); diff != "" {
		t.Errorf("problems of a file that was cut (-want +got):\n%s", diff)
	}
}

func TestClassifications(t *testing.T) {
	t.Parallel()
	head := []string{"Codice Regione", "Codice Istat del Comune \n(alfanumerico)", "Codice Istat del Comune \n(numerico)", "Denominazione (Italiana e straniera)", "Denominazione altra lingua",
		"Superficie territoriale (kmq) al 01/01/2025", "Popolazione legale 2021 (31/12/2021)", "Popolazione residente al 31/12/2024", "Zona altimetrica", "Altitudine del centro (metri)",
		"Comune litoraneo", "Comune isolano", "Zone costiere 2021", "Grado di urbanizzazione 2021"}
	altitude, residents, legal := 1035, 2585, 2562
	want := []official.Class{{
		Row: 2, ISTAT: "001001", Name: "Agliè", AreaKM2: 13.1463, AltitudeM: &altitude, AltimetricZone: 3, Coastal: false, Island: true, Degurba: 3,
		Population: &residents, LegalPopulation: &legal, PopulationDay: mustDay(t, "2024-12-31"),
	}}
	rows := [][]string{
		{"01", "1001", "1001", "Agliè", "", "13.1463", "2562", "2585", "3", "1035", "0", "1", "0", "3"},
		{"01", "001002", "1002", "Airasca", "", "-1", "2", "2", "3", "1", "0", "0", "0", "3"},
		{"01", "001003", "1003", "Ala", "", "1", "2", "2", "6", "1", "0", "0", "0", "3"},
		{"01", "001004", "1004", "Albiano", "", "1", "2", "2", "5", "1", "0", "0", "0", "4"},
		{"", "", "", "", "", "", "", "", "", "", "", "", "", ""},
	}
	f := read(t, "classificazioni.xlsx", workbook(t, tabular.Sheet{Name: "Comuni 01-01-2026", Header: head, Rows: tabular.RowsOf(rows)}), official.Options{})
	if diff := cmp.Diff(want, f.Classes); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
	problems := []string{"3 Superficie territoriale (kmq) al 01/01/2025 negative", "4 Zona altimetrica class", "5 Grado di urbanizzazione 2021 class"}
	if diff := cmp.Diff(problems, keys(t, f)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	// As CSV of another year, with decimal commas.
	text := strings.NewReplacer("2024", "2025", "\n", " ").Replace(strings.Join(head, ";")) + "\n01;001001;1001;Agliè;;13,1463;2.562;2.585;3;1.035;0;1;0;3\n"
	f = read(t, "classificazioni.csv", text, official.Options{})
	want[0].PopulationDay = mustDay(t, "2025-12-31")
	if diff := cmp.Diff(want, f.Classes); diff != "" {
		t.Errorf("classes of the CSV (-want +got):\n%s", diff)
	}
}

func TestInnerAreas(t *testing.T) {
	t.Parallel()
	head := []string{"PROCOM_T", "PROCOM_N", "CODICE CATASTALE", "COD_REG", "REGIONE", "COD_PROV", "SIGLA AUTOM.", "PROVINCIA/CITTA' METROPOLITANA", "DENOMINAZIONE_COMUNE",
		"CODICE_Aree_Interne 2014-2020", "DESCRIZIONE_Aree_Interne 2014-2020", "CODICE_Aree_Interne 2021-2027", "DESCRIZIONE_Aree_Interne 2021-2027",
		"PROCOM_Comune di destinazione prevalente \n(AI 2021-27)", "COMUNE di destinazione prevalente \n(AI 2021-27)", "CODICE POLO DI DESTINAZIONE PREVALENTE \n(AI 2021-27)"}
	sheet := tabular.Sheet{Name: "Classificazione Aree Interne", Header: []string{"Classificazioni dei Comuni (geografia amministrativa al 30 settembre 2020)."}, Rows: tabular.RowsOf([][]string{
		{""}, head,
		{"001001", "1001", "A074", "1", "Piemonte", "201", "TO", "Torino", "Agliè", "C", "C - Cintura", "D", "D - Intermedio", "1125", "Ivrea", "A - 01_03"},
		{"001002", "1002", "A109", "1", "Piemonte", "201", "TO", "Torino", "Airasca", "C", "C - Cintura", "G", "?", "1191", "Pinerolo", "A - 01_05"},
		{"001003", "1003", "A117", "1", "Piemonte", "201", "TO", "Torino", "Ala", "C", "C - Cintura", "", "", "1191", "Pinerolo", "A - 01_05"},
	})}
	f := read(t, "aree_interne_2022-07-15.xlsx", workbook(t, sheet), official.Options{})
	want := []official.InnerArea{{Row: 4, ISTAT: "001001", Belfiore: "A074", Name: "Agliè", Class2014: "C", Class2021: "D", PoleISTAT: "001125", PoleName: "Ivrea"}}
	if diff := cmp.Diff(want, f.InnerAreas); diff != "" {
		t.Errorf("inner areas (-want +got):\n%s", diff)
	}
	if f.Reference != mustDay(t, "2020-09-30") {
		t.Errorf("Reference = %v, want that of the geography, 2020-09-30", f.Reference)
	}
	problems := []string{"5 CODICE_Aree_Interne 2021-2027 class", "6 CODICE_Aree_Interne 2021-2027 missing"}
	if diff := cmp.Diff(problems, keys(t, f)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
