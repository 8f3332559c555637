package cli

import (
	"context"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// supervisor is the systemd that started us, when one did. What it hears is documented in sd_notify(3).
type supervisor struct {
	socket string
	// every is how often it wants a sign of life; 0 is never.
	every time.Duration
}

func supervisorOf(env func(string) string) supervisor {
	s := supervisor{socket: env("NOTIFY_SOCKET")}
	if micros, err := strconv.ParseInt(env("WATCHDOG_USEC"), 10, 64); err == nil && micros > 0 && env("WATCHDOG_PID") == strconv.Itoa(os.Getpid()) {
		s.every = time.Duration(micros) * time.Microsecond
	}
	return s
}

// tell sends one line; without a supervisor it does nothing.
func (s supervisor) tell(state string) error {
	if s.socket == "" {
		return nil
	}
	name := s.socket
	if rest, abstract := strings.CutPrefix(name, "@"); abstract {
		name = "\x00" + rest
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_, err = conn.Write([]byte(state))
	return err
}

// beat gives signs of life while well says so, until ctx ends. A program that cannot write any more is
// started again.
func (s supervisor) beat(ctx context.Context, well func(context.Context) error) {
	if s.every <= 0 {
		return
	}
	tick := time.NewTicker(s.every / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if well(ctx) == nil {
				_ = s.tell("WATCHDOG=1")
			}
		}
	}
}
