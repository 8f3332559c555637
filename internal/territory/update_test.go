package territory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// files makes uploads of pairs of name and content.
func files(pairs ...string) []Upload {
	var out []Upload
	for pair := range slices.Chunk(pairs, 2) {
		out = append(out, Upload{Name: pair[0], Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(pair[1])), nil }})
	}
	return out
}

// situas is a list of municipalities: "istat belfiore name" each, all of Basilicata.
func situas(towns ...string) string {
	var b strings.Builder
	b.WriteString("Codice Ripartizione geografica;Codice Regione;Codice Provincia (Storico);Codice Provincia/Uts;Codice Comune (alfanumerico);Codice Comune (numerico);" +
		"Comune;Comune (dizione italiana);Comune (dizione straniera);Ripartizione geografica;Regione;Provincia/Uts;Tipologia Provincia/Uts;" +
		"Capoluogo di regione;Capoluogo di provincia/uts;Sigla automobilistica;Codice catasto;Codice fiscale;Codice NUTS1 2024;Codice NUTS2 2024;Codice NUTS3 2024\r\n")
	for _, town := range towns {
		f := strings.SplitN(town, " ", 3)
		plate := map[string]string{"076": "PZ", "077": "MT", "078": "LG"}[f[0][:3]]
		fmt.Fprintf(&b, "4;17;%s;%s;%s;%s;%s;%s;;Sud;Basilicata;Provincia %s;1;0;0;%s;%s;80001010767;ITF;ITF5;ITF51\r\n",
			f[0][:3], f[0][:3], f[0], strings.TrimLeft(f[0], "0"), f[2], f[2], plate, plate, f[1])
	}
	return b.String()
}

// ceased is a list of municipalities that ceased: "istat name day heir heirName" with bars between.
func ceased(rows ...string) string {
	var b strings.Builder
	b.WriteString("Anno;Sigla Automobilistica;Codice Unità territoriale sovracomunale (Uts);Codice Comune;Denominazione Comune;Comune soppresso per scorporo;Data evento;" +
		"Codice del Comune associato alla variazione;Denominazione Comune associato alla variazione;Codice Unità territoriale sovracomunale associato alla variazione;Sigla Automobilistica associata alla variazione\r\n")
	for _, row := range rows {
		f := strings.Split(row, "|")
		fmt.Fprintf(&b, "%s;PZ;076;%s;%s;;%s;%s;%s;076;PZ\r\n", f[2][6:], f[0], f[1], f[2], f[3], f[4])
	}
	return b.String()
}

// changes is a list of changes: "type|istat|name|toIstat|toName|day".
func changes(rows ...string) string {
	var b strings.Builder
	b.WriteString("Anno evento;Tipo variazione;Sigla automobilistica;Codice Provincia/Uts;Codice Comune;Comune;Codice Uts associato;Sigla automobilistica associata;" +
		"Codice Comune associato;Comune associato;Provvedimento e Documento;Contenuto del provvedimento;Data evento\r\n")
	for _, row := range rows {
		f := strings.Split(row, "|")
		fmt.Fprintf(&b, "%s;%s;PZ;%s;%s;%s;%s;PZ;%s;%s;L.R. 1;;%s\r\n", f[5][6:], f[0], f[1][:3], f[1], f[2], f[3][:3], f[3], f[4], f[5])
	}
	return b.String()
}

// residents is a P2 of a year: "istat name total".
func residents(year string, rows ...string) (name, content string) {
	var b strings.Builder
	fmt.Fprintf(&b, "\"Bilancio demografico e popolazione residente al 31 dicembre %s\"\r\n", year)
	b.WriteString("\"Codice comune\";\"Comune\";\"Popolazione al 31 dicembre - Maschi\";\"Popolazione al 31 dicembre - Femmine\";\"Popolazione al 31 dicembre - Totale\";\"Informazioni\"\r\n")
	for _, row := range rows {
		f := strings.SplitN(row, " ", 3)
		fmt.Fprintf(&b, "%q;%q;\"0\";%q;%q;\"p\"\r\n", f[0], f[2], f[1], f[1])
	}
	return "P2_" + year + "_it_Comuni.csv", b.String()
}

