// Package imports takes the files that people keep in spreadsheets into the network (it: importazioni):
// points with their hours, bodies with their roles, facilitators, duty plans, targets.
//
// Its rules: a file is shown before anything changes (a preview, kept as a batch); a batch is applied
// whole or not at all, in one short transaction, after it is checked again against what is there by
// then; one wrong row stops all; a batch applied twice answers the first result; the same file again
// changes nothing; an empty cell never erases what is there; nothing is ever removed. What is wrong is
// said by row, as the spreadsheet numbers it, and by column, as the file names it, and can be corrected
// there and then. Rows wait in parts beside the batch, only until it is applied, thrown away or a week
// old, and whatever looks like a tax code waits sealed. What is kept of an applied batch names no person.
//
// # How a batch lives
//
//	staging -> checking <-> stopped        a file is read; looked at; stopped by hand
//	              |
//	          previewed <-> applying -> applied
//	              |
//	          discarded                    by hand, or by a job after a week
//
// A small file is looked at and applied at once; a large one by jobs, which write down how far they are
// and look whether they are to stop. A job that died is begun again from the rows: until the one
// transaction that publishes, nothing of the network has changed, and that transaction takes the batch
// out of "applying", so that it counts once. That transaction is short also for 100,000 shifts: all that
// needs looking up is looked up before, and bookable times follow in jobs.
//
// It does not know formats of files (package tabular), and it does not decide what a point, a person
// or a target may be: the packages points, facilitators and funding do, and their refusals are shown.
package imports

import (
	"errors"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

// The kinds of file.
const (
	Points       = "points"
	Bodies       = "bodies"
	Facilitators = "facilitators"
	Duties       = "duties"
	Targets      = "targets"
)

// Kinds lists the kinds in the order in which a new network needs them; "imports.kind." + kind is the
// word.
func Kinds() []string { return []string{Bodies, Points, Facilitators, Duties, Targets} }

// The states of a batch; "imports.state." + state is the word.
const (
	Staging   = "staging"
	Checking  = "checking"
	Stopped   = "stopped"
	Previewed = "previewed"
	Applying  = "applying"
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
const MaxBytes = 32 << 20

// MaxRows is how many rows a file of a kind may have. Shifts are the only thing of which a network has
// very many, and the only one that is published row by row without further thought; 5,000 points or
// people are more than the largest region has.
func MaxRows(kind string) int {
	if kind == Duties {
		return 100_000
	}
	return 5000
}

const (
	// maxProblems is how many the page of a batch lists; maxKept how many are kept for correction.
	maxProblems = 500
	maxKept     = 20_000
	sampleRows  = 12
	// atOnce is how many rows are looked at and applied while the sender waits; more become a job.
	atOnce = 1000
	// usualKeepDays is how long the rows of a batch that nobody applies are kept when nobody says.
	usualKeepDays = 7
)

// Refusals.
var (
	ErrKind      = errs.New(errs.Invalid, "imports.kind_unknown")
	ErrNoRows    = errs.New(errs.Invalid, "imports.no_rows")
	ErrNoBatch   = errs.New(errs.NotFound, "imports.no_batch")
	ErrWrong     = errs.New(errs.Conflict, "imports.has_wrong")
	ErrDiscarded = errs.New(errs.Conflict, "imports.is_discarded")
	ErrApplied   = errs.New(errs.Conflict, "imports.is_applied")
	ErrWorking   = errs.New(errs.Conflict, "imports.is_working")
	ErrNoWrong   = errs.New(errs.Conflict, "imports.wrong.none")
	ErrNoSample  = errs.New(errs.Conflict, "imports.no_sample")
	ErrNoRegion  = errs.New(errs.Invalid, "imports.no_row_of_region")
	// errMeanwhile makes Apply look again at what is there.
	errMeanwhile = errs.New(errs.Conflict, "imports.meanwhile")
	// errStopped ends work on a batch that was stopped by hand.
	errStopped = errors.New("imports: stopped")
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
	// Total is how many rows wait, Done how many were looked at in the phase that began at PhaseAt;
	// TouchedAt is when that was last written down.
	Total, Done        int
	PhaseAt, TouchedAt time.Time
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
	// Field is the column as templates name it, Column as the file does; empty when the whole row is meant.
	Field, Column string
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
	// Weekday is a day of the week.
	Weekday calendar.Weekday `json:",omitempty"`
	// Words are message keys, one after the other.
	Words []string `json:",omitempty"`
	// Changed says that it was another before.
	Changed bool `json:",omitempty"`
}

// Working reports whether a job is at work on the batch.
func (b Batch) Working() bool { return b.State == Checking || b.State == Applying }

// Open reports whether the batch waits for somebody: to be corrected, applied, resumed or thrown away.
func (b Batch) Open() bool { return b.State == Previewed || b.State == Stopped }

// Left is how long the phase will last from now on if it goes on as it went, false while that cannot be
// told.
func (b Batch) Left(now time.Time) (time.Duration, bool) {
	gone := b.TouchedAt.Sub(b.PhaseAt)
	if b.Done == 0 || b.Total <= b.Done || gone <= 0 {
		return 0, false
	}
	left := time.Duration(float64(gone)/float64(b.Done)*float64(b.Total)) - now.Sub(b.PhaseAt)
	return max(left, time.Second), true
}

// Ready reports whether the batch can be applied.
func (b Batch) Ready() bool {
	return b.State == Previewed && b.Wrong == 0 && len(b.Problems) == 0
}
