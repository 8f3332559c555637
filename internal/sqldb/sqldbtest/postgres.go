package sqldbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"capillare/internal/sqldb"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// appRole is the role that databases of tests are opened as.
const appRole = "capillare_app"

// lockKey guards the making of the template among processes that share a server.
const lockKey = 7012

// cluster is the server of this process and its template.
type cluster struct {
	admin    *sql.DB
	url      string
	template string
}

// shared starts or finds the server once in a process. It ends with the process.
var shared = sync.OnceValues(func() (*cluster, error) {
	address := os.Getenv(EnvServer)
	if address == "" {
		server, err := StartServer()
		if err != nil {
			return nil, err
		}
		address = server.URL
	}
	admin, err := sql.Open("pgx", address)
	if err != nil {
		return nil, fmt.Errorf("sqldbtest: address: %w", err)
	}
	admin.SetMaxOpenConns(4)
	c := &cluster{admin: admin, url: address}
	if err := c.awaitServer(30 * time.Second); err != nil {
		return nil, err
	}
	return c, c.makeTemplate()
})

func (c *cluster) awaitServer(limit time.Duration) error {
	end := time.Now().Add(limit)
	for {
		err := c.admin.Ping()
		if err == nil {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("sqldbtest: PostgreSQL does not answer: %w", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// makeTemplate migrates the template, unless another process has.
func (c *cluster) makeTemplate() error {
	hash, err := sqldb.SchemaHash(sqldb.Postgres)
	if err != nil {
		return err
	}
	c.template = "capillare_template_" + hash
	ctx := context.Background()
	conn, err := c.admin.Conn(ctx)
	if err != nil {
		return fmt.Errorf("sqldbtest: template: %w", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lockKey); err != nil {
		return fmt.Errorf("sqldbtest: template: %w", err)
	}
	defer conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", lockKey)
	var there int
	row := conn.QueryRowContext(ctx, "SELECT count(*) FROM pg_database WHERE datname = $1", c.template)
	if err := row.Scan(&there); err != nil || there == 1 {
		return err
	}
	build := c.template + "_build"
	for _, text := range []string{
		"DROP DATABASE IF EXISTS " + build + " WITH (FORCE)",
		"DO $$ BEGIN CREATE ROLE " + appRole + " LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
		"CREATE DATABASE " + build,
	} {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("sqldbtest: template: %w", err)
		}
	}
	if _, err := sqldb.Migrate(ctx, c.address(build, ""), appRole, nil); err != nil {
		return err
	}
	return c.whenFree("ALTER DATABASE " + build + " RENAME TO " + c.template)
}

// whenFree runs a statement that wants nobody connected: a session that was closed takes a moment to go.
func (c *cluster) whenFree(text string) error {
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		_, err := c.admin.Exec(text)
		if err == nil {
			return nil
		}
		e, ok := errors.AsType[*pgconn.PgError](err)
		if !ok || e.Code != "55006" || time.Now().After(end) {
			return fmt.Errorf("sqldbtest: %w", err)
		}
	}
}

// address returns the address of another database of the server, as another role.
func (c *cluster) address(name, role string) string {
	u, err := url.Parse(c.url)
	if err != nil {
		return c.url
	}
	u.Path = "/" + name
	if role != "" {
		q := u.Query()
		if q.Has("user") {
			q.Set("user", role)
		} else {
			u.User = url.User(role)
		}
		u.RawQuery = q.Encode()
	}
	return u.String()
}

// postgresDatabase makes a database that goes with the test.
func postgresDatabase(tb testing.TB, empty bool) (app, owner string) {
	tb.Helper()
	if os.Getenv("ENGINES") == string(sqldb.SQLite) {
		tb.Skip("ENGINES=sqlite: NOT TESTED on PostgreSQL")
	}
	c, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	name := "test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	template := c.template
	if empty {
		template = "template0"
	}
	if err := c.whenFree("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if _, err := c.admin.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			tb.Errorf("drop the database of the test: %v", err)
		}
	})
	return c.address(name, appRole), c.address(name, "")
}