// lucania loads five invented municipalities of before 2020 with their places.
func lucania(t *testing.T, db *sqldb.DB) *Service {
	t.Helper()
	row := func(belfiore, istat, name string, population int, lat float64) SeedRow {
		return SeedRow{Belfiore: belfiore, ISTAT: istat, Name: name, ProvinceCode: istat[:3], ProvinceName: "Provincia " + istat[:3], Sigla: map[string]string{"076": "PZ", "077": "MT"}[istat[:3]],
			RegionCode: "17", RegionName: "Basilicata", Population: population, Located: true, Lat: lat, Lon: 16}
	}
	s := New(db)
	rows := []SeedRow{row("A001", "076001", "Acerra Vecchia", 100, 40.1), row("A002", "076002", "Bella Nuova", 300, 40.2), row("A003", "076003", "Cancellara Alta", 50, 40.3),
		row("A004", "077001", "Dogliola", 500, 40.4), row("A005", "077002", "Ebolina", 70, 40.5)}
	if _, err := s.LoadRows(context.Background(), rows); err != nil {
		t.Fatal(err)
	}
	return s
}

func who() identity.Actor { return identity.System("test") }

// importFiles plans and applies.
func importFiles(t *testing.T, s *Service, uploads []Upload) *Plan {
	t.Helper()
	p, err := s.Plan(context.Background(), who(), uploads, "17")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(context.Background(), who(), p); err != nil {
		t.Fatalf("Apply = %v, stops %v", err, p.Stops)
	}
	return p
}

// merged are files in which Acerra Vecchia and Bella Nuova become Acerra Bella on 1 March 2026, and
// Dogliola changes province, with residents of before.
func merged() []Upload {
	name, content := residents("2025", "076001 100 Acerra Vecchia", "076002 310 Bella Nuova", "076003 51 Cancellara Alta", "077001 520 Dogliola", "077002 71 Ebolina")
	return files(
		"situas_comuni_2026-08-14.csv", situas("076004 M001 Acerra Bella", "076003 A003 Cancellara Alta", "078001 A004 Dogliola", "077002 A005 Ebolina sul Mare"),
		"soppressi.csv", ceased("076001|Acerra Vecchia|01/03/2026|076004|Acerra Bella", "076002|Bella Nuova|01/03/2026|076004|Acerra Bella"),
		"variazioni.csv", changes("AP|077001|Dogliola|078001|Dogliola|01/01/2026", "CD|077002|Ebolina|077002|Ebolina sul Mare|01/02/2026",
			"CS|076004|Acerra Bella|076001|Acerra Vecchia|01/03/2026"),
		name, content,
	)
}

func day(y, m, d int) calendar.Day { return calendar.NewDay(y, time.Month(m), d) }

