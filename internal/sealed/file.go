package sealed

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

const (
	fileFormat = 1
	secretSize = 32
	ownerOnly  = 0o600
)

// keyFile is what stands in the file. Secrets are base64.
type keyFile struct {
	Format int `json:"format"`
	// Lookup makes the numbers by which tax codes are found. It never changes: every number would.
	Lookup []byte `json:"lookup"`
	// Seal are the keys that sealed something; the one named Current seals from now on.
	Current uint32    `json:"current"`
	Seal    []sealKey `json:"seal"`
}

type sealKey struct {
	ID     uint32 `json:"id"`
	Secret []byte `json:"secret"`
}

// LoadOrCreate reads the keys at path, or makes new ones there when the file does not exist. created
// tells to remind the reader of keeping the file.
func LoadOrCreate(path string) (keys *Keys, created bool, err error) {
	if keys, err = Load(path); !errors.Is(err, fs.ErrNotExist) {
		return keys, false, err
	}
	f := keyFile{Format: fileFormat, Lookup: newSecret(), Current: 1, Seal: []sealKey{{ID: 1, Secret: newSecret()}}}
	err = writeNew(path, f)
	if errors.Is(err, fs.ErrExist) {
		// Another process was first: its keys are the keys.
		keys, err = Load(path)
		return keys, false, err
	}
	if err != nil {
		return nil, false, fmt.Errorf("make the key file: %w", err)
	}
	keys, err = f.keys()
	return keys, true, err
}

// Load reads the keys at path. It refuses a file that others than its owner may read.
func Load(path string) (*Keys, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("key file %s: others than its owner may read it (mode %04o): type \"chmod 600 %s\"",
			path, info.Mode().Perm(), path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	var f keyFile
	if err := json.Unmarshal(raw, &f); err != nil {
		// The error of JSON may quote what it read, and what it read is secret.
		return nil, fmt.Errorf("key file %s: it is not a key file of this program, or it is damaged: put the copy back", path)
	}
	keys, err := f.keys()
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return keys, nil
}

// Rotate adds a new key to the file at path and returns the keys with it: texts sealed from now on
// use it, older ones stay readable. Processes that run keep the keys they have until they restart.
func Rotate(path string) (*Keys, error) {
	keys, err := Load(path)
	if err != nil {
		return nil, err
	}
	f := keys.file
	f.Seal = slices.Clone(f.Seal)
	next := slices.MaxFunc(f.Seal, func(a, b sealKey) int { return int(a.ID) - int(b.ID) }).ID + 1
	f.Seal = append(f.Seal, sealKey{ID: next, Secret: newSecret()})
	f.Current = next
	fresh := path + ".new"
	if err := writeNew(fresh, f); err != nil {
		return nil, fmt.Errorf("renew the key file: %w", err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return nil, fmt.Errorf("renew the key file: %w", err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("renew the key file: %w", err)
	}
	return f.keys()
}

func newSecret() []byte {
	secret := make([]byte, secretSize)
	// crypto/rand.Read never fails: it ends the program instead.
	_, _ = rand.Read(secret)
	return secret
}

// writeNew makes the file path, which must not be there yet, and returns after it is on the disk: a key
// used once and then lost would take with it what it sealed. The file appears whole or not at all,
// because two processes may start for the first time at once.
func writeNew(path string, f keyFile) error {
	raw, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	draft := path + "." + rand.Text()[:8]
	out, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, ownerOnly)
	if err != nil {
		return err
	}
	defer os.Remove(draft)
	_, werr := out.Write(append(raw, '\n'))
	if err := errors.Join(werr, out.Sync(), out.Close()); err != nil {
		return err
	}
	if err := os.Link(draft, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
