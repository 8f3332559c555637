// Package sqldbtest gives tests fresh, migrated databases on both engines (it: le basi di prova).
//
// A test calls [Run] and gets a subtest for each engine, or [Open] for one. Nothing has to be installed
// by hand but PostgreSQL's programs: the first test that needs a server starts one in a temporary folder,
// on a unix socket, and it ends with the test process. To share one server among all packages, run
//
//	go run ./internal/sqldb/sqldbtest/pgserver go test ./...
//
// which sets CAPILLARE_TEST_PG for the command. ENGINES=sqlite leaves PostgreSQL out, and says so.
//
// Databases are opened as the application role, so that a test meets the rights of production. The
// server runs without fsync, unless CAPILLARE_TEST_PG_DURABLE is set: it is no place for tests of durability.
//
// The package fills no tables: what a test needs it writes itself.
package sqldbtest
