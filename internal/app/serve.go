package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"time"

	"capillare/internal/config"
)

// How long the program waits for slow people and for work under way.
const (
	readHeaderFor = 10 * time.Second
	readFor       = 2 * time.Minute // a large file over a slow line
	writeFor      = 2 * time.Minute
	idleFor       = 2 * time.Minute
	stopFor       = 15 * time.Second
	jobWorkers    = 2
)

// Serve answers requests and runs jobs until ctx ends. ready is called once with the address listened on.
func (a *App) Serve(ctx context.Context, web config.Web, ready func(address string)) error {
	handler, err := a.site(web)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", web.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w (is another program there? Give --listen another port)", err)
	}
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	if listener, err = a.secured(watching, listener, web); err != nil {
		return err
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: readHeaderFor, ReadTimeout: readFor, WriteTimeout: writeFor, IdleTimeout: idleFor,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug),
	}
	if err := a.Imports.Wake(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	working, stopWorking := context.WithCancel(context.WithoutCancel(ctx))
	jobsDone := make(chan struct{})
	go func() { defer close(jobsDone); a.Jobs.Run(working, jobWorkers) }()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	ready(listener.Addr().String())

	select {
	case err = <-served:
	case <-ctx.Done():
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopFor)
		err = server.Shutdown(stopping)
		cancel()
	}
	stopWorking()
	<-jobsDone
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// Reload reads the files of the certificate again, as whoever renewed them may ask.
func (a *App) Reload() {
	select {
	case a.reload <- struct{}{}:
	default: // asked already
	}
}

// secured puts TLS before listener when the configuration says so, and follows the files until ctx ends.
func (a *App) secured(ctx context.Context, listener net.Listener, web config.Web) (net.Listener, error) {
	answer, err := a.certificate(ctx, web)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("https: %w", err), listener.Close())
	}
	if answer == nil {
		return listener, nil
	}
	return tls.NewListener(listener, &tls.Config{
		GetCertificate: answer, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		// The suites of the AgID recommendations for TLS 1.2; TLS 1.3 chooses its own.
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		},
	}), nil
}

// certificate returns how handshakes get their certificate; nil without https.
func (a *App) certificate(ctx context.Context, web config.Web) (func(*tls.ClientHelloInfo) (*tls.Certificate, error), error) {
	switch {
	case (web.TLSCert == "") != (web.TLSKey == ""):
		return nil, errHalf
	case web.TLSCert != "":
		files, err := newCertificates(web.TLSCert, web.TLSKey, a.DB.Now, a.Log)
		if err != nil {
			return nil, err
		}
		go files.watch(ctx, lookEvery, a.reload)
		return files.answer, nil
	case web.SelfTLS:
		one, err := selfSigned()
		return func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &one, nil }, err
	}
	return nil, nil
}

// selfSigned makes a certificate for every address of this machine, for trials: browsers warn.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Capillare, for trials"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(0, 3, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, DNSNames: []string{"localhost"},
	}
	if name, err := os.Hostname(); err == nil && name != "localhost" {
		template.DNSNames = append(template.DNSNames, name)
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return tls.Certificate{}, err
	}
	for _, address := range addresses {
		if ip, ok := address.(*net.IPNet); ok {
			template.IPAddresses = append(template.IPAddresses, ip.IP)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
