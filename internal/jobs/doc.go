// Package jobs keeps work for later (it: i lavori in coda), and tells upper packages of facts that
// happen in lower ones.
//
// Its rules: a job is enqueued in the transaction that needs it, so it exists when and only when that
// transaction was committed; a job is given to one worker at a time, and again after a failure, a
// little later each time, so what handles it must bear running twice; a fact published on a [Bus] is
// heard at once, in the same transaction, and whoever refuses it refuses the whole change.
//
// A job that is due is waiting; it becomes done, or failed after [MaxAttempts]. Failed ones stay in
// the table for three months, to be looked at; done ones are forgotten after a month.
//
// The package does not know what the jobs do, and asks the clock of the database alone.
package jobs
