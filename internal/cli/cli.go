package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"capillare/internal/config"
)

// version is set when the program is built.
var version = "dev"

// grammar is the whole command line.
type grammar struct {
	Config  kong.ConfigFlag `help:"File of options, one 'name = value' a line, # for comments." placeholder:"FILE"`
	Log     config.Log      `embed:""`
	Serve   serveCmd        `cmd:"" help:"Serve the pages."`
	Migrate migrateCmd      `cmd:"" help:"Bring the database to this version of the program."`
	Demo    demoCmd         `cmd:"" help:"Build an invented network of the true size in an empty database."`
	Import  importCmd       `cmd:"" help:"Import points, bodies, people, duties or targets from a CSV or XLSX file, or official files of the territory: preview, then --apply."`
	Export  exportCmd       `cmd:"" help:"Write a file for others."`
	User    userCmd         `cmd:"" help:"Accounts: add one, or give a new password."`
	Backup  backupCmd       `cmd:"" help:"Copy the whole network into one encrypted file, while people go on working."`
	Restore restoreCmd      `cmd:"" help:"Put a copy back into an empty database."`
	Drill   drillCmd        `cmd:"" help:"Try the newest copy out: restore it elsewhere, compare, throw it away."`
	Move    moveCmd         `cmd:"" help:"Carry the network to another database: SQLite to PostgreSQL or back. Resumable, verified."`
	Doctor  doctorCmd       `cmd:"" help:"Say what is wrong with this set-up and how to mend it."`
	Version versionCmd      `cmd:"" help:"Print the version."`
}

// console is what commands write to and when they must stop.
type console struct {
	ctx context.Context
	out io.Writer
	log *slog.Logger
}

func (c *console) printf(format string, args ...any) { _, _ = fmt.Fprintf(c.out, format, args...) }

// Main runs the command line and returns the exit code: 0 done, 1 failed, 2 asked wrongly.
func Main(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var g grammar
	exit := -1
	parser, err := newParser(&g, stdout, stderr, func(code int) { exit = code })
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "capillare:", err)
		return 2
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // help was printed
		return exit
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "capillare:", err, "(capillare --help lists the commands)")
		return 2
	}
	c := &console{ctx: ctx, out: stdout, log: logger(g.Log, stderr)}
	if err := parsed.Run(c); err != nil && !errors.Is(err, context.Canceled) {
		_, _ = fmt.Fprintln(stderr, "capillare:", explain(err))
		return 1
	}
	return 0
}

func newParser(g *grammar, stdout, stderr io.Writer, exit func(int)) (*kong.Kong, error) {
	return kong.New(g,
		kong.Name("capillare"),
		kong.Description("Runs a regional network of digital-help points (Punti Digitale Facile). Options are explained in docs/config.md."),
		kong.Writers(stdout, stderr),
		kong.Exit(exit),
		kong.Configuration(readFile),
		kong.Resolvers(kong.ResolverFunc(secretFromFile)),
		kong.UsageOnError(),
	)
}

func logger(l config.Log, w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(l.Level)) // the grammar allows only levels
	options := &slog.HandlerOptions{Level: level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// readFile reads a file of options: "name = value" lines.
func readFile(r io.Reader) (kong.Resolver, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("line %d of the file of options is not 'name = value'", n)
		}
		values[strings.TrimSpace(name)] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		// The library takes the environment for a default, which a file would replace: the environment wins here.
		for _, name := range flag.Envs {
			if _, set := os.LookupEnv(name); set {
				return nil, nil
			}
		}
		if v, ok := values[flag.Name]; ok {
			return v, nil
		}
		return nil, nil
	}), nil
}

// secretFromFile reads a secret from the file that NAME_FILE names, as container platforms hand them over.
func secretFromFile(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !isSecret(flag) || len(flag.Envs) == 0 {
		return nil, nil
	}
	path := os.Getenv(flag.Envs[0] + "_FILE")
	if path == "" || os.Getenv(flag.Envs[0]) != "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s_FILE: %w", flag.Envs[0], err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

func isSecret(flag *kong.Flag) bool {
	_, ok := flag.Target.Interface().(config.Secret)
	return ok
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(c *console) error {
	c.printf("capillare %s\n", version)
	return nil
}
