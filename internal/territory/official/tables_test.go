package official_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/territory/official"
)

const (
	entiHead  = "_id,Codice_IPA,Denominazione_ente,Codice_fiscale_ente,Tipologia,Codice_Categoria,Codice_natura,Codice_ateco,Ente_in_liquidazione,Codice_MIUR,Codice_ISTAT,Acronimo,Nome_responsabile,Cognome_responsabile,Titolo_responsabile,Codice_comune_ISTAT,Codice_catastale_comune,CAP,Indirizzo,Mail1,Tipo_Mail1,Mail2,Tipo_Mail2,Sito_istituzionale,Data_aggiornamento\n"
	amminHead = "cod_amm\tdes_amm\tComune\tnome_resp\tcogn_resp\tCap\tProvincia\tRegione\tsito_istituzionale\tIndirizzo\ttitolo_resp\ttipologia_istat\ttipologia_amm\tacronimo\tcf_validato\tcf\tmail1\ttipo_mail1\tmail2\ttipo_mail2\n"
)

func ente(ipa, name, category string) string {
	return fmt.Sprintf("1,%s,%s,01307110484,PA,%s,2430,84.11.10,N,,123,FI,Zebedeo,Cognomino,Sindaco,48017,D612,50122,\"Piazza della Signoria, 1\",urp@example.it,Altro,PROTOCOLLO@PEC.example.it,Pec,www.example.it,2026-08-18\n", ipa, name, category)
}

