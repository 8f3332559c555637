package doctor_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"capillare/internal/backup"
	"capillare/internal/config"
	"capillare/internal/doctor"
	"capillare/internal/i18n"
	"capillare/internal/jobs"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func TestAHealthySetUp(t *testing.T) {
	t.Parallel()
	for _, engine := range sqldbtest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			s := healthy(t, engine)
			found, err := doctor.Look(t.Context(), s.Env)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				// The server of the tests keeps nothing through a power cut, and its one role may do all.
				ours := f.Key == "pg_not_durable" || f.Key == "pg_role"
				if f.Verdict != doctor.Good && (!ours || engine != sqldb.Postgres) {
					t.Errorf("%s: %v %s", f.Key, f.Args, f.Detail)
				}
			}
		})
	}
}

// Every fault is made for real where that can be done, found by its name, and has its mend in both languages.
func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	for want, spoil := range faults() {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			s := healthy(t, sqldb.SQLite)
			spoil(t, s)
			found, err := s.run(t.Context(), s.Env)
			if err != nil {
				t.Fatal(err)
			}
			requireFinding(t, found, want)
		})
	}
	if n := len(faults()); n < 20 {
		t.Errorf("%d faults are made, want at least 20", n)
	}
}

func requireFinding(t *testing.T, found []doctor.Finding, want string) {
	t.Helper()
	i := slices.IndexFunc(found, func(f doctor.Finding) bool { return f.Key == want })
	if i < 0 || found[i].Verdict == doctor.Good {
		t.Fatalf("found %v, want %s", keysOf(found), want)
	}
	for _, lang := range i18n.Languages() {
		p := i18n.Default().Printer(lang)
		for _, key := range []string{"doctor." + want, "doctor." + want + ".mend"} {
			if text := p.T(key, found[i].Args); !p.Has(key) || strings.ContainsAny(text, "{}") {
				t.Errorf("%s in %s = %q, want a whole text", key, lang, text)
			}
		}
	}
}

func keysOf(found []doctor.Finding) (all []string) {
	for _, f := range found {
		all = append(all, string(f.Verdict)+" "+f.Key)
	}
	return all
}

func faults() map[string]func(t *testing.T, s *setUp) {
	all := map[string]func(t *testing.T, s *setUp){}
	for _, some := range []map[string]func(t *testing.T, s *setUp){machineFaults(), databaseFaults(), keyFaults(), copyFaults(), webFaults(), serviceFaults()} {
		for name, spoil := range some {
			all[name] = spoil
		}
	}
	return all
}

func machineFaults() map[string]func(t *testing.T, s *setUp) {
	free := func(n uint64, network string) func(*testing.T, *setUp) {
		return func(_ *testing.T, s *setUp) {
			s.Machine.Disk = func(string) (doctor.Disk, error) {
				return doctor.Disk{Free: n, Total: 100 * gib, Network: network}, nil
			}
		}
	}
	return map[string]func(t *testing.T, s *setUp){
		"assets_missing": func(_ *testing.T, s *setUp) { s.Assets = func() error { return errors.New("no assets") } },
		"root":           func(_ *testing.T, s *setUp) { s.Machine.UID = 0 },
		"disk_full":      free(10<<20, ""),
		"disk_near":      free(gib, ""),
		"db_network":     free(50*gib, "NFS"),
		"memory_low": func(t *testing.T, s *setUp) {
			s.Machine.MemoryFile = s.write(t, "meminfo", "MemAvailable: 90000 kB\n")
		},
		"clock_free":   func(_ *testing.T, s *setUp) { s.Machine.Synced = func() (bool, bool) { return false, true } },
		"zone_unknown": func(_ *testing.T, s *setUp) { s.Machine.Zone = "Europa/Roma" },
		"zone_missing": func(_ *testing.T, s *setUp) {
			s.Machine.LoadZone = func(string) (*time.Location, error) { return nil, errors.New("unknown time zone") }
		},
		"clock_behind": func(t *testing.T, s *setUp) {
			later := time.Now().Add(time.Hour)
			if err := os.Chtimes(s.Store.KeysPath(), later, later); err != nil {
				t.Fatal(err)
			}
		},
		"clock_behind_data": func(_ *testing.T, s *setUp) { s.Machine.Now = ago(time.Hour) },
	}
}

