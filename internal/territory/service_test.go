package territory

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func sampleRows() []SeedRow {
	row := func(belfiore, istat, name, other, province, sigla, region string, population int, caps ...string) SeedRow {
		return SeedRow{Belfiore: belfiore, ISTAT: istat, Name: name, NameOther: other, ProvinceCode: province, ProvinceName: "Provincia " + sigla,
			Sigla: sigla, RegionCode: region, RegionName: "Regione " + region, Population: population, Located: true, Lat: 40, Lon: 16, CAPs: caps}
	}
	rows := []SeedRow{
		row("A194", "077001", "Aliano", "", "077", "MT", "17", 1000, "75010"),
		row("G942", "076063", "Potenza", "", "076", "PZ", "17", 67000, "85100"),
		row("G943", "041046", "Potenza Picena", "", "041", "MC", "11", 15000, "62018"),
		row("I302", "076081", "Sant'Angelo Le Fratte", "", "076", "PZ", "17", 1400, "85050"),
		row("H816", "077025", "San Mauro Forte", "", "077", "MT", "17", 1500, "75010"),
		row("D704", "040012", "Forlì", "", "040", "FC", "08", 118000, "47121", "47122"),
		row("A332", "021004", "Appiano sulla Strada del Vino", "Eppan an der Weinstraße", "021", "BZ", "04", 14000, "39057"),
		row("D612", "048017", "Firenze", "", "048", "FI", "09", 358000, "50121", "50122"),
		row("F656", "045011", "Montevarchi", "", "051", "AR", "09", 24000, "52025"),
		row("D575", "048041", "San Casciano in Val di Pesa", "", "048", "FI", "09", 17000, "50026"),
		row("E986", "076044", "Castelluccio Inferiore", "", "076", "PZ", "17", 2100, "85040"),
		row("C319", "051012", "Castiglion Fiorentino", "", "051", "AR", "09", 13000, "52043"),
	}
	rows[5].Located = false
	return rows
}

func TestLoadTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), New(db)
		if found, err := s.Find(ctx, "Aliano", "", 5); err != nil || len(found) != 0 {
			t.Fatalf("Find before Load = %v, %v, want nothing", found, err)
		}
		for i, want := range []int{len(sampleRows()), 0} {
			if n, err := s.LoadRows(ctx, sampleRows()); err != nil || n != want {
				t.Errorf("LoadRows, time %d = %d, %v, want %d", i+1, n, err, want)
			}
		}
		if found, err := s.Find(ctx, "Aliano", "", 5); err != nil || len(found) != 1 {
			t.Errorf("Find after Load = %v, %v, want Aliano", found, err)
		}
	})
}

func TestFind(t *testing.T) {
	t.Parallel()
	tests := []struct{ q, region, want string }{
		{"aliano", "", "Aliano"},
		{"ALIANO (MT)", "", "Aliano"},
		{"Aliano (PZ)", "", ""},
		{"potenza", "", "Potenza, Potenza Picena"},
		{"potenza", "11", "Potenza, Potenza Picena"},
		{"poten", "11", "Potenza Picena, Potenza"},
		{"poten", "17", "Potenza, Potenza Picena"},
		{"forli'", "", "Forlì"},
		{"Forlì", "", "Forlì"},
		{"sant angelo", "", "Sant'Angelo Le Fratte"},
		{"santangelo le", "", "Sant'Angelo Le Fratte"},
		{"sant’angelo le fratte", "", "Sant'Angelo Le Fratte"},
		{"eppan", "", "Appiano sulla Strada del Vino"},
		{"weinstrasse", "", "Appiano sulla Strada del Vino"},
		{"s mauro", "", "San Mauro Forte"},
		{"s. casciano val", "", "San Casciano in Val di Pesa"},
		{"casti", "", "Castiglion Fiorentino"},
		{"cast", "17", "Castelluccio Inferiore, Castiglion Fiorentino"},
		{"fiorentino", "", "Castiglion Fiorentino"},
		{"varchi", "", "Montevarchi"},
		{"75010", "", "San Mauro Forte, Aliano"},
		{"501", "", "Firenze"},
		{"99999", "", ""},
		{"", "", ""},
		{"'-", "", ""},
		{"zzz", "", ""},
	}
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), New(db)
		if _, err := s.LoadRows(ctx, sampleRows()); err != nil {
			t.Fatal(err)
		}
		for _, tt := range tests {
			found, err := s.Find(ctx, tt.q, tt.region, 10)
			var names []string
			for _, m := range found {
				names = append(names, m.Name)
			}
			if got := strings.Join(names, ", "); err != nil || got != tt.want {
				t.Errorf("Find(%q, region %q) = %q, %v, want %q", tt.q, tt.region, got, err, tt.want)
			}
		}
		if found, _ := s.Find(ctx, "a", "", 2); len(found) != 2 {
			t.Errorf("Find(a, max 2) returned %d, want 2", len(found))
		}
	})
}