func TestMerger(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), lucania(t, db)
		p := importFiles(t, s, merged())
		type change struct{ Name, From, To string }
		short := func(list []TownChange) (out []change) {
			for _, c := range list {
				out = append(out, change{c.Name, c.From, c.To})
			}
			return out
		}
		for name, pair := range map[string][2][]change{
			"New":     {short(p.New), {{"Acerra Bella", "", "076004"}}},
			"Ceased":  {short(p.Ceased), {{"Acerra Vecchia", "Acerra Vecchia", "Acerra Bella"}, {"Bella Nuova", "Bella Nuova", "Acerra Bella"}}},
			"Renamed": {short(p.Renamed), {{"Ebolina sul Mare", "Ebolina", "Ebolina sul Mare"}}},
			"Recoded": {short(p.Recoded), {{"Dogliola", "077001", "078001"}}},
		} {
			if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		for _, tt := range []struct {
			code string
			on   calendar.Day
			want string
		}{
			{"076001", day(2026, 2, 28), "A001"}, {"076001", day(2026, 3, 1), ""}, {"076004", day(2026, 3, 1), "M001"}, {"076004", day(2026, 2, 28), ""},
			{"077001", day(2025, 12, 31), "A004"}, {"077001", day(2026, 1, 1), ""}, {"078001", day(2026, 1, 1), "A004"}, {"078001", day(2025, 12, 31), ""},
		} {
			if m, err := s.ByISTAT(ctx, tt.code, tt.on); m.Belfiore != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("ByISTAT(%s, %v) = %q, %v, want %q", tt.code, tt.on, m.Belfiore, err, tt.want)
			}
		}
		heir, err := s.Current(ctx, "A001")
		if err != nil || heir.Belfiore != "M001" || heir.Population != 410 || heir.Lat != 40.2 || !heir.HasPlace {
			t.Errorf("Current(A001) = %+v, %v, want M001 with 410 residents at the place of the larger", heir, err)
		}
		if old, _ := s.ByBelfiore(ctx, []string{"A001"}); old["A001"].CeasedOn != day(2026, 3, 1) || old["A001"].Population != 100 || old["A001"].InForce() {
			t.Errorf("ByBelfiore(A001) = %+v, want it as it was, ceased", old["A001"])
		}
		if towns, err := s.InRegion(ctx, "17"); err != nil || len(towns) != 4 || towns[0].Name != "Acerra Bella" {
			t.Errorf("InRegion = %v, %v, want the four in force", towns, err)
		}
		if ids, err := s.CodesIn(ctx, "PZ"); err != nil || !slices.Equal(slices.Sorted(slices.Values(ids)), []string{"A001", "A002", "A003", "M001"}) {
			t.Errorf("CodesIn(PZ) = %v, %v, want those that ceased too", ids, err)
		}
		for q, want := range map[string]string{"bella nuova": "Acerra Bella, formerly Bella Nuova", "ebolina": "Ebolina sul Mare, formerly Ebolina", "acerra bella": "Acerra Bella, formerly "} {
			if found, err := s.Find(ctx, q, "", 1); err != nil || len(found) != 1 || found[0].Name+", formerly "+found[0].Formerly != want {
				t.Errorf("Find(%q) = %+v, %v, want %s", q, found, err, want)
			}
		}
		checkAgain(t, s)
		checkAudit(t, db)
	})
}

// checkAgain imports the same files again: nothing changes.
func checkAgain(t *testing.T, s *Service) {
	t.Helper()
	p, err := s.Plan(context.Background(), who(), merged(), "17")
	if err != nil || !p.Empty() || p.Added()+p.Changed() != 0 || p.Ready() {
		t.Errorf("Plan again = %d new, %d changed, %v, want nothing", p.Added(), p.Changed(), err)
	}
	if err := s.Apply(context.Background(), who(), p); err != nil {
		t.Errorf("Apply of nothing = %v", err)
	}
}

