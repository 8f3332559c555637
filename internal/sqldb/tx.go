package sqldb

import (
	"context"
	"database/sql"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// Tx is a transaction under way; it lives as long as the function it was given to, and belongs to one
// goroutine. Its four methods are what generated queries need.
type Tx struct {
	// Now is the instant of this transaction: microseconds, UTC.
	Now time.Time

	q     querier
	whole bool // statements run to their end whatever the caller's context does
	over  atomic.Bool
	// failed is the first error of a statement. fn may hide it from its caller, but not from the retry.
	failed error
}

type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// ExecContext runs a statement that gives no rows.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := tx.check(query); err != nil {
		return nil, err
	}
	res, err := tx.q.ExecContext(tx.context(ctx), query, args...)
	return res, tx.note(err)
}

// PrepareContext prepares a statement. Texts are prepared once for each connection anyway, so that
// calling ExecContext again and again costs the same.
func (tx *Tx) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if err := tx.check(query); err != nil {
		return nil, err
	}
	stmt, err := tx.q.PrepareContext(tx.context(ctx), query)
	return stmt, tx.note(err)
}

// QueryContext runs a statement that gives rows; close them before the next statement.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := tx.check(query); err != nil {
		return nil, err
	}
	rows, err := tx.q.QueryContext(tx.context(ctx), query, args...)
	return rows, tx.note(err)
}

// QueryRowContext runs a statement that gives one row.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if err := tx.check(query); err != nil {
		// A sql.Row can carry an error only through a context that is already over.
		dead, cancel := context.WithCancelCause(ctx)
		cancel(err)
		return tx.q.QueryRowContext(dead, query, args...)
	}
	row := tx.q.QueryRowContext(tx.context(ctx), query, args...)
	_ = tx.note(row.Err()) // the row itself brings it to the caller
	return row
}

func (tx *Tx) note(err error) error {
	if err != nil && tx.failed == nil {
		tx.failed = err
	}
	return err
}

func (tx *Tx) context(ctx context.Context) context.Context {
	if tx.whole {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

func (tx *Tx) check(query string) error {
	if tx.over.Load() {
		return errOver
	}
	if isControl(query) {
		return errControl
	}
	return nil
}

// isControl reports whether query begins, ends or splits a transaction, which only this package does.
func isControl(query string) bool {
	for {
		query = strings.TrimLeft(query, " \t\r\n;")
		if !strings.HasPrefix(query, "--") {
			break
		}
		_, query, _ = strings.Cut(query, "\n")
	}
	if query == "" || !strings.ContainsRune("bcersaBCERSA", rune(query[0])) {
		return false
	}
	end := strings.IndexFunc(query, func(r rune) bool { return r < 'A' || r > 'z' })
	if end < 0 {
		end = len(query)
	}
	switch strings.ToUpper(query[:end]) {
	case "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "START", "ABORT":
		return true
	}
	return false
}

func funcName(fn func(tx *Tx) error) string {
	if f := runtime.FuncForPC(reflect.ValueOf(fn).Pointer()); f != nil {
		return f.Name()
	}
	return "?"
}
