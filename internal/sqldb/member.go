package sqldb

import (
	"context"
	"errors"
	"sync/atomic"
)

// The states of a member.
const (
	stateWaiting = iota // in the queue: its caller may still leave
	stateInside         // in a transaction: its caller waits for the outcome
	stateGone           // its caller has left, or its goroutine has ended
)

// member is one call of Update on its way through the group.
type member struct {
	ctx    context.Context
	fn     func(tx *Tx) error
	db     *DB
	state  atomic.Int32
	turn   chan *Tx
	ran    chan error
	answer chan error // buffered: the group never waits for a caller
	err    error      // how the turn went; the group's
}

func newMember(ctx context.Context, fn func(tx *Tx) error, db *DB) *member {
	return &member{ctx: ctx, fn: fn, db: db, turn: make(chan *Tx), ran: make(chan error, 1), answer: make(chan error, 1)}
}

// enter takes the member into a transaction, unless its caller has left.
func (m *member) enter() bool { return m.state.CompareAndSwap(stateWaiting, stateInside) }

// again reports whether the function may run once more.
func (m *member) again() bool {
	return m.state.Load() == stateInside && !errors.Is(m.err, ErrPanic)
}

// play waits for the member's turns and its answer, on the caller's goroutine.
func (m *member) play(over <-chan struct{}) error {
	left := m.ctx.Done()
	for {
		select {
		case tx := <-m.turn:
			m.run(tx)
		case err := <-m.answer:
			return err
		case <-left:
			if m.state.CompareAndSwap(stateWaiting, stateGone) {
				return m.ctx.Err()
			}
			left = nil
		case <-over:
			select {
			case err := <-m.answer:
				return err
			default:
				return ErrClosed
			}
		}
	}
}

// run calls the function. It reports to the group whatever happens: a return, a panic, or the end of
// the goroutine (a test that fails inside).
func (m *member) run(tx *Tx) {
	err := errGone
	ended := false
	defer func() {
		if p := recover(); p != nil {
			err = m.db.panicked(p)
		} else if !ended {
			m.state.Store(stateGone)
		}
		m.ran <- err
	}()
	err = m.fn(tx)
	ended = true
}
