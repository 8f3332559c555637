package codes

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"capillare/internal/errs"
)

// ErrCode refuses a booking code.
var ErrCode = errs.New(errs.Invalid, "codes.code")

const (
	codeLength = 8
	// codeLetters leaves out 0 and O, 1 and I, which people confuse on paper and on the phone.
	codeLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
)

// NewCode returns a code of eight letters and digits, 40 bits read from r (crypto/rand.Reader, or a
// fixed reader in tests). It panics when r fails: a code that can be guessed must not go out.
func NewCode(r io.Reader) string {
	var b [codeLength]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		panic(fmt.Sprintf("codes: no random bytes: %v", err))
	}
	for i := range b {
		b[i] = codeLetters[int(b[i])%len(codeLetters)]
	}
	return string(b[:])
}

// ParseCode reads a code as people write it, in any case, with spaces and dashes: "7q4k-m2xd".
func ParseCode(s string) (string, error) {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Pd, r) || r == '_' || r == '.' {
			return -1
		}
		return r
	}, compact(s))
	if len(s) != codeLength {
		return "", ErrCode
	}
	for i := range len(s) {
		if strings.IndexByte(codeLetters, s[i]) < 0 {
			return "", ErrCode
		}
	}
	return s, nil
}

// FormatCode returns a code in two halves, easy to read out: "7Q4K-M2XD".
func FormatCode(code string) string {
	if len(code) != codeLength {
		return code
	}
	return code[:codeLength/2] + "-" + code[codeLength/2:]
}
