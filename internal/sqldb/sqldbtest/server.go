package sqldbtest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// EnvServer names the variable that holds the address of a running server: a superuser's.
const EnvServer = "CAPILLARE_TEST_PG"

// EnvDurable names the variable that makes the server wait for the disk, for benchmarks of durable writes.
const EnvDurable = "CAPILLARE_TEST_PG_DURABLE"

// ErrNoPostgres says how to get PostgreSQL, or do without.
var ErrNoPostgres = errors.New("PostgreSQL is not installed: apt-get install -y postgresql, or leave it out with ENGINES=sqlite")

// Server is a PostgreSQL server in a temporary folder.
type Server struct {
	// URL is the superuser's address.
	URL string

	life io.Closer // closing it, or the end of this process, ends the server
	done chan error
}

// keeper runs the server until its standard input ends, which it does when the test process is gone,
// however it went.
const keeper = `"$0/postgres" -D "$1/data" -c unix_socket_directories="$1" -c listen_addresses= \
  -c fsync="$2" -c full_page_writes="$2" -c synchronous_commit="$2" -c max_connections=400 \
  -c shared_buffers=64MB -c timezone=UTC >"$1/log" 2>&1 &
pid=$!
cat >/dev/null
kill -QUIT $pid
wait $pid
rm -rf "$1"`

// StartServer makes and starts a server. It takes about a second.
func StartServer() (*Server, error) {
	bin, err := findBin()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("/tmp", "capillare-pg-")
	if err != nil {
		return nil, fmt.Errorf("sqldbtest: folder: %w", err)
	}
	attr, err := owner(dir)
	if err != nil {
		return nil, err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "owner",
		"-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1")
	initdb.Dir, initdb.SysProcAttr = dir, attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("sqldbtest: initdb: %w: %s", err, out)
	}
	durable := "off"
	if os.Getenv(EnvDurable) != "" {
		durable = "on"
	}
	cmd := exec.Command("sh", "-c", keeper, bin, dir, durable)
	cmd.Dir, cmd.SysProcAttr = dir, attr
	life, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("sqldbtest: start: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("sqldbtest: start: %w", err)
	}
	s := &Server{life: life, done: make(chan error, 1)}
	s.URL = (&url.URL{Scheme: "postgres", Path: "/postgres", RawQuery: url.Values{"host": {dir}, "user": {"owner"}}.Encode()}).String()
	go func() { s.done <- cmd.Wait() }()
	return s, nil
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	if err := s.life.Close(); err != nil {
		return fmt.Errorf("sqldbtest: stop: %w", err)
	}
	<-s.done
	return nil
}

// owner gives the folder to somebody PostgreSQL accepts, which root is not, and returns how to become them.
func owner(dir string) (*syscall.SysProcAttr, error) {
	// A session of its own: the server survives the Ctrl-C of the terminal until its input ends.
	attr := &syscall.SysProcAttr{Setsid: true}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("sqldbtest: a user for PostgreSQL: %w", err)
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(err1, err2, os.Chown(dir, int(uid), int(gid))); err != nil {
		return nil, fmt.Errorf("sqldbtest: a user for PostgreSQL: %w", err)
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, nil
}

// findBin returns the folder of PostgreSQL's programs, the newest version there is.
func findBin() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", fmt.Errorf("sqldbtest: %w", err)
	}
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	path, err := exec.LookPath("initdb")
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return "", ErrNoPostgres
	}
	if err != nil {
		return "", fmt.Errorf("sqldbtest: %w", err)
	}
	return filepath.Dir(path), nil
}

func version(initdb string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	if err != nil {
		return 0
	}
	return n
}
