package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"capillare/internal/errs"
)

const (
	shortestPassword = 12
	longestPassword  = 200
	saltSize         = 16
	hashSize         = 32
	// hashesAtOnce bounds memory and processor: each hash takes 19 MiB and about 30 ms of a core.
	hashesAtOnce = 2
)

// Cost is how much work a password hash is (argon2id).
type Cost struct {
	MemoryKiB, Time uint32
	Threads         uint8
}

// DefaultCost is the lowest that OWASP advises: 19 MiB, two passes, one thread.
func DefaultCost() Cost { return Cost{MemoryKiB: 19 * 1024, Time: 2, Threads: 1} }

// hasher makes and checks hashes, two at once; others queue.
type hasher struct {
	cost  Cost
	slots chan struct{}
	// decoy is checked when there is no account, so that the answer takes as long.
	decoy string
}

func newHasher(cost Cost) *hasher {
	h := &hasher{cost: cost, slots: make(chan struct{}, hashesAtOnce)}
	h.decoy = h.encode(make([]byte, saltSize), make([]byte, hashSize), cost)
	return h
}

func (h *hasher) queue(ctx context.Context) (leave func(), err error) {
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hash returns the PHC string of password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.queue(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, saltSize)
	// crypto/rand.Read never fails: it ends the program instead.
	_, _ = rand.Read(salt)
	return h.encode(salt, derive(password, salt, h.cost), h.cost), nil
}

// matches reports whether password made the PHC string phc; an empty phc costs as much and is false.
func (h *hasher) matches(ctx context.Context, password, phc string) (bool, error) {
	leave, err := h.queue(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	known := phc != ""
	if !known {
		phc = h.decoy
	}
	cost, salt, want, err := decode(phc)
	if err != nil {
		return false, err
	}
	got := derive(password, salt, cost)
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

func derive(password string, salt []byte, c Cost) []byte {
	return argon2.IDKey([]byte(password), salt, c.Time, c.MemoryKiB, c.Threads, hashSize)
}

func (h *hasher) encode(salt, hash []byte, c Cost) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, c.MemoryKiB, c.Time, c.Threads, b64.EncodeToString(salt), b64.EncodeToString(hash))
}

var errHash = errors.New("identity: a password hash cannot be read")

func decode(phc string) (c Cost, salt, hash []byte, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.MemoryKiB, &c.Time, &c.Threads); err != nil {
		return c, nil, nil, errHash
	}
	salt, serr := base64.RawStdEncoding.DecodeString(parts[4])
	hash, herr := base64.RawStdEncoding.DecodeString(parts[5])
	if serr != nil || herr != nil || len(hash) != hashSize || c.Time == 0 || c.Threads == 0 {
		return c, nil, nil, errHash
	}
	return c, salt, hash, nil
}

// NewPassword makes a first password to hand to a person, who must change it: 16 letters and digits
// in groups, 79 bits, none easily taken for another.
func NewPassword(random io.Reader) (string, error) {
	const signs = "abcdefghjkmnpqrstuvwxyz23456789"
	var b strings.Builder
	for one := make([]byte, 1); b.Len() < 19; {
		if _, err := io.ReadFull(random, one); err != nil {
			return "", fmt.Errorf("make a password: %w", err)
		}
		// Above this bound some signs would come more often than others.
		if int(one[0]) >= 256/len(signs)*len(signs) {
			continue
		}
		if b.Len()%5 == 4 {
			b.WriteByte('-')
		}
		b.WriteByte(signs[int(one[0])%len(signs)])
	}
	return b.String(), nil
}

// CheckPassword refuses a password that is too short, too long, or the first that somebody would try.
// There are no rules on which signs it must hold (NIST SP 800-63B): they make passwords worse.
func CheckPassword(password, name, email string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < shortestPassword:
		return errs.New(errs.Invalid, "identity.password_short").With(errs.Args{"n": shortestPassword})
	case n > longestPassword:
		return errs.New(errs.Invalid, "identity.password_long").With(errs.Args{"n": longestPassword})
	}
	low := strings.ToLower(password)
	for _, part := range strings.FieldsFunc(strings.ToLower(name+" "+email), notLetterOrDigit) {
		if utf8.RuneCountInString(part) >= 4 && strings.Contains(low, part) {
			return errs.New(errs.Invalid, "identity.password_personal")
		}
	}
	if obvious(low) {
		return errs.New(errs.Invalid, "identity.password_obvious")
	}
	return nil
}

func notLetterOrDigit(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// obvious reports whether little is left of password once the words and runs that everybody uses are
// taken out of it.
func obvious(password string) bool {
	rest := password
	for _, word := range obviousWords() {
		rest = strings.ReplaceAll(rest, word, "")
	}
	rest = strings.TrimFunc(rest, notLetter)
	return utf8.RuneCountInString(rest) < 4 && rest != password || isRun(password) || repeats(password)
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func obviousWords() []string {
	return []string{
		"password", "passw0rd", "p@ssword", "qwertyuiop", "qwerty", "asdfghjkl", "asdfgh", "zxcvbnm", "letmein",
		"welcome", "benvenuto", "benvenuta", "amministratore", "administrator", "admin", "capillare", "facilitatore",
		"facilitatrice", "facilitazione", "puntodigitale", "punto", "digitale", "facile", "regione", "comune",
		"segreto", "iloveyou", "tiamo", "juventus", "forzaitalia", "prova", "ciao", "1234567890", "123456",
	}
}

// isRun reports whether each sign follows the one before: "abcdefghijkl", "123456789012", "aaaaaaaaaaaa".
func isRun(s string) bool {
	r := []rune(s)
	for _, step := range []rune{-1, 0, 1} {
		along := true
		for i := 1; i < len(r) && along; i++ {
			along = r[i]-r[i-1] == step || step != 0 && (r[i-1] == '9' && r[i] == '0' || r[i-1] == '0' && r[i] == '9')
		}
		if along {
			return true
		}
	}
	return false
}

// repeats reports whether s is a piece of up to four signs again and again.
func repeats(s string) bool {
	r := []rune(s)
	for size := 1; size <= 4; size++ {
		same := true
		for i := size; i < len(r) && same; i++ {
			same = r[i] == r[i-size]
		}
		if same {
			return true
		}
	}
	return false
}
