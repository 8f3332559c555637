package codes_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"capillare/internal/codes"
	"capillare/internal/errs"
)

func TestEveryRefusalHasWords(t *testing.T) {
	t.Parallel()
	refusals := []*errs.Refusal{
		codes.ErrTaxCodeLength, codes.ErrTaxCodeForm, codes.ErrTaxCodeCheck, codes.ErrTaxCodeDate, codes.ErrTaxCodeName,
		codes.ErrSex, codes.ErrCUP, codes.ErrCAP, codes.ErrIPA, codes.ErrISTAT, codes.ErrBelfiore,
		codes.ErrVATForm, codes.ErrVATCheck, codes.ErrCode,
	}
	for _, name := range []string{"codes.it.json", "codes.en.json"} {
		text, err := os.ReadFile(filepath.Join("..", "i18n", "catalogue", name))
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]string
		if err := json.Unmarshal(text, &words); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, refusal := range refusals {
			if words[refusal.Key] == "" {
				t.Errorf("%s has no words for %s", name, refusal.Key)
			}
		}
		if len(words) != len(refusals) {
			t.Errorf("%s has %d keys, want %d", name, len(words), len(refusals))
		}
	}
}