func databaseFaults() map[string]func(t *testing.T, s *setUp) {
	fresh := func(s *setUp) string {
		path := filepath.Join(s.dir, "other.db")
		s.url = "sqlite:" + path
		s.Store.Database = config.Secret(s.url)
		return path
	}
	return map[string]func(t *testing.T, s *setUp){
		"db_none": func(_ *testing.T, s *setUp) { fresh(s) },
		"schema_old": func(t *testing.T, s *setUp) {
			fresh(s)
			if _, err := sqldb.MigrateTo(t.Context(), s.url, sqldb.Target{Version: 11}); err != nil {
				t.Fatal(err)
			}
		},
		"schema_newer": func(t *testing.T, s *setUp) {
			exec(t, s.open(t, time.Now), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
		},
		"db_damaged": func(t *testing.T, s *setUp) {
			path := fresh(s)
			if _, err := sqldb.Migrate(t.Context(), s.url, "", nil); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.WriteAt([]byte(strings.Repeat("guasto ", 10000)), 8192)
			if err = errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
		},
		"db_unreachable": func(_ *testing.T, s *setUp) {
			s.Store.Database = "postgres://nessuno@127.0.0.1:1/rete?connect_timeout=2"
		},
		"db_locked": func(t *testing.T, s *setUp) {
			db, taken, release := s.open(t, time.Now), make(chan struct{}), make(chan struct{})
			over := make(chan error, 1)
			go func() {
				over <- db.Freeze(context.Background(), func(*sqldb.Tx) error { close(taken); <-release; return nil })
			}()
			<-taken
			t.Cleanup(func() { close(release); <-over })
		},
		// The thread that looks gives up root's power over files.
		"db_readonly": func(t *testing.T, s *setUp) {
			if err := os.Chmod(s.dir, 0o555); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(s.dir, 0o700) })
			s.run = func(ctx context.Context, env doctor.Env) ([]doctor.Finding, error) {
				runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
				if err := syscall.Setfsuid(65534); err != nil {
					t.Fatal(err)
				}
				defer func() { _ = syscall.Setfsuid(os.Getuid()) }()
				return doctor.Look(ctx, env)
			}
		},
		"wal_large": func(t *testing.T, s *setUp) {
			wal := strings.TrimPrefix(fresh(s), "sqlite:") + "-wal"
			if _, err := sqldb.Migrate(t.Context(), s.url, "", nil); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.WriteFile(wal, nil, 0o600), os.Truncate(wal, 300<<20)); err != nil {
				t.Fatal(err)
			}
		},
	}
}

