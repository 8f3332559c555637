package ui_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"capillare/internal/web/ui"
)

func TestWhatNoStoreKeepsStaysOutside(t *testing.T) {
	t.Parallel()
	var id, query string
	h := site(t, ui.Server{}, ui.Route{Pattern: "GET /echo/{id}", Access: ui.Public, Handle: func(w http.ResponseWriter, r *http.Request) error {
		id, query = r.PathValue("id"), r.URL.Query().Get("q")
		return nil
	}})
	for path, want := range map[string]int{"/echo/1?q=" + strings.Repeat("a", 9000): 404, "/echo/%00": 404, "/echo/a%ffb": 404, "/echo/%C3%A0": 200} {
		if got := visit(h, path).Code; got != want {
			t.Errorf("status of %s = %d, want %d", path, got, want)
		}
	}
	if visit(h, "/echo/%C3%A0"); id != "à" {
		t.Errorf("id = %q, want à", id)
	}
	for raw, want := range map[string]string{"q=a%00b": "ab", "q=%ff+x%26": " x&", "q=%C3%A0+1": "à 1", "q=ok&z=%zz": "ok"} {
		if visit(h, "/echo/1?"+raw); query != want {
			t.Errorf("q of %s = %q, want %q", raw, query, want)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("name=An%00na%ff"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if f, err := ui.ReadForm(r); err != nil || f.Text("name") != "Anna" {
		t.Errorf("ReadForm(with NUL) = %v, %v, want Anna", f.Values, err)
	}
}
