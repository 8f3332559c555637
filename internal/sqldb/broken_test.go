package sqldb_test

import (
	"errors"
	"testing"

	"capillare/internal/sqldb"
)

func TestBrokenNamesTheSameConstraintOnBothEngines(t *testing.T) {
	t.Parallel()
	const booking = "INSERT INTO t_booking (id, slot_id, seat, citizen) VALUES ($1, $2, $3, $4)"
	tests := []struct {
		name, query string
		args        []any
		want        string
	}{
		{"primary key", "INSERT INTO t_slot (id, capacity) VALUES ('s', 1)", nil, "t_slot_pkey"},
		{"unique column", "INSERT INTO t_slot (id, capacity, code) VALUES ('x', 1, 'c')", nil, "t_slot_code_key"},
		{"check", "INSERT INTO t_slot (id, capacity) VALUES ('x', 0)", nil, "t_slot_capacity"},
		{"partial unique index", booking, []any{"b2", "s", 1, "other"}, "t_booking_seat"},
		{"another over one shared column", booking, []any{"b2", "s", 2, "citizen"}, "t_booking_once"},
		{"foreign key", booking, []any{"b2", "nowhere", 3, "x"}, sqldb.ForeignKey},
		{"delete what is referred to", "DELETE FROM t_slot", nil, sqldb.ForeignKey},
		{"overlap", "INSERT INTO t_span (opens, closes) VALUES (15, 25)", nil, "t_span_overlap"},
		{"update", "UPDATE t_slot SET capacity = 101", nil, "t_slot_capacity"},
		{"returning", "INSERT INTO t_slot (id, capacity) VALUES ('s', 1) RETURNING id", nil, "t_slot_pkey"},
	}
	both(t, func(t *testing.T, db *sqldb.DB) {
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			for _, q := range []string{
				"INSERT INTO t_slot (id, capacity, code) VALUES ('s', 1, 'c')",
				"INSERT INTO t_booking (id, slot_id, seat, citizen) VALUES ('b', 's', 1, 'citizen')",
				"INSERT INTO t_span (opens, closes) VALUES (10, 20)",
			} {
				if _, err := tx.ExecContext(t.Context(), q); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range tests {
			for _, how := range []string{"exec", "query"} {
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
					if how == "query" {
						return tx.QueryRowContext(t.Context(), tt.query, tt.args...).Scan(new(string))
					}
					_, err := tx.ExecContext(t.Context(), tt.query, tt.args...)
					return err
				})
				if got, ok := sqldb.Broken(err); !ok || got != tt.want {
					t.Errorf("%s by %s: Broken(%v) = %q %v, want %q true", tt.name, how, err, got, ok, tt.want)
				}
			}
		}
	})
	for _, err := range []error{nil, errors.New("other")} {
		if got, ok := sqldb.Broken(err); ok {
			t.Errorf("Broken(%v) = %q true, want false", err, got)
		}
	}
}

func TestBrokenNamesAnIndexOverAnExpression(t *testing.T) {
	t.Parallel()
	db := fixture(t, sqldb.SQLite)
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		for _, q := range []string{"CREATE TABLE t_words (word TEXT) STRICT", "CREATE UNIQUE INDEX t_words_lower ON t_words (lower(word))",
			"INSERT INTO t_words VALUES ('a')", "INSERT INTO t_words VALUES ('A')"} {
			if _, err := tx.ExecContext(t.Context(), q); err != nil {
				return err
			}
		}
		return nil
	})
	if got, ok := sqldb.Broken(err); !ok || got != "t_words_lower" {
		t.Errorf("Broken(%v) = %q %v, want t_words_lower true", err, got, ok)
	}
}
