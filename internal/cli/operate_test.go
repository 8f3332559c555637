package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"capillare/internal/i18n"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/testkit"
)

// envMain makes the test binary the program itself, so that scripts call it.
const envMain = "CAPILLARE_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(envMain) != "" {
		os.Exit(Main(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// block is a piece of shell of the manual. Read says that it is only read: it wants root or systemd.
type block struct {
	text string
	line int
	read bool
}

func manual(t *testing.T) (blocks []block) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operate.it.md"))
	if err != nil {
		t.Fatal(err)
	}
	var now *block
	before := ""
	for i, line := range strings.Split(string(text), "\n") {
		switch {
		case now == nil && line == "```sh":
			now = &block{line: i + 1, read: strings.HasPrefix(before, "<!-- si legge:")}
		case now != nil && line == "```":
			blocks, now = append(blocks, *now), nil
		case now != nil:
			now.text += line + "\n"
		}
		if line != "" {
			before = line
		}
	}
	return blocks
}

// allowed are the programs that the manual may name beside ours.
func allowed() []string {
	return []string{"apt", "systemctl", "journalctl", "grep", "chown", "chmod", "mkdir", "mv", "cp", "rm", "createuser", "createdb"}
}

// commandsOf splits a block into commands without their sudo.
func commandsOf(text string) (all [][]string) {
	for line := range strings.Lines(text) {
		for part := range strings.SplitSeq(line, "|") {
			words := strings.Fields(regexp.MustCompile(`"[^"]*"`).ReplaceAllString(part, "x"))
			if len(words) > 0 && words[0] == "sudo" {
				words = words[1:]
			}
			if len(words) > 1 && words[0] == "-u" {
				words = words[2:]
			}
			if len(words) > 0 {
				all = append(all, words)
			}
		}
	}
	return all
}

// Every command of ours in the manual is one that the program takes, and every other one is known.
func TestCommandsOfTheManualAreReal(t *testing.T) {
	t.Parallel()
	found := 0
	for _, b := range manual(t) {
		for _, words := range commandsOf(b.text) {
			name, args := words[0], words[1:]
			if name != "capillare" && name != "capillare-admin" {
				if !slices.Contains(allowed(), name) {
					t.Errorf("operate.it.md:%d: the program %s is not among those that the manual may name", b.line, name)
				}
				continue
			}
			found++
			var g grammar
			parser, err := newParser(&g, io.Discard, io.Discard, func(int) {})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse(args); err != nil {
				t.Errorf("operate.it.md:%d: %s: %v", b.line, strings.Join(words, " "), err)
			}
		}
	}
	if found < 12 {
		t.Errorf("%d commands of ours in the manual, want at least 12", found)
	}
}

// What the manual writes in bold, but for the leads of lists, is the name of a page or of an entry of the menu.
func TestPagesOfTheManualAreThere(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operate.it.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	catalogue := i18n.Default()
	for _, key := range catalogue.Keys(i18n.Italian) {
		name, _ := catalogue.Text(i18n.Italian, key)
		named[name] = true
	}
	leads := regexp.MustCompile(`(?m)^- \*\*[^*]+\.\*\*`)
	all := regexp.MustCompile(`\*\*([^*]+)\*\*`).FindAllStringSubmatch(leads.ReplaceAllString(string(text), "-"), -1)
	for _, m := range all {
		if !named[m[1]] {
			t.Errorf("operate.it.md names the page %q, which no text of the interface is", m[1])
		}
	}
	if len(all) < 6 {
		t.Errorf("%d pages are named, want at least 6", len(all))
	}
}

// machine is a throw-away machine: its folders, and stubs of the programs that need a real one.
type machine struct{ root string }

func newMachine(t *testing.T) machine {
	t.Helper()
	m := machine{t.TempDir()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"bin", "var/lib/capillare", "var/backups/capillare", "media/usb", "etc/capillare"} {
		if err := os.MkdirAll(filepath.Join(m.root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	m.write(t, "etc/capillare/capillare.conf", "listen = 127.0.0.1:0\nbackup-to = "+filepath.Join(m.root, "var/backups/capillare")+"\n")
	m.write(t, "bin/capillare", "#!/bin/sh\nexport "+envMain+"=1\nexec '"+self+"' \"$@\"\n")
	m.write(t, "bin/capillare-admin", "#!/bin/sh\nCAPILLARE_DATA="+m.root+"/var/lib/capillare exec capillare --log-level warn --config "+
		m.root+"/etc/capillare/capillare.conf \"$@\"\n")
	m.write(t, "bin/sudo", "#!/bin/sh\nexec \"$@\"\n")
	m.write(t, "bin/systemctl", "#!/bin/sh\nexit 0\n")
	return m
}

func (m machine) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(m.root, name), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// run runs a script of the manual as it stands, but for the roots of its paths and the server's address.
func (m machine) run(t *testing.T, script string, replace ...string) (string, error) {
	t.Helper()
	script = strings.NewReplacer(append(replace, " var/lib/", " "+m.root+"/var/lib/", "/var/lib/", m.root+"/var/lib/", "/media/", m.root+"/media/", "/etc/capillare", m.root+"/etc/capillare")...).Replace(script)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = m.root
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(m.root, "bin")+":"+os.Getenv("PATH"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// The blocks of the manual that do not want root are run one after the other, on a small invented network.
func TestTheManualWorks(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	m := newMachine(t)
	app, owner := "sqlite:"+filepath.Join(m.root, "server.db"), "sqlite:"+filepath.Join(m.root, "server.db")
	if os.Getenv("ENGINES") != string(sqldb.SQLite) {
		app, owner = sqldbtest.Empty(t, sqldb.Postgres)
	}
	if out, err := m.run(t, "sudo capillare-admin demo --scale 0.005\n"); err != nil {
		t.Fatalf("the invented network: %v\n%s", err, out)
	}
	ran := 0
	for _, b := range manual(t) {
		if b.read {
			continue
		}
		ran++
		out, err := m.run(t, b.text, "postgres://capillare_app@localhost/capillare", "'"+app+"'", "postgres://capillare@localhost/capillare", "'"+owner+"'")
		if err != nil {
			t.Fatalf("operate.it.md:%d: %v\n%s%s", b.line, err, b.text, out)
		}
	}
	if ran < 8 {
		t.Errorf("%d blocks were run, want at least 8", ran)
	}
	if _, err := os.Stat(filepath.Join(m.root, "var/lib/capillare/ritorno.db")); err != nil {
		t.Errorf("the network did not come back: %v", err)
	}
}

// An older network is copied before it is upgraded, and the copy brings it back.
func TestAnUpgradeCopiesFirst(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	address := "sqlite:" + filepath.Join(m.root, "var/lib/capillare/capillare.db")
	if _, err := sqldb.MigrateTo(t.Context(), address, sqldb.Target{Version: 11}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to do
		if out, err := m.run(t, "capillare-admin migrate\n"); err != nil {
			t.Fatalf("migrate: %v\n%s", err, out)
		}
	}
	copies, err := filepath.Glob(filepath.Join(m.root, "var/lib/capillare/backups/before-upgrade-*-schema-11.capillare"))
	if err != nil || len(copies) != 1 {
		t.Fatalf("copies before the upgrade: %v %v, want one", copies, err)
	}
	out, err := m.run(t, "mkdir new; cp var/lib/capillare/backup.key new/; capillare --log-level warn restore --data new var/lib/capillare/backups/"+filepath.Base(copies[0])+"\n")
	if err != nil || !strings.Contains(out, "Counts and hashes agree") {
		t.Errorf("restore of that copy: %v\n%s", err, out)
	}
	db := sqldbtest.OpenURL(t, sqldb.Options{URL: "sqlite:" + filepath.Join(m.root, "new/capillare.db")})
	if have, want, err := db.SchemaVersion(t.Context()); err != nil || have != want {
		t.Errorf("restored schema %d of %d, %v", have, want, err)
	}
}

func TestDoctorFailsWhenSomethingIsWrong(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	if out, err := m.run(t, "capillare-admin migrate; touch var/lib/capillare/keys.json; chmod 644 var/lib/capillare/keys.json\n"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for lang, want := range map[string]string{"it": "Altri utenti possono leggere", "en": "Other users can read"} {
		out, err := m.run(t, "capillare-admin doctor --lang "+lang+"\n")
		exit, _ := err.(*exec.ExitError)
		if exit == nil || exit.ExitCode() != 1 || !strings.Contains(out, want) || !strings.Contains(out, "chmod 600") {
			t.Errorf("doctor --lang %s = %v, want 1 and the mend:\n%s", lang, err, out)
		}
	}
}

// A newer schema is refused in words, and nothing is touched.
func TestANewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	if out, err := m.run(t, "capillare-admin migrate\n"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	db, err := sqldb.Open(t.Context(), sqldb.Options{URL: "sqlite:" + filepath.Join(m.root, "var/lib/capillare/capillare.db")})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
		return err
	})
	if err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	out, err := m.run(t, "capillare-admin migrate\n")
	if err == nil || !strings.Contains(out, "newer version of the program") {
		t.Errorf("migrate = %v, want it refused in words:\n%s", err, out)
	}
}
