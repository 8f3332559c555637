package settings_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/web/ui"
)

func pages() []string {
	return []string{"", "/nome", "/telefono", "/aspetto", "/finanziamento", "/messaggi", "/testi", "/testi/privacy", "/testi/terms", "/regole", "/avvisi", "/conservazione"}
}

func TestFirstSetUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onSQLite(t), true)
	w.get(t, "/gestione/rete").to(t, "/gestione/rete/nome")
	w.get(t, "/gestione/rete/nome").says(t, http.StatusOK, "Basilicata")
	w.post(t, "/gestione/rete/nome", "name", "", "tagline", "Aiuto vicino", "region_code", "").says(t, http.StatusUnprocessableEntity, "Scrivi il nome della rete", "Aiuto vicino")
	w.post(t, "/gestione/rete/nome", "name", "Rete nuova", "tagline", "Aiuto vicino", "region_code", "17").to(t, "/gestione/rete")
	set, err := w.network.Setting(t.Context())
	if err != nil || set.Name != "Rete nuova" || set.HorizonDays != network.DefaultHorizon || set.MinWeeklyMinutes != network.DefaultWeekly {
		t.Errorf("Setting = %+v, %v, want the usual rules", set, err)
	}
	w.get(t, "/gestione/rete").says(t, http.StatusOK, "Rete nuova", "Testi del programma", "Durate consuete")
}

func TestEveryPageInBothLanguages(t *testing.T) {
	t.Parallel()
	w := ready(t, onSQLite(t))
	for _, path := range pages() {
		w.get(t, "/gestione/rete"+path).says(t, http.StatusOK, "<h1>").saysNot(t, "[settings.", "{usual}", "{min}")
		w.english(t, "/gestione/rete"+path).says(t, http.StatusOK, "<h1>").saysNot(t, "[settings.", "Torna indietro", "Salva<")
	}
	w.get(t, "/gestione/rete/testi/altro").says(t, http.StatusNotFound)
}

func TestOnlyWhoSetsUpComesIn(t *testing.T) {
	t.Parallel()
	w := ready(t, onSQLite(t))
	w.region = actor(identity.Facilitator)
	w.post(t, "/gestione/rete/nome", "name", "Mia", "region_code", "17").says(t, http.StatusForbidden)
	w.post(t, "/gestione/rete/telefono", "phone", "1").says(t, http.StatusForbidden)
	w.post(t, "/gestione/rete/conservazione", "contacts", "30", "names", "400", "imports", "7", "messages", "90", "audit", "2190").says(t, http.StatusForbidden)
	w.upload(t, "/gestione/rete/aspetto/logo", drawing(t, 10, 10)).says(t, http.StatusForbidden)
	w.post(t, "/gestione/rete/testi/privacy", "italian", "Mio").says(t, http.StatusForbidden)
	w.post(t, "/gestione/rete/messaggi/prova").says(t, http.StatusForbidden)
}

func TestPhoneAndHours(t *testing.T) {
	t.Parallel()
	w := ready(t, onSQLite(t))
	bad := w.post(t, "/gestione/rete/telefono", "phone", "800 1", "hours.1", "mattina", "closed", "Natale", "email", "no")
	bad.says(t, http.StatusUnprocessableEntity, "Non capisco questo orario", "Non capisco «Natale»", "mattina", "800 1")
	w.post(t, "/gestione/rete/telefono", "phone", "800 1", "hours.1", "9-13; 12-15").says(t, http.StatusUnprocessableEntity)
	w.post(t, "/gestione/rete/telefono", "phone", "800 1", "email", "no").says(t, http.StatusUnprocessableEntity, "non è completo")
	now, err := w.network.Current(t.Context())
	if err != nil || now.Setting.Phone != "800 29 20 20" || now.Hours.Known() {
		t.Fatalf("a refused form changed %+v, %v", now, err)
	}
	w.post(t, "/gestione/rete/telefono", "phone", "800 1", "phone_hours", "gratuito", "hours.1", "9:00-13:00; 15:00-17:00", "hours.2", "9-13",
		"closed", "24/12/2026\n14/08/2026 – 16/08/2026\n", "open_on_holidays", "1").to(t, "/gestione/rete")
	form := w.get(t, "/gestione/rete/telefono").says(t, http.StatusOK, "09:00-13:00; 15:00-17:00", "14/08/2026 - 16/08/2026\n24/12/2026", "checked")
	form.says(t, http.StatusOK, "gratuito")
	w.get(t, "/gestione/rete").says(t, http.StatusOK, "Telefono e orari cambiati", "Mo 09:00-13:00,15:00-17:00", "800 1", "sì")
}

