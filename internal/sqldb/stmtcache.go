package sqldb

import (
	"container/list"
	"database/sql/driver"
)

// cacheSize is how many prepared statements a SQLite connection keeps; the program has a few hundred
// texts, of which a connection sees the busiest.
const cacheSize = 256

// stmtCache keeps the idle prepared statements of one connection, the least used going first. A
// statement is taken out while it runs, so that one text may run inside the rows of itself.
type stmtCache struct {
	idle map[string]*list.Element
	used *list.List // of *idleStmt, the last used in front
}

type idleStmt struct {
	text string
	stmt driver.Stmt
}

func newStmtCache() *stmtCache {
	return &stmtCache{idle: map[string]*list.Element{}, used: list.New()}
}

// take returns the idle statement of text, or nil.
func (c *stmtCache) take(text string) driver.Stmt {
	e, ok := c.idle[text]
	if !ok {
		return nil
	}
	delete(c.idle, text)
	return c.used.Remove(e).(*idleStmt).stmt
}

// give puts a statement back, and closes one that is too many.
func (c *stmtCache) give(text string, stmt driver.Stmt) error {
	if _, ok := c.idle[text]; ok {
		return stmt.Close()
	}
	c.idle[text] = c.used.PushFront(&idleStmt{text, stmt})
	if c.used.Len() <= cacheSize {
		return nil
	}
	last := c.used.Remove(c.used.Back()).(*idleStmt)
	delete(c.idle, last.text)
	return last.stmt.Close()
}

// clear closes everything.
func (c *stmtCache) clear() {
	for e := c.used.Front(); e != nil; e = e.Next() {
		// The connection is closed right after: what a statement says about it changes nothing.
		_ = e.Value.(*idleStmt).stmt.Close()
	}
	clear(c.idle)
	c.used.Init()
}
