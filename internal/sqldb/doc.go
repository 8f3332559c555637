// Package sqldb keeps the data (it: la base dati): one SQL text on two engines, SQLite in a file or
// a PostgreSQL server.
//
// # Rules
//
// [DB.View] reads, [DB.Update] writes. Both hand fn a [Tx], which is what generated queries (sqlc,
// DBTX) run on, and which carries the only clock: Tx.Now.
//
// fn MAY RUN TWICE: after a serialization failure on PostgreSQL, or because a neighbour spoiled the
// shared transaction on SQLite. So it assigns results instead of appending them, and sends no mail
// and no HTTP request: it writes a job in the same transaction.
//
// fn never calls Update: on SQLite the second would wait for the first to end. What several domains do
// together they do on one Tx.
//
// After a statement of fn has failed the transaction is lost, on both engines: later statements are
// refused and Update returns the error even when fn swallows it. [Broken] names the constraint that
// was in the way. To add something only if it is not there, write ON CONFLICT DO NOTHING.
//
// # How Update commits
//
// On SQLite whoever waits joins the transaction under way, each in its own SAVEPOINT, and is answered
// after the one COMMIT with its one fsync. Statements are never cancelled midway: the context is
// looked at before and after fn. On PostgreSQL every Update is a SERIALIZABLE transaction, tried again
// when the server says so. After a failed write of the disk SQLite's Update answers [ErrStopped] until
// the process restarts, because what is on the disk is then unknown; reading goes on.
//
// # Where dialects live
//
// In the two folders of migrations and in the connection wrapper of this package, never in a query.
//
// The package does not know what the tables mean, does not make SQL and does not make backups.
package sqldb