func keyFaults() map[string]func(t *testing.T, s *setUp) {
	mode := func(path func(*setUp) string) func(*testing.T, *setUp) {
		return func(t *testing.T, s *setUp) {
			if err := os.Chmod(path(s), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	gone := func(path func(*setUp) string) func(*testing.T, *setUp) {
		return func(t *testing.T, s *setUp) {
			if err := os.Remove(path(s)); err != nil {
				t.Fatal(err)
			}
		}
	}
	keys := func(s *setUp) string { return s.Store.KeysPath() }
	backupKey := func(s *setUp) string { return s.Store.BackupKeyPath() }
	return map[string]func(t *testing.T, s *setUp){
		"keys_open":    mode(keys),
		"keys_missing": gone(keys),
		"keys_damaged": func(t *testing.T, s *setUp) { s.write(t, "keys.json", "{") },
		"keys_wrong": func(t *testing.T, s *setUp) {
			s.Store.Keys = filepath.Join(s.dir, "altre.json")
			if _, _, err := sealed.LoadOrCreate(s.Store.Keys); err != nil {
				t.Fatal(err)
			}
		},
		"backup_key_none":    gone(backupKey),
		"backup_key_open":    mode(backupKey),
		"backup_key_damaged": func(t *testing.T, s *setUp) { s.write(t, "backup.key", "niente") },
		"backup_key_near": func(t *testing.T, s *setUp) {
			s.Store.BackupKey = filepath.Join(s.Backup.To, "backup.key")
			if _, _, err := backup.LoadOrCreateKey(s.Store.BackupKey); err != nil {
				t.Fatal(err)
			}
		},
	}
}

func copyFaults() map[string]func(t *testing.T, s *setUp) {
	only := func(days int) func(*testing.T, *setUp) {
		return func(t *testing.T, s *setUp) {
			exec(t, s.open(t, time.Now), "DELETE FROM backup_run")
			s.copyAt(t, ago(time.Duration(days)*24*time.Hour))
		}
	}
	forget := func(kind string) func(*testing.T, *setUp) {
		return func(t *testing.T, s *setUp) {
			exec(t, s.open(t, time.Now), "DELETE FROM backup_run WHERE kind = $1 OR $1 = 'all'", kind)
		}
	}
	return map[string]func(t *testing.T, s *setUp){
		"backup_none": forget("all"),
		"backup_never": func(t *testing.T, s *setUp) {
			forget("all")(t, s)
			then := time.Now().AddDate(0, 0, -8)
			if err := os.Chtimes(s.Store.KeysPath(), then, then); err != nil {
				t.Fatal(err)
			}
		},
		"backup_old":  only(8),
		"backup_late": only(3),
		"drill_old":   only(40),
		"drill_none":  forget("drill"),
		"drill_failed": func(t *testing.T, s *setUp) {
			copies := s.service(t, time.Now)
			run, err := copies.Copy(t.Context(), "")
			if err = errors.Join(err, os.Truncate(filepath.Join(s.Backup.To, run.Name), 400)); err != nil {
				t.Fatal(err)
			}
			if _, err := copies.Drill(t.Context(), ""); err == nil {
				t.Fatal("the trial of half a copy went well")
			}
		},
		"backup_same_disk": func(_ *testing.T, s *setUp) {
			s.Machine.Disk = func(string) (doctor.Disk, error) { return doctor.Disk{Free: 50 * gib, Total: 100 * gib}, nil }
		},
		"backup_place_unwritable":  func(t *testing.T, s *setUp) { s.Backup.To = s.write(t, "un file", "non una cartella") },
		"backup_place_unreachable": func(_ *testing.T, s *setUp) { s.Backup.To = "http://127.0.0.1:1/copie" },
		// An address without a bucket is no place at all.
		"backup_place_no_bucket": func(_ *testing.T, s *setUp) { s.Backup.To = "https://deposito.example" },
		"backup_place_refused": func(t *testing.T, s *setUp) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/xml")
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code></Error>")
			}))
			t.Cleanup(server.Close)
			s.Backup.To, s.Backup.Access, s.Backup.Secret = server.URL+"/copie", "a", "b"
		},
	}
}

func webFaults() map[string]func(t *testing.T, s *setUp) {
	until := func(days int) func(*testing.T, *setUp) {
		return func(t *testing.T, s *setUp) {
			s.Web.TLSCert, s.Web.TLSKey = newCertificate(t, s.dir, "rete.example", time.Now().AddDate(0, 0, days))
		}
	}
	return map[string]func(t *testing.T, s *setUp){
		"cert_expired": until(-1),
		"cert_near":    until(5),
		"cert_early":   until(400),
		"cert_host": func(t *testing.T, s *setUp) {
			s.Web.TLSCert, s.Web.TLSKey = newCertificate(t, s.dir, "altra.example", time.Now().AddDate(0, 3, 0))
		},
		"cert_mismatch": func(t *testing.T, s *setUp) {
			_, s.Web.TLSKey = newCertificate(t, s.dir, "altra.example", time.Now().AddDate(0, 3, 0))
		},
		"cert_damaged":    func(t *testing.T, s *setUp) { s.Web.TLSCert = s.write(t, "c.pem", "niente") },
		"cert_half":       func(_ *testing.T, s *setUp) { s.Web.TLSKey = "" },
		"cert_unreadable": func(_ *testing.T, s *setUp) { s.Web.TLSCert = filepath.Join(s.dir, "nessuno.pem") },
		"cert_key_open": func(t *testing.T, s *setUp) {
			if err := os.Chmod(s.Web.TLSKey, 0o644); err != nil {
				t.Fatal(err)
			}
		},
		"port_taken": func(t *testing.T, s *setUp) {
			l, err := net.Listen("tcp", s.Web.Listen)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
		},
		"port_address": func(_ *testing.T, s *setUp) { s.Web.Listen = "192.0.2.1:8080" },
		"plain_http":   func(_ *testing.T, s *setUp) { s.Web = config.Web{Listen: ":28181"} },
		"url_none":     func(_ *testing.T, s *setUp) { s.Web.PublicURL = "" },
		"url_bad":      func(_ *testing.T, s *setUp) { s.Web.PublicURL = "rete.example/pagina" },
		"url_http":     func(_ *testing.T, s *setUp) { s.Web.PublicURL = "http://rete.example" },
		"url_nobody":   func(_ *testing.T, s *setUp) { s.Web.TLSCert, s.Web.TLSKey = "", "" },
	}
}

