package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strings"

	"modernc.org/sqlite"
)

// sqliteConnector opens connections that keep prepared statements, name broken constraints and refuse
// to go on after a failed statement, as PostgreSQL does.
type sqliteConnector struct {
	driver.Connector
	unique *uniqueNames
}

// Connect opens one connection.
func (c sqliteConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &sqliteConn{Conn: conn, cache: newStmtCache(), unique: c.unique, open: map[*sqliteRows]struct{}{}}, nil
}

type sqliteConn struct {
	driver.Conn
	cache  *stmtCache
	unique *uniqueNames
	open   map[*sqliteRows]struct{} // rows not closed yet
	failed error                    // the first error of the transaction or savepoint under way
	disk   error                    // the first error of the disk, for ever
	closed bool
}

// BeginTx begins a reader's transaction; the writer's are begun by the group.
func (c *sqliteConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.failed = nil
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
}

// ExecContext runs a statement from the cache.
func (c *sqliteConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if c.failed != nil {
		return nil, errors.Join(errLost, c.failed)
	}
	res, err := c.exec(ctx, query, args)
	return res, c.note(err)
}

func (c *sqliteConn) exec(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	stmt, err := c.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	res, err := stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	if e := c.cache.give(query, stmt); err == nil {
		err = e
	}
	return res, err
}

// QueryContext runs a statement from the cache; it goes back there when the rows are closed.
func (c *sqliteConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.failed != nil {
		return nil, errors.Join(errLost, c.failed)
	}
	stmt, err := c.prepared(ctx, query)
	if err != nil {
		return nil, c.note(err)
	}
	rows, err := stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		// Its first error matters; whether the statement goes back well does not.
		_ = c.cache.give(query, stmt)
		return nil, c.note(err)
	}
	own := &sqliteRows{Rows: rows, conn: c, text: query, stmt: stmt}
	c.open[own] = struct{}{}
	return own, nil
}

// PrepareContext prepares a statement for the caller alone.
func (c *sqliteConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if c.failed != nil {
		return nil, errors.Join(errLost, c.failed)
	}
	stmt, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, dialect(query))
	if err != nil {
		return nil, c.note(err)
	}
	return &sqliteStmt{Stmt: stmt, conn: c, text: query}, nil
}

func (c *sqliteConn) prepared(ctx context.Context, query string) (driver.Stmt, error) {
	if stmt := c.cache.take(query); stmt != nil {
		return stmt, nil
	}
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, dialect(query))
}

// Close closes the statements, then the connection.
func (c *sqliteConn) Close() error {
	if c.closed {
		return nil
	}
	c.closed = true
	c.closeOpen()
	c.cache.clear()
	return c.Conn.Close()
}

// ResetSession and IsValid pass on, as an embedded interface would hide them.
func (c *sqliteConn) ResetSession(ctx context.Context) error {
	return c.Conn.(driver.SessionResetter).ResetSession(ctx)
}

// IsValid reports whether the connection may go back to the pool.
func (c *sqliteConn) IsValid() bool { return c.Conn.(driver.Validator).IsValid() }

// Ping passes on.
func (c *sqliteConn) Ping(ctx context.Context) error { return c.Conn.(driver.Pinger).Ping(ctx) }

// closeOpen closes rows left open and returns how many there were.
func (c *sqliteConn) closeOpen() int {
	n := len(c.open)
	for r := range c.open {
		// They are in the way of the next transaction; what they would still say is of no use.
		_ = r.Close()
	}
	return n
}

// note names the constraint an error broke, and remembers the first error of a transaction.
func (c *sqliteConn) note(err error) error {
	if err == nil {
		return nil
	}
	if isDisk(err) && c.disk == nil {
		c.disk = err
	}
	err = c.named(err)
	if c.failed == nil {
		c.failed = err
	}
	return err
}

type sqliteRows struct {
	driver.Rows
	conn   *sqliteConn
	text   string
	stmt   driver.Stmt
	closed bool
}

// Next reads a row; an error other than the end spoils the transaction.
func (r *sqliteRows) Next(dest []driver.Value) error {
	if r.closed {
		return errRowsOpen
	}
	err := r.Rows.Next(dest)
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return r.conn.note(err)
}

// Close gives the statement back to the cache.
func (r *sqliteRows) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	delete(r.conn.open, r)
	err := r.Rows.Close()
	if r.stmt == nil {
		return err
	}
	if err != nil {
		return errors.Join(err, r.stmt.Close())
	}
	return r.conn.cache.give(r.text, r.stmt)
}

type sqliteStmt struct {
	driver.Stmt
	conn *sqliteConn
	text string
}

// ExecContext runs the statement.
func (s *sqliteStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if s.conn.failed != nil {
		return nil, errors.Join(errLost, s.conn.failed)
	}
	res, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	return res, s.conn.note(err)
}

// QueryContext runs the statement.
func (s *sqliteStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if s.conn.failed != nil {
		return nil, errors.Join(errLost, s.conn.failed)
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, s.conn.note(err)
	}
	own := &sqliteRows{Rows: rows, conn: s.conn, text: s.text}
	s.conn.open[own] = struct{}{}
	return own, nil
}

// dialect drops row locks: SQLite has one writer, which needs none.
func dialect(query string) string {
	if !strings.Contains(query, "FOR UPDATE") {
		return query
	}
	query = strings.ReplaceAll(query, "FOR UPDATE SKIP LOCKED", "")
	return strings.ReplaceAll(query, "FOR UPDATE", "")
}

// sqliteCode returns the extended result code of err, or 0.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	if e, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok {
		return e.Code()
	}
	return 0
}

const (
	primaryMask  = 0xff
	codeBusy     = 5
	codeDisk     = 10
	codeCheck    = 275
	codeForeign  = 787
	codePrimary  = 1555
	codeTrigger  = 1811
	codeUnique   = 2067
	codeRowID    = 2579
	codeNoMemory = 10 | 12<<8
)

// isDisk reports whether err is a failed read, write or fsync of the file.
func isDisk(err error) bool {
	code := sqliteCode(err)
	return code&primaryMask == codeDisk && code != codeNoMemory
}
