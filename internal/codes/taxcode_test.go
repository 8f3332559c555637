package codes_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
)

const mario = codes.TaxCode("RSSMRA85T10A562S")

func day(t testing.TB, s string) calendar.Day {
	t.Helper()
	d, err := calendar.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseTaxCode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in   string
		want codes.TaxCode
		err  error
	}{
		{in: "RSSMRA85T10A562S", want: mario},
		{in: " rss mra 85t10 a562s\u00a0", want: mario},
		{in: "", err: codes.ErrTaxCodeLength},
		{in: "RSSMRA85T10A562", err: codes.ErrTaxCodeLength},
		{in: "RSSMRA85T10A562SS", err: codes.ErrTaxCodeLength},
		{in: "01234567890", err: codes.ErrTaxCodeLength},
		{in: "RSSMRA85T10A562T", err: codes.ErrTaxCodeCheck},
		{in: "RSSMRA85F10A562S", err: codes.ErrTaxCodeForm}, // no month F
		{in: "RSSMRA85T1OA562S", err: codes.ErrTaxCodeForm}, // letter O for zero
		{in: "RS5MRA85T10A562S", err: codes.ErrTaxCodeForm},
		{in: "RSSMRA85T105562S", err: codes.ErrTaxCodeForm},
		{in: "RSSMRA85T10A5625", err: codes.ErrTaxCodeForm},
		{in: "RSSMRÀ85T10A562S", err: codes.ErrTaxCodeForm},
		{in: "RSSMRA85T10A562é", err: codes.ErrTaxCodeForm},
		{in: withCheck("RSSMRA85T31A562"), want: codes.TaxCode(withCheck("RSSMRA85T31A562"))},
		{in: withCheck("RSSMRA85T00A562"), err: codes.ErrTaxCodeDate},
		{in: withCheck("RSSMRA85T32A562"), err: codes.ErrTaxCodeDate},
		{in: withCheck("RSSMRA85T40A562"), err: codes.ErrTaxCodeDate},
		{in: withCheck("RSSMRA85T72A562"), err: codes.ErrTaxCodeDate},
		{in: withCheck("RSSMRA85S31A562"), err: codes.ErrTaxCodeDate}, // 31 November
		{in: withCheck("RSSMRA85B29A562"), err: codes.ErrTaxCodeDate}, // 1985 had no 29 February
		{in: withCheck("RSSMRA84B69A562"), want: codes.TaxCode(withCheck("RSSMRA84B69A562"))},
		{in: withCheck("RSSMRA00B29A562"), want: codes.TaxCode(withCheck("RSSMRA00B29A562"))}, // 2000
		{in: withCheck("RSSMRA85T10N562"), err: codes.ErrTaxCodeForm},                         // no places with N
		{in: withCheck("RSSMRA85T10A000"), err: codes.ErrTaxCodeForm},
		{in: withCheck("RASMRA85T10A562"), err: codes.ErrTaxCodeForm}, // a consonant after a vowel
		{in: withCheck("FOXNGX85T10Z210"), want: codes.TaxCode(withCheck("FOXNGX85T10Z210"))},
		{in: withCheck("AXXAIX85T10Z210"), want: codes.TaxCode(withCheck("AXXAIX85T10Z210"))},
		{in: withCheck("AXEMRA85T10A562"), err: codes.ErrTaxCodeForm},
	} {
		got, err := codes.ParseTaxCode(test.in)
		if !errors.Is(err, test.err) || got != test.want {
			t.Errorf("ParseTaxCode(%q) = %q, %v, want %q, %v", test.in, got, err, test.want, test.err)
		}
	}
}

// withCheck adds the check letter to 15 characters, by the tables as the decree prints them.
func withCheck(s string) string {
	odd := map[rune]int{
		'0': 1, '1': 0, '2': 5, '3': 7, '4': 9, '5': 13, '6': 15, '7': 17, '8': 19, '9': 21,
		'A': 1, 'B': 0, 'C': 5, 'D': 7, 'E': 9, 'F': 13, 'G': 15, 'H': 17, 'I': 19, 'J': 21, 'K': 2, 'L': 4, 'M': 18,
		'N': 20, 'O': 11, 'P': 3, 'Q': 6, 'R': 8, 'S': 12, 'T': 14, 'U': 16, 'V': 10, 'W': 22, 'X': 25, 'Y': 24, 'Z': 23,
	}
	sum := 0
	for i, r := range s {
		switch {
		case i%2 == 0:
			sum += odd[r]
		case r <= '9':
			sum += int(r - '0')
		default:
			sum += int(r - 'A')
		}
	}
	return s + string(rune('A'+sum%26))
}

