package doctor_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"capillare/internal/backup"
	"capillare/internal/config"
	"capillare/internal/doctor"
	"capillare/internal/identity"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

const gib = 1 << 30

// setUp is a set-up in which one thing is then broken.
type setUp struct {
	doctor.Env
	dir string
	url string
	// run looks in place of doctor.Look, for faults of the thread that looks.
	run func(context.Context, doctor.Env) ([]doctor.Finding, error)
}

// healthy makes a set-up with nothing wrong: a database with an administrator, keys, a copy that was tried
// out, a certificate, a mail server that answers.
func healthy(t *testing.T, engine sqldb.Engine) *setUp {
	t.Helper()
	app, _ := sqldbtest.Database(t, engine)
	dir := t.TempDir()
	if path, ok := strings.CutPrefix(app, "sqlite:"); ok {
		dir = filepath.Dir(path)
	}
	s := &setUp{dir: dir, url: app, run: doctor.Look}
	cert, key := newCertificate(t, dir, "rete.example", time.Now().AddDate(0, 3, 0))
	s.Env = doctor.Env{
		Store:  config.Store{Data: dir, Database: config.Secret(app)},
		Web:    config.Web{Listen: freeAddress(t), PublicURL: "https://rete.example", TLSCert: cert, TLSKey: key},
		Mail:   config.Mail{Server: mailServer(t, nil), TLS: "none", From: "rete@rete.example"},
		Backup: config.Backup{To: t.TempDir(), Hour: config.Never},
		Assets: func() error { return nil },
		Log:    slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	s.Machine = doctor.ThisMachine(time.Now, "Europe/Rome")
	s.Machine.UID, s.Machine.Synced = 1000, func() (bool, bool) { return true, true }
	s.Machine.MemoryFile = s.write(t, "meminfo", "MemTotal: 2000000 kB\nMemAvailable: 1000000 kB\n")
	s.Machine.Disk = func(path string) (doctor.Disk, error) {
		device := uint64(1)
		if path == s.Backup.To {
			device = 2
		}
		return doctor.Disk{Free: 50 * gib, Total: 100 * gib, Device: device}, nil
	}
	db := s.open(t, time.Now)
	if _, err := s.people(db).FirstAdministrator(t.Context(), identity.NewAccount{Email: "capo@rete.example", Name: "Ada Bo", Password: "una password lunga 42"}); err != nil {
		t.Fatal(err)
	}
	keys, _, err := sealed.LoadOrCreate(s.Store.KeysPath())
	if err != nil {
		t.Fatal(err)
	}
	s.citizen(t, db, keys)
	s.setting(t, db)
	if _, _, err := backup.LoadOrCreateKey(s.Store.BackupKeyPath()); err != nil {
		t.Fatal(err)
	}
	s.copyAt(t, time.Now)
	return s
}

func (s *setUp) open(t *testing.T, now func() time.Time) *sqldb.DB {
	t.Helper()
	return sqldbtest.OpenURL(t, sqldb.Options{URL: s.url, Now: now})
}

func (s *setUp) people(db *sqldb.DB) *identity.Service {
	return identity.New(db, identity.Options{Cost: identity.Cost{MemoryKiB: 8, Time: 1, Threads: 1}})
}

func (s *setUp) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func exec(t *testing.T, db *sqldb.DB, query string, args ...any) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.ExecContext(t.Context(), query, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// citizen puts a sealed tax code into the register.
func (s *setUp) citizen(t *testing.T, db *sqldb.DB, keys *sealed.Keys) {
	t.Helper()
	now := sqldb.At(time.Now())
	exec(t, db, `INSERT INTO register_citizen (id, identified_by, tax_code_key, tax_code_cipher, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $5)`, "c1", "tax_code", "00ff", keys.Seal("register.tax_code", []byte("X"), "c1"), now)
}

func (s *setUp) setting(t *testing.T, db *sqldb.DB) {
	t.Helper()
	exec(t, db, `INSERT INTO territory_region (code, name) VALUES ('17', 'Basilicata')`)
	exec(t, db, `INSERT INTO network_setting (id, name, region_code, notice_version, created_at) VALUES (1, $1, '17', '1', $2)`, "Rete di prova", sqldb.At(time.Now()))
}

func (s *setUp) service(t *testing.T, now func() time.Time) *backup.Service {
	t.Helper()
	db := s.open(t, now)
	b, err := backup.New(db, backup.Deps{Options: s.Backup, Data: s.dir, KeyPath: s.Store.BackupKeyPath(), Identity: s.people(db), Log: s.Log})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// copyAt writes down that a copy was taken and tried out at some time.
func (s *setUp) copyAt(t *testing.T, now func() time.Time) {
	t.Helper()
	for _, kind := range []backup.Kind{backup.Copying, backup.Drilling} {
		exec(t, s.open(t, now), `INSERT INTO backup_run (id, kind, state, started_at, ended_at, place, name) VALUES ($1, $1, 'done', $2, $2, '', '')`,
			string(kind), sqldb.At(now()))
	}
}

func ago(d time.Duration) func() time.Time { return func() time.Time { return time.Now().Add(-d) } }

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// newCertificate makes a certificate for host that ends on a day.
func newCertificate(t *testing.T, dir, host string, until time.Time) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.AddDate(0, -6, 0), NotAfter: until, DNSNames: []string{host}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, host+".pem"), filepath.Join(dir, host+".key")
	for path, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// post is a mail server that takes nothing; login is what it answers to whoever signs in.
type post struct{ login error }

func (p post) NewSession(*smtp.Conn) (smtp.Session, error) { return p, nil }
func (p post) AuthMechanisms() []string                    { return []string{sasl.Plain} }
func (p post) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, _ string) error { return p.login }), nil
}
func (post) Mail(string, *smtp.MailOptions) error { return nil }
func (post) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (post) Data(io.Reader) error                 { return nil }
func (post) Reset()                               {}
func (post) Logout() error                        { return nil }

func mailServer(t *testing.T, login error) string {
	t.Helper()
	server := smtp.NewServer(post{login})
	server.Domain, server.AllowInsecureAuth = "localhost", true
	server.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().String()
}
