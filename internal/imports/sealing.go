package imports

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"capillare/internal/codes"
	"capillare/internal/sealed"
)

const taxCodePurpose = "imports.tax_code"

// sealedMark begins a cell that waits sealed; no cell of a file holds it, see printable.
const sealedMark = "\x01"

// secret reports whether a cell may not wait, or be repeated, in clear: whatever stands in the column of
// tax codes, unless it is the number of a body, and a person's tax code wherever it was written.
func secret(column, text string) bool {
	text = strings.TrimSpace(text)
	if text == "" {
		return false
	}
	if column == colTaxCode {
		return len(text) != 11 || strings.Trim(text, "0123456789") != ""
	}
	if len(text) < 16 || len(text) > 32 {
		return false
	}
	_, err := codes.ParseTaxCode(text)
	return err == nil
}

// vault seals the secret cells of one batch and opens them again.
type vault struct {
	keys  *sealed.Keys
	batch string
}

var errNoKeys = errors.New("imports: tax codes need the keys of the program")

// seal returns rows whose secret cells are sealed; those given stay as they are.
func (v vault) seal(columns []string, rows []row) ([]row, error) {
	out := make([]row, len(rows))
	for i, r := range rows {
		cells := make([]string, len(r.Cells))
		for j, text := range r.Cells {
			if cells[j] = text; !secret(columns[j], text) {
				continue
			}
			if v.keys == nil {
				return nil, errNoKeys
			}
			cells[j] = sealedMark + base64.StdEncoding.EncodeToString(v.keys.Seal(taxCodePurpose, []byte(text), v.batch))
		}
		r.Cells = cells
		if secret("", r.Beyond) {
			r.Beyond = "…"
		}
		out[i] = r
	}
	return out, nil
}

// open shows the sealed cells of rows in place.
func (v vault) open(rows []row) error {
	for _, r := range rows {
		for j, text := range r.Cells {
			code, found := strings.CutPrefix(text, sealedMark)
			if !found {
				continue
			}
			if v.keys == nil {
				return errNoKeys
			}
			cipher, err := base64.StdEncoding.DecodeString(code)
			if err != nil {
				return fmt.Errorf("imports: read a sealed cell: %w", err)
			}
			plain, err := v.keys.Open(taxCodePurpose, cipher, v.batch)
			if err != nil {
				return fmt.Errorf("imports: open a cell of batch %s: %w", v.batch, err)
			}
			r.Cells[j] = string(plain)
		}
	}
	return nil
}
