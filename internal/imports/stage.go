package imports

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sealed"
	"capillare/internal/tabular"
)

// staged is a file as it waits: the cells of the columns that are known, by name of column.
type staged struct {
	// Form tells two layouts of one kind apart.
	Form string `json:"form,omitempty"`
	// Titles are the heads of the columns as the file writes them.
	Titles map[string]string `json:"titles"`
	Rows   []row             `json:"rows"`
	unused []string
}

// row is one row of a file.
type row struct {
	Number int `json:"n"`
	// Beyond is the first text to the right of the last title.
	Beyond string            `json:"b,omitempty"`
	Cells  map[string]string `json:"c"`
}

// readFile reads a file of a kind. It stops reading as soon as the file proves too large.
func readFile(kind, name string, r io.Reader) (*staged, error) {
	table, err := tabular.Read(name, r, tabular.Limits{Bytes: MaxBytes, Rows: maxRows})
	if err != nil {
		return nil, err
	}
	form, columns, reader, err := matchForm(table, kind)
	if err != nil {
		return nil, err
	}
	st := &staged{Form: form, Titles: map[string]string{}, unused: reader.Unused()}
	for _, c := range columns {
		if title := reader.Title(c.Name); title != "" {
			st.Titles[c.Name] = title
		}
	}
	for record := range reader.All() {
		cells := record.Values()
		for column, text := range cells {
			if text == "" {
				delete(cells, column)
			}
		}
		one := row{Number: record.Number, Cells: cells}
		for _, text := range record.Beyond() {
			if one.Beyond == "" {
				one.Beyond = text
			}
		}
		if len(cells) > 0 || one.Beyond != "" {
			st.Rows = append(st.Rows, one)
		}
	}
	if len(st.Rows) == 0 {
		return nil, ErrNoRows
	}
	return st, nil
}

// matchForm finds the columns of a kind in a table. When no layout fits, it refuses for the one that
// comes nearest: the one whose first column is there, else the first.
func matchForm(table *tabular.Table, kind string) (string, tabular.Columns, *tabular.Reader, error) {
	var refusal error
	for _, f := range formsOf(kind) {
		reader, err := table.Match(f.columns)
		if err == nil {
			return f.name, f.columns, reader, nil
		}
		if !errors.Is(err, tabular.ErrMissingColumn) {
			return "", nil, nil, err
		}
		if refusal == nil || f.begins(table) {
			refusal = err
		}
	}
	if refusal == nil {
		return "", nil, nil, ErrKind
	}
	return "", nil, nil, refusal
}

const taxCodePurpose = "imports.tax_code"

// seal hides the tax codes of the rows, bound to their batch.
func (st *staged) seal(keys *sealed.Keys, batchID string) error {
	for _, r := range st.Rows {
		code := r.Cells[colTaxCode]
		if code == "" {
			continue
		}
		if keys == nil {
			return errors.New("imports: tax codes need the keys of the program")
		}
		r.Cells[colTaxCode] = base64.StdEncoding.EncodeToString(keys.Seal(taxCodePurpose, []byte(code), batchID))
	}
	return nil
}

// unseal shows the tax codes again.
func (st *staged) unseal(keys *sealed.Keys, batchID string) error {
	for _, r := range st.Rows {
		text := r.Cells[colTaxCode]
		if text == "" {
			continue
		}
		if keys == nil {
			return errors.New("imports: tax codes need the keys of the program")
		}
		cipher, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return fmt.Errorf("imports: read a sealed tax code: %w", err)
		}
		code, err := keys.Open(taxCodePurpose, cipher, batchID)
		if err != nil {
			return fmt.Errorf("imports: open a tax code of batch %s: %w", batchID, err)
		}
		r.Cells[colTaxCode] = string(code)
	}
	return nil
}

func authorOf(who identity.Actor) string {
	if who.AccountID != "" {
		return who.AccountID
	}
	return who.Name
}

// refusalOf returns the refusal in err.
func refusalOf(err error) (*errs.Refusal, bool) { return errors.AsType[*errs.Refusal](err) }
