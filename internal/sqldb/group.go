package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

const (
	// groupSize and groupTime bound one shared transaction, so that its first member does not wait long.
	groupSize = 256
	groupTime = 20 * time.Millisecond
	// A checkpoint follows so many commits, or so many bytes of log.
	checkpointCommits = 500
	checkpointBytes   = 4 << 20
	// stuckAfter is when the log says that a function still holds the writer.
	stuckAfter = 10 * time.Second
)

// group is the one writer of a SQLite file. Its loop owns the connection; each member's function runs
// on the goroutine of its caller, in its turn.
type group struct {
	db    *DB
	pool  *sql.DB
	conn  *sql.Conn
	raw   *sqliteConn // only inside conn.Raw, or while no member has its turn
	wal   string
	queue chan *member
	quit  chan struct{}
	over  chan struct{} // closed when the loop has ended
	stop  atomic.Pointer[error]

	commits int   // since the last checkpoint
	walSize int64 // at the last checkpoint

	// fault is asked before each step ("COMMIT", "RELEASE m" ...): tests make a step fail through it.
	fault func(step string) error
}

func newGroup(ctx context.Context, db *DB, pool *sql.DB, path string) (*group, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("sqldb: open: %w", err)
	}
	g := &group{db: db, pool: pool, conn: conn, wal: path + "-wal",
		queue: make(chan *member, groupSize), quit: make(chan struct{}), over: make(chan struct{})}
	err = conn.Raw(func(c any) error { g.raw = c.(*sqliteConn); return nil })
	if err != nil {
		return nil, fmt.Errorf("sqldb: open: %w", err)
	}
	go g.loop()
	return g, nil
}

// stopped returns the error of the disk that ended writing, or nil.
func (g *group) stopped() error {
	if p := g.stop.Load(); p != nil {
		return *p
	}
	return nil
}

