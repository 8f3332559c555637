package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"capillare/internal/config"
	"capillare/internal/testkit"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// ask sends a request as role letter (0 is nobody) and returns the answer's status and where it leads.
func (w *world) ask(t *testing.T, letter byte, method, path, body string) (status int, location string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	// A client of its own each time: limits on how often people may send are not what is tested.
	r.RemoteAddr = fmt.Sprintf("127.%d.%d.%d:1234", len(path)%250, letter, time.Now().Nanosecond()%250)
	if letter != 0 {
		answer := httptest.NewRecorder()
		session.Door{}.Open(answer, w.tokens[letter])
		for _, c := range answer.Result().Cookies() {
			r.AddCookie(c)
		}
	}
	answer := httptest.NewRecorder()
	w.site.ServeHTTP(answer, r)
	return answer.Code, answer.Header().Get("Location")
}

// path puts ids in the place of the parameters of a pattern; what follows a question mark goes into the
// query of a GET or the body of a POST, and "!" marks a value that is no kind of id.
func path(pattern, names string, ids map[string]string) (method, address, body string) {
	method, address, _ = strings.Cut(pattern, " ")
	address = strings.ReplaceAll(address, "{$}", "")
	form := url.Values{}
	for _, pair := range strings.Fields(names) {
		param, kind, _ := strings.Cut(pair, "=")
		value, literal := strings.CutPrefix(kind, "!")
		if !literal {
			value = ids[kind]
		}
		if name, asked := strings.CutPrefix(param, "?"); asked {
			form.Set(name, value)
		} else {
			address = strings.ReplaceAll(address, "{"+param+"}", value)
		}
	}
	if method == http.MethodGet && len(form) > 0 {
		return method, address + "?" + form.Encode(), ""
	}
	return method, address, form.Encode()
}

func TestEveryRouteForEveryRole(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	if err := ui.CheckAssets(); err != nil {
		t.Fatalf("%v: run make assets", err)
	}
	w := newWorld(t)
	table := authority()
	var patterns []string
	for _, r := range w.routes(config.Web{}, session.Door{}) {
		patterns = append(patterns, r.Pattern)
	}
	patterns = append(patterns, "GET /lavoro")
	// Reading first: what writing changes does not matter then. What takes a thing away comes after what
	// needs it, and signing out last of all.
	slices.SortStableFunc(patterns, func(a, b string) int { return strings.Compare(order(a), order(b)) })
	for _, pattern := range patterns {
		line, ok := table[pattern]
		if !ok {
			t.Errorf("%s is not in the table: say who may use it", pattern)
			continue
		}
		delete(table, pattern)
		w.try(t, pattern, line)
	}
	for pattern := range table {
		t.Errorf("%s is in the table, but there is no such route", pattern)
	}
}

func order(pattern string) string {
	switch {
	case pattern == "POST /esci":
		return "Z"
	case strings.HasSuffix(pattern, "/togli"):
		return "Y"
	}
	return pattern[:3]
}

func (w *world) try(t *testing.T, pattern string, line row) {
	t.Helper()
	method, address, body := path(pattern, line.names, w.own['R'])
	status, location := w.ask(t, 0, method, address, body)
	if line.who != "" && (status != http.StatusSeeOther || !strings.HasPrefix(location, "/accedi")) {
		t.Errorf("%s for nobody = %d %s, want to be sent to sign in", pattern, status, location)
	}
	if line.who == "" && (status == http.StatusForbidden || status >= 500 || strings.HasPrefix(location, "/accedi")) {
		t.Errorf("%s for nobody = %d %s, want the public page", pattern, status, location)
	}
	for i := range len(letters) {
		letter := letters[i]
		method, address, body = path(pattern, line.names, w.own[letter])
		status, _ = w.ask(t, letter, method, address, body)
		may := line.who == "" || line.who == "*" || strings.IndexByte(line.who, letter) >= 0
		switch {
		case status >= 500:
			t.Errorf("%s for %c = %d", pattern, letter, status)
		case !may && status != http.StatusForbidden:
			t.Errorf("%s for %c = %d, want 403", pattern, letter, status)
		case may && line.who != "" && (status == http.StatusForbidden || status == http.StatusNotFound):
			t.Errorf("%s for %c over its own = %d, want to be let in", pattern, letter, status)
		}
		if may && isScoped(line, letter) {
			method, address, body = path(pattern, line.names, w.other[letter])
			if status, _ = w.ask(t, letter, method, address, body); status != http.StatusNotFound {
				t.Errorf("%s for %c over another's = %d, want 404", pattern, letter, status)
			}
		}
	}
}

// isScoped reports whether the route names something that another of the role's kind may own. Accounts and
// programmes belong to the whole network.
func isScoped(line row, letter byte) bool {
	if strings.IndexByte(scoped, letter) < 0 || line.who == "" || line.who == "*" {
		return false
	}
	return slices.ContainsFunc(strings.Fields(line.names), func(pair string) bool {
		_, kind, _ := strings.Cut(pair, "=")
		return !strings.HasPrefix(kind, "!") && kind != "account" && kind != "role" && kind != "programme" && kind != "none"
	})
}
