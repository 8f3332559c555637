package calendar_test

import (
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

func TestParseBands(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{" ; ", ""},
		{"lun 09:00-13:00; mar 9-13", "Mo,Tu 09:00-13:00"},
		{"lun-ven 9:00-12:30", "Mo-Fr 09:00-12:30"},
		{"mer e ven 15-19", "We,Fr 15:00-19:00"},
		{"Lun-Ven 9-13 Mar e Gio 14-16", "Mo,We,Fr 09:00-13:00; Tu,Th 09:00-13:00,14:00-16:00"},
		{"lun-ven 9-13, mar e gio 14-16", "Mo,We,Fr 09:00-13:00; Tu,Th 09:00-13:00,14:00-16:00"},
		{"lunedì 9-13, 15-18", "Mo 09:00-13:00,15:00-18:00"},
		{"Lunedi' 9.00 - 12.30 e 15.00/18.00", "Mo 09:00-12:30,15:00-18:00"},
		{"dal lunedì al venerdì dalle 9 alle 13", "Mo-Fr 09:00-13:00"},
		{"martedì e giovedì dalle ore 9:30 alle ore 12:30 e dalle 14:00 alle 16:00", "Tu,Th 09:30-12:30,14:00-16:00"},
		{"lun, mer, ven 9–12", "Mo,We,Fr 09:00-12:00"},
		{"lun-mer e ven 9-12", "Mo-We,Fr 09:00-12:00"},
		{"lun: 9-13\nmar: 9-13\r\nmer.: 9-13", "Mo-We 09:00-13:00"},
		{"Mo-Fr 09:00-13:00,15:00-18:00; Sa 09:00-12:00", "Mo-Fr 09:00-13:00,15:00-18:00; Sa 09:00-12:00"},
		{"lun-ven 9-13; sabato e domenica chiuso", "Mo-Fr 09:00-13:00"},
		{"lun-lun 0-24", "Mo 00:00-24:00"},
		{"lun 9-12, 12-13", "Mo 09:00-13:00"},
		{"ven 9-12; lun 9-12", "Mo,Fr 09:00-12:00"},
	} {
		got, err := calendar.ParseBands(test.in)
		if err != nil || got.OSM() != test.want {
			t.Errorf("ParseBands(%q) = %q, %v, want %q", test.in, got.OSM(), err, test.want)
		}
	}
}

func TestParseBandsRefuses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]*errs.Refusal{
		"9-13":                        calendar.ErrBands,
		"lun":                         calendar.ErrBands,
		"lun e":                       calendar.ErrBands,
		"lun 9-13; 15-18":             calendar.ErrBands,
		"lun 9-13 e mar":              calendar.ErrBands,
		"lun 9-13 e":                  calendar.ErrBands,
		"9-13 lun":                    calendar.ErrBands,
		"lun 9":                       calendar.ErrBands,
		"lun 9-":                      calendar.ErrBands,
		"lun 9,30-12,30":              calendar.ErrBands,
		"lun 9-13-15":                 calendar.ErrBands,
		"lun/ven 9-13":                calendar.ErrBands,
		"ven-lun 9-13":                calendar.ErrBands,
		"lun 9-25":                    calendar.ErrBands,
		"lun 9:00:00-10":              calendar.ErrBands,
		"lun mattina":                 calendar.ErrBands,
		"lun pomeriggio 3-6":          calendar.ErrBands,
		"su appuntamento":             calendar.ErrBands,
		"lun 9-13 (su appuntamento)":  calendar.ErrBands,
		"primo lunedì del mese 9-13":  calendar.ErrBands,
		"lun-ven 9-13; mer chiuso":    calendar.ErrBands,
		"ven pomeriggio chiuso":       calendar.ErrBands,
		"lun 13-9":                    calendar.ErrBandReversed,
		"lun 9-9":                     calendar.ErrBandReversed,
		"lun 9-13; lun 12-14":         calendar.ErrBandOverlap,
		"lun 9-13; lun-ven 9-13":      calendar.ErrBandOverlap,
		"lun 9-18; lun 10-11; mar 9-": calendar.ErrBands,
	} {
		if got, err := calendar.ParseBands(in); !errors.Is(err, want) {
			t.Errorf("ParseBands(%q) = %v, %v, want %v", in, got, err, want)
		}
	}
}

func TestRefusalsOfBandsSayWhere(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]errs.Args{
		"lun 9-13; mar boh ; mer 9-13": {"part": "mar boh"},
		"lun 9-13; mar 9-13; mar 12-14": {
			"day": calendar.Tuesday, "band": "12:00-14:00",
		},
		"mar 13-9": {"day": calendar.Tuesday, "band": "13:00-09:00"},
	} {
		_, err := calendar.ParseBands(in)
		refusal, ok := errors.AsType[*errs.Refusal](err)
		if !ok {
			t.Errorf("ParseBands(%q) = %v, want a refusal", in, err)
			continue
		}
		if diff := cmp.Diff(want, refusal.Args); diff != "" {
			t.Errorf("ParseBands(%q) args (-want +got):\n%s", in, diff)
		}
	}
}

