package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
)

// LoadOrCreateKey reads the age key of path; when there is none it makes one, readable by its owner only.
func LoadOrCreateKey(path string) (key *age.X25519Identity, created bool, err error) {
	key, err = LoadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, false, err
	}
	key, err = age.GenerateX25519Identity()
	if err != nil {
		return nil, false, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, false, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, false, err
	}
	text := "# Key of the backups. Without it no backup can be opened: keep a copy elsewhere.\n# public key: " +
		key.Recipient().String() + "\n" + key.String() + "\n"
	_, err = f.WriteString(text)
	return key, true, errors.Join(err, f.Sync(), f.Close())
}

// LoadKey reads the age key of path.
func LoadKey(path string) (*age.X25519Identity, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "AGE-SECRET-KEY-") {
			return age.ParseX25519Identity(line)
		}
	}
	return nil, fmt.Errorf("%s holds no age key (a line that begins with AGE-SECRET-KEY-)", path)
}
