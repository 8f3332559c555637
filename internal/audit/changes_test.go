package audit

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
)

type thing struct {
	ID    string `audit:"-"`
	Name  string
	Short string `json:"short_name"`
	Email string `audit:"name"`
	Day   calendar.Day
	Tags  []string
	inner int
}

func TestCompare(t *testing.T) {
	t.Parallel()
	before := thing{ID: "1", Name: "Comune", Short: "C", Email: "a@b.it", Tags: []string{"x"}, inner: 1}
	after := thing{ID: "2", Name: "Comune di Aliano", Short: "C", Email: "c@d.it", Day: calendar.NewDay(2027, 1, 6), Tags: []string{"x"}, inner: 2}
	got := Compare(before, after)
	want := Changes{[]Change{{Field: "Name", From: "Comune", To: "Comune di Aliano"}, {Field: "Email"}, {Field: "Day", To: "2027-01-06"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Compare (-want +got):\n%s", diff)
	}
	raw, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Changes, Row{Detail: raw}.Changes()); diff != "" {
		t.Errorf("Changes of the row (-want +got):\n%s", diff)
	}
	for _, detail := range []string{"{}", `{"changes":"x"}`, "null"} {
		if got := (Row{Detail: json.RawMessage(detail)}).Changes(); len(got) != 0 {
			t.Errorf("Changes of %s = %v, want none", detail, got)
		}
	}
}
