package messages

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"capillare/internal/config"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// phones is an SMS gateway with the phones behind it. It takes a message and then breaks the line as
// often as it is told to.
type phones struct {
	once bool // the same id arrives once
	tell bool // it can be asked by id

	mu      sync.Mutex
	silent  int // answers that never come, after the message was taken
	lost    int // messages lost on the way, before it was taken
	down    bool
	arrived []string // ids, in order, one for each time a phone rang
}

func (p *phones) options(t *testing.T) config.SMS {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	o := config.SMS{Address: server.URL + "/send", Once: p.once}
	if p.tell {
		o.Status = server.URL + "/sent/{id}"
	}
	return o
}

func (p *phones) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ID string `json:"id"`
	}
	if r.Method == http.MethodPost && json.NewDecoder(r.Body).Decode(&body) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if id, asked := strings.CutPrefix(r.URL.Path, "/sent/"); asked {
		if !p.has(id) {
			w.WriteHeader(http.StatusNotFound)
		}
		return
	}
	if p.lost > 0 {
		p.lost--
		panic(http.ErrAbortHandler)
	}
	if !p.once || !p.has(body.ID) {
		p.arrived = append(p.arrived, body.ID)
	}
	if p.silent > 0 {
		p.silent--
		panic(http.ErrAbortHandler)
	}
}

func (p *phones) has(id string) bool {
	for _, one := range p.arrived {
		if one == id {
			return true
		}
	}
	return false
}

func (p *phones) rang() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.arrived)
}

var reminder = Message{Kind: "notify.reminder", Channel: SMS, To: "333 1234567", Text: "Appuntamento domani alle 10:30"}

// A gateway takes the message and its answer never comes: nobody's phone rings twice, and nobody is forgotten.
func TestGatewayThatFallsSilent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		once, tell   bool
		silent, lost int
		state        State
		trouble      string
		rings        int
	}{
		{"sends one id once", true, false, 1, 0, Sent, "", 1},
		{"sends one id once, silent three times", true, false, 3, 0, Sent, "", 1},
		{"tells by id", false, true, 1, 0, Sent, "", 1},
		{"tells by id that it never came", false, true, 0, 1, Sent, "", 1},
		{"tells by id, lost and then silent", false, true, 1, 1, Sent, "", 1},
		{"can do neither", false, false, 1, 0, Failed, "messages.trouble.doubtful", 1},
		{"can do neither, lost on the way", false, false, 0, 1, Failed, "messages.trouble.doubtful", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			clock := sqldbtest.NewClock(start)
			gateway := &phones{once: test.once, tell: test.tell, silent: test.silent, lost: test.lost}
			p := open(t, sqldbtest.OpenAt(t, sqldb.SQLite, clock), Options{SMS: gateway.options(t)})
			id := p.send(t, reminder)
			d := p.run(t, id)
			for range 6 {
				if d.State != Queued {
					break
				}
				clock.Add(time.Hour)
				d = p.run(t, id)
			}
			if d.State != test.state || d.Trouble != test.trouble || gateway.rang() != test.rings {
				t.Errorf("state %s %s, %d rings, want %s %s, %d", d.State, d.Trouble, gateway.rang(), test.state, test.trouble, test.rings)
			}
		})
	}
}

// The program stops after the message was handed over and before that was written down.
func TestProgramThatStopsBetween(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		gateway := &phones{tell: true}
		p := open(t, db, Options{SMS: gateway.options(t)})
		id := p.send(t, reminder)
		if err := p.begin(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		gateway.arrived = append(gateway.arrived, id)
		if d := p.run(t, id); d.State != Sent || gateway.rang() != 1 {
			t.Errorf("state %s, %d rings, want sent and one", d.State, gateway.rang())
		}
	})
}

