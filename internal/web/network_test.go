package web

import (
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/network"
)

func TestPhoneWords(t *testing.T) {
	t.Parallel()
	bands, err := calendar.ParseBands("lun-mer 08:00-18:00, sab 09:00-12:00, ven 08:00-18:00")
	if err != nil {
		t.Fatal(err)
	}
	hours := network.Hours{Bands: bands}
	it, en := i18n.Default().Printer(i18n.Italian), i18n.Default().Printer(i18n.English)
	set := network.Setting{PhoneHours: "gratuito"}
	if got, want := phoneHours(it, set, hours), "lun–mer, ven 08:00–18:00; sab 09:00–12:00; gratuito"; got != want {
		t.Errorf("phoneHours = %q, want %q", got, want)
	}
	if got := phoneHours(it, set, network.Hours{}); got != "gratuito" {
		t.Errorf("phoneHours without a week = %q, want the note alone", got)
	}
	for clock, want := range map[string][2]string{
		"2026-11-24 07:00": {"Rispondiamo oggi dalle 08:00.", "We answer today from 08:00."},
		"2026-11-24 08:00": {"Adesso rispondiamo.", "We are answering now."},
		"2026-11-25 18:00": {"Adesso non rispondiamo. Chiama venerdì 27 novembre dalle 08:00.", "Nobody is answering now. Call on Friday 27 November from 08:00."},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", clock, calendar.Rome)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{phoneNow(it, hours, now), phoneNow(en, hours, now)}; got != want {
			t.Errorf("phoneNow(%s) = %q, want %q", clock, got, want)
		}
	}
}
