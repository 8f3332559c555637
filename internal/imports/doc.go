// Package imports takes the files that people keep in spreadsheets into the network (it: importazioni):
// points with their bodies and hours, facilitators, targets.
//
// Its rules: a file is shown before anything changes (a preview, kept as a batch); a batch is applied
// whole or not at all, in one short transaction, after it is checked again against what is there by
// then; one wrong row stops all; a batch applied twice answers the first result; the same file again
// changes nothing; an empty cell never erases what is there; nothing is ever removed. What is wrong is
// said by row, as the spreadsheet numbers it, and by column, as the file names it. Rows wait in the
// batch only until it is applied, thrown away or a week old, and tax codes wait sealed.
//
// It does not know formats of files (package tabular), and it does not decide what a point, a person
// or a target may be: the packages points, facilitators and funding do, and their refusals are shown.
package imports

import (
	"time"

	"capillare/internal/errs"
)

// The kinds of file.
const (
	Points       = "points"
	Facilitators = "facilitators"
	Targets      = "targets"
)

// Kinds lists the kinds in the order in which a new network needs them; "imports.kind." + kind is the
// word.
func Kinds() []string { return []string{Points, Facilitators, Targets} }

// The states of a batch; "imports.state." + state is the word.
const (
	Previewed = "previewed"
	Applied   = "applied"
	Discarded = "discarded"
)

// What becomes of a row; "imports.change." + change is the word.
const (
	Added     = "added"
	Changed   = "changed"
	Unchanged = "unchanged"
	Wrong     = "wrong"
)

// MaxBytes is the largest file.
const MaxBytes = 10 << 20

const (
	maxRows     = 5000
	maxProblems = 500
	sampleRows  = 12
	// keepRows is how long the rows of a batch that nobody applies are kept.
	keepRows = 7 * 24 * time.Hour
)

// Refusals.
var (
	ErrKind      = errs.New(errs.Invalid, "imports.kind_unknown")
	ErrNoRows    = errs.New(errs.Invalid, "imports.no_rows")
	ErrNoBatch   = errs.New(errs.NotFound, "imports.no_batch")
	ErrWrong     = errs.New(errs.Conflict, "imports.has_wrong")
	ErrDiscarded = errs.New(errs.Conflict, "imports.is_discarded")
	ErrApplied   = errs.New(errs.Conflict, "imports.is_applied")
	ErrNoRegion  = errs.New(errs.Invalid, "imports.no_row_of_region")
	// errMeanwhile makes Apply look again at what is there.
	errMeanwhile = errs.New(errs.Conflict, "imports.meanwhile")
)

// Batch is one file: what it would change, or has changed.
type Batch struct {
	ID, Kind, FileName, State string
	// Added, Changed and Unchanged count what the file names: points, people or single targets. Wrong
	// counts rows.
	Added, Changed, Unchanged, Wrong int
	// CreatedBy is the account, or the name of the program's part.
	CreatedBy            string
	CreatedAt, AppliedAt time.Time
	// What follows is empty in a List.
	Report
}

// Report is what there is to say of a file.
type Report struct {
	// Problems stop the import; Warnings do not. Both are by row.
	Problems []RowProblem `json:",omitempty"`
	Warnings []RowProblem `json:",omitempty"`
	// Bodies are the names of the bodies that will be added.
	Bodies []string `json:",omitempty"`
	// Unused are columns of the file that are not read.
	Unused []string `json:",omitempty"`
	// Ignored counts rows that are about other networks.
	Ignored int `json:",omitempty"`
	// Sample are the first rows as they will be.
	Sample []SampleRow `json:",omitempty"`
}

// RowProblem is what is wrong, or strange, in one cell.
type RowProblem struct {
	// Row is the number in the spreadsheet.
	Row int
	// Column is the title in the file; empty when the whole row is meant.
	Column string
	// Value is what the cell holds; never a tax code.
	Value string
	// Key is the message, with Args; it says why and what to do.
	Key  string
	Args errs.Args
}

// SampleRow is one row as it will be.
type SampleRow struct {
	Row    int
	Change string
	// Title names the thing; Cells are its main values, the same for every row of a kind.
	Title string
	Cells []SampleCell
}

// SampleCell is one value. "imports.cell." + Name is its label.
type SampleCell struct {
	Name string
	// Text is the value, or Word is its message key, or Minutes is a length of time.
	Text    string `json:",omitempty"`
	Word    string `json:",omitempty"`
	Minutes int    `json:",omitempty"`
	// Changed says that it was another before.
	Changed bool `json:",omitempty"`
}

// Ready reports whether the batch can be applied.
func (b Batch) Ready() bool {
	return b.State == Previewed && b.Wrong == 0 && len(b.Problems) == 0
}
