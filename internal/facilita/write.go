package facilita

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"capillare/internal/errs"
)

// MaxRows is how many rows the platform takes in one file.
const MaxRows = 9000

// Encoding is how the letters of the file are written.
type Encoding string

// The encodings.
const (
	UTF8        Encoding = "utf-8"
	Windows1252 Encoding = "windows-1252"
)

// ErrTooManyRows refuses to put more than one file where one is expected.
var ErrTooManyRows = errs.New(errs.Invalid, "facilita.too_many_rows")

// Opener opens the n-th file of an export, from 1.
type Opener func(n int) (io.WriteCloser, error)

// One writes everything to w, and refuses a second file with ErrTooManyRows.
func One(w io.Writer) Opener {
	return func(n int) (io.WriteCloser, error) {
		if n > 1 {
			return nil, ErrTooManyRows
		}
		return open{w}, nil
	}
}

// Zip puts the files facilita-1.csv, facilita-2.csv and so on into z, which the caller closes.
func Zip(z *zip.Writer) Opener {
	return func(n int) (io.WriteCloser, error) {
		w, err := z.Create(fmt.Sprintf("facilita-%d.csv", n))
		return open{w}, err
	}
}

type open struct{ io.Writer }

// Close leaves the writer to whoever opened it.
func (open) Close() error { return nil }

// files spreads rows over files.
type files struct {
	open     Opener
	encoding Encoding
	n, rows  int
	file     io.WriteCloser
	buf      *bufio.Writer
}

// room makes sure that n more rows fit into the file under way, else begins another one.
func (f *files) room(n int) error {
	if f.file != nil && f.rows+n <= MaxRows {
		return nil
	}
	if err := f.close(); err != nil {
		return err
	}
	file, err := f.open(f.n + 1)
	if err != nil {
		return err
	}
	f.n, f.rows, f.file, f.buf = f.n+1, 0, file, bufio.NewWriterSize(file, 1<<16)
	return f.line(Columns())
}

func (f *files) row(fields []string) error {
	f.rows++
	return f.line(fields)
}

// line quotes every field: the national guide asks for quotation marks, and none is left inside.
func (f *files) line(fields []string) error {
	for i, field := range fields {
		sep := `,"`
		if i == 0 {
			sep = `"`
		}
		f.buf.WriteString(sep)
		if err := f.text(field); err != nil {
			return err
		}
		f.buf.WriteByte('"')
	}
	_, err := f.buf.WriteString("\r\n")
	return err
}

func (f *files) text(s string) error {
	if f.encoding != Windows1252 {
		_, err := f.buf.WriteString(s)
		return err
	}
	for _, r := range norm.NFC.String(s) {
		if err := f.buf.WriteByte(in1252(r)); err != nil {
			return err
		}
	}
	return nil
}

// in1252 returns the byte of r, of its letter without signs when it has none, or a question mark.
func in1252(r rune) byte {
	if b, ok := charmap.Windows1252.EncodeRune(r); ok {
		return b
	}
	base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
	if b, ok := charmap.Windows1252.EncodeRune(base); ok {
		return b
	}
	if i := strings.IndexRune("łŁđĐışŞ", r); i >= 0 {
		return "lLdDisS"[len([]rune("łŁđĐışŞ"[:i]))]
	}
	return '?'
}

func (f *files) close() error {
	if f.file == nil {
		return nil
	}
	err := f.buf.Flush()
	if closeErr := f.file.Close(); err == nil {
		err = closeErr
	}
	f.file = nil
	if err != nil {
		return fmt.Errorf("facilita: write the file: %w", err)
	}
	return nil
}
