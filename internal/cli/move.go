package cli

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"capillare/internal/config"
	"capillare/internal/move"
	"capillare/internal/sqldb"
)

type moveCmd struct {
	Store   config.Store  `embed:""`
	To      config.Secret `name:"to" env:"CAPILLARE_MOVE_TO" required:"" help:"New, empty database: postgres://USER@HOST/NAME or sqlite:PATH. On PostgreSQL this is the application role."`
	ToOwner config.Secret `name:"to-owner" env:"CAPILLARE_MOVE_TO_OWNER" help:"PostgreSQL address of the owner role of the new database. Empty: the same as to."`
}

// Run moves the network, or goes on with a move that was stopped. The source stays as it was.
func (m moveCmd) Run(c *console) (err error) {
	there := config.Store{Data: m.Store.Data, Database: m.To, DatabaseOwner: m.ToOwner}
	if there.DatabaseURL() == m.Store.DatabaseURL() {
		return move.ErrSame
	}
	began := time.Now()
	from, err := openDB(c, m.Store.DatabaseURL())
	if err != nil {
		return fmt.Errorf("the source: %w", err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if _, err := migrate(c, there); err != nil {
		return fmt.Errorf("the destination: %w", err)
	}
	// The owner's address is not cut short by the server after a minute, as pages are.
	to, err := sqldb.Open(c.ctx, sqldb.Options{URL: there.OwnerURL(), Now: time.Now, Log: c.log, SlowFunc: time.Minute})
	if err != nil {
		return fmt.Errorf("the destination: %w", err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	show := c.progress()
	sum, err := move.Run(c.ctx, move.Options{From: from, To: to, Source: nameless(m.Store.DatabaseURL()),
		Progress: func(table string, done, all int64) { show(table, int(done), int(all)) }})
	if err != nil {
		return err
	}
	m.report(c, sum, time.Since(began))
	return nil
}

func (m moveCmd) report(c *console, sum move.Summary, took time.Duration) {
	if sum.Resumed {
		c.printf("An earlier move was gone on with: %d rows were there already.\n", sum.ResumedFrom)
	}
	c.printf("\n%-34s %12s  %s\n", "table", "rows", "sum of the hashes, the same on both sides")
	for _, t := range sum.Tables {
		if t.Rows > 0 {
			c.printf("%-34s %12d  %.16s\n", t.Name, t.Rows, t.Sum)
		}
	}
	c.printf("Moved %d rows of %d tables in %s: counts and hashes agree in every table.\n", sum.Rows, len(sum.Tables), took.Round(time.Second/10))
	c.printf("Now write the new address in the file of options (database = ...) and start the program again. People sign in again.\n")
	c.printf("The old database was not changed: keep it until the next copy of the night, then remove it.\n")
}

// nameless names a database without its password, so that it can be written down.
func nameless(address string) string {
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		if whole, err := filepath.Abs(path); err == nil {
			path = whole
		}
		return "sqlite:" + path
	}
	u, err := url.Parse(address)
	if err != nil {
		return "postgres"
	}
	q := u.Query()
	q.Del("password")
	u.User, u.RawQuery = nil, q.Encode()
	return u.String()
}
