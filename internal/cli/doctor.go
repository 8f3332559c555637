package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"capillare/internal/backup"
	"capillare/internal/config"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/network"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/web/ui"
)

// verdict is how much a finding matters.
type verdict string

const (
	good  verdict = "ok"
	warns verdict = "attention"
	wrong verdict = "wrong"
)

// finding is one thing looked at.
type finding struct {
	verdict verdict
	what    string
	mend    string // what to do; empty when all is well
}

type doctorCmd struct {
	Store config.Store `embed:""`
	Web   config.Web   `embed:""`
}

// errUnwell ends doctor with exit code 1 when something must be mended.
var errUnwell = errors.New("something must be mended before people can work: see the lines marked 'wrong'")

// Run looks at the set-up and prints what it finds, in the order in which to mend it.
func (d doctorCmd) Run(c *console) error {
	unwell := false
	for _, f := range d.look(c) {
		c.printf("%-10s %s\n", f.verdict, f.what)
		if f.mend != "" {
			c.printf("%-10s -> %s\n", "", f.mend)
		}
		unwell = unwell || f.verdict == wrong
	}
	if unwell {
		return errUnwell
	}
	return nil
}

func (d doctorCmd) look(c *console) []finding {
	all := []finding{assetsFinding(), keysFinding(d.Store.KeysPath()), backupFinding(d.Store)}
	all = append(all, webFindings(d.Web)...)
	db, err := openDB(c, d.Store.DatabaseURL())
	if err != nil {
		return append(all, finding{wrong, "database: cannot be opened", explain(err)})
	}
	defer func() { _ = db.Close() }()
	all = append(all, finding{good, "database: open, engine " + string(db.Engine()) + ", schema of this version", ""})
	return append(all, dataFindings(c, db)...)
}

func assetsFinding() finding {
	if err := ui.CheckAssets(); err != nil {
		return finding{wrong, "pages: built without styles and scripts", "build the program with: make build"}
	}
	return finding{good, "pages: styles and scripts are in the program", ""}
}

func keysFinding(path string) finding {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return finding{warns, "keys of tax codes: " + path + " is not there yet",
			"it is made at the first start. If this network has worked before, put the old file back first: without it tax codes cannot be read"}
	}
	if _, err := sealed.Load(path); err != nil {
		return finding{wrong, "keys of tax codes: " + path + " cannot be used", err.Error()}
	}
	return finding{good, "keys of tax codes: " + path, ""}
}

// backupFinding wants a key and a copy younger than two days.
func backupFinding(s config.Store) finding {
	if _, err := backup.LoadKey(s.BackupKeyPath()); err != nil {
		return finding{warns, "backups: no key yet", "run: capillare backup, then keep " + s.BackupKeyPath() + " in another place"}
	}
	names, _ := filepath.Glob(filepath.Join(s.Data, "backups", "*.capillare"))
	var newest time.Time
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	if age := time.Since(newest); age > 48*time.Hour {
		return finding{warns, "backups: none of the last two days in " + filepath.Join(s.Data, "backups"), "run capillare backup every night, and carry the copies elsewhere"}
	}
	return finding{good, "backups: the last one is of " + newest.Format(time.DateTime), ""}
}

func webFindings(w config.Web) []finding {
	var all []finding
	if (w.TLSCert == "") != (w.TLSKey == "") {
		all = append(all, finding{wrong, "https: only one of certificate and key is given", "give both --tls-cert and --tls-key"})
	}
	for _, path := range []string{w.TLSCert, w.TLSKey} {
		if path == "" {
			continue
		}
		if _, err := os.Stat(path); err != nil {
			all = append(all, finding{wrong, "https: " + path + " cannot be read", err.Error()})
		}
	}
	here := strings.HasPrefix(w.Listen, "127.") || strings.HasPrefix(w.Listen, "localhost") || strings.HasPrefix(w.Listen, "[::1]")
	if !here && !w.Secure() && !w.Proxy {
		all = append(all, finding{wrong, "https: people on other machines could not sign in over plain http",
			"give --tls-cert and --tls-key, or --self-signed for a trial, or --behind-proxy with a proxy that does https"})
	}
	if w.PublicURL == "" {
		all = append(all, finding{warns, "public address: not given", "give --public-url, so that receipts and QR codes carry the address people know"})
	}
	return all
}

func dataFindings(c *console, db *sqldb.DB) []finding {
	var health jobs.Health
	err := db.View(c.ctx, func(tx *sqldb.Tx) (err error) {
		health, err = jobs.HealthOf(c.ctx, tx)
		return err
	})
	if err != nil {
		return []finding{{wrong, "database: cannot be read", explain(err)}}
	}
	all := []finding{jobsFinding(health)}
	administered, err := identity.New(db).HasAdministrator(c.ctx)
	switch {
	case err != nil:
		all = append(all, finding{wrong, "accounts: cannot be read", explain(err)})
	case !administered:
		all = append(all, finding{warns, "accounts: nobody can administer yet", "open the address that serve prints at its start, or run: capillare user add"})
	}
	if _, err := network.New(db).Setting(c.ctx); err != nil {
		all = append(all, finding{warns, "network: not set up yet", "sign in as administrator and follow the check list on the page /avvio/passi"})
	}
	if db.Engine() == sqldb.Postgres {
		all = append(all, postgresFinding(c, db))
	}
	return all
}

func jobsFinding(h jobs.Health) finding {
	if len(h.Last) > 0 {
		return finding{warns, fmt.Sprintf("jobs: %d gave up, the last one %s", h.Failed, h.Last[0].Kind), h.Last[0].Error}
	}
	return finding{good, fmt.Sprintf("jobs: %d waiting", h.Waiting), ""}
}

// postgresFinding refuses what would lose acknowledged bookings.
func postgresFinding(c *console, db *sqldb.DB) finding {
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		var value string
		err := db.View(c.ctx, func(tx *sqldb.Tx) error {
			return tx.QueryRowContext(c.ctx, "SELECT current_setting($1)", setting).Scan(&value)
		})
		if err != nil {
			return finding{wrong, "PostgreSQL: setting " + setting + " cannot be read", explain(err)}
		}
		if value == "off" || value == "local" {
			return finding{wrong, "PostgreSQL: " + setting + " is " + value, "set it to on: a power cut would lose bookings already confirmed"}
		}
	}
	return finding{good, "PostgreSQL: commits are durable", ""}
}
