package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"modernc.org/sqlite"
)

// sqliteDSN returns the driver's address of a file. FULL keeps what was answered through a power cut;
// NORMAL does not.
func sqliteDSN(path string, write bool) string {
	q := url.Values{"_dqs": {"0"}, "_error_rc": {"1"}}
	pragmas := []string{"busy_timeout(5000)", "foreign_keys(1)", "cache_size(-16384)"}
	if write {
		q.Set("_txlock", "immediate")
		// Checkpoints are run by the group, which sees their errors; SQLite's own would hide them.
		pragmas = append(pragmas, "journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(0)", "journal_size_limit(67108864)")
	} else {
		q.Set("mode", "ro")
		pragmas = append(pragmas, "query_only(1)")
	}
	q["_pragma"] = pragmas
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func sqlitePool(path string, write bool) (*sql.DB, error) {
	base, err := sqlite.NewConnector(sqliteDSN(path, write))
	if err != nil {
		return nil, fmt.Errorf("sqldb: address: %w", err)
	}
	return sql.OpenDB(sqliteConnector{base, &uniqueNames{name: map[string]string{}}}), nil
}

func (db *DB) openSQLite(ctx context.Context, o Options) error {
	_, path, err := splitURL(o.URL)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w (%s is not there)", ErrNotMigrated, path)
	}
	write, err := sqlitePool(path, true)
	if err != nil {
		return err
	}
	write.SetMaxOpenConns(1)
	db.path = path
	if err := db.checkSchema(ctx, write); err != nil {
		return errors.Join(err, write.Close())
	}
	if db.group, err = newGroup(ctx, db, write, path); err != nil {
		return errors.Join(err, write.Close())
	}
	db.read, err = sqlitePool(path, false)
	if err != nil {
		return errors.Join(err, db.group.close())
	}
	db.read.SetMaxOpenConns(o.Readers)
	db.read.SetMaxIdleConns(o.Readers)
	if err := db.read.PingContext(ctx); err != nil {
		return errors.Join(fmt.Errorf("sqldb: open: %w", err), db.Close())
	}
	return nil
}
