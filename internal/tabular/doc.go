// Package tabular reads and writes the tables that people send and ask for (it: i file di tabelle):
// CSV in any of its habits and XLSX workbooks, through one door each way.
//
// Its rules: what is in a file decides how it is read, never only its name; every cell is text, codes
// keep their zeros and dates become ISO; a row keeps the number that the person sees in a
// spreadsheet; columns are found by name, whatever their order, case and accents; a file is read
// whole or refused whole, never half; sizes are bounded before memory is spent. What is written for
// spreadsheets cannot run as a formula; what is written for another system is left exactly as it is.
//
// It does not know what the columns mean: checking values is the work of the package that asked.
package tabular

import "capillare/internal/errs"

// Refusals of a file as a whole. The message of each says what to do.
var (
	ErrTooLarge       = errs.New(errs.Invalid, "tabular.too_large")
	ErrTooManyRows    = errs.New(errs.Invalid, "tabular.too_many_rows")
	ErrTooManyColumns = errs.New(errs.Invalid, "tabular.too_many_columns")
	ErrEmpty          = errs.New(errs.Invalid, "tabular.empty")
	ErrBinary         = errs.New(errs.Invalid, "tabular.binary")
	ErrOldXLS         = errs.New(errs.Invalid, "tabular.old_xls")
	ErrProtected      = errs.New(errs.Invalid, "tabular.protected")
	ErrOpenDocument   = errs.New(errs.Invalid, "tabular.open_document")
	ErrBrokenXLSX     = errs.New(errs.Invalid, "tabular.broken_xlsx")
	ErrOpenQuote      = errs.New(errs.Invalid, "tabular.open_quote")
	ErrMissingColumn  = errs.New(errs.Invalid, "tabular.missing_column")
	ErrEncoding       = errs.New(errs.Invalid, "tabular.encoding")
)

// Limits bound what is read. A zero field takes its default.
type Limits struct {
	// Bytes is the largest file, 20 MB by default.
	Bytes int64
	// Rows is the largest number of rows under the header, 20,000 by default.
	Rows int
	// Columns is the largest number of columns, 300 by default.
	Columns int
}

const (
	defaultBytes   = 20 << 20
	defaultRows    = 20_000
	defaultColumns = 300
)

func (l Limits) orDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = defaultBytes
	}
	if l.Rows <= 0 {
		l.Rows = defaultRows
	}
	if l.Columns <= 0 {
		l.Columns = defaultColumns
	}
	return l
}
