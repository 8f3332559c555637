// Command pgserver runs a command with a PostgreSQL server for its tests, and stops the server after it:
//
//	go run ./internal/sqldb/sqldbtest/pgserver go test ./...
//
// One server for all packages of a run is faster than one for each.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"capillare/internal/sqldb/sqldbtest"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: pgserver command [argument ...]")
		os.Exit(2)
	}
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func run(args []string) (int, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = os.Environ()
	// Without PostgreSQL the tests say themselves what to do, unless ENGINES=sqlite leaves it out.
	server, err := sqldbtest.StartServer()
	switch {
	case err == nil:
		cmd.Env = append(cmd.Env, sqldbtest.EnvServer+"="+server.URL)
	case !errors.Is(err, sqldbtest.ErrNoPostgres):
		return 1, err
	}
	failed := cmd.Run()
	if server != nil {
		if err := server.Stop(); err != nil {
			return 1, err
		}
	}
	if exit, ok := errors.AsType[*exec.ExitError](failed); ok {
		return exit.ExitCode(), nil
	}
	if failed != nil {
		return 1, failed
	}
	return 0, nil
}
