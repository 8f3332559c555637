package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"capillare/internal/codes"
)

// ErrOpen says that a sealed text cannot be opened: another purpose or key, or not one bit as it was.
var ErrOpen = errors.New("sealed: the text cannot be opened with these keys")

const (
	textFormat = 1
	headerSize = 1 + 4
	nonceSize  = 12
)

// Keys seals and opens. It is safe for concurrent use.
type Keys struct {
	file    keyFile
	secrets map[uint32][]byte
	taxCode []byte
	client  []byte

	mu    sync.RWMutex
	boxes map[boxName]cipher.AEAD
}

type boxName struct {
	key     uint32
	purpose string
}

func (f keyFile) keys() (*Keys, error) {
	if f.Format != fileFormat {
		return nil, fmt.Errorf("its format is %d, this program knows %d", f.Format, fileFormat)
	}
	k := &Keys{file: f, secrets: map[uint32][]byte{}, boxes: map[boxName]cipher.AEAD{}}
	for _, one := range f.Seal {
		if one.ID == 0 || len(one.Secret) != secretSize || k.secrets[one.ID] != nil {
			return nil, errors.New("one of its keys is damaged: put the copy back")
		}
		k.secrets[one.ID] = one.Secret
	}
	if k.secrets[f.Current] == nil || len(f.Lookup) != secretSize {
		return nil, errors.New("one of its keys is missing: put the copy back")
	}
	var err error
	if k.taxCode, err = subkey(f.Lookup, "lookup tax code"); err != nil {
		return nil, err
	}
	k.client, err = subkey(f.Lookup, "lookup client address")
	return k, err
}

func subkey(secret []byte, info string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "capillare "+info, secretSize)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	return key, nil
}

// TaxCodeKey returns the number by which the person of code is found, worth nothing without the key file.
// 64 hexadecimal digits. The whole code counts, letters of omocodia included: they are given exactly to tell apart
// two people whose data would make the same code (D.M. 23/12/1976, art. 6), and the national platform tells them apart too.
func (k *Keys) TaxCodeKey(code codes.TaxCode) string { return mac(k.taxCode, string(code)) }

// ClientKey returns a number for whoever comes from address ip on day ("2026-11-24"): enough to count
// what one client holds, and another number the next day.
func (k *Keys) ClientKey(ip, day string) string { return mac(k.client, day+" "+ip) }

func mac(key []byte, text string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

// Seal encrypts plain for purpose ("register.name"). about, such as the id of the record, is not kept
// in the text but must be the same at opening, so that a text cannot be moved to another record.
func (k *Keys) Seal(purpose string, plain []byte, about ...string) []byte {
	box, err := k.box(k.file.Current, purpose)
	if err != nil {
		// The current key was checked when the file was read.
		panic(fmt.Sprintf("sealed: %v", err))
	}
	out := make([]byte, headerSize+nonceSize, headerSize+nonceSize+len(plain)+box.Overhead())
	out[0] = textFormat
	binary.BigEndian.PutUint32(out[1:], k.file.Current)
	nonce := out[headerSize : headerSize+nonceSize]
	// crypto/rand.Read never fails: it ends the program instead.
	_, _ = rand.Read(nonce)
	return box.Seal(out, nonce, plain, associated(out[:headerSize], about))
}

// Open returns the text that was sealed for purpose and about, or ErrOpen.
func (k *Keys) Open(purpose string, text []byte, about ...string) ([]byte, error) {
	if len(text) < headerSize+nonceSize || text[0] != textFormat {
		return nil, ErrOpen
	}
	box, err := k.box(binary.BigEndian.Uint32(text[1:]), purpose)
	if err != nil {
		return nil, err
	}
	nonce, body := text[headerSize:headerSize+nonceSize], text[headerSize+nonceSize:]
	plain, err := box.Open(nil, nonce, body, associated(text[:headerSize], about))
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// KeyOf returns the id of the key that sealed text, 0 when text is none of ours.
func KeyOf(text []byte) uint32 {
	if len(text) < headerSize || text[0] != textFormat {
		return 0
	}
	return binary.BigEndian.Uint32(text[1:])
}

// Current returns the id of the key that seals now: texts of another are due to be sealed again.
func (k *Keys) Current() uint32 { return k.file.Current }

// associated is authenticated with the text: each part behind its length, so that no two lists of
// parts give the same bytes.
func associated(header []byte, about []string) []byte {
	out := append([]byte{}, header...)
	for _, part := range about {
		out = binary.BigEndian.AppendUint32(out, uint32(len(part)))
		out = append(out, part...)
	}
	return out
}

// box returns the cipher of one key for one purpose. Purposes are a few constants, so they are kept.
func (k *Keys) box(id uint32, purpose string) (cipher.AEAD, error) {
	name := boxName{id, purpose}
	k.mu.RLock()
	box, ok := k.boxes[name]
	k.mu.RUnlock()
	if ok {
		return box, nil
	}
	secret := k.secrets[id]
	if secret == nil {
		return nil, ErrOpen
	}
	key, err := subkey(secret, "seal "+purpose)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("sealed: %w", err)
	}
	if box, err = cipher.NewGCM(block); err != nil {
		return nil, fmt.Errorf("sealed: %w", err)
	}
	k.mu.Lock()
	k.boxes[name] = box
	k.mu.Unlock()
	return box, nil
}