func TestNewTaxCode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		surname, name, sex, born, place, want string
	}{
		{"Rossi", "Mario", "M", "1985-12-10", "A562", "RSSMRA85T10A562S"},
		{"Bianchi", "Gianfranco", "m", "1980-01-01", "h501", withCheck("BNCGFR80A01H501")},
		{"Verdi", "Roberto", "M", "1980-01-01", "H501", withCheck("VRDRRT80A01H501")},
		{"Fo", "Dario", "M", "1926-03-24", "H968", withCheck("FOXDRA26C24H968")},
		{"D'Alò", "Chloé", "F", "2000-02-29", "F205", withCheck("DLACHL00B69F205")},
		{"De Amicis", "Ada", "F", "1999-11-30", "Z110", withCheck("DMCDAA99S70Z110")},
		{"Müller", "Li", "F", "1970-07-31", "Z112", withCheck("MLLLIX70L71Z112")},
		{"O", "Æ", "M", "1970-07-31", "Z112", withCheck("OXXAEX70L31Z112")},
	} {
		got, err := codes.NewTaxCode(test.surname, test.name, test.sex, day(t, test.born), test.place)
		if err != nil || string(got) != test.want {
			t.Errorf("NewTaxCode(%s %s) = %q, %v, want %q", test.name, test.surname, got, err, test.want)
		}
		if _, err := codes.ParseTaxCode(test.want); err != nil {
			t.Errorf("ParseTaxCode(%q) = %v", test.want, err)
		}
	}
}

func TestNewTaxCodeRefuses(t *testing.T) {
	t.Parallel()
	born := day(t, "1985-12-10")
	for _, test := range []struct {
		surname, name, sex string
		born               calendar.Day
		place              string
		want               error
	}{
		{"", "Mario", "M", born, "A562", codes.ErrTaxCodeName},
		{"Rossi", "馬", "M", born, "A562", codes.ErrTaxCodeName},
		{"Rossi", "Mario", "X", born, "A562", codes.ErrSex},
		{"Rossi", "Mario", "M", calendar.Day{}, "A562", codes.ErrTaxCodeDate},
		{"Rossi", "Mario", "M", born, "562", codes.ErrBelfiore},
	} {
		if got, err := codes.NewTaxCode(test.surname, test.name, test.sex, test.born, test.place); !errors.Is(err, test.want) {
			t.Errorf("NewTaxCode(%q, %q, %q) = %q, %v, want %v", test.surname, test.name, test.sex, got, err, test.want)
		}
	}
}

type person struct {
	surname, name, sex, place string
	born                      calendar.Day
}

func anyPerson() *rapid.Generator[person] {
	name := rapid.StringMatching(`[A-Za-zàèéìòù][a-zàèìòù' -]{0,11}`)
	first := calendar.NewDay(1930, time.January, 1)
	return rapid.Custom(func(t *rapid.T) person {
		return person{
			surname: name.Draw(t, "surname"), name: name.Draw(t, "name"),
			sex:   rapid.SampledFrom([]string{"F", "M"}).Draw(t, "sex"),
			place: rapid.StringMatching(`[A-MZ][1-9][0-9]{2}`).Draw(t, "place"),
			born:  first.AddDays(rapid.IntRange(0, 35_000).Draw(t, "born")),
		}
	})
}

func codeOf(t *rapid.T, p person) codes.TaxCode {
	code, err := codes.NewTaxCode(p.surname, p.name, p.sex, p.born, p.place)
	if err != nil {
		t.Fatalf("NewTaxCode(%+v) = %v", p, err)
	}
	return code
}

func TestTaxCodeSaysWhatItWasMadeOf(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPerson().Draw(t, "person")
		code := codeOf(t, p)
		got, err := codes.ParseTaxCode(strings.ToLower(string(code)))
		if err != nil || got != code {
			t.Fatalf("ParseTaxCode(%q) = %q, %v", code, got, err)
		}
		on := p.born.AddDays(rapid.IntRange(0, 36_000).Draw(t, "age"))
		if got.Sex() != p.sex || got.Belfiore() != p.place || got.Base() != code || got.BirthDay(on) != p.born {
			t.Fatalf("%q = %v %v %v %v, want %+v", code, got.Sex(), got.Belfiore(), got.Base(), got.BirthDay(on), p)
		}
	})
}

