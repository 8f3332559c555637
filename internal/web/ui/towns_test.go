package ui

import (
	"strings"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/coverage"
	"capillare/internal/i18n"
	"capillare/internal/territory"
)

func italian() i18n.Printer { return i18n.Default().Printer(i18n.Italian) }

func TestTownFacts(t *testing.T) {
	t.Parallel()
	census := &territory.Source{Holder: "Istat", Reference: calendar.NewDay(2025, time.December, 31), Provisional: true}
	town := coverage.Town{
		Municipality: territory.Municipality{Belfiore: "B685", Name: "Capraia Isola", Population: 365, Ages: territory.Ages{To14: 30, To64: 235, From65: 100}, Zone: territory.CoastalHill,
			InnerClass: "F", PatronDay: "05-17", Island: true, From: territory.Origins{Population: census}},
		Broadband: &territory.Broadband{Addresses: 200, FTTH: 50, FWA: 150},
	}
	var got []string
	for _, item := range TownFacts(italian(), town) {
		got = append(got, item.Term+": "+item.Value+" / "+strings.Join(item.Lines, " "))
	}
	want := []string{
		"Residenti: 365 / Fonte: Istat, 31/12/2025, dato provvisorio",
		"Persone di 65 anni e più: 100, il 27% dei residenti / Fonte: dati iniziali del programma",
		"Distanza dai servizi: ultraperiferico / Classe F delle aree interne, da A (polo) a F (ultraperiferico)",
		"Zona altimetrica: collina litoranea / ",
		"Isola: È su una piccola isola / ",
		"Festa del patrono: 17 maggio / ",
		"Internet veloce: Fibra nel 25% degli indirizzi, radio fissa nel 75% / Fonte: dati iniziali del programma",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("TownFacts(...) =\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if none := TownFacts(italian(), coverage.Town{}); len(none) != 0 {
		t.Errorf("TownFacts(nothing known) = %v, want none", none)
	}
}

func TestOpeningAndMinutesWords(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 24, 9, 0, 0, 0, calendar.Rome)
	for _, tt := range []struct {
		opening coverage.Opening
		want    string
	}{
		{coverage.Opening{Until: now.Add(4 * time.Hour), Next: now.AddDate(0, 0, 1)}, "Aperto ora, fino alle 13:00"},
		{coverage.Opening{Next: now.AddDate(0, 0, 1)}, "Chiuso ora. Apre domani alle 09:00"},
		{coverage.Opening{}, "Nessuna apertura nei prossimi due mesi"},
	} {
		if got := OpeningWords(italian(), tt.opening, now); got != tt.want {
			t.Errorf("OpeningWords(%+v) = %q, want %q", tt.opening, got, tt.want)
		}
	}
	for how, want := range map[territory.How]string{territory.ByMatrix: "18 minuti in auto", territory.ByTerrain: "Circa 18 minuti in auto", "": "Non ci si arriva in auto"} {
		if got := MinutesWords(italian(), how, 18); got != want {
			t.Errorf("MinutesWords(%q, 18) = %q, want %q", how, got, want)
		}
	}
}
