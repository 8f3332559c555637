package official

import "capillare/internal/errs"

// Refusals of a file as a whole, besides those of package tabular.
var (
	ErrUnknown  = errs.New(errs.Invalid, "official.unknown")
	ErrColumns  = errs.New(errs.Invalid, "official.columns")
	ErrNoRows   = errs.New(errs.Invalid, "official.no_rows")
	ErrAllWrong = errs.New(errs.Invalid, "official.all_wrong")
	ErrJSON     = errs.New(errs.Invalid, "official.json")
	ErrNoCodes  = errs.New(errs.Invalid, "official.no_codes")
	ErrZip      = errs.New(errs.Invalid, "official.zip")
	// ErrEntry wraps the refusal of one file of an archive, which is its argument "reason".
	ErrEntry    = errs.New(errs.Invalid, "official.in_entry")
	ErrZipEmpty = errs.New(errs.Invalid, "official.zip_empty")
)
