package sqldb

import (
	"errors"

	"capillare/internal/errs"
)

// Refusals of the store itself, for any caller.
var (
	// ErrStopped says that a write of the disk has failed: nothing is written until the process restarts.
	ErrStopped = errs.New(errs.Unavailable, "sqldb.stopped")
	// ErrBusy says that rivals kept winning, or that another process holds the file: try again.
	ErrBusy = errs.New(errs.Unavailable, "sqldb.busy")
)

// Faults of opening and using a DB.
var (
	// ErrNotMigrated says that the schema is older than the program, or not there.
	ErrNotMigrated = errors.New("sqldb: the schema is not up to date: run the migrations first")
	// ErrNewerSchema says that the schema was made by a later version of the program.
	ErrNewerSchema = errors.New("sqldb: the schema is newer than this program: use a later version of it")
	// ErrClosed says that the DB was closed.
	ErrClosed = errors.New("sqldb: closed")
	// ErrPanic wraps what Update and View return when fn panics; the stack is in the log.
	ErrPanic = errors.New("sqldb: panic in a transaction")

	errLost     = errors.New("sqldb: an earlier statement of this transaction failed")
	errControl  = errors.New("sqldb: BEGIN, COMMIT, ROLLBACK, SAVEPOINT and RELEASE belong to DB.Update")
	errRowsOpen = errors.New("sqldb: rows were left open at the end of the transaction")
	errOver     = errors.New("sqldb: the transaction is over")
	errGone     = errors.New("sqldb: the caller left during its transaction")
)
