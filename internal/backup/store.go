package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"capillare/internal/config"
)

// Store is where copies lie.
type Store interface {
	// Put brings in the file of size bytes: whole under its name, or not at all.
	Put(ctx context.Context, name string, file io.Reader, size int64) error
	// Get opens a copy.
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// List returns the copies that are there, in no order.
	List(ctx context.Context) ([]Copy, error)
	// Remove takes a copy away.
	Remove(ctx context.Context, name string) error
	// Probe puts a few bytes there and takes them away: the place can be written.
	Probe(ctx context.Context) error
	// String names the place to people, without secrets.
	String() string
}

// Faults of a place, each with a mend of its own.
var (
	ErrUnreachable = errors.New("the place of the copies does not answer")
	ErrRefused     = errors.New("the place of the copies refuses our keys")
	ErrNoBucket    = errors.New("the bucket of the copies is not there")
	ErrUnwritable  = errors.New("the place of the copies cannot be written")
	ErrFull        = errors.New("the place of the copies has no room left")
	ErrNoCopy      = errors.New("the copy is not there")
)

// OpenStore returns the place that the options name; data is the folder of the network.
func OpenStore(o config.Backup, data string) (Store, error) {
	if address, ok := o.Bucket(); ok {
		remote, err := newBucket(address, o)
		if err != nil {
			return nil, err
		}
		return remote, nil
	}
	// An address of another kind would become a folder of that name on this very disk.
	if strings.Contains(o.To, "://") {
		return nil, fmt.Errorf("%w: the place of copies is a folder, https://HOST/BUCKET or https://HOST/BUCKET/PREFIX", ErrNoBucket)
	}
	return folder(o.Folder(data)), nil
}

// folder is a Store on a disk of this machine.
type folder string

func (f folder) String() string { return string(f) }

func (f folder) Put(_ context.Context, name string, file io.Reader, size int64) (err error) {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return fmt.Errorf("%w: %w", ErrUnwritable, err)
	}
	f.sweep()
	path := filepath.Join(string(f), name)
	out, err := os.OpenFile(path+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnwritable, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(path + ".part")
		}
	}()
	n, err := io.Copy(out, file)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return placeFault(err)
	}
	if n != size {
		return fmt.Errorf("%w: %d bytes of %d arrived", ErrUnwritable, n, size)
	}
	if err := os.Rename(path+".part", path); err != nil {
		return placeFault(err)
	}
	return syncFolder(string(f))
}

// sweep removes halves of copies that killed runs left. Whoever puts a copy is alone.
func (f folder) sweep() {
	entries, _ := os.ReadDir(string(f)) // what cannot be listed cannot be written either, which is told
	for _, e := range entries {
		if name, half := strings.CutSuffix(e.Name(), ".part"); half {
			if _, ours := takenAt(name); ours {
				_ = os.Remove(filepath.Join(string(f), e.Name()))
			}
		}
	}
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (f folder) Get(_ context.Context, name string) (io.ReadCloser, error) {
	file, err := os.Open(filepath.Join(string(f), name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", ErrNoCopy, err)
	}
	return file, err
}

func (f folder) List(context.Context) ([]Copy, error) {
	entries, err := os.ReadDir(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	var copies []Copy
	for _, e := range entries {
		at, ok := takenAt(e.Name())
		if !ok {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // removed meanwhile
		}
		copies = append(copies, Copy{Name: e.Name(), At: at, Bytes: info.Size()})
	}
	return copies, nil
}

func (f folder) Remove(_ context.Context, name string) error {
	return os.Remove(filepath.Join(string(f), name))
}

func (f folder) Probe(context.Context) error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return fmt.Errorf("%w: %w", ErrUnwritable, err)
	}
	probe, err := os.CreateTemp(string(f), ".probe-")
	if err != nil {
		return placeFault(err)
	}
	_, err = probe.WriteString("capillare")
	return placeFault(errors.Join(err, probe.Close(), os.Remove(probe.Name())))
}

// placeFault names what keeps a folder from being written.
func placeFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("%w: %w", ErrUnwritable, err)
}