// A gateway that is down for a while delays a message; one that is of no more use then does not leave.
func TestGatewayThatIsDown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		expires time.Time
		state   State
		rings   int
	}{
		"in time":  {start.Add(24 * time.Hour), Sent, 1},
		"too late": {start.Add(2 * time.Hour), Late, 0},
		"never":    {time.Time{}, Sent, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
				gateway := &phones{down: true}
				p := open(t, db, Options{SMS: gateway.options(t)})
				m := reminder
				m.ExpiresAt = test.expires
				id := p.send(t, m)
				for range 5 * 4 {
					if d := p.run(t, id); d.State == Late && clock.Now().Before(test.expires) {
						t.Fatalf("given up at %v, want not before %v", clock.Now(), test.expires)
					}
					clock.Add(15 * time.Minute)
				}
				gateway.mu.Lock()
				gateway.down = false
				gateway.mu.Unlock()
				clock.Add(4 * time.Hour)
				if d := p.run(t, id); d.State != test.state || gateway.rang() != test.rings {
					t.Errorf("state %s, %d rings, want %s, %d", d.State, gateway.rang(), test.state, test.rings)
				}
			})
		})
	}
}

func TestNotBefore(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		gateway := &phones{}
		p := open(t, db, Options{SMS: gateway.options(t)})
		m := reminder
		m.NotBefore = start.Add(10 * time.Hour)
		id := p.send(t, m)
		clock.Add(10*time.Hour - time.Second)
		if d := p.run(t, id); d.State != Queued || gateway.rang() != 0 {
			t.Errorf("before its time: state %s, %d rings, want queued and none", d.State, gateway.rang())
		}
		clock.Add(time.Second)
		if d := p.run(t, id); d.State != Sent {
			t.Errorf("at its time: state %s, want sent", d.State)
		}
	})
}

func TestDropped(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		gateway := &phones{}
		p := open(t, db, Options{SMS: gateway.options(t)})
		m := reminder
		m.NotBefore = start.Add(time.Hour)
		id := p.send(t, m)
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return p.Drop(t.Context(), tx, id) }); err != nil {
			t.Fatal(err)
		}
		clock.Add(2 * time.Hour)
		if d := p.run(t, id); d.State != Dropped || gateway.rang() != 0 || strings.Contains(p.kept(t), "333") {
			t.Errorf("state %s, %d rings, want dropped, none, and no number left", d.State, gateway.rang())
		}
	})
}

// A mail server takes the message and drops the line: it comes again under the same Message-ID, by which a
// mailbox knows it.
func TestMailServerThatFallsSilent(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		server := startMail(t, "none")
		server.drops = 1
		p := open(t, db, Options{Mail: config.Mail{Server: server.address, TLS: "none", From: "rete@rete.example"}})
		m := invitation
		m.Files = []File{{Name: "appuntamento.ics", Type: "text/calendar; method=REQUEST; charset=utf-8", Content: []byte("BEGIN:VCALENDAR")}}
		id := p.send(t, m)
		if d := p.run(t, id); d.State != Queued {
			t.Fatalf("state %s, want it queued again", d.State)
		}
		clock.Add(time.Minute)
		if d := p.run(t, id); d.State != Sent {
			t.Fatalf("state %s, want sent", d.State)
		}
		mailbox := map[string]string{}
		for _, one := range server.received() {
			read, err := mail.ReadMessage(strings.NewReader(one.Text))
			if err != nil {
				t.Fatal(err)
			}
			mailbox[read.Header.Get("Message-Id")] = one.Text
		}
		if len(server.received()) != 2 || len(mailbox) != 1 {
			t.Errorf("%d arrivals, %d messages in the mailbox, want two and one", len(server.received()), len(mailbox))
		}
		for _, text := range mailbox {
			for _, want := range []string{"text/calendar; method=REQUEST; charset=utf-8", `name="appuntamento.ics"`} {
				if !strings.Contains(text, want) {
					t.Errorf("the e-mail lacks %q:\n%s", want, cmp.Or(text, "(empty)"))
				}
			}
		}
	})
}
