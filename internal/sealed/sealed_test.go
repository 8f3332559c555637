package sealed

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"capillare/internal/codes"
)

func newKeys(t *testing.T) (*Keys, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.json")
	keys, created, err := LoadOrCreate(path)
	if err != nil || !created {
		t.Fatalf("LoadOrCreate(%s) = created %v, %v, want new keys", path, created, err)
	}
	return keys, path
}

func TestFileIsForItsOwner(t *testing.T) {
	t.Parallel()
	_, path := newKeys(t)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode of the key file = %v, %v, want 0600", info.Mode(), err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("Load(mode %o) = %v, want a refusal that says chmod 600", mode, err)
		}
		if _, _, err := LoadOrCreate(path); err == nil {
			t.Errorf("LoadOrCreate(mode %o) = nil, want a refusal", mode)
		}
	}
}

func TestLoadGivesTheSameKeys(t *testing.T) {
	t.Parallel()
	keys, path := newKeys(t)
	again, created, err := LoadOrCreate(path)
	if err != nil || created {
		t.Fatalf("LoadOrCreate() again = created %v, %v, want the keys that are there", created, err)
	}
	plain, err := again.Open("name", keys.Seal("name", []byte("Anna")))
	if err != nil || string(plain) != "Anna" {
		t.Errorf("Open() with the loaded keys = %q, %v, want Anna", plain, err)
	}
	left, err := filepath.Glob(path + ".*")
	if err != nil || len(left) > 0 {
		t.Errorf("drafts left beside the file: %v, %v", left, err)
	}
}

func TestTheFolderIsMade(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "keys.json")
	if _, created, err := LoadOrCreate(path); err != nil || !created {
		t.Errorf("LoadOrCreate(in a folder not there yet) = %v, %v, want true, nil", created, err)
	}
}

func TestTwoFirstStartsAgree(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	var all sync.WaitGroup
	got := make([]string, 8)
	for i := range got {
		all.Go(func() {
			keys, _, err := LoadOrCreate(path)
			if err != nil {
				t.Errorf("LoadOrCreate() = %v, want nil", err)
				return
			}
			got[i] = keys.ClientKey("::1", "2026-11-24")
		})
	}
	all.Wait()
	for _, key := range got {
		if key != got[0] {
			t.Fatalf("eight first starts have different keys: %v", got)
		}
	}
}

func TestDamagedFile(t *testing.T) {
	t.Parallel()
	_, path := newKeys(t)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	change := func(fn func(f *keyFile)) []byte {
		var f keyFile
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatal(err)
		}
		fn(&f)
		out, _ := json.Marshal(f)
		return out
	}
	for name, body := range map[string][]byte{
		"cut":            raw[:len(raw)/2],
		"empty":          nil,
		"later format":   change(func(f *keyFile) { f.Format = 2 }),
		"short secret":   change(func(f *keyFile) { f.Seal[0].Secret = f.Seal[0].Secret[:16] }),
		"no current":     change(func(f *keyFile) { f.Current = 7 }),
		"no lookup":      change(func(f *keyFile) { f.Lookup = nil }),
		"a key is twice": change(func(f *keyFile) { f.Seal = append(f.Seal, f.Seal[0]) }),
	} {
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := LoadOrCreate(path); err == nil {
			t.Errorf("%s: LoadOrCreate() = nil, want a refusal and no new keys", name)
		}
	}
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	keys, _ := newKeys(t)
	other, _ := newKeys(t)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		about := rapid.String().Draw(t, "about")
		text := keys.Seal("register.name", plain, about)
		got, err := keys.Open("register.name", text, about)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("Open(Seal(%q)) = %q, %v, want the same", plain, got, err)
		}
		if len(plain) > 7 && bytes.Contains(text, plain) {
			t.Fatalf("Seal(%q) holds the plain text", plain)
		}
		refused := func(what string, k *Keys, purpose string, text []byte, about ...string) {
			if _, err := k.Open(purpose, text, about...); !errors.Is(err, ErrOpen) {
				t.Fatalf("%s: Open() = %v, want ErrOpen", what, err)
			}
		}
		refused("other purpose", keys, "register.surname", text, about)
		refused("other record", keys, "register.name", text, about+"x")
		refused("parts put together", keys, "register.name", text, about, "")
		refused("other keys", other, "register.name", text, about)
		bad := bytes.Clone(text)
		bad[rapid.IntRange(0, len(bad)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		refused("one bit", keys, "register.name", bad, about)
		refused("cut", keys, "register.name", text[:rapid.IntRange(0, len(text)-1).Draw(t, "cut")], about)
	})
}

func TestSealTwiceDiffers(t *testing.T) {
	t.Parallel()
	keys, _ := newKeys(t)
	if bytes.Equal(keys.Seal("p", []byte("x")), keys.Seal("p", []byte("x"))) {
		t.Error("the same text sealed twice is the same, want another nonce")
	}
}

func TestRotate(t *testing.T) {
	t.Parallel()
	keys, path := newKeys(t)
	old := keys.Seal("p", []byte("old"))
	code := codes.TaxCode("RSSMRA80A01H501U")
	next, err := Rotate(path)
	if err != nil {
		t.Fatalf("Rotate() = %v, want nil", err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatalf("Load() after Rotate = %v, want nil", err)
	}
	for name, k := range map[string]*Keys{"returned": next, "loaded": loaded} {
		if got, err := k.Open("p", old); err != nil || string(got) != "old" {
			t.Errorf("%s: Open(text of the old key) = %q, %v, want old", name, got, err)
		}
		fresh := k.Seal("p", []byte("new"))
		if KeyOf(old) != 1 || KeyOf(fresh) != 2 || k.Current() != 2 {
			t.Errorf("%s: keys of texts = %d, %d, current %d, want 1, 2, 2", name, KeyOf(old), KeyOf(fresh), k.Current())
		}
		if _, err := keys.Open("p", fresh); !errors.Is(err, ErrOpen) {
			t.Errorf("%s: the old keys open a text of the new one: %v, want ErrOpen", name, err)
		}
		if k.TaxCodeKey(code) != keys.TaxCodeKey(code) {
			t.Errorf("%s: TaxCodeKey changed with Rotate, so that nobody would be found again", name)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode after Rotate = %v, %v, want 0600", info.Mode(), err)
	}
}

func TestLookupKeys(t *testing.T) {
	t.Parallel()
	keys, _ := newKeys(t)
	other, _ := newKeys(t)
	a := codes.TaxCode("RSSMRA80A01H501U")
	var b codes.TaxCode
	for check := 'A'; check <= 'Z' && b == ""; check++ {
		// Parse succeeds for the one check letter that is right.
		b, _ = codes.ParseTaxCode("RSSMRA80A01H50M" + string(check))
	}
	if b == "" || keys.TaxCodeKey(a) == keys.TaxCodeKey(b) {
		t.Error("TaxCodeKey takes two people told apart by omocodia for one")
	}
	if len(keys.TaxCodeKey(a)) != 64 || keys.TaxCodeKey(a) == other.TaxCodeKey(a) {
		t.Errorf("TaxCodeKey = %q, want 64 digits that depend on the keys", keys.TaxCodeKey(a))
	}
	if keys.ClientKey("10.0.0.1", "2026-11-24") == keys.ClientKey("10.0.0.1", "2026-11-25") ||
		keys.ClientKey("10.0.0.1", "2026-11-24") == keys.ClientKey("10.0.0.2", "2026-11-24") {
		t.Error("ClientKey is the same on another day or for another address")
	}
}
