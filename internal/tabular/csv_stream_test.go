package tabular

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

func streamed(r io.Reader, limits Limits) ([]Row, error) {
	s, err := NewStream(r, limits)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for {
		row, err := s.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
}

// TestStreamEqualsRead compares both ways of reading over many chunks, with quotes on their edges.
func TestStreamEqualsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.SampledFrom([]string{"028001", `="028001"`, `"due` + "\n" + `righe"`, `"a;b"`, "Agliè", `"disse ""sì"""`, "", "x"})
		var b strings.Builder
		b.WriteString("uno;due;tre\n")
		for range rapid.IntRange(1, 40).Draw(t, "rows") {
			b.WriteString(cell.Draw(t, "a") + ";" + cell.Draw(t, "b") + ";z\n")
		}
		block := b.String()
		text := strings.Repeat(block, rapid.SampledFrom([]int{1, 1, 1, 1, streamChunk/len(block) + 1}).Draw(t, "times"))
		want, err := readRecords(text, ';', Limits{Rows: 1 << 30, Columns: 10})
		if err != nil {
			t.Fatal(err)
		}
		got, err := streamed(strings.NewReader(text), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		// A difference is shown only when there is one: these are thousands of rows.
		if !reflect.DeepEqual(want, got) {
			t.Errorf("stream differs from whole (-whole +stream):\n%s", cmp.Diff(want, got))
		}
	})
}

func TestStreamEncodings(t *testing.T) {
	t.Parallel()
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("nome\tcodice\nAgliè\t001001\n")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]string{
		"utf-8":        "nome;codice\nAgliè;001001\n",
		"bom":          "\uFEFFnome;codice\nAgliè;001001",
		"windows-1252": "nome;codice\r\nAgli\xe8;001001\r\n",
		"utf-16":       wide,
		"sep line":     "sep=|\nnome|codice\nAgliè|001001\n",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := streamed(iotest.OneByteReader(strings.NewReader(text)), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			want := []Row{{Number: 1, Cells: []string{"nome", "codice"}}, {Number: 2, Cells: []string{"Agliè", "001001"}}}
			if diff := cmp.Diff(want, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStreamRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a;b\n", streamChunk)
	tests := []struct {
		name   string
		text   string
		limits Limits
		want   error
	}{
		{"empty", " \n ", Limits{}, ErrEmpty},
		{"binary", "a\x00b", Limits{}, ErrBinary},
		{"binary later", long + "\x00", Limits{}, ErrBinary},
		{"too large", long, Limits{Bytes: 1000}, ErrTooLarge},
		{"too wide", "a;b\n1;2;3\n", Limits{Columns: 2}, ErrTooManyColumns},
		{"open quote", "a;b\n\"1;2\n", Limits{}, ErrOpenQuote},
		{"endless record", "a;b\n\"" + strings.Repeat("x", 2*longestRecord), Limits{}, ErrOpenQuote},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := streamed(strings.NewReader(tt.text), tt.limits); !errors.Is(err, tt.want) {
				t.Errorf("error = %v, want %v", err, tt.want)
			}
		})
	}
	broken := errors.New("the line fell")
	if _, err := streamed(iotest.ErrReader(broken), Limits{}); !errors.Is(err, broken) {
		t.Errorf("error = %v, want %v", err, broken)
	}
}

func TestWorkbookReadsEverySheet(t *testing.T) {
	t.Parallel()
	data := workbook(t,
		Sheet{Name: "variazioni", Header: []string{"a", "b"}, Rows: RowsOf([][]string{{"1", "2"}})},
		Sheet{Name: "soppressioni", Header: []string{"c", "d"}, Rows: RowsOf([][]string{{"3", "4"}})})
	tables, err := Workbook(data, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, table := range tables {
		names = append(names, table.Sheet)
	}
	if diff := cmp.Diff([]string{"variazioni", "soppressioni"}, names); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	if _, err := Workbook(data, Limits{Bytes: 10}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("error = %v, want %v", err, ErrTooLarge)
	}
	if _, err := Workbook(bytes.Repeat([]byte("PK"), 9), Limits{}); !errors.Is(err, ErrBrokenXLSX) {
		t.Errorf("error = %v, want %v", err, ErrBrokenXLSX)
	}
}
