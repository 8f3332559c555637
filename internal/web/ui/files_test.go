package ui_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"capillare/internal/web/ui"
)

// Not parallel: the temporary folder belongs to the whole process.
func TestFilesSentDoNotStay(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	inside := 0
	h := site(t, ui.Server{MaxBody: 8 << 20}, ui.Route{Pattern: "POST /send", Access: ui.Public, Handle: func(_ http.ResponseWriter, r *http.Request) error {
		if _, err := ui.ReadForm(r); err != nil {
			return err
		}
		inside = count(t, dir)
		if r.URL.Query().Has("panic") {
			panic("in the handler")
		}
		return nil
	}})
	server := httptest.NewServer(h)
	defer server.Close()
	for _, path := range []string{"/send", "/send?panic=1"} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", "people.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(make([]byte, 3<<20)); err != nil {
			t.Fatal(err)
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		answer, err := http.Post(server.URL+path, form.FormDataContentType(), &body)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if left := count(t, dir); inside != 1 || left != 0 {
			t.Errorf("%s: files in the temporary folder = %d while reading, %d after, want 1, 0", path, inside, left)
		}
	}
}

func count(t *testing.T, dir string) int {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