func TestNoSingleSlipIsATaxCode(t *testing.T) {
	t.Parallel()
	const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	rapid.Check(t, func(t *rapid.T) {
		code := string(codeOf(t, anyPerson().Draw(t, "person")))
		for i := range len(code) {
			for _, c := range characters {
				slip := code[:i] + string(c) + code[i+1:]
				if got, err := codes.ParseTaxCode(slip); slip != code && err == nil {
					t.Fatalf("ParseTaxCode(%q) = %q, want a refusal: %q was meant", slip, got, code)
				}
			}
		}
	})
}

func TestEveryHomocodyIsATaxCode(t *testing.T) {
	t.Parallel()
	places := []int{6, 7, 9, 10, 12, 13, 14}
	rapid.Check(t, func(t *rapid.T) {
		p := anyPerson().Draw(t, "person")
		code := codeOf(t, p)
		on := p.born.AddDays(10_000)
		for set := range 1 << len(places) {
			b := []byte(code[:15])
			for i, place := range places {
				if set&(1<<i) != 0 {
					b[place] = "LMNPQRSTUV"[b[place]-'0']
				}
			}
			text := withCheck(string(b))
			got, err := codes.ParseTaxCode(text)
			if err != nil || string(got) != text {
				t.Fatalf("ParseTaxCode(%q) = %q, %v", text, got, err)
			}
			if got.Base() != code || got.Sex() != p.sex || got.Belfiore() != p.place || got.BirthDay(on) != p.born {
				t.Fatalf("%q is read as %v %v %v %v, want as %q", text, got.Base(), got.Sex(), got.Belfiore(), got.BirthDay(on), code)
			}
		}
	})
}

func TestBirthDayChoosesTheCentury(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ code, on, want string }{
		{"RSSMRA85T10A562", "2026-11-24", "1985-12-10"},
		{"RSSMRA26S24A562", "2026-11-24", "2026-11-24"},
		{"RSSMRA26S25A562", "2026-11-24", "1926-11-25"},
		{"RSSMRA00B29A562", "2026-11-24", "2000-02-29"},
		{"RSSMRA00B29A562", "1999-11-24", "1600-02-29"}, // 1900, 1800 and 1700 had none
		{"RSSMRA96B29A562", "2026-11-24", "1996-02-29"},
	} {
		if got := codes.TaxCode(withCheck(test.code)).BirthDay(day(t, test.on)).String(); got != test.want {
			t.Errorf("%s.BirthDay(%s) = %v, want %v", test.code, test.on, got, test.want)
		}
	}
	if got := mario.BirthDay(calendar.Day{}); !got.IsZero() {
		t.Errorf("BirthDay(no day) = %v, want no day", got)
	}
}

func TestEmptyTaxCodeIsHarmless(t *testing.T) {
	t.Parallel()
	for _, c := range []codes.TaxCode{"", "ABC"} {
		if c.Sex() != "" || c.Belfiore() != "" || c.Base() != c || !c.BirthDay(day(t, "2026-11-24")).IsZero() {
			t.Errorf("%q has sex %q, place %q, base %q", c, c.Sex(), c.Belfiore(), c.Base())
		}
		if got, want := c.Masked(), strings.Repeat("*", len(c)); got != want {
			t.Errorf("%q.Masked() = %q, want %q", c, got, want)
		}
	}
}

func TestTaxCodesStayOutOfErrorsAndLogs(t *testing.T) {
	t.Parallel()
	if got, want := mario.Masked(), "RSS*********562S"; got != want {
		t.Errorf("Masked() = %q, want %q", got, want)
	}
	for _, in := range []string{"RSSMRA85T10A562T", "RSSMRA85T10A56", "RSSMRA85T10N562S", withCheck("RSSMRA85S31A562")} {
		_, err := codes.ParseTaxCode(in)
		refusal, ok := errors.AsType[*errs.Refusal](err)
		if !ok || refusal.Kind != errs.Invalid || len(refusal.Args) > 0 || strings.Contains(fmt.Sprintf("%+v %#v", err, err), "RSS") {
			t.Errorf("ParseTaxCode(%q) = %#v, want a refusal with a key and nothing else", in, err)
		}
	}
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("found", "code", mario)
	if strings.Contains(out.String(), string(mario)) || !strings.Contains(out.String(), mario.Masked()) {
		t.Errorf("log = %q, want the masked code", out.String())
	}
}
