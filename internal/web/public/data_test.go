package public_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/testkit"
)

const (
	potenzaHours = `Mo,We-Fr 09:00-13:00; Tu 09:00-13:00,15:00-18:00; PH off; 2026 Dec 09-2026 Dec 10 off "lavori"`
	alianoHours  = "Mo,We-Fr 09:00-13:00; Tu 09:00-13:00,15:00-18:00; PH off"
)

func TestDataPage(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.get("/dati").says(http.StatusOK, "Dati aperti", "punti.geojson", "CC BY 4.0", "prossimi 60 giorni")
		b.get("/dati/punti.csv").says(http.StatusOK, "Potenza Centro")
		if got := b.answer.Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("Access-Control-Allow-Origin = %q, want *: pages of others may read the data", got)
		}
		b.header.Set("If-None-Match", b.answer.Get("ETag"))
		b.get("/dati/punti.csv")
		if b.status != http.StatusNotModified {
			t.Errorf("the same file again answers %d, want 304", b.status)
		}
	})
}

// table reads a CSV file that the pages give.
func (b *browser) table(path string) [][]string {
	b.t.Helper()
	b.get(path).says(http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.body, "\uFEFF"))).ReadAll()
	if err != nil {
		b.t.Fatal(err)
	}
	return rows
}

func TestPugliaFile(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		rows := w.browser(t).table("/dati/punti.csv")
		want := []string{"P0001", "2026-07-01", "Potenza", "Regione Basilicata", "Lun, Mer, Gio e Ven 9-13; Mar 9-13 e 15-18", "Via Nazario Sauro 1"}
		if diff := cmp.Diff(want, rows[1][:6]); diff != "" {
			t.Errorf("first point (-want +got):\n%s", diff)
		}
		if got := len(rows); got != 5 {
			t.Errorf("%d rows, want a heading and 4 addresses", got)
		}
	})
}

// The columns are those of the file that Regione Puglia publishes.
func TestPugliaColumns(t *testing.T) {
	sample, err := os.ReadFile(testkit.Shared(t, "data", "network", "punti_puglia_campione.csv"))
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(sample), "\n")
	run(t, func(t *testing.T, w *world) {
		got := strings.Join(w.browser(t).table("/dati/punti.csv")[0], ",")
		if got != strings.TrimSpace(head) {
			t.Errorf("columns = %s, want %s", got, head)
		}
	})
}

func TestFranceFile(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		rows := w.browser(t).table("/dati/punti-francia.csv")
		cell := func(row int, column string) string {
			for i, name := range rows[0] {
				if name == column {
					return rows[row][i]
				}
			}
			t.Fatalf("no column %s in %v", column, rows[0])
			return ""
		}
		for column, want := range map[string]string{
			"horaires": potenzaHours, "itinerance": "Fixe", "code_insee": "076063", "frais_a_charge": "Gratuit",
			"services":  "Aide aux démarches administratives|Maîtrise des outils numériques du quotidien",
			"prise_rdv": "https://servizi.example.it/prenota/P0001", "structure_parente": "Regione Basilicata",
		} {
			if got := cell(1, column); got != want {
				t.Errorf("%s = %q, want %q", column, got, want)
			}
		}
		if first, second := cell(3, "id"), cell(4, "id"); first != "P0003" || second != "P0003-2" || cell(4, "itinerance") != "Itinérant" {
			t.Errorf("the itinerant point is %s and %s, %s; want P0003 and P0003-2, Itinérant", first, second, cell(4, "itinerance"))
		}
	})
}

func TestGeoJSONFile(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		var got struct {
			Type     string
			Features []struct {
				ID       string
				Geometry struct {
					Type        string
					Coordinates [2]float64
				}
				Properties map[string]any
			}
		}
		b := w.browser(t).get("/dati/punti.geojson")
		if err := json.Unmarshal([]byte(b.body), &got); err != nil || got.Type != "FeatureCollection" || len(got.Features) != 4 {
			t.Fatalf("GeoJSON: %v, %s with %d features, want a FeatureCollection of 4", err, got.Type, len(got.Features))
		}
		town := w.towns["Potenza"]
		first := got.Features[0]
		if lon, lat := first.Geometry.Coordinates[0], first.Geometry.Coordinates[1]; lon-town.Lon > 1e-6 || lat-town.Lat > 1e-6 || lon > lat {
			t.Errorf("coordinates = %v, want longitude %v and latitude %v", first.Geometry.Coordinates, town.Lon, town.Lat)
		}
		if got := first.Properties["opening_hours"]; got != potenzaHours {
			t.Errorf("opening_hours = %v, want %v", got, potenzaHours)
		}
	})
}

func TestJSONFile(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		var got struct {
			Version int
			Day     string
			Points  []struct {
				ID           string
				OpeningHours string `json:"opening_hours"`
				Openings     []struct{ From, To string }
			}
		}
		b := w.browser(t).get("/dati/punti.json")
		if err := json.Unmarshal([]byte(b.body), &got); err != nil || got.Version != 1 || got.Day != "2026-11-24" || len(got.Points) != 4 {
			t.Fatalf("JSON: %v, %+v", err, got)
		}
		aliano := got.Points[2]
		if aliano.OpeningHours != alianoHours || aliano.Openings[0].From != "2026-11-24T09:00:00+01:00" || aliano.Openings[1].To != "2026-11-24T18:00:00+01:00" {
			t.Errorf("Aliano = %+v", aliano)
		}
		for _, one := range got.Points[0].Openings {
			if strings.HasPrefix(one.From, "2026-12-08") || strings.HasPrefix(one.From, "2026-12-09") {
				t.Errorf("Potenza is open at %s: a holiday, then closed for works", one.From)
			}
		}
	})
}

// Nothing of those who work at the points is in the open data.
func TestDataAreNobodys(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		for _, path := range []string{"/dati/punti.csv", "/dati/punti-francia.csv", "/dati/punti.geojson", "/dati/punti.json"} {
			b := w.browser(t).get(path).says(http.StatusOK)
			// Each facilitator of this network is called Anna Prova.
			for _, word := range []string{"Anna", "Prova "} {
				if strings.Contains(b.body, word) {
					t.Errorf("%s holds the name %q", path, word)
				}
			}
		}
	})
}
