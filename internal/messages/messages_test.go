package messages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"capillare/internal/config"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

var start = time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)

// post is a Service with its queue, and the log of both.
type post struct {
	*Service
	db     *sqldb.DB
	runner *jobs.Runner
	log    *bytes.Buffer
}

func open(t *testing.T, db *sqldb.DB, o Options) post {
	t.Helper()
	keys, _, err := sealed.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	log := &bytes.Buffer{}
	o.Keys, o.Log = keys, slog.New(slog.NewTextHandler(log, nil))
	o.Sender = func(context.Context) (Sender, error) {
		return Sender{Name: "Rete àccentata", SMSName: "Rete", Phone: "800 29 20 20", ReplyTo: "aiuto@rete.example"}, nil
	}
	p := post{Service: New(db, o), db: db, runner: jobs.NewRunner(db, o.Log), log: log}
	p.Handle(p.runner)
	return p
}

func (p post) send(t *testing.T, m Message) string {
	t.Helper()
	err := p.db.Update(context.Background(), func(tx *sqldb.Tx) error {
		m.ID = sqldb.NewID(tx.Now)
		return p.Send(context.Background(), tx, m)
	})
	if err != nil {
		t.Fatal(err)
	}
	return m.ID
}

// run does the work that is due and returns how the message is then.
func (p post) run(t *testing.T, id string) Delivery {
	t.Helper()
	if _, err := p.runner.RunDue(context.Background()); err != nil {
		t.Fatal(err)
	}
	d, err := p.Delivery(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// kept returns everything that the tables of messages and jobs hold, as text.
func (p post) kept(t *testing.T) string {
	t.Helper()
	var out string
	err := p.db.View(context.Background(), func(tx *sqldb.Tx) error {
		for _, query := range []string{"SELECT masked || trouble || code || coalesce(CAST(sealed AS text), '') FROM messages_message",
			"SELECT CAST(payload AS text) || last_error FROM jobs_job", "SELECT CAST(detail AS text) FROM audit_entry"} {
			rows, err := tx.QueryContext(context.Background(), query)
			if err != nil {
				return err
			}
			for rows.Next() {
				var text string
				if err := rows.Scan(&text); err != nil {
					return errors.Join(err, rows.Close())
				}
				out += text + "\n"
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var invitation = Message{Kind: "identity.invite", To: "anna.bianchi@comune.example", Subject: "Il tuo accesso è pronto",
	Text: "Ciao Anna,\napri https://rete.example/invito/abc"}

func TestMailArrives(t *testing.T) {
	t.Parallel()
	for _, encryption := range []string{"none", "starttls", "tls"} {
		t.Run(encryption, func(t *testing.T) {
			t.Parallel()
			sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
				server := startMail(t, encryption)
				options := config.Mail{Server: server.address, TLS: encryption, CA: server.ca, From: "non-rispondere@rete.example"}
				if encryption != "none" {
					options.User, options.Password = "rete", "parola"
				}
				p := open(t, db, Options{Mail: options})
				if !p.Ready() || p.ReadyFor(SMS) {
					t.Fatalf("Ready = %v and %v, want mail alone", p.Ready(), p.ReadyFor(SMS))
				}
				id := p.send(t, invitation)
				if kept := p.kept(t); strings.Contains(kept, "anna.bianchi") || strings.Contains(kept, "invito") {
					t.Errorf("a waiting message is kept in clear:\n%s", kept)
				}
				got := p.run(t, id)
				want := Delivery{ID: id, Kind: "identity.invite", Channel: Email, Masked: "a•••@comune.example", State: Sent, Attempts: 1, CreatedAt: start, SettledAt: start}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("Delivery (-want +got):\n%s", diff)
				}
				all := server.received()
				if len(all) != 1 || all[0].To != invitation.To || all[0].User != options.User || all[0].TLS != (encryption != "none") {
					t.Fatalf("the server got %+v", all)
				}
				checkMail(t, all[0].Text, id)
				p.run(t, id)
				if len(server.received()) != 1 {
					t.Error("a second look at the queue sent the message again")
				}
				if text := p.kept(t) + p.log.String(); strings.Contains(text, "bianchi") || strings.Contains(text, "invito") {
					t.Errorf("the address or the words stayed:\n%s", text)
				}
			})
		})
	}
}

// checkMail reads the e-mail as a reader would.
func checkMail(t *testing.T, text, id string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	from, err := m.Header.AddressList("From")
	if err != nil || from[0].Name != "Rete àccentata" || from[0].Address != "non-rispondere@rete.example" {
		t.Errorf("From = %v, %v", from, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != invitation.Subject {
		t.Errorf("Subject = %q, %v", subject, err)
	}
	if date, err := m.Header.Date(); err != nil || !date.Equal(start) {
		t.Errorf("Date = %v, %v", date, err)
	}
	for header, want := range map[string]string{"Message-Id": "<" + id + "@rete.example>", "Auto-Submitted": "auto-generated",
		"Reply-To": "<aiuto@rete.example>", "Content-Type": "text/plain; charset=UTF-8"} {
		if got := m.Header.Get(header); got != want {
			t.Errorf("%s = %q, want %q", header, got, want)
		}
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	want := invitation.Text + "\n\n-- \nRete àccentata\nPer domande chiama 800 29 20 20.\nQuesto è un messaggio automatico.\n"
	if got := strings.TrimRight(strings.ReplaceAll(string(body), "\r\n", "\n"), "\n") + "\n"; got != want {
		t.Errorf("body = %q, want %q", got, want)
	}
}

func TestMailTroubles(t *testing.T) {
	t.Parallel()
	answer := func(code int) *smtp.SMTPError {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "anna.bianchi@comune.example no"}
	}
	tests := []struct {
		name   string
		step   string
		answer *smtp.SMTPError
		change func(*config.Mail)
		state  State
		want   string
	}{
		{"unknown recipient", "to", answer(550), nil, Failed, "messages.trouble.refused"},
		{"greylisted", "to", answer(451), nil, Queued, "messages.trouble.busy"},
		{"refused text", "data", answer(554), nil, Failed, "messages.trouble.refused"},
		{"full", "data", answer(452), nil, Queued, "messages.trouble.busy"},
		{"our address refused", "from", answer(553), nil, Queued, "messages.trouble.from"},
		{"wrong password", "", nil, func(m *config.Mail) { m.Password = "altra" }, Queued, "messages.trouble.login"},
		{"password in clear", "", nil, func(m *config.Mail) { m.TLS = "none" }, Queued, "messages.trouble.login"},
		{"unknown authority", "", nil, func(m *config.Mail) { m.CA = "" }, Queued, "messages.trouble.tls"},
		{"nobody there", "", nil, func(m *config.Mail) { m.Server = "127.0.0.1:1" }, Queued, "messages.trouble.unreachable"},
		{"no such file", "", nil, func(m *config.Mail) { m.CA = "/nessuno" }, Queued, "messages.trouble.authority"},
		{"address of the server", "", nil, func(m *config.Mail) { m.Server = "::::" }, Queued, "messages.trouble.server"},
	}
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		server := startMail(t, "starttls")
		for _, tt := range tests {
			server.refuses(tt.step, tt.answer)
			options := config.Mail{Server: server.address, CA: server.ca, User: "rete", Password: "parola", From: "non-rispondere@rete.example"}
			if tt.change != nil {
				tt.change(&options)
			}
			p := open(t, db, Options{Mail: options})
			got := p.run(t, p.send(t, invitation))
			if got.State != tt.state || got.Trouble != tt.want {
				t.Errorf("%s: %s %s (%s), want %s %s", tt.name, got.State, got.Trouble, got.Code, tt.state, tt.want)
			}
			if text := p.kept(t) + p.log.String(); strings.Contains(text, "bianchi") {
				t.Errorf("%s: the address stayed:\n%s", tt.name, text)
			}
			if probe := ProbeMail(context.Background(), options); (probe != nil) != (tt.change != nil) {
				t.Errorf("%s: ProbeMail = %v", tt.name, probe)
			}
		}
	})
}

func TestTriesAgainThenGivesUp(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		server := startMail(t, "none")
		server.refuses("data", &smtp.SMTPError{Code: 451, Message: "later"})
		p := open(t, db, Options{Mail: config.Mail{Server: server.address, TLS: "none", From: "rete@rete.example"}})
		late, early := p.send(t, invitation), p.send(t, invitation)
		p.run(t, early)
		p.run(t, early)
		if d := p.run(t, early); d.Attempts != 1 || d.NextAt.Sub(start) != time.Minute {
			t.Errorf("before its time = %d attempts, next %v, want 1 and a minute later", d.Attempts, d.NextAt)
		}
		for range waits {
			clock.Add(9 * time.Hour)
			p.run(t, late)
		}
		d := p.run(t, late)
		if d.State != Failed || d.Attempts != len(waits)+1 || d.Trouble != "messages.trouble.busy" {
			t.Errorf("after a day = %+v, want failed", d)
		}
		server.refuses("", nil)
		third := p.send(t, invitation)
		if d := p.run(t, third); d.State != Sent {
			t.Errorf("when the server is back = %+v, want sent", d)
		}
		latest, err := p.Latest(context.Background(), identity.System("test"), Failed, 10)
		if err != nil || len(latest) != 2 {
			t.Errorf("Latest(failed) = %d, %v, want 2", len(latest), err)
		}
		if _, err := p.Latest(context.Background(), identity.Actor{}, "", 10); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("Latest for nobody = %v, want forbidden", err)
		}
		clock.Add((defaultKeepDays + 1) * 24 * time.Hour)
		if err := p.Tidy(context.Background()); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Delivery(context.Background(), third); !errors.Is(err, ErrUnknown) {
			t.Errorf("Delivery after a season = %v, want %v", err, ErrUnknown)
		}
	})
}

func TestNothingLeavesOfARefusedChange(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		server := startMail(t, "none")
		p := open(t, db, Options{Mail: config.Mail{Server: server.address, TLS: "none", From: "rete@rete.example"}})
		stop := errors.New("stop")
		err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
			if err := p.Send(context.Background(), tx, invitation); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if _, err := p.runner.RunDue(context.Background()); err != nil {
			t.Fatal(err)
		}
		if all := server.received(); len(all) != 0 {
			t.Errorf("the server got %+v of a change that was not", all)
		}
	})
}

