package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"capillare/internal/config"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// renew puts a certificate with this number into the files, as programs that renew do: whole, by renaming.
func renew(t *testing.T, dir string, serial int64, until time.Time) (cert, key string) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: until.AddDate(0, -3, 0), NotAfter: until, DNSNames: []string{"rete.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	replace(t, key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	replace(t, cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return cert, key
}

func replace(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// handshake returns the certificate that the server shows.
func handshake(t *testing.T, address string) *x509.Certificate {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatalf("handshake: %v", err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0]
}

// answering serves TLS with this configuration until the end of the test.
func answering(t *testing.T, web config.Web) (a *App, address string) {
	t.Helper()
	a = &App{DB: sqldbtest.Open(t, sqldb.SQLite), Log: slog.New(slog.NewTextHandler(io.Discard, nil)), reload: make(chan struct{}, 1)}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := a.secured(t.Context(), plain, web)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _ = conn.(*tls.Conn).Handshake(); _ = conn.Close() }()
		}
	}()
	return a, plain.Addr().String()
}

// until waits for the server to show the certificate with this number.
func until(t *testing.T, address string, serial int64) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		if handshake(t, address).SerialNumber.Int64() == serial {
			return
		}
	}
	t.Fatalf("after ten seconds certificate %d is not shown", serial)
}

func TestCertificatesAreReadAgain(t *testing.T) {
	t.Parallel()
	dir, later := t.TempDir(), time.Now().AddDate(0, 2, 0)
	cert, key := renew(t, dir, 1, later)
	a, address := answering(t, config.Web{TLSCert: cert, TLSKey: key})
	until(t, address, 1)
	renew(t, dir, 2, later)
	a.Reload()
	until(t, address, 2)
}

func TestCertificatesAreWatched(t *testing.T) {
	t.Parallel()
	dir, later := t.TempDir(), time.Now().AddDate(0, 2, 0)
	cert, key := renew(t, dir, 1, later)
	files, err := newCertificates(cert, key, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	go files.watch(t.Context(), time.Millisecond, nil)
	renew(t, dir, 2, later)
	for end := time.Now().Add(10 * time.Second); files.current.Load().Leaf.SerialNumber.Int64() != 2; {
		if time.Now().After(end) {
			t.Fatal("after ten seconds the changed files were not read")
		}
	}
}

func TestABadCertificateChangesNothing(t *testing.T) {
	t.Parallel()
	dir, later := t.TempDir(), time.Now().AddDate(0, 2, 0)
	tests := map[string]func(t *testing.T, cert, key string){
		"not a certificate":  func(t *testing.T, cert, _ string) { replace(t, cert, []byte("niente")) },
		"half a certificate": func(t *testing.T, cert, _ string) { replace(t, cert, []byte("-----BEGIN CERTIFICATE-----\nMIIB")) },
		"gone": func(t *testing.T, cert, _ string) {
			if err := os.Remove(cert); err != nil {
				t.Fatal(err)
			}
		},
		"another key": func(t *testing.T, _, key string) {
			_, other := renew(t, t.TempDir(), 9, later)
			text, err := os.ReadFile(other)
			if err != nil {
				t.Fatal(err)
			}
			replace(t, key, text)
		},
		"over": func(t *testing.T, cert, _ string) { renew(t, filepath.Dir(cert), 3, time.Now().AddDate(0, 0, -1)) },
	}
	for name, spoil := range tests {
		cert, key := renew(t, dir, 1, later)
		var said strings.Builder
		files, err := newCertificates(cert, key, time.Now, slog.New(slog.NewTextHandler(&said, nil)))
		if err != nil {
			t.Fatal(err)
		}
		spoil(t, cert, key)
		if err := files.reload(); err == nil || !strings.Contains(said.String(), "old one stays") {
			t.Errorf("%s: reload() = %v, log %q, want it refused and said", name, err, said.String())
		}
		if got := files.current.Load().Leaf.SerialNumber.Int64(); got != 1 {
			t.Errorf("%s: certificate %d is shown, want the old one", name, got)
		}
	}
}

func TestSelfSignedIsForThisMachine(t *testing.T) {
	t.Parallel()
	_, address := answering(t, config.Web{SelfTLS: true})
	leaf := handshake(t, address)
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"localhost", "127.0.0.1", name} {
		if err := leaf.VerifyHostname(host); err != nil {
			t.Errorf("the certificate is not for %s: %v", host, err)
		}
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range addresses {
		ip := one.(*net.IPNet).IP
		if !slices.ContainsFunc(leaf.IPAddresses, ip.Equal) {
			t.Errorf("the certificate is not for %s, by which the LAN reaches this machine", ip)
		}
	}
	if leaf.NotAfter.Before(time.Now().AddDate(0, 1, 0)) {
		t.Errorf("it ends on %s, too soon for a trial", leaf.NotAfter)
	}
}
