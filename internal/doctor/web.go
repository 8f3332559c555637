package doctor

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"capillare/internal/errs"
)

// certificateNear is when a certificate that is renewed by itself should have been.
const certificateNear = 21 * 24 * time.Hour

func certificate(_ context.Context, p *patient) []Finding {
	cert, key := p.Web.TLSCert, p.Web.TLSKey
	switch {
	case cert == "" && key == "":
		return nil
	case cert == "" || key == "":
		return one(Wrong, "cert_half", nil)
	}
	for _, path := range []string{cert, key} {
		if _, err := os.ReadFile(path); err != nil {
			return one(Wrong, "cert_unreadable", errs.Args{"path": path}, err)
		}
	}
	if _, err := tls.LoadX509KeyPair(cert, key); err != nil {
		if strings.Contains(err.Error(), "does not match") {
			return one(Wrong, "cert_mismatch", errs.Args{"path": cert}, err)
		}
		return one(Wrong, "cert_damaged", errs.Args{"path": cert}, err)
	}
	leaf, err := leafOf(cert)
	if err != nil {
		return one(Wrong, "cert_damaged", errs.Args{"path": cert}, err)
	}
	found := p.certificateDays(leaf)
	if host := publicHost(p.Web.PublicURL); host != "" {
		if err := leaf.VerifyHostname(host); err != nil {
			found = append(found, one(Wrong, "cert_host", errs.Args{"path": cert, "host": host}, err)...)
		}
	}
	if info, err := os.Stat(key); err == nil && info.Mode().Perm()&0o007 != 0 {
		found = append(found, one(Wrong, "cert_key_open", errs.Args{"path": key})...)
	}
	return found
}

func (p *patient) certificateDays(leaf *x509.Certificate) []Finding {
	args := errs.Args{"day": day(leaf.NotAfter)}
	switch {
	case p.now.After(leaf.NotAfter):
		return one(Wrong, "cert_expired", args)
	case p.now.Before(leaf.NotBefore):
		return one(Wrong, "cert_early", errs.Args{"day": day(leaf.NotBefore)})
	case leaf.NotAfter.Sub(p.now) < certificateNear:
		return one(Warn, "cert_near", args)
	}
	return one(Good, "cert", args)
}

func leafOf(path string) (*x509.Certificate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no certificate in " + path)
	}
	return x509.ParseCertificate(block.Bytes)
}

func publicHost(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// addresses compares what the program listens on with what people are told.
func addresses(_ context.Context, p *patient) []Finding {
	w := p.Web
	u, err := url.Parse(w.PublicURL)
	switch {
	case w.PublicURL == "" && !local(w.Listen) && !w.Secure() && !w.Proxy:
		return one(Wrong, "plain_http", nil)
	case w.PublicURL == "":
		return one(Warn, "url_none", nil)
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "":
		return one(Wrong, "url_bad", errs.Args{"url": w.PublicURL})
	case u.Scheme == "http" && !local(u.Host):
		return one(Wrong, "url_http", errs.Args{"url": w.PublicURL})
	case u.Scheme == "https" && w.TLSCert == "" && !w.SelfTLS && !w.Proxy:
		return one(Wrong, "url_nobody", errs.Args{"url": w.PublicURL})
	}
	return one(Good, "url", errs.Args{"url": w.PublicURL})
}

// local reports whether an address with or without a port is of this machine only.
func local(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// port tries to listen where the program would. When somebody is there, it asks who.
func port(ctx context.Context, p *patient) []Finding {
	if p.Serving {
		return nil
	}
	args := errs.Args{"address": p.Web.Listen}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", p.Web.Listen)
	switch {
	case err == nil:
		_ = listener.Close()
		return nil
	case errors.Is(err, syscall.EADDRINUSE):
		if p.itIsUs(ctx) {
			return one(Good, "serving", args)
		}
		return one(Wrong, "port_taken", args, err)
	case errors.Is(err, fs.ErrPermission):
		return one(Wrong, "port_forbidden", args, err)
	}
	return one(Wrong, "port_address", args, err)
}

// itIsUs asks for the page that says how we are, in the oldest words of the web.
func (p *patient) itIsUs(ctx context.Context) bool {
	host, number, err := net.SplitHostPort(p.Web.Listen)
	if err != nil {
		return false
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	dialer := &net.Dialer{Timeout: 2 * time.Second}
	wire, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, number))
	if err != nil {
		return false
	}
	defer func() { _ = wire.Close() }()
	limited, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	defer context.AfterFunc(limited, func() { _ = wire.Close() })()
	conn := wire
	if p.Web.TLSCert != "" || p.Web.SelfTLS {
		// Only whether it answers matters here; whom it proves to be is another check.
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
	}
	if _, err := conn.Write([]byte("GET /stato HTTP/1.0\r\nHost: " + host + "\r\n\r\n")); err != nil {
		return false
	}
	lines := bufio.NewScanner(conn)
	last, first := "", ""
	for lines.Scan() {
		if first == "" {
			first = lines.Text()
		}
		last = lines.Text()
	}
	return strings.Contains(first, " 200 ") && last == "ok"
}
