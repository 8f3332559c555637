package region_test

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"capillare/internal/coverage"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/web/region"
	"capillare/internal/web/ui"
)

// land is the pages of the territory: three points in Potenza and Matera, and the 131 towns around them.
type land struct{ *world }

func newLand(t *testing.T) land {
	t.Helper()
	clock := sqldbtest.NewClock(registertest.Now())
	db := sqldbtest.OpenAt(t, sqldb.SQLite, clock)
	w := &world{Network: registertest.New(t, db), region: registertest.Actor("region", identity.Region, identity.ScopeNetwork, "")}
	towns := territory.New(db)
	seed, err := territory.Seed()
	if err != nil {
		t.Fatal(err)
	}
	var rows []territory.SeedRow
	for _, row := range seed {
		if row.RegionCode == "17" && row.Name != "Potenza" && row.Name != "Matera" && row.Name != "Aliano" {
			rows = append(rows, row)
		}
	}
	if _, err := towns.LoadRows(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	set := network.New(db)
	if err := set.SetUp(t.Context(), registertest.System(), network.Setting{Name: "Rete di prova", RegionCode: "17", Phone: "800 29 20 20"}); err != nil {
		t.Fatal(err)
	}
	bodies := orgs.New(db, towns)
	pts := points.New(db, points.Deps{Bus: jobs.NewBus(), Territory: towns, Orgs: bodies, Funding: w.Funding})
	w.pages, err = (&ui.Server{Now: clock.Now}).Handler(region.Routes(region.Deps{
		Register: w.Register, Points: pts, Funding: w.Funding, Facilitators: w.Facilitators, Orgs: bodies, Network: set, Territory: towns,
		Coverage: coverage.New(coverage.Deps{Points: pts, Territory: towns}),
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	return land{w}
}

// file returns the rows of a CSV answer.
func (l land) file(t *testing.T, path string) [][]string {
	t.Helper()
	got := l.get(t, l.region, path)
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.body, "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if got.status != http.StatusOK || err != nil {
		t.Fatalf("GET %s = %d, %v", path, got.status, err)
	}
	return rows
}

func TestCoveragePage(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	page := l.get(t, l.region, "/territorio/copertura")
	page.want(t, http.StatusOK, "Entro 20 minuti", "Comuni lontani da un punto", "Non ci sono i confini dei comuni", "Fonte: dati iniziali del programma", "Quota")
	for _, part := range []string{`role="img"`, `href="/territorio/comuni?giorno=24%2F11%2F2026&amp;minuti=20&amp;provincia=076&amp;punti=servizio&amp;stato=vicini"`} {
		if !strings.Contains(page.body, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	wrong := l.get(t, l.region, "/territorio/copertura?giorno=31%2F02%2F2026")
	wrong.want(t, http.StatusUnprocessableEntity)
	if !strings.Contains(wrong.body, `value="31/02/2026"`) {
		t.Error("what was typed is lost")
	}
	if got := l.get(t, l.region, "/territorio/copertura?giorno=29/11/2026&punti=aperti"); !strings.Contains(got.text, "Nessun punto risponde a questa scelta") {
		t.Errorf("on a Sunday nobody is open, and the page does not say so: %.400s", got.text)
	}
	own := l.get(t, l.body(1), "/territorio/copertura")
	if matera, potenza := strings.Index(own.text, "Matera la tua area"), strings.Index(own.text, "Potenza "); matera < 0 || potenza < 0 {
		t.Errorf("the area of the body is not marked: %.800s", own.text)
	}
}

// TestFiguresOpenTheirLists follows a figure to the municipalities behind it, on paper too.
func TestFiguresOpenTheirLists(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	table := l.file(t, "/territorio/copertura.csv?minuti=30")
	column := func(name string) int {
		for i, cell := range table[0] {
			if cell == name {
				return i
			}
		}
		t.Fatalf("no column %q in %q", name, table[0])
		return 0
	}
	far := map[string]string{}
	for _, row := range table[1:] {
		far[row[column("Parte")]] = row[column("Comuni, Lontano")]
	}
	for name, province := range map[string]string{"Potenza": "076", "Matera": "077"} {
		path := "?minuti=30&stato=lontani&provincia=" + province
		rows := l.file(t, "/territorio/comuni.csv"+path)
		if got := far[name]; got != strconv.Itoa(len(rows)-1) || got == "0" {
			t.Errorf("%s: the table says %s far, the list has %d", name, got, len(rows)-1)
		}
		l.get(t, l.region, "/territorio/comuni"+path).want(t, http.StatusOK, far[name]+" comuni", "Lontano")
	}
}

func TestTownsList(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	l.get(t, l.region, "/territorio/comuni").want(t, http.StatusOK, "131 comuni", "Pagina 1 di 3")
	l.get(t, l.region, "/territorio/comuni?cerca=stigl").want(t, http.StatusOK, "1 comune", "Stigliano (MT)")
	l.get(t, l.region, "/territorio/comuni?cerca=zzzz").want(t, http.StatusOK, "Nessun comune risponde")
	l.get(t, l.region, "/territorio/comuni?pagina=99&ordina=nome").want(t, http.StatusOK, "Pagina 3 di 3")
	if rows := l.file(t, "/territorio/comuni.csv?ordina=residenti"); len(rows) != 132 {
		t.Errorf("the file has %d rows, want the head and 131", len(rows))
	}
}

// TestNearestPointHasAPage: the point of another body has a public page only.
func TestNearestPointHasAPage(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	const path = "/territorio/comuni?cerca=tito"
	if got := l.get(t, l.region, path).body; !strings.Contains(got, `href="/gestione/punti/`+l.PointIDs[0]) {
		t.Error("the region is not led to the page of management")
	}
	if got := l.get(t, l.body(1), path).body; strings.Contains(got, "/gestione/punti/") || !strings.Contains(got, `href="/punti/P0001"`) {
		t.Error("another body is not led to the public page")
	}
}

func TestStaffTownPage(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	l.get(t, l.region, "/territorio/comuni/potenza-pz").want(t, http.StatusOK, "Comune di Potenza (PZ)", "catastale G942", "I punti più vicini", "Comune di Potenza", "Aperto")
	for path, want := range map[string]int{"/territorio/comuni/G942": http.StatusSeeOther, "/territorio/comuni/nessuno-pz": http.StatusNotFound} {
		if got := l.get(t, l.region, path).status; got != want {
			t.Errorf("GET %s = %d, want %d", path, got, want)
		}
	}
}
