package sqldb

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// timeLayout has a fixed width, so that the order of texts is the order of instants on SQLite.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// Time is an instant in a column: text on SQLite, timestamptz on PostgreSQL, microseconds, UTC. The
// zero value is NULL.
type Time struct{ time.Time }

// At returns t as it is kept in a column.
func At(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{t.UTC().Truncate(time.Microsecond)}
}

// Value gives the driver a text, or NULL. A driver is never handed a time.Time: each would write it in
// a way of its own.
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UTC().Format(timeLayout), nil
}

// Scan reads what either driver gives back.
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = Time{}
		return nil
	case time.Time:
		*t = At(v)
		return nil
	case string:
		return t.parse(v)
	case []byte:
		return t.parse(string(v))
	}
	return fmt.Errorf("sqldb: an instant cannot be read from %T", src)
}

func (t *Time) parse(s string) error {
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return fmt.Errorf("sqldb: an instant cannot be read: %w", err)
	}
	*t = At(v)
	return nil
}

// OptText is a text that may be missing: "" is NULL.
type OptText string

// Value gives the driver the text, or NULL when it is empty.
func (o OptText) Value() (driver.Value, error) {
	if o == "" {
		return nil, nil
	}
	return string(o), nil
}

// Scan reads a text or NULL.
func (o *OptText) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*o = ""
	case string:
		*o = OptText(v)
	case []byte:
		*o = OptText(v)
	default:
		return fmt.Errorf("sqldb: a text cannot be read from %T", src)
	}
	return nil
}

// JSON keeps a value of T as JSON in a column: jsonb on PostgreSQL, checked text on SQLite.
type JSON[T any] struct{ V T }

// Value gives the driver the JSON text.
func (j JSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.V)
	if err != nil {
		return nil, fmt.Errorf("sqldb: write JSON: %w", err)
	}
	return string(b), nil
}

// Scan reads JSON; NULL becomes the zero value.
func (j *JSON[T]) Scan(src any) error {
	var zero T
	j.V = zero
	var b []byte
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		b = []byte(v)
	case []byte:
		b = v
	default:
		return fmt.Errorf("sqldb: JSON cannot be read from %T", src)
	}
	if err := json.Unmarshal(b, &j.V); err != nil {
		return fmt.Errorf("sqldb: read JSON: %w", err)
	}
	return nil
}

// OptInt is a whole number that may be absent (NULL).
type OptInt struct {
	V  int
	OK bool
}

// SomeInt returns a present v.
func SomeInt(v int) OptInt { return OptInt{V: v, OK: true} }

// Value implements driver.Valuer.
func (o OptInt) Value() (driver.Value, error) {
	if !o.OK {
		return nil, nil
	}
	return int64(o.V), nil
}

// Scan implements sql.Scanner.
func (o *OptInt) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*o = OptInt{}
	case int64:
		*o = SomeInt(int(v))
	default:
		return fmt.Errorf("scan a whole number: unexpected %T", src)
	}
	return nil
}

// OptFloat is a number that may be absent (NULL).
type OptFloat struct {
	V  float64
	OK bool
}

// SomeFloat returns a present v.
func SomeFloat(v float64) OptFloat { return OptFloat{V: v, OK: true} }

// Value implements driver.Valuer.
func (o OptFloat) Value() (driver.Value, error) {
	if !o.OK {
		return nil, nil
	}
	return o.V, nil
}

// Scan implements sql.Scanner.
func (o *OptFloat) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*o = OptFloat{}
	case float64:
		*o = SomeFloat(v)
	case int64:
		*o = SomeFloat(float64(v))
	default:
		return fmt.Errorf("scan a number: unexpected %T", src)
	}
	return nil
}

// RawJSON is JSON text kept as it is: jsonb on one engine, TEXT on the other.
type RawJSON string

// Value implements driver.Valuer: always text, because a BLOB is refused by a STRICT table.
func (r RawJSON) Value() (driver.Value, error) {
	if r == "" {
		return "null", nil
	}
	return string(r), nil
}

// Scan implements sql.Scanner.
func (r *RawJSON) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*r = ""
	case string:
		*r = RawJSON(v)
	case []byte:
		*r = RawJSON(v)
	default:
		return fmt.Errorf("scan JSON: unexpected %T", src)
	}
	return nil
}

// List writes texts as the JSON array that a query takes for a list:
// col IN (SELECT value FROM json_each(CAST(@ids AS text))). None is "[]", never null.
func List(texts []string) string {
	if len(texts) == 0 {
		return "[]"
	}
	list, _ := json.Marshal(texts) // a slice of texts can always be written
	return string(list)
}