func TestRulesAndRetention(t *testing.T) {
	t.Parallel()
	w := ready(t, onSQLite(t))
	w.post(t, "/gestione/rete/regole", "horizon_days", "3", "min_weekly_hours", "24").says(t, http.StatusUnprocessableEntity, "da 7 a 365")
	w.post(t, "/gestione/rete/regole", "horizon_days", "0", "min_weekly_hours", "24").says(t, http.StatusUnprocessableEntity, "da 7 a 365")
	w.post(t, "/gestione/rete/regole", "horizon_days", "45", "min_weekly_hours", "169").says(t, http.StatusUnprocessableEntity, "da 0 a 168")
	w.post(t, "/gestione/rete/regole", "horizon_days", "45", "min_weekly_hours", "18").to(t, "/gestione/rete")
	w.get(t, "/gestione/rete").says(t, http.StatusOK, "45 giorni", "18 ore")
	keep := []string{"contacts", "15", "names", "400", "imports", "7", "messages", "90", "audit", "100"}
	w.post(t, "/gestione/rete/conservazione", keep...).says(t, http.StatusUnprocessableEntity, "da 180 a 3.650", `value="15"`)
	keep[9] = "365"
	w.post(t, "/gestione/rete/conservazione", keep...).to(t, "/gestione/rete")
	now, err := w.network.Current(t.Context())
	if err != nil || now.KeepDays(network.Contacts) != 15 || now.KeepDays(network.Audit) != 365 || now.KeepDays(network.Names) != 400 {
		t.Errorf("KeepDays = %d, %d, %v", now.KeepDays(network.Contacts), now.KeepDays(network.Audit), err)
	}
	w.get(t, "/gestione/rete").says(t, http.StatusOK, "Durate cambiate", "30", "15", "18 ore", "24 ore")
}