type broken struct{}

func (broken) Kind() string { return "test.broken" }

func serviceFaults() map[string]func(t *testing.T, s *setUp) {
	enqueue := func(t *testing.T, db *sqldb.DB) {
		t.Helper()
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return jobs.Enqueue(t.Context(), tx, broken{}) }); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]func(t *testing.T, s *setUp){
		"mail_unreachable": func(t *testing.T, s *setUp) { s.Mail.Server = freeAddress(t) },
		"mail_login": func(t *testing.T, s *setUp) {
			s.Mail.Server, s.Mail.User, s.Mail.Password = mailServer(t, smtp.ErrAuthFailed), "rete", "sbagliata"
		},
		"mail_server": func(_ *testing.T, s *setUp) { s.Mail.Server = "smtp.example:porta" },
		"mail_none":   func(_ *testing.T, s *setUp) { s.Mail = config.Mail{} },
		"mail_folder": func(_ *testing.T, s *setUp) { s.Mail = config.Mail{Folder: s.dir} },
		"jobs_stuck":  func(t *testing.T, s *setUp) { enqueue(t, s.open(t, ago(2*time.Hour))) },
		"jobs_failed": func(t *testing.T, s *setUp) {
			clock := sqldbtest.NewClock(time.Now().AddDate(0, 0, -2))
			db := s.open(t, clock.Now)
			enqueue(t, db)
			r := jobs.NewRunner(db, s.Log)
			for range jobs.MaxAttempts {
				if _, err := r.RunDue(t.Context()); err != nil {
					t.Fatal(err)
				}
				clock.Add(time.Hour)
			}
		},
		"times_old":        checked(5, 0),
		"times_differ":     checked(0, 2),
		"no_administrator": func(t *testing.T, s *setUp) { exec(t, s.open(t, time.Now), "DELETE FROM identity_role") },
		"network_unset":    func(t *testing.T, s *setUp) { exec(t, s.open(t, time.Now), "DELETE FROM network_setting") },
	}
}

// On PostgreSQL the settings of the server count; the one of the tests is fast and careless.
func TestFaultsOfPostgreSQL(t *testing.T) {
	t.Parallel()
	s := healthy(t, sqldb.Postgres)
	found, err := doctor.Look(t.Context(), s.Env)
	if err != nil {
		t.Fatal(err)
	}
	requireFinding(t, found, "pg_not_durable")
	_, owner := sqldbtest.Database(t, sqldb.Postgres)
	s.Store.Database = config.Secret(owner)
	if found, err = doctor.Look(t.Context(), s.Env); err != nil {
		t.Fatal(err)
	}
	requireFinding(t, found, "pg_role")
}

// Who asks while the program answers is told so, and nobody else is taken for it.
func TestTheProgramItselfMayTakeItsPort(t *testing.T) {
	t.Parallel()
	s := healthy(t, sqldb.SQLite)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stato" {
			_, _ = io.WriteString(w, "ok\n")
		}
	}))
	t.Cleanup(server.Close)
	s.Web = config.Web{Listen: strings.TrimPrefix(server.URL, "http://")}
	found, err := doctor.Look(t.Context(), s.Env)
	if err != nil || !slices.Contains(keysOf(found), "good serving") {
		t.Errorf("found %v %v, want that the program answers", keysOf(found), err)
	}
}

// checked keeps a nightly check of bookable times, some days ago, with so many differences.
func checked(days, differences int) func(*testing.T, *setUp) {
	return func(t *testing.T, s *setUp) {
		exec(t, s.open(t, time.Now), `INSERT INTO agenda_check (id, ran_at, until_day, points, slots, differences, examples)
			VALUES ('c', $1, '2027-01-01', 1, 10, $2, '[{"what":"missing","point":"p","at":"2027-01-11T09:00:00Z"}]')`,
			sqldb.At(time.Now().AddDate(0, 0, -days)), differences)
	}
}