func checkAudit(t *testing.T, db *sqldb.DB) {
	t.Helper()
	err := db.View(context.Background(), func(tx *sqldb.Tx) error {
		rows, err := audit.List(context.Background(), tx, audit.Filter{Subject: "territory", SubjectID: "1"})
		if err == nil && (len(rows) != 1 || rows[0].Action != "territory.import") {
			t.Errorf("audit has %+v, want one import", rows)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestOlderFilesNeverWin(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), lucania(t, db)
		importFiles(t, s, merged())
		name, content := residents("2024", "076001 1 Acerra Vecchia", "076002 1 Bella Nuova", "076003 1 Cancellara Alta", "077001 1 Dogliola", "077002 1 Ebolina")
		p, err := s.Plan(ctx, who(), files(name, content,
			"situas_comuni_2025-08-14.csv", situas("076001 A001 Acerra Vecchia", "076002 A002 Bella Nuova", "076003 A003 Cancellara Alta", "077001 A004 Dogliola", "077002 A005 Ebolina")), "17")
		if err != nil || !p.Empty() {
			t.Fatalf("Plan of older files = %d new, %d changed, %v, want nothing", p.Added(), p.Changed(), err)
		}
		for _, f := range p.Files {
			if f.Aside != "territory.aside.older_than_known" {
				t.Errorf("%s: Aside = %q, want older_than_known", f.Name, f.Aside)
			}
		}
		// Of two lists sent together the newer is believed, whatever their order.
		p, err = s.Plan(ctx, who(), files("situas_comuni_2026-09-01.csv", situas("076004 M001 Acerra Bella", "076003 A003 Cancellara Alta", "078001 A004 Dogliola", "077002 A005 Ebolina sul Monte"),
			"situas_comuni_2026-10-01.csv", situas("076004 M001 Acerra Bella", "076003 A003 Cancellara Alta", "078001 A004 Dogliola", "077002 A005 Ebolina sul Fiume")), "17")
		if err != nil || len(p.Renamed) != 1 || p.Renamed[0].To != "Ebolina sul Fiume" || p.Files[0].Aside != "territory.aside.older" {
			t.Errorf("Plan of two lists = %+v, %v, want the newer", p.Renamed, err)
		}
	})
}

func TestNothingVanishes(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), lucania(t, db)
		p, err := s.Plan(ctx, who(), files("situas_comuni_2026-08-14.csv", situas("076001 A001 Acerra Vecchia", "076002 A002 Bella Nuova")), "17")
		if err != nil || len(p.Stops) != 1 || p.Stops[0].Key != "territory.stop.vanished" || p.Stops[0].Args["n"] != 3 || p.Ready() {
			t.Fatalf("Plan of half a list = %+v, %v, want a stop for three", p.Stops, err)
		}
		if err := s.Apply(ctx, who(), p); !errors.Is(err, ErrStopped) {
			t.Errorf("Apply = %v, want %v", err, ErrStopped)
		}
		if towns, err := s.InRegion(ctx, "17"); err != nil || len(towns) != 5 {
			t.Errorf("InRegion = %d, %v, want all five still", len(towns), err)
		}
	})
}

func TestAListWhoseDayIsGiven(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), lucania(t, db)
		list := files("comuni.csv", situas("076001 A001 Acerra Vecchia", "076002 A002 Bella Nuova", "076003 A003 Cancellara Alta", "077001 A004 Dogliola", "077002 A005 Ebolina"))
		list[0].Day = day(2026, 8, 14)
		p, err := s.Plan(ctx, who(), list, "17")
		if err != nil || p.Files[0].Aside != "" || p.Files[0].Reference != day(2026, 8, 14) {
			t.Errorf("Plan of a list with a day = %+v, %v, want it used, of that day", p.Files[0], err)
		}
		list[0].Day = day(2099, 1, 1)
		if _, err := s.Plan(ctx, who(), list, "17"); !errors.Is(err, ErrDayAhead) {
			t.Errorf("Plan of a day that has not come = %v, want %v", err, ErrDayAhead)
		}
		list[0].Name, list[0].Day = "situas_comuni_2026-08-20.csv", day(2026, 8, 14)
		if p, err = s.Plan(ctx, who(), list, "17"); err != nil || p.Files[0].Reference != day(2026, 8, 20) {
			t.Errorf("Plan of a list that says its day = %+v, %v, want its own", p.Files[0], err)
		}
	})
}