// update joins the queue and plays one member's part.
func (g *group) update(ctx context.Context, fn func(tx *Tx) error) error {
	m := newMember(ctx, fn, g.db)
	select {
	case g.queue <- m:
	case <-g.over:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	return m.play(g.over)
}

func (g *group) close() error {
	close(g.quit)
	<-g.over
	// The connection is closed below the pool, which would wait for rows a function forgot.
	err := g.conn.Raw(func(any) error { return g.raw.Close() })
	return errors.Join(err, g.pool.Close())
}

func (g *group) loop() {
	defer close(g.over)
	for {
		select {
		case m := <-g.queue:
			g.batch(m)
			g.checkpoint()
		case <-g.quit:
			return
		}
	}
}

// batch runs first and whoever waits in one transaction, and answers them after its commit.
func (g *group) batch(first *member) {
	if err := g.begin(); err != nil {
		first.answer <- err
		return
	}
	begun := time.Now()
	var members []*member
	for m := first; m != nil; m = g.waiting(len(members), begun) {
		if !m.enter() {
			continue
		}
		members = append(members, m)
		if err := g.member(m); err != nil {
			g.spoiled(members, err)
			return
		}
	}
	if err := g.end(members); err != nil {
		g.spoiled(members, err)
		return
	}
	for _, m := range members {
		m.answer <- m.err
	}
}

// waiting returns the next member that is there already, or nil.
func (g *group) waiting(n int, begun time.Time) *member {
	if n >= groupSize || time.Since(begun) > groupTime {
		return nil
	}
	select {
	case m := <-g.queue:
		return m
	default:
		return nil
	}
}

// begin opens the transaction.
func (g *group) begin() error {
	if err := g.stopped(); err != nil {
		return err
	}
	err := g.step("BEGIN IMMEDIATE")
	if err != nil && sqliteCode(err)&primaryMask == 1 {
		// A ROLLBACK that failed has left a transaction open.
		_ = g.step("ROLLBACK")
		err = g.step("BEGIN IMMEDIATE")
	}
	switch {
	case err == nil:
		return nil
	case g.raw.disk != nil:
		return g.halt(g.raw.disk)
	case sqliteCode(err)&primaryMask == codeBusy:
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return fmt.Errorf("sqldb: begin: %w", err)
}

// member runs one member inside its savepoint; an error means that the shared transaction is spoiled.
func (g *group) member(m *member) error {
	if err := g.step("SAVEPOINT m"); err != nil {
		return err
	}
	m.err = g.turn(m)
	if g.raw.disk != nil {
		return g.raw.disk
	}
	if m.err != nil {
		if err := g.step("ROLLBACK TO m"); err != nil {
			return err
		}
	}
	return g.step("RELEASE m")
}

// turn lets the caller of m run its function and returns how that went.
func (g *group) turn(m *member) error {
	if err := m.ctx.Err(); err != nil {
		return err
	}
	g.raw.failed = nil
	tx := &Tx{Now: g.db.Now(), q: g.conn, whole: true}
	begun := time.Now()
	stuck := time.AfterFunc(stuckAfter, func() {
		g.db.log.Error("a transaction does not end: does it call Update inside Update?", "func", funcName(m.fn))
	})
	m.turn <- tx
	err := <-m.ran
	stuck.Stop()
	tx.over.Store(true)
	g.db.noteSlow(m.fn, time.Since(begun))
	open, failed := 0, error(nil)
	raw := g.conn.Raw(func(any) error {
		open, failed = g.raw.closeOpen(), g.raw.failed
		return nil
	})
	switch {
	case err != nil:
		return err
	case raw != nil:
		return raw
	case failed != nil:
		return failed
	case open > 0:
		return errRowsOpen
	}
	return m.ctx.Err()
}

// end commits, or undoes when nobody of the members succeeded.
func (g *group) end(members []*member) error {
	good := int64(0)
	for _, m := range members {
		if m.err == nil {
			good++
		}
	}
	if good == 0 {
		return g.step("ROLLBACK")
	}
	if err := g.step("COMMIT"); err != nil {
		return err
	}
	g.commits++
	g.db.count.commits.Add(1)
	g.db.count.updates.Add(good)
	return nil
}

// spoiled undoes the shared transaction and runs each of its members again alone, unless the disk has
// failed: then every one hears that writing has stopped.
func (g *group) spoiled(members []*member, cause error) {
	// Where SQLite has undone the transaction by itself, this fails and says nothing new.
	_ = g.step("ROLLBACK")
	if g.raw.disk != nil {
		err := g.halt(g.raw.disk)
		for _, m := range members {
			m.answer <- err
		}
		return
	}
	if len(members) > 1 {
		g.db.log.Warn("shared transaction undone, its members run again alone", "members", len(members), "error", cause)
	}
	for _, m := range members {
		if !m.again() {
			m.answer <- m.err
			continue
		}
		g.db.count.retries.Add(1)
		m.answer <- g.alone(m)
	}
}

// alone runs a member in a transaction of its own.
func (g *group) alone(m *member) error {
	if err := g.begin(); err != nil {
		return err
	}
	err := g.turn(m)
	if err == nil {
		err = g.step("COMMIT")
	}
	if err != nil {
		_ = g.step("ROLLBACK")
		if g.raw.disk != nil {
			return g.halt(g.raw.disk)
		}
		return err
	}
	g.commits++
	g.db.count.commits.Add(1)
	g.db.count.updates.Add(1)
	return nil
}

// step runs a statement of the group's own.
func (g *group) step(text string) error {
	return g.conn.Raw(func(any) error {
		err := error(nil)
		if g.fault != nil {
			err = g.fault(text)
		}
		if err == nil {
			_, err = g.raw.exec(context.Background(), text, nil)
		}
		if err != nil && isDisk(err) && g.raw.disk == nil {
			g.raw.disk = err
		}
		return err
	})
}

// halt ends writing for good: after a failed write what is on the disk is unknown.
func (g *group) halt(cause error) error {
	if err := g.stopped(); err != nil {
		return err
	}
	err := fmt.Errorf("%w: %w", ErrStopped, cause)
	g.stop.Store(&err)
	g.db.log.Error("the disk has failed: nothing is written until the program restarts", "error", cause)
	return err
}

// checkpoint moves the log into the file from time to time. The group does it itself because SQLite
// hides the errors of its automatic one, and a failed fsync there must stop writing as well.
func (g *group) checkpoint() {
	if g.commits == 0 || g.stopped() != nil {
		return
	}
	size := int64(0)
	if info, err := os.Stat(g.wal); err == nil {
		size = info.Size()
	}
	if g.commits < checkpointCommits && size-g.walSize < checkpointBytes {
		return
	}
	g.commits, g.walSize = 0, size
	if err := g.step("PRAGMA wal_checkpoint(PASSIVE)"); err != nil && g.raw.disk != nil {
		_ = g.halt(err)
	}
}
