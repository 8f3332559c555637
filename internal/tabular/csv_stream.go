package tabular

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"capillare/internal/errs"
)

const (
	// streamChunk is how much of a stream is looked at in one go.
	streamChunk = 256 << 10
	// longestRecord bounds one row of a stream: beyond it a quote was left open.
	longestRecord = 1 << 20
	// recordLookahead is how far the end of a record depends on what follows it.
	recordLookahead = 512
)

// Stream gives the rows of a CSV file one by one, for files too long to be held whole. It reads what
// Read reads, titles above the header included, but looks for the separator only at the beginning
// and decides the encoding cell by cell.
type Stream struct {
	limits Limits
	source io.Reader
	ended  bool
	taken  int64
	text   string
	at     int
	sep    byte
	number int
	width  int
	buffer []byte
}

// NewStream looks at the beginning of a CSV file. Of the limits only Bytes and Columns count.
func NewStream(r io.Reader, limits Limits) (*Stream, error) {
	s := &Stream{limits: limits.orDefaults(), source: r, buffer: make([]byte, streamChunk)}
	if err := s.fill(); err != nil {
		return nil, err
	}
	start := []byte(s.text)
	if bytes.HasPrefix(start, []byte("\xFF\xFE")) || bytes.HasPrefix(start, []byte("\xFE\xFF")) {
		whole := io.MultiReader(bytes.NewReader(start), s.source)
		s.source = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(whole)
		s.text, s.ended = "", false
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
	if strings.TrimSpace(s.text) == "" && s.ended {
		return nil, ErrEmpty
	}
	if isBinary([]byte(s.text)) {
		return nil, ErrBinary
	}
	s.text = strings.TrimPrefix(s.text, byteOrderMark)
	s.sep, s.text = chooseSeparator(s.text)
	return s, nil
}

// Separator returns the separator of the file.
func (s *Stream) Separator() string { return string(s.sep) }

// Next returns the next row that is not blank, and io.EOF after the last one.
func (s *Stream) Next() (Row, error) {
	for {
		cells, err := s.record()
		if err != nil {
			return Row{}, err
		}
		for i, cell := range cells {
			if !utf8.ValidString(cell) {
				// Every sequence of bytes has a meaning in this encoding.
				cell, _ = charmap.Windows1252.NewDecoder().String(cell)
			}
			cells[i] = plain(cell)
		}
		row, blank := newRow(s.number, cells)
		if blank {
			continue
		}
		if len(row.Cells) > s.limits.Columns {
			return Row{}, ErrTooManyColumns.With(errs.Args{"limit": s.limits.Columns, "row": s.number})
		}
		return row, nil
	}
}

// record reads one record, with more text when its end is not sure.
func (s *Stream) record() ([]string, error) {
	for {
		in := csvText{text: s.text, sep: s.sep, at: s.at, width: s.width}
		cells, ok := in.next()
		if ok && (s.ended || in.at+recordLookahead < len(s.text)) {
			s.at, s.width = in.at, len(cells)
			s.number++
			if in.open {
				return nil, ErrOpenQuote.With(errs.Args{"row": s.number})
			}
			if in.wide {
				return nil, ErrTooManyColumns.With(errs.Args{"limit": s.limits.Columns, "row": s.number})
			}
			return cells, nil
		}
		if s.ended {
			return nil, io.EOF
		}
		if len(s.text)-s.at > longestRecord {
			return nil, ErrOpenQuote.With(errs.Args{"row": s.number + 1})
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

// fill puts another chunk behind the text that is not read yet.
func (s *Stream) fill() error {
	n, err := io.ReadFull(s.source, s.buffer)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		s.ended = true
	case err != nil:
		return err
	}
	if s.taken += int64(n); s.taken > s.limits.Bytes {
		return tooLarge(s.limits)
	}
	if s.number > 0 && bytes.IndexByte(s.buffer[:n], 0) >= 0 {
		return ErrBinary
	}
	s.text, s.at = s.text[s.at:]+string(s.buffer[:n]), 0
	return nil
}
