package ui_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/errs"
	"capillare/internal/web/ui"
)

func TestFormReadsWhatWasTyped(t *testing.T) {
	t.Parallel()
	body := "name=+Anna+&n=12&bad=x&day=24%2F11%2F2026&noday=31%2F02%2F2026&hour=9%3A30&nohour=99&pick=b&wrong=z&many=1&many=&many=2&long=abcdef"
	r := httptest.NewRequest(http.MethodPost, "/?name=query", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	f, err := ui.ReadForm(r)
	if err != nil {
		t.Fatal(err)
	}
	got := []any{f.Text("name"), f.Need("name", 10), f.Int("n"), f.Int("none"), f.Int("bad"), f.Day("day").String(), f.Day("noday").IsZero(),
		f.Day("none").IsZero(), f.Minute("hour").String(), int(f.Minute("nohour")), f.Choice("pick", "a", "b"), f.Choice("wrong", "a"),
		len(f.Texts("many")), f.Need("none", 5), f.Short("long", 5), f.Has("name"), f.Has("none")}
	want := []any{"Anna", "Anna", 12, 0, 0, "2026-11-24", true, true, "09:30", 0, "b", "", 2, "", "abcdef", true, false}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("what was typed (-want +got):\n%s", d)
	}
	var fields []string
	for _, p := range f.Problems {
		fields = append(fields, p.Field)
	}
	if d := cmp.Diff([]string{"bad", "noday", "nohour", "wrong", "none", "long"}, fields); d != "" {
		t.Errorf("fields with problems (-want +got):\n%s", d)
	}
	if errs.Of(f.Err()) != errs.Invalid {
		t.Errorf("Err() = %v, want invalid", f.Err())
	}
	if field := f.Field("bad", "Numero"); field.Value != "x" || !strings.Contains(field.Error, "numero intero") {
		t.Errorf("Field(bad) = %+v, want what was typed and why not", field)
	}
}

func TestFormOfAGetReadsTheQuery(t *testing.T) {
	t.Parallel()
	f, err := ui.ReadForm(httptest.NewRequest(http.MethodGet, "/?q=Potenza", nil))
	if err != nil || f.Text("q") != "Potenza" {
		t.Errorf("ReadForm(GET) = %v, %v, want q=Potenza", f, err)
	}
}

func TestFormRefuse(t *testing.T) {
	t.Parallel()
	f := ui.NewForm(httptest.NewRequest(http.MethodGet, "/", nil), nil)
	fault, hidden := errors.New("disk"), errs.New(errs.NotFound, "errors.no_page")
	if err := f.Refuse(nil); err != nil || len(f.Problems) != 0 {
		t.Errorf("Refuse(nil) = %v with %d problems, want none", err, len(f.Problems))
	}
	if err := f.Refuse(fault); !errors.Is(err, fault) {
		t.Errorf("Refuse(fault) = %v, want the fault", err)
	}
	if err := f.Refuse(hidden); !errors.Is(err, hidden) {
		t.Errorf("Refuse(not found) = %v, want it back", err)
	}
	if err := f.Refuse(errs.New(errs.Conflict, "form.choice")); err != nil || len(f.Problems) != 1 {
		t.Errorf("Refuse(conflict) = %v with %d problems, want it in the form", err, len(f.Problems))
	}
}
