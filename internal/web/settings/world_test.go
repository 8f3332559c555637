package settings_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/config"
	"capillare/internal/files"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/messages"
	"capillare/internal/network"
	"capillare/internal/notify"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/web/session"
	"capillare/internal/web/settings"
	"capillare/internal/web/ui"
)

// now is a Tuesday morning.
var now = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

// world is the door of the settings over an empty network.
type world struct {
	pages   http.Handler
	network *network.Service
	runner  *jobs.Runner
	region  identity.Actor
	folder  string // of the trial messages
}

func actor(role identity.Role) identity.Actor {
	return identity.Actor{AccountID: "ada", Grants: []identity.Grant{{Role: role, Scope: identity.ScopeNetwork}}}
}

// newWorld opens the door; with messages, when their folder is wanted.
func newWorld(t *testing.T, db *sqldb.DB, withMessages bool) *world {
	t.Helper()
	places, net := territory.New(db), network.New(db)
	rows := []territory.SeedRow{{Belfiore: "A194", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera", Sigla: "MT",
		RegionCode: "17", RegionName: "Basilicata", Population: 1000}}
	if _, err := places.LoadRows(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	keys, _, err := sealed.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{network: net, region: actor(identity.Region), runner: jobs.NewRunner(db, nil), folder: filepath.Join(t.TempDir(), "posta")}
	options := messages.Options{Keys: keys, Sender: func(context.Context) (messages.Sender, error) { return messages.Sender{Name: "Rete"}, nil }}
	if withMessages {
		options.Mail = config.Mail{Folder: w.folder}
	}
	post := messages.New(db, options)
	post.Handle(w.runner)
	w.pages, err = (&ui.Server{Now: db.Now}).Handler(settings.Routes(settings.Deps{
		Network: net, Territory: places, Files: files.New(db), Messages: post, Identity: identity.New(db),
		Agenda: agenda.New(db, nil, nil, agenda.Options{}), Notify: notify.New(db, notify.Deps{}),
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// ready is newWorld of a network that is set up.
func ready(t *testing.T, db *sqldb.DB) *world {
	t.Helper()
	w := newWorld(t, db, true)
	if err := w.network.SetUp(t.Context(), identity.System("test"), network.Setting{Name: "Rete di prova", RegionCode: "17", Phone: "800 29 20 20",
		MinWeeklyMinutes: network.DefaultWeekly}); err != nil {
		t.Fatal(err)
	}
	return w
}

func onSQLite(t *testing.T) *sqldb.DB {
	t.Helper()
	return sqldbtest.OpenAt(t, sqldb.SQLite, sqldbtest.NewClock(now))
}

type answer struct {
	*httptest.ResponseRecorder
	path string
}

func (w *world) send(t *testing.T, r *http.Request) answer {
	t.Helper()
	r = r.WithContext(session.With(r.Context(), session.Current{Actor: w.region, Session: identity.Session{AccountID: "ada", Email: "ada@regione.example"}}))
	rec := httptest.NewRecorder()
	w.pages.ServeHTTP(rec, r)
	return answer{rec, r.Method + " " + r.URL.Path}
}

func (w *world) get(t *testing.T, path string) answer {
	t.Helper()
	return w.send(t, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
}

func (w *world) english(t *testing.T, path string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Accept-Language", string(i18n.English))
	return w.send(t, r)
}

// post sends a form of name, value pairs.
func (w *world) post(t *testing.T, path string, pairs ...string) answer {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.send(t, r)
}

// upload sends a form with a file.
func (w *world) upload(t *testing.T, path string, content []byte, pairs ...string) answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		if err := form.WriteField(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "logo.png")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return w.send(t, r)
}

func drawing(t *testing.T, width, height int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewNRGBA(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// says checks the status and that the page has the words.
func (a answer) says(t *testing.T, status int, words ...string) answer {
	t.Helper()
	if a.Code != status {
		t.Fatalf("%s = %d, want %d\n%s", a.path, a.Code, status, a.Body)
	}
	for _, one := range words {
		if !strings.Contains(a.Body.String(), one) {
			t.Errorf("%s does not say %q", a.path, one)
		}
	}
	return a
}

func (a answer) saysNot(t *testing.T, words ...string) {
	t.Helper()
	for _, one := range words {
		if strings.Contains(a.Body.String(), one) {
			t.Errorf("%s says %q", a.path, one)
		}
	}
}

// to checks that the answer leads to a page.
func (a answer) to(t *testing.T, path string) {
	t.Helper()
	if got := a.Header().Get("Location"); a.Code != http.StatusSeeOther || got != path {
		t.Fatalf("%s = %d to %q, want 303 to %q\n%s", a.path, a.Code, got, path, a.Body)
	}
}
