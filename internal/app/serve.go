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
	if listener, err = secured(listener, web); err != nil {
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

// secured puts TLS before listener when the configuration says so.
func secured(listener net.Listener, web config.Web) (net.Listener, error) {
	var certificate tls.Certificate
	var err error
	switch {
	case web.TLSCert != "" || web.TLSKey != "":
		certificate, err = tls.LoadX509KeyPair(web.TLSCert, web.TLSKey)
	case web.SelfTLS:
		certificate, err = selfSigned()
	default:
		return listener, nil
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("https: %w", err), listener.Close())
	}
	return tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		// The suites of the AgID recommendations for TLS 1.2; TLS 1.3 chooses its own.
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		},
	}), nil
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
