package messages

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	netmail "net/mail"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"capillare/internal/config"
	"capillare/internal/errs"
	"capillare/internal/i18n"
)

// smtpFor bounds one conversation with the server.
const smtpFor = 30 * time.Second

// smtpCarrier hands e-mail to an SMTP server.
type smtpCarrier struct {
	mail config.Mail
}

func (c smtpCarrier) carry(ctx context.Context, l letter) error {
	msg, err := compose(l, c.mail.From)
	if err != nil {
		return err
	}
	client, err := dial(ctx, c.mail)
	if err != nil {
		return err
	}
	err = client.Send(msg)
	// A server that took the message has it, whatever it says to the good-bye.
	_ = client.Close()
	if err == nil || msg.IsDelivered() {
		return nil
	}
	return smtpTrouble(err)
}

// ProbeMail connects and signs in to the server of m and sends nothing. What is wrong is a *Trouble.
func ProbeMail(ctx context.Context, m config.Mail) error {
	client, err := dial(ctx, m)
	if err != nil {
		return err
	}
	_ = client.Close()
	return nil
}

// dial connects and signs in. Whatever goes wrong here is of the server or of our options, never of the
// message, so it may be mended while the message waits.
func dial(ctx context.Context, m config.Mail) (*gomail.Client, error) {
	client, err := newClient(m)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, smtpFor)
	defer cancel()
	err = client.DialWithContext(ctx)
	if err == nil {
		return client, nil
	}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		code := strconv.Itoa(answer.Code)
		if strings.Contains(err.Error(), "AUTH") {
			return nil, &Trouble{Key: "messages.trouble.login", Code: code}
		}
		return nil, &Trouble{Key: "messages.trouble.busy", Code: code}
	}
	switch text := err.Error(); {
	case strings.Contains(text, "STARTTLS"):
		return nil, &Trouble{Key: "messages.trouble.tls"}
	case strings.Contains(text, "AUTH"), errors.Is(err, gomail.ErrNoSupportedAuthDiscovered):
		return nil, &Trouble{Key: "messages.trouble.login"}
	}
	return nil, connectionTrouble(err)
}

func newClient(m config.Mail) (*gomail.Client, error) {
	host, port, err := splitServer(m)
	if err != nil {
		return nil, err
	}
	roots, err := authorities(m.CA)
	if err != nil {
		return nil, err
	}
	options := []gomail.Option{
		gomail.WithPort(port), gomail.WithTimeout(smtpFor), gomail.WithoutNoop(),
		gomail.WithTLSConfig(&tls.Config{ServerName: host, RootCAs: roots, MinVersion: tls.VersionTLS12}),
	}
	switch m.TLS {
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	case "tls":
		options = append(options, gomail.WithSSL())
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if m.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(m.User), gomail.WithPassword(m.Password.Reveal()))
	}
	client, err := gomail.NewClient(host, options...)
	if err != nil {
		return nil, &Trouble{Key: "messages.trouble.server"}
	}
	return client, nil
}

// splitServer returns host and port; the port may be left out.
func splitServer(m config.Mail) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(m.Server)
	if err != nil {
		if strings.Contains(m.Server, ":") || m.Server == "" {
			return "", 0, &Trouble{Key: "messages.trouble.server"}
		}
		host, text = m.Server, map[string]string{"tls": "465", "none": "25"}[m.TLS]
		if text == "" {
			text = "587"
		}
	}
	if port, err = strconv.Atoi(text); err != nil || host == "" {
		return "", 0, &Trouble{Key: "messages.trouble.server"}
	}
	return host, port, nil
}

// authorities returns those of the file, or nil for those of the system.
func authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, &Trouble{Key: "messages.trouble.authority"}
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, &Trouble{Key: "messages.trouble.authority"}
	}
	return pool, nil
}

// smtpTrouble tells what passes from what does not, by the first digit of the answer.
func smtpTrouble(err error) *Trouble {
	var send *gomail.SendError
	if !errors.As(err, &send) || send.ErrorCode() == 0 {
		return connectionTrouble(err)
	}
	code := strconv.Itoa(send.ErrorCode())
	if more := send.EnhancedStatusCode(); more != "" {
		code = more
	}
	switch {
	case send.ErrorCode() == 530 || send.ErrorCode() == 535:
		return &Trouble{Key: "messages.trouble.login", Code: code}
	case send.Reason == gomail.ErrSMTPMailFrom && send.ErrorCode() >= 500:
		// The server does not want our own address: the options are wrong, not the message.
		return &Trouble{Key: "messages.trouble.from", Code: code}
	case send.ErrorCode() >= 500:
		return &Trouble{Key: "messages.trouble.refused", Code: code, Permanent: true}
	}
	return &Trouble{Key: "messages.trouble.busy", Code: code}
}

// compose writes the e-mail: plain text, marked as automatic, with an id that stays the same when it is
// tried again.
func compose(l letter, from string) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	// The option may hold a name too; the one beside the address is a setting of the network.
	sender, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, &Trouble{Key: "messages.trouble.from"}
	}
	sender.Name = oneLine(l.sender.Name)
	msg.FromMailAddress(sender)
	if err := msg.To(l.To); err != nil {
		return nil, &Trouble{Key: "messages.trouble.refused", Permanent: true}
	}
	if l.sender.ReplyTo != "" {
		if err := msg.ReplyTo(l.sender.ReplyTo); err != nil {
			return nil, &Trouble{Key: "messages.trouble.from"}
		}
	}
	msg.Subject(l.Subject)
	msg.SetDateWithValue(l.at)
	msg.SetMessageIDWithValue(l.id + sender.Address[strings.LastIndex(sender.Address, "@"):])
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("Content-Language", string(l.lang))
	msg.SetBodyString(gomail.TypeTextPlain, l.Text+foot(l))
	for _, f := range l.Files {
		if err := msg.AttachReader(f.Name, bytes.NewReader(f.Content), gomail.WithFileContentType(gomail.ContentType(f.Type))); err != nil {
			return nil, &Trouble{Key: "messages.trouble.unreadable", Permanent: true}
		}
	}
	return msg, nil
}

// foot says who writes and where to ask.
func foot(l letter) string {
	p := i18n.Default().Printer(l.lang)
	lines := []string{"", "", "-- "}
	if l.sender.Name != "" {
		lines = append(lines, l.sender.Name)
	}
	if l.sender.Phone != "" {
		lines = append(lines, p.T("messages.foot.phone", errs.Args{"phone": l.sender.Phone}))
	}
	return strings.Join(append(lines, p.T("messages.foot.automatic")), "\n") + "\n"
}
