package backup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockName is the file that whoever copies or tries out holds: the program that serves and a command typed
// by hand are two processes.
const lockName = ".copies.lock"

// drafts are what a run leaves in the folder of the network when it is killed.
var drafts = [...]string{".copy-*", ".drill-*"}

// lock makes this the only run of the network, or returns [ErrUnderWay]. The system frees what a killed
// process held.
func (s *Service) lock() (unlock func(), err error) {
	if !s.busy.TryLock() {
		return nil, ErrUnderWay
	}
	f, err := os.OpenFile(filepath.Join(s.deps.Data, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		s.busy.Unlock()
		return nil, fmt.Errorf("backup: lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		s.busy.Unlock()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrUnderWay
		}
		return nil, fmt.Errorf("backup: lock: %w", err)
	}
	s.sweep()
	return func() { _ = f.Close(); s.busy.Unlock() }, nil
}

// sweep removes what killed runs left: each is as large as the network, and a trial is not encrypted.
func (s *Service) sweep() {
	for _, pattern := range drafts {
		left, _ := filepath.Glob(filepath.Join(s.deps.Data, pattern)) // the patterns are well formed
		for _, path := range left {
			if err := os.RemoveAll(path); err != nil {
				s.deps.Log.Warn("backup: what a stopped run left was not removed", "path", path, "error", err.Error())
			}
		}
	}
}