func TestColoursAndLogo(t *testing.T) {
	t.Parallel()
	if err := ui.CheckAssets(); err != nil {
		t.Skipf("NOT TESTED, no palettes: %v", err)
	}
	w := ready(t, onSQLite(t))
	w.post(t, "/gestione/rete/aspetto", "palette", "arcobaleno").says(t, http.StatusUnprocessableEntity, "Scegli i colori")
	w.post(t, "/gestione/rete/aspetto", "palette", "bosco", "do", "preview").says(t, http.StatusOK, "prova i colori", "staff-bosco.css")
	if set, err := w.network.Setting(t.Context()); err != nil || set.Palette != "" {
		t.Errorf("a preview kept %q, %v", set.Palette, err)
	}
	w.post(t, "/gestione/rete/aspetto", "palette", "bosco").to(t, "/gestione/rete")
	w.upload(t, "/gestione/rete/aspetto/logo", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")).says(t, http.StatusUnprocessableEntity)
	w.post(t, "/gestione/rete/aspetto/logo").says(t, http.StatusUnprocessableEntity, "Scegli un file")
	logo := func() string {
		now, err := w.network.Current(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return now.LogoID
	}
	w.upload(t, "/gestione/rete/aspetto/logo", drawing(t, 900, 300)).to(t, "/gestione/rete/aspetto")
	first := logo()
	w.upload(t, "/gestione/rete/aspetto/logo", drawing(t, 100, 100)).to(t, "/gestione/rete/aspetto")
	second := logo()
	if first == "" || second == first {
		t.Fatalf("logos = %q, %q, want two", first, second)
	}
	w.get(t, "/immagini/"+first).says(t, http.StatusNotFound)
	picture := w.get(t, "/immagini/"+second).says(t, http.StatusOK)
	if picture.Header().Get("Content-Type") != "image/png" || !strings.Contains(picture.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("the logo comes as %v", picture.Header())
	}
	w.post(t, "/gestione/rete/aspetto/logo", "do", "remove", "id", second).to(t, "/gestione/rete/aspetto")
	if logo() != "" {
		t.Error("the logo stayed")
	}
	w.get(t, "/gestione/rete").says(t, http.StatusOK, "Logo aggiunto", "Immagine tolta", "Bosco")
}

func TestFunding(t *testing.T) {
	t.Parallel()
	w := ready(t, onSQLite(t))
	w.post(t, "/gestione/rete/finanziamento", "funding_en", "Funded by the EU").says(t, http.StatusUnprocessableEntity, "Scrivi prima il testo in italiano")
	w.post(t, "/gestione/rete/finanziamento", "funding_it", "Finanziato dall'Unione europea").to(t, "/gestione/rete")
	w.upload(t, "/gestione/rete/finanziamento/logo", drawing(t, 60, 40), "alt", "").says(t, http.StatusUnprocessableEntity, "Scrivi che cosa mostra")
	for range 6 {
		w.upload(t, "/gestione/rete/finanziamento/logo", drawing(t, 60, 40), "alt", "Unione europea").to(t, "/gestione/rete/finanziamento")
	}
	w.upload(t, "/gestione/rete/finanziamento/logo", drawing(t, 60, 40), "alt", "Una di troppo").says(t, http.StatusUnprocessableEntity, "sei loghi")
	now, err := w.network.Current(t.Context())
	if err != nil || len(now.FunderIDs) != 6 {
		t.Fatalf("FunderIDs = %v, %v, want six", now.FunderIDs, err)
	}
	w.post(t, "/gestione/rete/finanziamento/logo", "do", "remove", "id", now.FunderIDs[0]).to(t, "/gestione/rete/finanziamento")
	w.get(t, "/gestione/rete").says(t, http.StatusOK, "5 loghi", "Finanziato dall&#39;Unione europea")
}

func TestTexts(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, now, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := ready(t, db)
		w.post(t, "/gestione/rete/testi/privacy", "italian", "", "english", "Hello").says(t, http.StatusUnprocessableEntity, "Scrivi il testo in italiano", "Hello")
		w.post(t, "/gestione/rete/testi/privacy", "italian", "Vai [qui](javascript:alert(1))").says(t, http.StatusUnprocessableEntity, "non va bene")
		w.post(t, "/gestione/rete/testi/privacy", "number", "0", "do", "publish").says(t, http.StatusConflict)
		w.post(t, "/gestione/rete/testi/privacy", "italian", "# Chi siamo\n\n<b>Noi</b>.\n- uno\n- [due](https://example.it)").to(t, "/gestione/rete/testi/privacy#bozza")
		w.get(t, "/gestione/rete/testi").says(t, http.StatusOK, "Bozza")
		draft := w.get(t, "/gestione/rete/testi/privacy").says(t, http.StatusOK, "Bozza della versione 2", "<h2>Chi siamo</h2>", "&lt;b&gt;Noi", `<a href="https://example.it">due</a>`)
		draft.saysNot(t, "<b>Noi")
		if set, err := w.network.Setting(t.Context()); err != nil || set.NoticeVersion != "1" {
			t.Errorf("NoticeVersion of a draft = %s, %v, want 1", set.NoticeVersion, err)
		}
		w.post(t, "/gestione/rete/testi/privacy", "number", "3", "do", "publish").says(t, http.StatusConflict)
		w.post(t, "/gestione/rete/testi/privacy", "number", "2", "do", "publish").to(t, "/gestione/rete/testi")
		w.get(t, "/gestione/rete/testi").says(t, http.StatusOK, "Versione 2, dal martedì 24 novembre 2026")
		if set, err := w.network.Setting(t.Context()); err != nil || set.NoticeVersion != "2" {
			t.Errorf("NoticeVersion once published = %s, %v, want 2", set.NoticeVersion, err)
		}
		w.get(t, "/gestione/rete/testi/privacy").says(t, http.StatusOK, "# Chi siamo", "/privacy/versione/2")
		w.post(t, "/gestione/rete/testi/privacy", "italian", "Nuovo").to(t, "/gestione/rete/testi/privacy#bozza")
		w.get(t, "/gestione/rete/testi/privacy").says(t, http.StatusOK, "Bozza della versione 3")
		w.post(t, "/gestione/rete/testi/privacy", "number", "3", "do", "discard").to(t, "/gestione/rete/testi")
		w.get(t, "/gestione/rete/testi/privacy").says(t, http.StatusOK, "# Chi siamo").saysNot(t, "Nuovo")
		w.get(t, "/gestione/rete").says(t, http.StatusOK, "Testo pubblicato")
	})
}

