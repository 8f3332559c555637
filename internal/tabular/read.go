package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"capillare/internal/errs"
)

// Read reads a file that somebody sent. The name only helps to word a refusal: the content decides.
func Read(name string, r io.Reader, limits Limits) (*Table, error) {
	limits = limits.orDefaults()
	data, err := io.ReadAll(io.LimitReader(r, limits.Bytes+1))
	if err != nil {
		return nil, fmt.Errorf("tabular: read file: %w", err)
	}
	if int64(len(data)) > limits.Bytes {
		return nil, tooLarge(limits)
	}
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return nil, ErrEmpty
	case bytes.HasPrefix(data, []byte("PK")):
		return readXLSX(data, limits)
	case bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return nil, oldOffice(data)
	}
	t, err := readCSV(data, limits)
	if errors.Is(err, ErrBinary) && strings.EqualFold(path.Ext(name), ".xlsx") {
		return nil, ErrBrokenXLSX
	}
	return t, err
}

func tooLarge(limits Limits) error {
	return ErrTooLarge.With(errs.Args{"limit": max(1, limits.Bytes>>20)})
}

// oldOffice tells a workbook with a password, which is wrapped in the old container, from an old one.
func oldOffice(data []byte) error {
	wrapped := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	if bytes.Contains(data, wrapped) {
		return ErrProtected
	}
	return ErrOldXLS
}
