package cli

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/config.md again")

func TestConfigurationPage(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	if err := configurationPage(&page); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "..", "docs", "config.md")
	if *update {
		if err := os.WriteFile(path, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, page.Bytes()) {
		t.Error("docs/config.md does not tell the options as they are: run make gen")
	}
}

func parse(t *testing.T, args ...string) *grammar {
	t.Helper()
	var g grammar
	parser, err := newParser(&g, io.Discard, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	return &g
}

func TestFlagWinsOverEnvironmentWinsOverFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "capillare.conf")
	text := "# a network\nlisten = 127.0.0.1:1111\ndata = from-file\nlog-level = warn\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CAPILLARE_LISTEN", "127.0.0.1:2222")
	t.Setenv("CAPILLARE_DATA", "from-env")
	g := parse(t, "--config", file, "serve", "--data", "from-flag")
	if g.Serve.Store.Data != "from-flag" {
		t.Errorf("data = %q, want the flag's", g.Serve.Store.Data)
	}
	if g.Serve.Web.Listen != "127.0.0.1:2222" {
		t.Errorf("listen = %q, want the environment's", g.Serve.Web.Listen)
	}
	if g.Log.Level != "warn" {
		t.Errorf("log-level = %q, want the file's", g.Log.Level)
	}
}

func TestSecretFromAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "database")
	if err := os.WriteFile(file, []byte("postgres://app:parola@db/rete\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CAPILLARE_DATABASE_FILE", file)
	g := parse(t, "serve")
	if got := g.Serve.Store.DatabaseURL(); got != "postgres://app:parola@db/rete" {
		t.Errorf("database = %q, want the text of the file", got)
	}
}

func TestAWrongCommandSaysWhereHelpIs(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	if code := Main([]string{"volare"}, &out, &errs); code != 2 || !strings.Contains(errs.String(), "--help") {
		t.Errorf("Main(volare) = %d, %q, want 2 and where help is", code, errs.String())
	}
}