func TestBodiesOfEnti(t *testing.T) {
	t.Parallel()
	f := read(t, "enti.csv", entiHead+ente("c_d612", "Comune di Firenze", "L6"), official.Options{})
	want := []official.Body{{
		Row: 2, IPA: "c_d612", Name: "Comune di Firenze", Kind: official.Municipality, Category: "L6", TaxCode: "01307110484",
		ISTAT: "048017", Belfiore: "D612", CAP: "50122", Address: "Piazza della Signoria, 1",
		PEC: "protocollo@pec.example.it", Mail: "urp@example.it", Site: "www.example.it", Updated: mustDay(t, "2026-08-18"),
	}}
	if diff := cmp.Diff(want, f.Bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
	if f.Reference != mustDay(t, "2026-08-18") {
		t.Errorf("Reference = %v, want the newest update", f.Reference)
	}
}

func TestBodiesOfAmministrazioni(t *testing.T) {
	t.Parallel()
	row := "c_d612\t\"Comune di \"\"Firenze\"\"\"\tFirenze\tZebedeo\tCognomino\t50122\tFI\tToscana\tnull\tPiazza, 1\tSindaco\tComuni e loro Consorzi e Associazioni\tPubbliche Amministrazioni\tnull\tS\t01307110484\ta@pec.it\tPec\tnull\tnull\n"
	f := read(t, "amministrazioni.txt", amminHead+row, official.Options{})
	want := []official.Body{{
		Row: 2, IPA: "c_d612", Name: `Comune di "Firenze"`, Kind: official.Municipality, Category: "Comuni e loro Consorzi e Associazioni",
		TaxCode: "01307110484", Place: "Firenze", Plate: "FI", RegionName: "Toscana", CAP: "50122", Address: "Piazza, 1", PEC: "a@pec.it",
	}}
	if diff := cmp.Diff(want, f.Bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

// TestNamesOfPersonsAreNeverKept looks for them in everything that comes out, problems included.
func TestNamesOfPersonsAreNeverKept(t *testing.T) {
	t.Parallel()
	bad := strings.Replace(ente("?", "Comune di Prova", "L6"), ",2026-08-18", ",18 agosto", 1)
	f := read(t, "enti.csv", entiHead+ente("c_d612", "Comune di Firenze", "L6")+bad, official.Options{})
	if out := fmt.Sprintf("%+v", f); strings.Contains(out, "Zebedeo") || strings.Contains(out, "Cognomino") {
		t.Errorf("a name came out: %s", out)
	}
	if diff := cmp.Diff([]string{"3 Codice_IPA ipa", "3 Data_aggiornamento day"}, keys(t, f)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestBodyKinds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		category, name string
		want           official.BodyKind
	}{
		{"L4", "Regione Toscana", official.Region},
		{"L4", "Consorzio di Regioni", official.OtherBody},
		{"L5", "Provincia di Siena", official.Province},
		{"L45", "Citta' Metropolitana di Firenze", official.Province},
		{"L6", "Comune di Fiesole", official.Municipality},
		{"L6", "Roma Capitale", official.Municipality},
		{"L6", "Consorzio dei Comuni", official.Union},
		{"L18", "Unione dei Comuni del Mugello", official.Union},
		{"L12", "Comunità Montana", official.Union},
		{"C17", "Ente di previdenza", official.OtherBody},
		{"", "Senza categoria", official.OtherBody},
	}
	text := entiHead
	for i, tt := range tests {
		text += ente(fmt.Sprintf("ente_%d", i), tt.name, tt.category)
	}
	bodies := read(t, "enti.csv", text, official.Options{}).Bodies
	for i, tt := range tests {
		if bodies[i].Kind != tt.want {
			t.Errorf("kind of %s in %q = %s, want %s", tt.name, tt.category, bodies[i].Kind, tt.want)
		}
	}
}

func TestTravelOf2013(t *testing.T) {
	t.Parallel()
	text := travelHead +
		"48017-48015;48017;48015;16,25;8046,5\n" +
		"48017-48017;48017;48017;0;0\n" + // itself
		"48017-1001;48017;1001;240;400000\n" + // not wanted
		"48015-48017;48015;48017;-1;8046\n" + // negative
		"48017-48015;48017;48015;17;8046\n" + // twice
		"48017-4801" // cut
	keep := func(_, to string) bool { return strings.HasPrefix(to, "048") }
	f := read(t, "Toscana_2013.txt", text, official.Options{Keep: keep})
	if diff := cmp.Diff([]official.Trip{{From: "048017", To: "048015", Minutes: 16.25, KM: 8.0465}}, f.Travels); diff != "" {
		t.Errorf("travels (-want +got):\n%s", diff)
	}
	if f.Rows != 1 || f.Skipped != 2 || f.Wrong != 3 || f.Reference != mustDay(t, "2013-01-01") {
		t.Errorf("rows %d, skipped %d, wrong %d, day %v; want 1, 2, 3, 2013-01-01", f.Rows, f.Skipped, f.Wrong, f.Reference)
	}
	if diff := cmp.Diff([]string{"5 Total_Minu negative", "6 Origine twice", "7 Origine missing", "7 Destinazione missing"}, keys(t, f)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestTravelByMapping(t *testing.T) {
	t.Parallel()
	o := official.Options{Columns: map[string]string{"COD_O": "from", "cod_d": "to", "Tempo medio": "minutes", "Dist": "km"}, Reference: mustDay(t, "2021-01-01")}
	f := read(t, "FI.csv", "COD_O,COD_D,TEMPO MEDIO,DIST\n048017,048015,16.5,8.1\n", o)
	if diff := cmp.Diff([]official.Trip{{From: "048017", To: "048015", Minutes: 16.5, KM: 8.1}}, f.Travels); diff != "" {
		t.Errorf("travels (-want +got):\n%s", diff)
	}
}

func TestTravelIsStreamed(t *testing.T) {
	t.Parallel()
	stop := errors.New("enough")
	seen := 0
	o := official.Options{MaxRows: 2, Each: func(official.Trip) error {
		if seen++; seen == 5 {
			return stop
		}
		return nil
	}}
	text := travelHead + strings.Repeat("a;48017;48015;16;8000\n", 9)
	if _, err := official.Read("t.txt", strings.NewReader(text), o); !errors.Is(err, stop) || seen != 5 {
		t.Errorf("Read = %v after %d pairs, want the callback's error after 5", err, seen)
	}
	o.Each = func(official.Trip) error { return nil }
	if f := read(t, "t.txt", text, o); f.Rows != 9 || f.Travels != nil {
		t.Errorf("rows %d, kept %d; want 9 and none", f.Rows, len(f.Travels))
	}
}

func TestBroadband(t *testing.T) {
	t.Parallel()
	text := "istat,date,source,addresses,white,grey,black,ftth,fwa\n" +
		"048017,2026-06-30,Infratel,100,10,30,60,80,5\n" +
		"048017,2026-06-30,Infratel,50,0,0,50,50,0\n" + // another part of the town
		"048017,2025-06-30,Infratel,140,90,30,20,20,5\n" + // older
		"048015,2026-06-30,Infratel,10,5,5,5,1,1\n" + // parts above the total
		"048015,2026-06-30,Infratel,-1,,,,,\n" +
		"48015;\n"
	f := read(t, "banda.csv", text, official.Options{})
	want := []official.Coverage{{ISTAT: "048017", Day: mustDay(t, "2026-06-30"), Addresses: 150, White: 10, Grey: 30, Black: 110, FTTH: 130, FWA: 5}}
	if diff := cmp.Diff(want, f.Broadbands); diff != "" || f.Skipped != 1 {
		t.Errorf("skipped %d, coverage (-want +got):\n%s", f.Skipped, diff)
	}
	if diff := cmp.Diff([]string{"5 addresses more_than_all", "6 addresses negative", "7 istat istat", "7 addresses missing"}, keys(t, f)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	mapped := official.Options{Columns: map[string]string{"PRO_COM": "istat", "N. civici": "addresses", "Fibra": "ftth"}}
	f = read(t, "banda_20260630.csv", "PRO_COM;N. civici;Fibra\n48017;1.000;900\n", mapped)
	want = []official.Coverage{{ISTAT: "048017", Day: mustDay(t, "2026-06-30"), Addresses: 1000, FTTH: 900}}
	if diff := cmp.Diff(want, f.Broadbands); diff != "" {
		t.Errorf("mapped coverage (-want +got):\n%s", diff)
	}
}

func TestBroadbandOfOpenFiber(t *testing.T) {
	t.Parallel()
	text := "REGIONE|COMUNE|PARTICELLA_TOP|INDIRIZZO|CIVICO|ID_BUILDING|COORDINATE_BUILDING|STATO_UI|POP|TOTALE_UI|DATA_ULTIMA_MODIFICA_RECORD\n"
	for i, state := range []string{"102", "302", "202", "205", "101", "80", "102", ""} {
		town := "007022"
		if i == 6 {
			town = "007041"
		}
		text += fmt.Sprintf("02|%s|VIA|ROMA|%d|%d|45.7,7.3|%s|AOCUA|4|x\n", town, i, i, state)
	}
	for name, head := range map[string]string{"new": text, "older": strings.Replace(text, "STATO_UI", "STATO_BUILDING", 1)} {
		f := read(t, "dbcopertura_CD_20250715.csv", head, official.Options{MaxRows: 3})
		day := mustDay(t, "2025-07-15")
		want := []official.Coverage{
			{ISTAT: "007022", Day: day, Addresses: 6, White: 6, FTTH: 2, FWA: 2},
			{ISTAT: "007041", Day: day, Addresses: 1, White: 1, FTTH: 1},
		}
		if diff := cmp.Diff(want, f.Broadbands); diff != "" || f.Reference != day || f.Wrong != 1 {
			t.Errorf("%s head: day %v, wrong %d, coverage (-want +got):\n%s", name, f.Reference, f.Wrong, diff)
		}
	}
}

func TestArchive(t *testing.T) {
	t.Parallel()
	text := "ID,DATAISTITUZIONE,DATACESSAZIONE,CODISTAT,CODCATASTALE,DENOMINAZIONE_IT,DENOMTRASLITTERATA,ALTRADENOMINAZIONE,ALTRADENOMTRASLITTERATA,ID_PROVINCIA,IDPROVINCIAISTAT,IDREGIONE,IDPREFETTURA,STATO,SIGLAPROVINCIA,FONTE,DATAULTIMOAGG,COD_DENOM\n" +
		"1,1924-11-14,9999-12-31,028001,A001,ABANO TERME,ABANO TERME,,,28,028,05,PD,A,PD,,2016-06-17,\n" +
		"2,1863-02-23,1928-03-06,013801,ND,ABBADIA SOPRA ADDA,X,,,13,013,03,,C,CO,,2016-06-18,\n" +
		"3,1928-03-07,1863-02-23,013801,A002,ABBADIA,X,,,13,013,03,,C,CO,,2016-06-17,\n" +
		"1,1924-11-14,9999-12-31,028001,A001,ABANO TERME,ABANO TERME,,,28,028,05,PD,A,PD,,2016-06-17,\n" +
		"5,1924-11-14,,028001,A001,ABANO TERME,X,,,28,028,05,PD,A,PD,,,\n"
	f := read(t, "ANPR_archivio_comuni.csv", text, official.Options{})
	want := []official.ArchiveTown{
		{Row: 2, ISTAT: "028001", Belfiore: "A001", Name: "ABANO TERME", RegionCode: "05", Plate: "PD", From: mustDay(t, "1924-11-14"), Updated: mustDay(t, "2016-06-17")},
		{Row: 3, ISTAT: "013801", Name: "ABBADIA SOPRA ADDA", RegionCode: "03", Plate: "CO", From: mustDay(t, "1863-02-23"), To: mustDay(t, "1928-03-06"), Updated: mustDay(t, "2016-06-18")},
	}
	if diff := cmp.Diff(want, f.Archive); diff != "" || f.Reference != mustDay(t, "2016-06-18") {
		t.Errorf("archive of %v (-want +got):\n%s", f.Reference, diff)
	}
	if diff := cmp.Diff([]string{"4 DATACESSAZIONE period", "5 CODISTAT twice", "6 DATACESSAZIONE missing"}, keys(t, f)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestSut(t *testing.T) {
	t.Parallel()
	f := read(t, "sut.csv", sutHead+sutAbano, official.Options{})
	want := []official.SutTown{{Row: 2, ISTAT: "028001", Belfiore: "A001", Name: "ABANO TERME", Plate: "PD", Electoral: "1050540010"}}
	if diff := cmp.Diff(want, f.Sut); diff != "" || f.Reference != (calendar.Day{}) {
		t.Errorf("day %v, towns (-want +got):\n%s", f.Reference, diff)
	}
}
