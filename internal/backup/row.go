package backup

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// bytesMark begins the text of a value that was bytes; an ordinary text that begins so is marked as text.
const (
	bytesMark = "\x00b:"
	textMark  = "\x00t:"
)

// instantLayout is how SQLite keeps instants, and so how copies write them.
const instantLayout = "2006-01-02T15:04:05.000000Z"

// portable turns a value as a driver gives it into what JSON lines hold: nil, a number, a text.
// kind is the type that the driver names for the column.
func portable(v any, kind string) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case bool: // SQLite has no booleans: 0 and 1 in both
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	case int64, float64:
		return v, nil
	case time.Time:
		if strings.EqualFold(kind, "DATE") {
			return v.Format(time.DateOnly), nil
		}
		return v.UTC().Format(instantLayout), nil
	case string:
		return text(v, kind)
	case []byte:
		if isJSON(kind) {
			return text(string(v), kind)
		}
		return bytesMark + base64.StdEncoding.EncodeToString(v), nil
	}
	return nil, fmt.Errorf("a value of type %T cannot be copied", v)
}

func isJSON(kind string) bool { return strings.HasPrefix(strings.ToUpper(kind), "JSON") }

func text(s, kind string) (any, error) {
	if strings.HasPrefix(s, "\x00") {
		s = textMark + s
	}
	return s, nil
}

// stored turns a value of a copy into what either engine accepts for its column. Numbers go as text
// to PostgreSQL, which reads them for whatever type the column has (a boolean takes '1').
func stored(v any, asText bool) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case json.Number:
		if asText {
			return v.String(), nil
		}
		if n, err := v.Int64(); err == nil {
			return n, nil
		}
		return v.Float64()
	case int64: // as read, not yet written as JSON
		if asText {
			return strconv.FormatInt(v, 10), nil
		}
		return v, nil
	case float64:
		if asText {
			return strconv.FormatFloat(v, 'g', -1, 64), nil
		}
		return v, nil
	case string:
		if b, ok := strings.CutPrefix(v, bytesMark); ok {
			return base64.StdEncoding.DecodeString(b)
		}
		if t, ok := strings.CutPrefix(v, textMark); ok {
			return t, nil
		}
		return v, nil
	}
	return nil, fmt.Errorf("a copy cannot hold a %T", v)
}

// Tally counts the rows of a table and sums their hashes: the order of rows does not matter, because
// the two engines order text differently.
type Tally struct {
	Rows int64  `json:"rows"`
	Sum  string `json:"sum"`
	sum  big.Int
}

// add takes in a row written as JSON. Texts that are JSON objects or lists count by their meaning, not by
// their spacing: PostgreSQL writes jsonb in its own way.
func (t *Tally) add(row []any) error {
	h := sha256.New()
	for _, v := range row {
		if s, ok := v.(string); ok && (strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[")) {
			var meaning any
			if json.Unmarshal([]byte(s), &meaning) == nil {
				v = meaning
			}
		}
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		_ = binary.Write(h, binary.BigEndian, int64(len(b)))
		_, _ = h.Write(b)
	}
	t.Rows++
	t.sum.Add(&t.sum, new(big.Int).SetBytes(h.Sum(nil)))
	t.sum.Mod(&t.sum, new(big.Int).Lsh(big.NewInt(1), 256))
	return nil
}

// close fixes the sum as text.
func (t *Tally) close() { t.Sum = hex.EncodeToString(t.sum.Bytes()) }
