package messages

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
)

// Trouble is why a message did not leave, without a word of what the server said: servers repeat addresses.
type Trouble struct {
	// Key is the text for people: "messages.trouble.refused".
	Key string
	// Code is the status of the server: "550", "5.1.1" or an HTTP one.
	Code string
	// Permanent says that trying again is of no use.
	Permanent bool
	// Doubtful says that the message may have been taken all the same: the answer never came, or did not
	// say.
	Doubtful bool
}

// Error implements error.
func (t *Trouble) Error() string {
	if t.Code == "" {
		return t.Key
	}
	return t.Key + " " + t.Code
}

// troubleOf returns the trouble in err; whatever is not one may pass.
func troubleOf(err error) *Trouble {
	if err == nil {
		return nil
	}
	if t, ok := errors.AsType[*Trouble](err); ok {
		return t
	}
	return connectionTrouble(err)
}

// connectionTrouble names what kept us from talking to a server at all. All of it may be mended.
func connectionTrouble(err error) *Trouble {
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var network *net.OpError
	var name *net.DNSError
	switch {
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &host), errors.As(err, &record), errors.As(err, &alert):
		return &Trouble{Key: "messages.trouble.tls"}
	case errors.As(err, &network), errors.As(err, &name), errors.Is(err, context.DeadlineExceeded):
		return &Trouble{Key: "messages.trouble.unreachable"}
	}
	return &Trouble{Key: "messages.trouble.other"}
}
