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
// [Service] takes a copy every night, brings it to a folder or to an S3-like store, keeps as many as the
// rule says and never removes the last good one, tries the newest out every week by restoring it into a
// database of its own, and tells the administrators by mail what fails or does not come. Each copy and each
// trial is a row, which a page shows.
//
// A copy of an older version is put back at the schema it had and then migrated.
//
// It does not keep the keys of copies anywhere: people do.
package backup
