package ics_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/ics"
)

func rome(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, calendar.Rome)
	if err != nil {
		panic(err)
	}
	return t
}

var summer = ics.Event{
	ID: "0192", Sequence: 3, StartsAt: rome("2027-07-05 10:30"), EndsAt: rome("2027-07-05 11:00"), Stamp: rome("2027-07-01 08:00"),
	Summary: "Appuntamento: Punto di Città, «Casa»; piano 1", Place: "Biblioteca, Via Roma 1; scala B",
	Text: "Codice ABCD-EFGH.\nPorta: " + strings.Repeat("perché sì ", 20), URL: "https://rete.example/prenotazione/c/ABCD-EFGH",
}

// files are one of each sort that the product writes, by name.
func files() map[string]ics.Calendar {
	invited, off, winter := summer, summer, summer
	invited.Organizer = ics.Person{Name: "Rete àccentata, prova", Email: "rete@rete.example"}
	invited.Attendee = ics.Person{Email: "maria@posta.example"}
	off = invited
	off.Cancelled, off.Sequence = true, 4
	winter.ID, winter.StartsAt, winter.EndsAt = "0193", rome("2027-10-31 02:30"), rome("2027-10-31 03:30")
	return map[string]ics.Calendar{
		"publish": {Events: []ics.Event{summer}},
		"request": {Method: ics.Request, Events: []ics.Event{invited}},
		"cancel":  {Method: ics.Cancel, Events: []ics.Event{off}},
		"feed":    {Name: "Agenda: Punto", Refresh: 15 * time.Minute, Events: []ics.Event{summer, winter}},
		"empty":   {Name: "Agenda: nessuno", Refresh: 15 * time.Minute},
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	for name, file := range files() {
		text := file.Bytes()
		if !bytes.HasSuffix(text, []byte("END:VCALENDAR\r\n")) || bytes.Count(text, []byte("\n")) != bytes.Count(text, []byte("\r\n")) {
			t.Errorf("%s: lines do not all end in CRLF", name)
		}
		for line := range bytes.SplitSeq(text, []byte("\r\n")) {
			if len(line) > 75 {
				t.Errorf("%s: a line of %d octets: %q", name, len(line), line)
			}
		}
	}
}

func TestWhatAFileSays(t *testing.T) {
	t.Parallel()
	all := files()
	for name, wants := range map[string][]string{
		"publish": {"METHOD:PUBLISH", "UID:0192@capillare", "SEQUENCE:3", "DTSTAMP:20270701T060000Z", "DTSTART;TZID=Europe/Rome:20270705T103000",
			"STATUS:CONFIRMED", "BEGIN:VTIMEZONE", "TZID:Europe/Rome"},
		"request": {"METHOD:REQUEST", "mailto:rete@rete.example", "mailto:maria@posta.example"},
		"cancel":  {"METHOD:CANCEL", "STATUS:CANCELLED", "UID:0192@capillare", "SEQUENCE:4"},
		"feed":    {"X-WR-CALNAME:Agenda: Punto", "REFRESH-INTERVAL;VALUE=DURATION:PT15M", "UID:0193@capillare"},
	} {
		text := strings.ReplaceAll(string(all[name].Bytes()), "\r\n ", "")
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, text)
			}
		}
	}
	if bytes.Contains(all["publish"].Bytes(), []byte("ORGANIZER")) {
		t.Error("a file to keep names an organizer: programs would ask them for an answer")
	}
}

// bad are files that each parser must refuse, or the check itself is broken.
func bad() map[string][]byte {
	good := files()["publish"].Bytes()
	without := func(line string) []byte {
		var kept [][]byte
		for one := range bytes.SplitSeq(good, []byte("\r\n")) {
			if !bytes.HasPrefix(one, []byte(line)) {
				kept = append(kept, one)
			}
		}
		return bytes.Join(kept, []byte("\r\n"))
	}
	return map[string][]byte{
		"no UID":     without("UID"),
		"no DTSTAMP": without("DTSTAMP"),
		"LF lines":   bytes.ReplaceAll(good, []byte("\r\n"), []byte("\n")),
		"not ended":  bytes.Replace(good, []byte("END:VEVENT\r\n"), nil, 1),
	}
}

// Three programs that others wrote read our files: icalendar and vobject of Python, ical.js.
func TestParsersOfOthers(t *testing.T) {
	t.Parallel()
	for _, parser := range []struct {
		name    string
		command []string
		needs   []string
	}{
		{"icalendar", []string{"/usr/bin/python3", "testdata/check.py", "icalendar"}, []string{"/usr/bin/python3", "-c", "import icalendar"}},
		{"vobject", []string{"/usr/bin/python3", "testdata/check.py", "vobject"}, []string{"/usr/bin/python3", "-c", "import vobject"}},
		{"ical.js", []string{"node", "../../test/browser/icaljs.mjs"}, []string{"node", "../../test/browser/icaljs.mjs"}},
	} {
		t.Run(parser.name, func(t *testing.T) {
			t.Parallel()
			if err := exec.CommandContext(t.Context(), parser.needs[0], parser.needs[1:]...).Run(); err != nil {
				if os.Getenv("CI") != "" {
					t.Fatalf("%s is not installed: make test installs it", parser.name)
				}
				t.Skipf("SKIPPED: %s is not installed, so nobody else has read our calendar files; make test installs it", parser.name)
			}
			read := func(name string, content []byte) ([]byte, error) {
				path := filepath.Join(t.TempDir(), "file.ics")
				if err := os.WriteFile(path, content, 0o600); err != nil {
					t.Fatal(err)
				}
				return exec.CommandContext(t.Context(), parser.command[0], append(parser.command[1:], path)...).CombinedOutput()
			}
			for name, file := range files() {
				if out, err := read(name, file.Bytes()); err != nil {
					t.Errorf("%s refuses %s: %v\n%s", parser.name, name, err, out)
				}
			}
			for name, content := range bad() {
				if out, err := read(name, content); err == nil {
					t.Errorf("%s takes a file with %s:\n%s", parser.name, name, out)
				}
			}
		})
	}
}
