package cli

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func TestSystemdIsTold(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	heard := func() string {
		t.Helper()
		_ = socket.SetReadDeadline(time.Now().Add(10 * time.Second))
		text := make([]byte, 64)
		n, err := socket.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		return string(text[:n])
	}
	env := map[string]string{"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "3000", "WATCHDOG_PID": strconv.Itoa(os.Getpid())}
	s := supervisorOf(func(name string) string { return env[name] })
	if err := s.tell("READY=1"); err != nil {
		t.Fatal(err)
	}
	if got := heard(); got != "READY=1" {
		t.Errorf("systemd heard %q, want READY=1", got)
	}
	ctx, stop := context.WithCancel(t.Context())
	asked := 0
	over := make(chan struct{})
	go func() {
		defer close(over)
		s.beat(ctx, func(context.Context) error {
			if asked++; asked == 1 {
				return errors.New("the disk is gone")
			}
			return nil
		})
	}()
	if got := heard(); got != "WATCHDOG=1" {
		t.Errorf("systemd heard %q, want a sign of life", got)
	}
	stop()
	<-over
	if asked < 2 {
		t.Errorf("a sign of life was given after %d questions, want none while the disk is gone", asked)
	}
	delete(env, "NOTIFY_SOCKET")
	if err := supervisorOf(func(name string) string { return env[name] }).tell("READY=1"); err != nil {
		t.Errorf("tell() without systemd = %v, want nil", err)
	}
}