func TestByCode(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), New(db)
		if _, err := s.LoadRows(ctx, sampleRows()); err != nil {
			t.Fatal(err)
		}
		want := Municipality{Belfiore: "D704", ISTAT: "040012", Name: "Forlì", ProvinceCode: "040", ProvinceAbbr: "FC", ProvinceName: "Provincia FC",
			RegionCode: "08", Population: 118000, CAPs: []string{"47121", "47122"}}
		got, err := s.ByBelfiore(ctx, []string{"D704", "Z999"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]Municipality{"D704": want}, got); diff != "" {
			t.Errorf("ByBelfiore (-want +got):\n%s", diff)
		}
		if _, ok := got["D704"].Place(); ok {
			t.Error("Place of a municipality without coordinates = true, want false")
		}
		// What is returned is the caller's own.
		got["D704"].CAPs[0] = "00000"
		if again, _ := s.ByBelfiore(ctx, []string{"D704"}); again["D704"].CAPs[0] != "47121" {
			t.Error("a caller changed the index")
		}
		for _, tt := range []struct {
			day  calendar.Day
			want error
		}{
			{calendar.NewDay(2026, time.November, 24), nil},
			{calendar.NewDay(1861, time.March, 17), nil},
			{calendar.NewDay(1861, time.March, 16), ErrNoMunicipality},
		} {
			m, err := s.ByISTAT(ctx, "077001", tt.day)
			if !errors.Is(err, tt.want) || err == nil && m.Name != "Aliano" {
				t.Errorf("ByISTAT(077001, %v) = %q, %v, want %v", tt.day, m.Name, err, tt.want)
			}
		}
		if _, err := s.ByISTAT(ctx, "999999", calendar.NewDay(2026, 1, 1)); errs.Of(err) != errs.NotFound {
			t.Errorf("ByISTAT(unknown) = %v, want not found", err)
		}
		provinces, err := s.Provinces(ctx, "17")
		if err != nil || len(provinces) != 2 || provinces[0].Abbr != "MT" {
			t.Errorf("Provinces(17) = %v, %v, want MT and PZ", provinces, err)
		}
		if towns, err := s.Largest(ctx, "17", 2); err != nil || len(towns) != 2 || towns[0].Population < towns[1].Population || towns[1].RegionCode != "17" {
			t.Errorf("Largest(17, 2) = %v, %v, want two of the region, the larger first", towns, err)
		}
		if towns, err := s.Largest(ctx, "", 100); err != nil || len(towns) < 6 {
			t.Errorf("Largest(all, 100) = %d towns, %v, want those of every region", len(towns), err)
		}
		if towns, err := s.InRegion(ctx, "17"); err != nil || len(towns) != 5 || towns[0].Name != "Aliano" {
			t.Errorf("InRegion(17) = %v, %v, want five from Aliano", towns, err)
		}
		if regions, err := s.Regions(ctx); err != nil || len(regions) != 5 {
			t.Errorf("Regions = %v, %v, want five", regions, err)
		}
	})
}

func TestLoadItaly(t *testing.T) {
	t.Parallel()
	rows := seedOrSkip(t)
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), New(db)
		began := time.Now()
		n, err := s.Load(ctx)
		if err != nil || n != len(rows) {
			t.Fatalf("Load = %d, %v, want %d", n, err, len(rows))
		}
		t.Logf("%d municipalities in %d ms", n, time.Since(began).Milliseconds())
		if towns, err := s.InRegion(ctx, "09"); err != nil || len(towns) != 273 {
			t.Errorf("InRegion(Toscana) has %d, %v, want 273", len(towns), err)
		}
		found, err := s.Find(ctx, "aliano", "17", 3)
		if err != nil || len(found) == 0 || found[0].ISTAT != "077002" {
			t.Errorf("Find(aliano) = %v, %v, want Aliano first", found, err)
		}
	})
}
