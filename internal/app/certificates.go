package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// lookEvery is how often the files of the certificate are looked at: whoever renews them need not know us.
const lookEvery = 10 * time.Second

// certificates answers handshakes with the certificate of two files, and reads them again when they change.
// A new one that cannot be used is refused, and the old one stays.
type certificates struct {
	certFile, keyFile string
	now               func() time.Time
	log               *slog.Logger
	current           atomic.Pointer[tls.Certificate]
	seen              string // how the files were when they were last read; the watcher's own
}

func newCertificates(certFile, keyFile string, now func() time.Time, log *slog.Logger) (*certificates, error) {
	c := &certificates{certFile: certFile, keyFile: keyFile, now: now, log: log, seen: stampOf(certFile, keyFile)}
	one, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, err
	}
	c.current.Store(&one)
	return c, nil
}

// answer gives the certificate to a handshake.
func (c *certificates) answer(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.current.Load(), nil
}

// reload reads the files again. Half-written files and a certificate that is over change nothing.
func (c *certificates) reload() error {
	fresh, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err == nil && c.now().After(fresh.Leaf.NotAfter) {
		err = fmt.Errorf("it ended on %s", fresh.Leaf.NotAfter.Format(time.DateOnly))
	}
	if err != nil {
		c.log.Error("https: the new certificate cannot be used, the old one stays", "file", c.certFile, "error", err.Error())
		return err
	}
	c.current.Store(&fresh)
	c.log.Info("https: the certificate was read again", "until", fresh.Leaf.NotAfter.Format(time.DateOnly))
	return nil
}

// watch looks at the files now and then, and whenever it is told to, until ctx ends.
func (c *certificates) watch(ctx context.Context, every time.Duration, told <-chan struct{}) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-told:
		case <-tick.C:
			if stampOf(c.certFile, c.keyFile) == c.seen {
				continue
			}
		}
		// Seen before read: a change in between is read the next time.
		c.seen = stampOf(c.certFile, c.keyFile)
		_ = c.reload()
	}
}

// stampOf changes when one of the files does.
func stampOf(paths ...string) string {
	text := ""
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			text += "gone;"
			continue
		}
		text += fmt.Sprintf("%d %d;", info.ModTime().UnixNano(), info.Size())
	}
	return text
}

// errHalf says that one of the two files was not given.
var errHalf = errors.New("give both --tls-cert and --tls-key")