func TestFilesThatAreNotUsed(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), lucania(t, db)
		whole := situas("076001 A001 Acerra Vecchia", "076002 A002 Bella Nuova", "076003 A003 Cancellara Alta", "077001 A004 Dogliola", "077002 A005 Ebolina")
		for _, tt := range []struct{ name, content, region, want string }{
			{"note.txt", "caro collega,\r\n", "17", "official."},
			{"vuoto.csv", "", "17", "tabular."},
			{"comuni.csv", whole, "17", "territory.aside.undated"},
			{"matrice.txt", "Name;Origine;Destinazione;Total_Minu;Total_Mete\r\n76001-76002;76001;76002;12,5;9000\r\n", "", "territory.aside.no_region"},
		} {
			p, err := s.Plan(ctx, who(), files(tt.name, tt.content), tt.region)
			if err != nil || len(p.Files) != 1 || !strings.HasPrefix(p.Files[0].Aside, tt.want) || !p.Empty() {
				t.Errorf("Plan(%s) = %+v, %v, want it left out: %s", tt.name, p.Files[0], err, tt.want)
			}
		}
		if _, err := s.Plan(ctx, who(), nil, "17"); !errors.Is(err, ErrNoFiles) {
			t.Errorf("Plan of nothing = %v, want %v", err, ErrNoFiles)
		}
		if _, err := s.Plan(ctx, identity.Actor{}, merged(), "17"); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("Plan by nobody = %v, want %v", err, identity.ErrForbidden)
		}
		name, content := residents("2025", "076001 10 Acerra Vecchia", "099999 10 Atlantide")
		p, err := s.Plan(ctx, who(), files(name, content), "17")
		if err != nil || p.Files[0].Unknown != 1 {
			t.Fatalf("Plan of a code that nobody had = %+v, %v, want one unknown", p.Files[0], err)
		}
		if last := p.Files[0].Problems[len(p.Files[0].Problems)-1]; last.Key != "territory.problem.code" || last.Row != 4 {
			t.Errorf("Plan of a code that nobody had = %+v, %v, want row 4 told", p.Files[0], err)
		}
	})
}

// TestMeanwhile is two people who look at the same time: the second is asked to look again.
func TestMeanwhile(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), lucania(t, db)
		var plans []*Plan
		for range 2 {
			p, err := s.Plan(ctx, who(), merged(), "17")
			if err != nil {
				t.Fatal(err)
			}
			plans = append(plans, p)
		}
		if err := s.Apply(ctx, who(), plans[0]); err != nil {
			t.Fatal(err)
		}
		if err := s.Apply(ctx, who(), plans[1]); !errors.Is(err, ErrMeanwhile) {
			t.Errorf("Apply of the other plan = %v, want %v", err, ErrMeanwhile)
		}
	})
}

// TestReusedCode is a code that one municipality had and another has: the day decides, and in a figure
// of a day on which nobody had it, the name.
func TestReusedCode(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), lucania(t, db)
		importFiles(t, s, files(
			"situas_comuni_2026-08-14.csv", situas("076001 A001 Acerra Vecchia", "076002 A002 Bella Nuova", "076003 A003 Cancellara Alta", "078009 A004 Dogliola", "077001 A005 Ebolina"),
			"variazioni.csv", changes("RN|077001|Dogliola|078009|Dogliola|01/01/2025", "RN|077002|Ebolina|077001|Ebolina|01/01/2026")))
		for on, want := range map[calendar.Day]string{day(2024, 12, 31): "A004", day(2025, 6, 1): "", day(2026, 1, 1): "A005"} {
			if m, _ := s.ByISTAT(ctx, "077001", on); m.Belfiore != want {
				t.Errorf("ByISTAT(077001, %v) = %q, want %q", on, m.Belfiore, want)
			}
		}
		ix, err := s.index(ctx)
		if err != nil {
			t.Fatal(err)
		}
		d := newDraft(ix, db.Now())
		for name, want := range map[string]string{"Dogliola": "A004", "Ebolina": "A005", "": "A004"} {
			if got, ok := d.resolve("077001", day(2025, 6, 1), name); !ok || got != want {
				t.Errorf("resolve(077001, between, %q) = %s, want %s", name, got, want)
			}
		}
	})
}

// TestOtherProcess is a service of another process on the same database: it learns of an import.
func TestOtherProcess(t *testing.T) {
	t.Parallel()
	for _, engine := range sqldbtest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			db := sqldbtest.Open(t, engine)
			ctx, s, other := context.Background(), lucania(t, db), New(db)
			if towns, err := other.InRegion(ctx, "17"); err != nil || len(towns) != 5 {
				t.Fatalf("InRegion = %d, %v", len(towns), err)
			}
			importFiles(t, s, merged())
			k := other.known.Load()
			other.known.Store(&known{index: k.index, at: k.at.Add(-2 * staleAfter)})
			if towns, err := other.InRegion(ctx, "17"); err != nil || len(towns) != 4 {
				t.Errorf("InRegion elsewhere, later = %d, %v, want 4", len(towns), err)
			}
		})
	}
}
