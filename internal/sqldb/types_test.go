package sqldb_test

import (
	"slices"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"
)

type document struct {
	Words []string       `json:"words"`
	More  map[string]int `json:"more"`
}

type row struct {
	At   sqldb.Time
	Opt  sqldb.OptText
	Doc  sqldb.JSON[*document]
	Flag bool
	Day  calendar.Day
}

func TestValuesComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	at := time.Date(2027, 3, 28, 1, 30, 0, 123456789, time.FixedZone("x", 7200))
	tests := map[string]row{
		"full":  {sqldb.At(at), "perché", sqldb.JSON[*document]{&document{[]string{"a", "è"}, map[string]int{"x": 1}}}, true, calendar.NewDay(2027, time.February, 28)},
		"empty": {},
	}
	both(t, func(t *testing.T, db *sqldb.DB) {
		for name, want := range tests {
			var got row
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.ExecContext(t.Context(), "INSERT INTO t_kinds (id, at, opt, doc, flag, day) VALUES ($1, $2, $3, $4, $5, $6)",
					name, want.At, want.Opt, want.Doc, want.Flag, want.Day)
				if err != nil {
					return err
				}
				return tx.QueryRowContext(t.Context(), "SELECT at, opt, doc, flag, day FROM t_kinds WHERE id = $1", name).
					Scan(&got.At, &got.Opt, &got.Doc, &got.Flag, &got.Day)
			})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(calendar.Day{})); diff != "" {
				t.Errorf("%s: -want +got\n%s", name, diff)
			}
		}
		if n := count(t, db, "SELECT count(*) FROM t_kinds WHERE at IS NULL AND opt IS NULL AND day IS NULL"); n != 1 {
			t.Errorf("%d rows with NULLs, want 1: zero values are NULL", n)
		}
	})
}

func TestInstantsCompareInTheDatabase(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 10, 25, 0, 59, 59, 999999000, time.UTC)
	both(t, func(t *testing.T, db *sqldb.DB) {
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			for i, d := range []time.Duration{time.Microsecond, -time.Second, 0, time.Hour} {
				_, err := tx.ExecContext(t.Context(), "INSERT INTO t_kinds (id, at) VALUES ($1, $2)", string(rune('a'+i)), sqldb.At(start.Add(d)))
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, "SELECT count(*) FROM t_kinds WHERE at > $1", sqldb.At(start)); n != 2 {
			t.Errorf("%d instants after %v, want 2", n, start)
		}
		var last sqldb.Time
		err = db.View(t.Context(), func(tx *sqldb.Tx) error {
			return tx.QueryRowContext(t.Context(), "SELECT max(at) FROM t_kinds").Scan(&last)
		})
		if err != nil || !last.Equal(start.Add(time.Hour)) {
			t.Errorf("max(at) = %v %v, want %v", last, err, start.Add(time.Hour))
		}
	})
}

func TestListsGoInAsJSON(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *sqldb.DB) {
		for _, id := range []string{"a", "b", "c"} {
			addSlot(t, db, id, 1)
		}
		n := count(t, db, "SELECT count(*) FROM t_slot WHERE id IN (SELECT value FROM json_each(CAST($1 AS text)))",
			sqldb.JSON[[]string]{[]string{"a", "c", "x"}})
		if n != 2 {
			t.Errorf("%d slots in the list, want 2", n)
		}
	})
}

func TestScanRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	var at sqldb.Time
	var opt sqldb.OptText
	var doc sqldb.JSON[document]
	for name, err := range map[string]error{
		"time of int": at.Scan(int64(1)), "time of words": at.Scan("yesterday"), "text of int": opt.Scan(int64(1)),
		"json of int": doc.Scan(int64(1)), "json of words": doc.Scan("{"),
	} {
		if err == nil {
			t.Errorf("Scan(%s) = nil, want an error", name)
		}
	}
}

func TestNewIDSortsByInstant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		first := time.UnixMicro(rapid.Int64Range(0, 1<<52).Draw(t, "micros")).UTC()
		later := first.Add(time.Duration(rapid.Int64Range(1, 1<<40).Draw(t, "step")) * time.Microsecond)
		a, b := sqldb.NewID(first), sqldb.NewID(later)
		if !slices.IsSorted([]string{a, b}) {
			t.Fatalf("NewID(%v) = %s, NewID(%v) = %s, want them in order", first, a, later, b)
		}
		id, err := uuid.Parse(a)
		if err != nil || id.Version() != 7 || id.Variant() != uuid.RFC4122 {
			t.Fatalf("NewID = %s (%v), want a UUIDv7", a, err)
		}
	})
	seen := map[string]bool{}
	for range 10_000 {
		id := sqldb.NewID(time.Unix(0, 0))
		if seen[id] {
			t.Fatalf("NewID gave %s twice", id)
		}
		seen[id] = true
	}
}

func TestListReachesTheQueryWhole(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		for _, texts := range [][]string{nil, {}, {"a"}, {"b", `c"d\`, "è, [1]", ""}} {
			var n int
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				return tx.QueryRowContext(t.Context(), `SELECT count(*) FROM json_each(CAST($1 AS text)) WHERE value <> 'x'`, sqldb.List(texts)).Scan(&n)
			})
			if err != nil || n != len(texts) {
				t.Errorf("List(%q) gave the query %d values, %v, want %d", texts, n, err, len(texts))
			}
		}
	})
}