func TestMessages(t *testing.T) {
	t.Parallel()
	w := ready(t, onSQLite(t))
	w.post(t, "/gestione/rete/messaggi", "mail_sender", "Sportello", "sms_sender", "è lungo assai").says(t, http.StatusUnprocessableEntity, "lettere senza accento")
	w.post(t, "/gestione/rete/messaggi", "mail_sender", "Sportello", "sms_sender", "Sportello").to(t, "/gestione/rete")
	sent := w.post(t, "/gestione/rete/messaggi/prova", "channel", "email")
	where := sent.Header().Get("Location")
	id, ok := strings.CutPrefix(where, "/gestione/rete/messaggi?prova=")
	if !ok {
		t.Fatalf("a trial = %d to %q\n%s", sent.Code, where, sent.Body)
	}
	w.get(t, where).says(t, http.StatusOK, "è in coda", "a•••@regione.example", "ada@regione.example")
	if _, err := w.runner.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.get(t, where).says(t, http.StatusOK, "Il server ha preso il messaggio", "Partito", "Prova")
	eml, err := os.ReadFile(filepath.Join(w.folder, id+".eml"))
	if err != nil || !strings.Contains(string(eml), "<ada@regione.example>") || !utf8.Valid(eml) {
		t.Errorf("the trial message = %v\n%s", err, eml)
	}
	w.post(t, "/gestione/rete/messaggi/prova", "channel", "sms", "number", "0971 1234").says(t, http.StatusUnprocessableEntity, "numero di cellulare", "0971 1234")
	w.post(t, "/gestione/rete/messaggi/prova", "channel", "sms", "number", "333 1234567").says(t, http.StatusSeeOther)
}

func TestMessagesWithoutAServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onSQLite(t), false)
	w.get(t, "/gestione/rete/messaggi").says(t, http.StatusOK, "Le e-mail non partono", "mail-server", "Gli SMS non partono").saysNot(t, "Mandami")
	w.post(t, "/gestione/rete/messaggi/prova", "channel", "email").says(t, http.StatusUnprocessableEntity, "non partono ancora messaggi")
}

func TestNotices(t *testing.T) {
	t.Parallel()
	w := ready(t, onSQLite(t))
	w.get(t, "/gestione/rete/avvisi").says(t, http.StatusOK, "48 ore prima", "checked")
	w.post(t, "/gestione/rete/avvisi", "first_hours", "24", "second_hours", "48", "sms_reminder", "second", "quiet_from", "20:30", "quiet_to", "x").
		says(t, http.StatusUnprocessableEntity, "20:30")
	w.post(t, "/gestione/rete/avvisi", "first_hours", "24", "second_hours", "2", "sms_reminder", "second", "quiet_from", "20:30", "quiet_to", "07:00").
		says(t, http.StatusSeeOther)
	w.get(t, "/gestione/rete").says(t, http.StatusOK, "Promemoria 24 e 2 ore prima. Silenzio dalle 20:30 alle 07:00.", "Avvisi cambiati")
}
