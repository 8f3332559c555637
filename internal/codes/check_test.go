package codes_test

import (
	"bytes"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"capillare/internal/codes"
)

func TestChecks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		check func(string) (string, error)
		good  map[string]string
		bad   []string
		want  error
	}{
		{
			name: "CheckCUP", check: codes.CheckCUP, want: codes.ErrCUP,
			good: map[string]string{"f81c 22000660006": "F81C22000660006"},
			bad:  []string{"", "F81C2200066000", "F81C220006600061", "881C22000660006", "F8IC22000660006", "F81C2200066000Ò"},
		}, {
			name: "CheckCAP", check: codes.CheckCAP, want: codes.ErrCAP,
			good: map[string]string{" 50053 ": "50053", "00010": "00010", "98168": "98168"},
			bad:  []string{"", "5005", "500530", "00000", "99999", "5OO53"},
		}, {
			name: "CheckIPA", check: codes.CheckIPA, want: codes.ErrIPA,
			good: map[string]string{"C_D403": "c_d403", "r_toscan ": "r_toscan", "m_it-AB55BE3": "m_it-ab55be3", "unifi": "unifi"},
			bad:  []string{"", "x", "c_d403;", "c.d403", "è_d403", strings.Repeat("a", 21)},
		}, {
			name: "CheckISTAT", check: codes.CheckISTAT, want: codes.ErrISTAT,
			good: map[string]string{"048014": "048014", "048 014": "048014"},
			bad:  []string{"", "48014", "0480140", "000014", "048000", "D403"},
		}, {
			name: "CheckBelfiore", check: codes.CheckBelfiore, want: codes.ErrBelfiore,
			good: map[string]string{"d403": "D403", "Z110": "Z110", "M432": "M432"},
			bad:  []string{"", "N403", "D40", "D4033", "D000", "0403", "D40L"},
		}, {
			name: "CheckVAT form", check: codes.CheckVAT, want: codes.ErrVATForm,
			good: map[string]string{"IT 01307110484": "01307110484", "it01307110484": "01307110484", "83501790014": "83501790014"},
			bad:  []string{"", "1307110484", "013071104840", "00000000000", "FR01307110484", "0130711048O"},
		}, {
			name: "CheckVAT", check: codes.CheckVAT, want: codes.ErrVATCheck,
			bad: []string{"01307110485", "10307110484"},
		},
	} {
		for in, want := range test.good {
			if got, err := test.check(in); err != nil || got != want {
				t.Errorf("%s(%q) = %q, %v, want %q", test.name, in, got, err, want)
			}
		}
		for _, in := range test.bad {
			if got, err := test.check(in); !errors.Is(err, test.want) {
				t.Errorf("%s(%q) = %q, %v, want %v", test.name, in, got, err, test.want)
			}
		}
	}
}

func TestChecksAcceptTheCodesInUse(t *testing.T) {
	t.Parallel()
	check := map[string]func(string) (string, error){
		"istat": codes.CheckISTAT, "belfiore": codes.CheckBelfiore, "cap": codes.CheckCAP, "ipa_code": codes.CheckIPA,
		"codice_ipa": codes.CheckIPA, "codice_cup": codes.CheckCUP,
	}
	for _, name := range []string{"territory/municipalities.csv", "network/padigitale2026_toscana_basilicata.csv"} {
		rows := sharedRows(t, name)
		for i, column := range rows[0] {
			for _, row := range rows[1:] {
				if f := check[column]; f != nil && row[i] != "" {
					if _, err := f(row[i]); err != nil {
						t.Errorf("%s %s %q: %v", name, column, row[i], err)
					}
				}
			}
		}
	}
}

func sharedRows(t *testing.T, name string) [][]string {
	t.Helper()
	shared := os.Getenv("CAPILLARE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(shared, "data", filepath.FromSlash(name)))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("SKIPPED: the reference data are not there (set CAPILLARE_SHARED): %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestBookingCodeRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		random := rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "random")
		code := codes.NewCode(bytes.NewReader(random))
		if len(code) != 8 || strings.ContainsAny(code, "01IO") {
			t.Fatalf("NewCode(%v) = %q, want 8 letters and digits without 0, 1, I and O", random, code)
		}
		for _, in := range []string{code, strings.ToLower(code), codes.FormatCode(code), " " + code[:2] + " – " + code[2:]} {
			if got, err := codes.ParseCode(in); err != nil || got != code {
				t.Fatalf("ParseCode(%q) = %q, %v, want %q", in, got, err, code)
			}
		}
	})
}

func TestBookingCodesUseEveryLetterAlike(t *testing.T) {
	t.Parallel()
	seen := map[rune]int{}
	for i := range 256 {
		for _, r := range codes.NewCode(bytes.NewReader(bytes.Repeat([]byte{byte(i)}, 8))) {
			seen[r]++
		}
	}
	if len(seen) != 32 {
		t.Errorf("%d letters and digits are used, want 32", len(seen))
	}
	for r, n := range seen {
		if n != 64 {
			t.Errorf("%q comes %d times, want 64", r, n)
		}
	}
	if a, b := codes.NewCode(rand.Reader), codes.NewCode(rand.Reader); a == b {
		t.Errorf("two codes are both %q", a)
	}
}

func TestParseCodeRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "7Q4KM2X", "7Q4KM2XDD", "7Q4K-M2X0", "7Q4K-M2XO", "7Q4K-M2X1", "7Q4K-M2XI", "7Q4K-M2Xé", "7Q4K/M2XD"} {
		if got, err := codes.ParseCode(in); !errors.Is(err, codes.ErrCode) {
			t.Errorf("ParseCode(%q) = %q, %v, want %v", in, got, err, codes.ErrCode)
		}
	}
	if got, want := codes.FormatCode("7Q4KM2XD"), "7Q4K-M2XD"; got != want {
		t.Errorf("FormatCode = %q, want %q", got, want)
	}
}

func TestNewCodePanicsWithoutRandomness(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("NewCode returned a code made of nothing")
		}
	}()
	codes.NewCode(iotest.ErrReader(errors.New("no entropy")))
}
