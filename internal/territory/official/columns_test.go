package official_test

import (
	"errors"
	"strings"
	"testing"

	"capillare/internal/errs"
	"capillare/internal/territory/official"
)

// TestEveryColumnMissing takes the columns of each kind away one by one: a file that needs the
// column is refused by its name, another is read all the same.
func TestEveryColumnMissing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind      official.Kind
		head, row string
		separator string
		needed    int
	}{
		{official.Situas, situasHead, situasRow, ";", 7},
		{official.Elenco, strings.ReplaceAll(elencoHead2020, "\r", ""), elencoRow2020, ";", 6},
		{official.Population, p2Head, p2Row, ";", 3},
		{official.Posas, `"Codice comune";"Comune";"Età";"Totale maschi";"Totale femmine";"Totale"` + "\n", ages("001001", false, true), ";", 4},
		{official.Bodies, entiHead, ente("c_d612", "Comune di Firenze", "L6"), ",", 4},
		{official.Travel, travelHead, "1;48017;48015;16,25;8046,5\n", ";", 3},
		{official.Sut, sutHead, sutAbano, ";", 4},
		{official.AgeBands, "codice_comune,pop_0_14,pop_15_64,pop_65_plus\n", "001001,1,2,3\n", ",", 4},
	}
	for _, tt := range tests {
		t.Run(string(tt.kind), func(t *testing.T) {
			t.Parallel()
			heads := strings.Split(strings.TrimSuffix(tt.head, "\n"), tt.separator)
			needed := 0
			for i := range heads {
				cut := append([]string(nil), heads...)
				cut[i] = "altro"
				files, err := official.Read("tabella.csv", strings.NewReader(strings.Join(cut, tt.separator)+"\n"+tt.row), official.Options{})
				if err == nil {
					if files[0].Kind != tt.kind {
						t.Errorf("without %q it is %s, want %s", heads[i], files[0].Kind, tt.kind)
					}
					continue
				}
				needed++
				refusedWith(t, err, official.ErrColumns)
				r, _ := errors.AsType[*errs.Refusal](err)
				if missing, _ := r.Args["missing"].(string); missing == "" || r.Args["kind"] != errs.TextKey("official.kind."+string(tt.kind)) {
					t.Errorf("without %q the refusal says %v, want the column of %s", heads[i], r.Args, tt.kind)
				}
			}
			if needed != tt.needed {
				t.Errorf("%d columns are needed, want %d", needed, tt.needed)
			}
		})
	}
}
