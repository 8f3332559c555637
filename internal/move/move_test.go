package move_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"capillare/internal/move"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// entries is three chunks: the kills come after the first and the second.
const entries = 4500

// fill puts in rows of every kind: a text that looks like JSON, booleans, bytes, days, a chain of parents.
func fill(t *testing.T, db *sqldb.DB) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		now := sqldb.At(tx.Now)
		exec := func(query string, args ...any) error {
			_, err := tx.ExecContext(t.Context(), query, args...)
			return err
		}
		err := errors.Join(
			exec(`INSERT INTO identity_account (id, email, name, password_hash, must_change, created_at) VALUES ('a1', 'ada@example.org', $1, 'x', $2, $3)`,
				"Ada\n{\"no\": 1.50}", true, now),
			exec(`INSERT INTO identity_session (token_hash, account_id, created_at, seen_at, expires_at) VALUES ('h', 'a1', $1, $1, $1)`, now),
			exec(`INSERT INTO territory_region (code, name) VALUES ('17', 'Basilicata')`),
			exec(`INSERT INTO territory_province (code, abbr, name, region_code) VALUES ('077', 'MT', 'Matera', '17')`),
			exec(`INSERT INTO territory_municipality (belfiore, name, search, province_code, region_code, lat, lon, capital)
				VALUES ('A196', 'Aliano', 'aliano', '077', '17', 40.313, 16.228, $1)`, false),
			exec(`INSERT INTO register_citizen (id, identified_by, tax_code_key, tax_code_cipher, created_at, updated_at)
				VALUES ('c1', 'tax_code', '00ff', $1, $2, $2)`, []byte{0, 1, 2, 255}, now),
		)
		for i := range entries {
			err = errors.Join(err, exec(`INSERT INTO audit_entry (id, at, actor_id, actor_role, action, subject, subject_id, detail)
				VALUES ($1, $2, 'a1', 'region', 'points.hours', 'point', 'p1', $3)`, fmt.Sprintf("e%06d", i), now, sqldb.RawJSON(fmt.Sprintf(`{"n":  %d}`, i))))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, url string) *sqldb.DB {
	t.Helper()
	return sqldbtest.OpenURL(t, sqldb.Options{URL: url, SlowFunc: time.Minute})
}

// A network goes to the other engine, killed on its way, and back: every table is the same.
func TestThereAndBackThroughKills(t *testing.T) {
	t.Parallel()
	if text := os.Getenv(envChild); text != "" {
		moveAndDie(t, text)
		return
	}
	for _, from := range sqldbtest.Engines() {
		for _, to := range sqldbtest.Engines() {
			if from == to {
				continue
			}
			t.Run(fmt.Sprintf("%s to %s", from, to), func(t *testing.T) {
				t.Parallel()
				start, _ := sqldbtest.Database(t, from)
				middle, _ := sqldbtest.Database(t, to)
				end, _ := sqldbtest.Database(t, from)
				fill(t, open(t, start))
				for range 2 {
					killed(t, child{start, middle, 1})
				}
				there := run(t, start, middle)
				if !there.Resumed || there.ResumedFrom < 4000 || there.Rows < entries+5 {
					t.Errorf("move after the kills = %d rows, resumed %v from %d, want it gone on with", there.Rows, there.Resumed, there.ResumedFrom)
				}
				back := run(t, middle, end)
				if back.Resumed || back.Rows != there.Rows || fmt.Sprint(back.Tables) != fmt.Sprint(there.Tables) {
					t.Errorf("back came %d rows, %d went; tables equal: %v", back.Rows, there.Rows, fmt.Sprint(back.Tables) == fmt.Sprint(there.Tables))
				}
				if n := count(t, open(t, end), "SELECT count(*) FROM identity_session"); n != 0 {
					t.Errorf("%d sessions moved, want none", n)
				}
				if _, err := move.Run(t.Context(), move.Options{From: open(t, start), To: open(t, end), Source: "x"}); !errors.Is(err, move.ErrNotEmpty) {
					t.Errorf("a second move = %v, want %v", err, move.ErrNotEmpty)
				}
			})
		}
	}
}

func run(t *testing.T, from, to string) move.Summary {
	t.Helper()
	sum, err := move.Run(t.Context(), move.Options{From: open(t, from), To: open(t, to), Source: from})
	if err != nil {
		t.Fatalf("Run() = %v, want nil", err)
	}
	return sum
}

func count(t *testing.T, db *sqldb.DB, query string) (n int) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) error { return tx.QueryRowContext(t.Context(), query).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// envChild holds the move that a child process makes until it kills itself after so many chunks.
const envChild = "MOVE_TEST_CHILD"

type child struct {
	From, To string
	Chunks   int
}

func killed(t *testing.T, c child) {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestThereAndBackThroughKills$")
	cmd.Env = append(os.Environ(), envChild+"="+string(text))
	out, err := cmd.CombinedOutput()
	if died, ok := errors.AsType[*exec.ExitError](err); !ok || died.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the child ended with %v, want it killed:\n%s", err, out)
	}
}

func moveAndDie(t *testing.T, text string) {
	var c child
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	left := c.Chunks
	_, err := move.Run(context.Background(), move.Options{From: open(t, c.From), To: open(t, c.To), Source: c.From,
		Progress: func(table string, _, all int64) {
			// The first table of more than a chunk, and whatever comes after it.
			if all < 2000 {
				return
			}
			if left--; left == 0 {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
		}})
	t.Fatalf("the move ended with %v, want its death", err)
}

func TestAChangedSourceIsSeen(t *testing.T) {
	t.Parallel()
	for _, engine := range sqldbtest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			start, _ := sqldbtest.Database(t, engine)
			middle, _ := sqldbtest.Database(t, sqldb.SQLite)
			from, to := open(t, start), open(t, middle)
			fill(t, from)
			halfway, stop := context.WithCancel(t.Context())
			_, err := move.Run(halfway, move.Options{From: from, To: to, Source: "a", Progress: func(_ string, done, _ int64) {
				if done >= 2000 {
					stop()
				}
			}})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("Run() that was stopped = %v, want %v", err, context.Canceled)
			}
			if _, err := move.Run(t.Context(), move.Options{From: from, To: to, Source: "b"}); !errors.Is(err, move.ErrOtherSource) {
				t.Errorf("Run() of another source = %v, want %v", err, move.ErrOtherSource)
			}
			err = from.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.ExecContext(t.Context(), "UPDATE audit_entry SET action = 'x' WHERE id = 'e000001'")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := move.Run(t.Context(), move.Options{From: from, To: to, Source: "a"}); !errors.Is(err, move.ErrChanged) {
				t.Errorf("Run() of a changed source = %v, want %v", err, move.ErrChanged)
			}
		})
	}
}

func TestNobodyWritesDuringAMove(t *testing.T) {
	t.Parallel()
	start, _ := sqldbtest.Database(t, sqldb.SQLite)
	middle, _ := sqldbtest.Database(t, sqldb.SQLite)
	from, writer := open(t, start), open(t, start)
	fill(t, from)
	tried := false
	_, err := move.Run(t.Context(), move.Options{From: from, To: open(t, middle), Source: start, Progress: func(string, int64, int64) {
		if tried {
			return
		}
		tried = true
		err := writer.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.ExecContext(t.Context(), "DELETE FROM identity_account")
			return err
		})
		if err == nil {
			t.Error("Update() during a move = nil, want a refusal")
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
}