func TestSendRefuses(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		p := open(t, db, Options{Mail: config.Mail{Server: "127.0.0.1:25", From: "rete@rete.example"}})
		for _, tt := range []struct {
			m    Message
			want error
		}{
			{Message{To: "anna"}, ErrAddress},
			{Message{To: ""}, ErrAddress},
			{Message{To: "a@b.example\r\nBcc: c@d.example"}, ErrAddress},
			{Message{To: "3331234567", Channel: SMS}, ErrNotReady},
		} {
			err := db.Update(context.Background(), func(tx *sqldb.Tx) error { return p.Send(context.Background(), tx, tt.m) })
			if !errors.Is(err, tt.want) {
				t.Errorf("Send(%q, %s) = %v, want %v", tt.m.To, tt.m.Channel, err, tt.want)
			}
		}
		if none := New(db, Options{}); none.Ready() || none.ReadyFor(SMS) {
			t.Error("Ready without options = true")
		}
	})
}

func TestSMS(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		status := make(chan int, 1)
		var got string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			got = string(body)
			w.WriteHeader(<-status)
			fmt.Fprint(w, "+393331234567 unknown")
		}))
		t.Cleanup(server.Close)
		p := open(t, db, Options{SMS: config.SMS{Address: server.URL, Format: "form"}})
		for code, want := range map[int]string{200: "sent", 202: "sent", 400: "failed messages.trouble.refused", 401: "queued messages.trouble.login",
			429: "queued messages.trouble.busy", 503: "queued messages.trouble.busy", 302: "queued messages.trouble.server"} {
			status <- code
			d := p.run(t, p.send(t, Message{Kind: "test", Channel: SMS, To: "333 123 4567", Text: "Ciao à"}))
			if text := strings.TrimSpace(string(d.State) + " " + d.Trouble); text != want || d.Masked != "•••567" {
				t.Errorf("status %d: %s to %s, want %s", code, text, d.Masked, want)
			}
			if !strings.HasPrefix(got, "to=%2B393331234567&text=Ciao+%C3%A0&sender=Rete&id=") {
				t.Errorf("body = %s", got)
			}
		}
		if text := p.kept(t) + p.log.String(); strings.Contains(text, "3331234567") {
			t.Errorf("the number stayed:\n%s", text)
		}
	})
}