func TestNormalRefusesWhatIsNoBand(t *testing.T) {
	t.Parallel()
	for _, band := range []calendar.Band{
		{Weekday: 0, Opens: 60, Closes: 120}, {Weekday: 8, Opens: 60, Closes: 120},
		{Weekday: 1, Opens: -1, Closes: 60}, {Weekday: 1, Opens: 60, Closes: 1441}, {Weekday: 1, Opens: 60, Closes: 60},
	} {
		if got, err := (calendar.Bands{band}).Normal(); errs.Of(err) != errs.Invalid {
			t.Errorf("Normal(%v) = %v, %v, want a refusal", band, got, err)
		}
	}
}

// anyBands draws bands that may touch and overlap, on few days and hours so that they often do.
func anyBands() *rapid.Generator[calendar.Bands] {
	return rapid.Custom(func(t *rapid.T) calendar.Bands {
		var bands calendar.Bands
		for range rapid.IntRange(0, 6).Draw(t, "n") {
			opens := rapid.IntRange(0, 46).Draw(t, "opens")
			bands = append(bands, calendar.Band{
				Weekday: calendar.Weekday(rapid.IntRange(1, 7).Draw(t, "weekday")),
				Opens:   calendar.Minute(opens * 30),
				Closes:  calendar.Minute((opens + rapid.IntRange(1, min(8, 48-opens)).Draw(t, "length")) * 30),
			})
		}
		return bands
	})
}

func TestNormalKeepsEveryMinute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bands := anyBands().Draw(t, "bands")
		open := map[calendar.Weekday]map[calendar.Minute]int{}
		twice := false
		for _, b := range bands {
			if open[b.Weekday] == nil {
				open[b.Weekday] = map[calendar.Minute]int{}
			}
			for m := b.Opens; m < b.Closes; m++ {
				open[b.Weekday][m]++
				twice = twice || open[b.Weekday][m] > 1
			}
		}
		normal, err := bands.Normal()
		if twice != errors.Is(err, calendar.ErrBandOverlap) || !twice && err != nil {
			t.Fatalf("Normal(%v) error = %v, overlap is %v", bands, err, twice)
		}
		if twice {
			return
		}
		total := 0
		for w := calendar.Monday; w <= calendar.Sunday; w++ {
			for m := range calendar.EndOfDay {
				total += open[w][m]
				if got, want := normal.OpenAt(w, m), open[w][m] == 1; got != want {
					t.Fatalf("OpenAt(%v, %v) = %v, want %v", w, m, got, want)
				}
			}
			for i, b := range normal.On(w) {
				if i > 0 && normal.On(w)[i-1].Closes >= b.Opens {
					t.Fatalf("Normal(%v) = %v: bands touch or are out of order", bands, normal)
				}
			}
		}
		if got := normal.Minutes(); got != total {
			t.Fatalf("Minutes() = %d, want %d", got, total)
		}
		for _, text := range []string{normal.String(), normal.OSM()} {
			again, err := calendar.ParseBands(text)
			if diff := cmp.Diff(normal, again); err != nil || diff != "" {
				t.Fatalf("ParseBands(%q) = %v (-want +got):\n%s", text, err, diff)
			}
		}
	})
}

func TestParseBandsNeverPanics(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.StringOfN(rapid.SampledFrom([]rune("lunmargiove 0123456789-–,;:./e'ì\n\x00")), 0, 40, -1).Draw(t, "in")
		if got, err := calendar.ParseBands(in); err != nil && errs.Of(err) != errs.Invalid {
			t.Fatalf("ParseBands(%q) = %v, %v, want a refusal", in, got, err)
		}
	})
}

func TestParseBandsOfTuscanPoints(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("CAPILLARE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(shared, "data", "network", "punti_toscana.csv"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("SKIPPED: the reference data are not there (set CAPILLARE_SHARED): %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	hours := map[string]float64{}
	for _, row := range rows[1:] {
		id, text := row[column["id"]], row[column["orari"]]
		if text == "" {
			continue
		}
		want, err := strconv.ParseFloat(row[column["ore_settimana"]], 64)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		bands, err := calendar.ParseBands(text)
		hours[id] = float64(bands.Minutes()) / 60
		if err != nil || hours[id] != want {
			t.Errorf("%s: ParseBands(%q) = %v hours, %v, want %v", id, text, hours[id], err, want)
		}
	}
	for id, want := range map[string]float64{"PT010": 24, "PT011": 60, "PT023": 29.5} {
		if hours[id] != want {
			t.Errorf("%s is open %v hours a week, want %v", id, hours[id], want)
		}
	}
}
