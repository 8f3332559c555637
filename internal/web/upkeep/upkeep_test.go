package upkeep_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"capillare/internal/backup"
	"capillare/internal/config"
	"capillare/internal/doctor"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
	"capillare/internal/web/upkeep"
)

// site is the pages over true copies, with what doctor found given by the test.
type site struct {
	http.Handler
	jobs  *jobs.Runner
	clock *sqldbtest.Clock
	data  string
	found []doctor.Finding
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{clock: sqldbtest.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)), data: t.TempDir()}
	db := sqldbtest.OpenAt(t, sqldb.SQLite, s.clock)
	log, people := slog.New(slog.DiscardHandler), identity.New(db)
	copies, err := backup.New(db, backup.Deps{Options: config.Backup{Hour: "02:30", KeepDaily: 7, KeepWeekly: 4, KeepMonthly: 12}, Data: s.data,
		KeyPath: filepath.Join(s.data, "backup.key"), Identity: people, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	s.jobs = jobs.NewRunner(db, log)
	copies.Handle(s.jobs)
	s.Handler, err = (&ui.Server{Now: s.clock.Now}).Handler(upkeep.Routes(upkeep.Deps{Backups: copies, Identity: people,
		Health: func(context.Context) ([]doctor.Finding, error) { return s.found, nil }}), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// do asks for a page as an administrator.
func (s *site) do(t *testing.T, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	who := identity.Actor{AccountID: "d", Name: "Dora", Grants: []identity.Grant{{Role: identity.Administrator, Scope: identity.ScopeNetwork}}}
	r, w := httptest.NewRequest(method, path, nil), httptest.NewRecorder()
	s.ServeHTTP(w, r.WithContext(session.With(r.Context(), session.Current{Actor: who})))
	return w
}

func requireTexts(t *testing.T, page *httptest.ResponseRecorder, wants ...string) {
	t.Helper()
	if page.Code != http.StatusOK {
		t.Fatalf("status = %d, want 200", page.Code)
	}
	at := 0
	for _, want := range wants {
		i := strings.Index(page.Body.String()[at:], want)
		if i < 0 {
			t.Errorf("the page does not say %q after what comes before it", want)
			continue
		}
		at += i
	}
}

func TestHealthSaysTheWorstFirst(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.found = []doctor.Finding{{Verdict: doctor.Good, Key: "jobs"}}
	requireTexts(t, s.do(t, "GET", "/amministrazione/salute"), "È tutto a posto.", "I lavori in coda scorrono.")
	s.found = []doctor.Finding{
		{Verdict: doctor.Good, Key: "jobs"}, {Verdict: doctor.Warn, Key: "mail_none"},
		{Verdict: doctor.Wrong, Key: "keys_open", Args: errs.Args{"path": "/dove/keys.json"}, Detail: "mode 0644"},
	}
	requireTexts(t, s.do(t, "GET", "/amministrazione/salute"), "Qualcosa va sistemato", "da sistemare", "/dove/keys.json", "chmod 600 /dove/keys.json",
		"mode 0644", "attenzione", "La posta non è impostata", "Scrivi mail-server", "I lavori in coda scorrono.")
}

func TestCopiesAreTakenAndTriedFromThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const path = "/amministrazione/copie"
	requireTexts(t, s.do(t, "GET", path), "Non c&#39;è ancora nessuna copia.", "Fai una copia adesso", "Prova il ripristino", "domani alle 02:30", "Una al giorno per 7 giorni")
	for _, step := range []string{"/adesso", "/prova"} {
		if w := s.do(t, "POST", path+step); w.Code != http.StatusSeeOther || w.Header().Get("Location") != path {
			t.Fatalf("POST %s = %d to %q, want back to the page", step, w.Code, w.Header().Get("Location"))
		}
		s.clock.Add(time.Minute)
		if _, err := s.jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	requireTexts(t, s.do(t, "GET", path), "dall&#39;ultima copia riuscita", "provata", "Prova di ripristino", "riuscita", "Copia", "riuscita")

	names, err := filepath.Glob(filepath.Join(s.data, "backups", "*.capillare"))
	if err != nil || len(names) != 1 {
		t.Fatalf("copies: %v %v, want one", names, err)
	}
	if err := os.Truncate(names[0], 300); err != nil {
		t.Fatal(err)
	}
	s.do(t, "POST", path+"/prova")
	s.clock.Add(time.Minute)
	if _, err := s.jobs.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	requireTexts(t, s.do(t, "GET", path), "Copie e prove fatte", "non riuscita", "La copia è incompleta o guasta.", "Fai subito una nuova copia")
}