func TestTrialFolder(t *testing.T) {
	t.Parallel()
	db := sqldbtest.Open(t, sqldb.SQLite)
	dir := filepath.Join(t.TempDir(), "posta")
	p := open(t, db, Options{Mail: config.Mail{Folder: dir, Server: "smtp.example:25", From: ""}})
	english := invitation
	english.Language = i18n.English
	id, text := p.send(t, english), p.send(t, Message{Channel: SMS, To: "+39 333 1234567", Text: "Ciao"})
	if d := p.run(t, id); d.State != Sent {
		t.Errorf("state = %s %s, want sent", d.State, d.Trouble)
	}
	eml, err := os.ReadFile(filepath.Join(dir, id+".eml"))
	if err != nil || !strings.Contains(string(eml), "For questions call 800 29 20 20.") {
		t.Errorf("file = %v\n%s", err, eml)
	}
	if sms, err := os.ReadFile(filepath.Join(dir, text+".txt")); err != nil || !strings.HasSuffix(string(sms), "+393331234567\n\nCiao\n") {
		t.Errorf("file = %v\n%s", err, sms)
	}
	if info, err := os.Stat(filepath.Join(dir, id+".eml")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, %v, want 0600", info.Mode(), err)
	}
}

func TestMobile(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"333 123.4567": "+393331234567", "0039 333 1234567": "+393331234567", "+44 7911 123456": "+447911123456",
		"0971 123456": "", "+39 0971 123456": "", "": "", "abc": "", "+39333": ""} {
		got, ok := mobile(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("mobile(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
	if errs.Of(ErrPhone) != errs.Invalid {
		t.Error("ErrPhone is not a refusal of what was typed")
	}
}

func TestHeadersAreWellFormed(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"rete@example.it", "Rete di prova <rete@example.it>"} {
		l := letter{content: content{To: "anna@example.it", Subject: "Prova", Text: "Ciao"}, id: "1", at: start, lang: i18n.Italian,
			sender: Sender{Name: "Rete\r\nBcc: altri@example.it"}}
		msg, err := compose(l, from)
		if err != nil {
			t.Fatalf("compose(%s) = %v, want nil", from, err)
		}
		var text bytes.Buffer
		if _, err := msg.WriteTo(&text); err != nil {
			t.Fatal(err)
		}
		got, err := mail.ReadMessage(&text)
		if err != nil {
			t.Fatalf("compose(%s) cannot be read: %v", from, err)
		}
		if sender, err := got.Header.AddressList("From"); err != nil || len(sender) != 1 || sender[0].Address != "rete@example.it" {
			t.Errorf("compose(%s): From = %v, %v, want the address alone", from, sender, err)
		}
		if id := got.Header.Get("Message-Id"); id != "<1@example.it>" {
			t.Errorf("compose(%s): Message-ID = %s, want <1@example.it>", from, id)
		}
		if bcc := got.Header.Get("Bcc"); bcc != "" {
			t.Errorf("compose(%s): Bcc = %s, want none", from, bcc)
		}
	}
}

func TestSettledMessagesAreForgottenWhenDue(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		p := open(t, db, Options{Mail: config.Mail{Folder: t.TempDir()}})
		m := Message{Kind: "test", To: "anna@example.it", Subject: "Prova", Text: "Ciao"}
		settled := p.send(t, m)
		p.run(t, settled)
		waiting := p.send(t, m)
		clock.Add(defaultKeepDays * 24 * time.Hour)
		for _, want := range []error{nil, ErrUnknown} {
			if err := p.Tidy(t.Context()); err != nil {
				t.Fatalf("Tidy() = %v, want nil", err)
			}
			if _, err := p.Delivery(t.Context(), settled); !errors.Is(err, want) {
				t.Errorf("Delivery(settled) = %v, want %v", err, want)
			}
			clock.Add(time.Second)
		}
		if _, err := p.Delivery(t.Context(), waiting); err != nil {
			t.Errorf("Delivery(waiting) = %v, want it kept until it is settled", err)
		}
	})
}
