// Package backup copies the whole network into one encrypted file and puts it back (it: copie di sicurezza).
//
// A copy is a stream of JSON lines, compressed and encrypted with age for one key; it is taken from one
// snapshot while people go on working, and reads the same on both engines, so that a network kept in
// SQLite can be restored into PostgreSQL. Its last line has, for each table, how many rows there are
// and a sum of their hashes; a restore counts and sums again in the new place and compares.
//
// Its rules: restore only into an empty, migrated database; the copy never holds the keys of the tax
// codes (package sealed) nor its own key, which must be kept elsewhere; sessions and waits stay behind; a copy that does not end with its
// last line is refused as truncated.
//
// It does not schedule copies, nor send them anywhere.
package backup
