package calendar

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Scan reads a day from a column: text as String writes it, a date of the driver, or NULL.
func (d *Day) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Day{}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	case time.Time:
		// A DATE has no zone: drivers give its midnight in a zone of theirs.
		*d = NewDay(v.Date())
		return nil
	default:
		return fmt.Errorf("calendar: cannot read a day from %T", src)
	}
}

// Value returns the day as text for a column, nil (NULL) for no day.
func (d Day) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// MarshalText writes d as String does.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a day as ParseDay does; empty text is no day.
func (d *Day) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Day{}
		return nil
	}
	day, err := ParseDay(string(text))
	if err != nil {
		return err
	}
	*d = day
	return nil
}
