package sqldb_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"capillare/internal/sqldb"
)

// envChild holds the address of the database that a child process writes until it is killed.
const envChild = "SQLDB_TEST_CHILD"

func TestKillNineLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	if url := os.Getenv(envChild); url != "" {
		writeForEver(t, url)
		return
	}
	url := fixtureURL(t, sqldb.SQLite)
	acked := map[string]bool{}
	for round := range kills(t) {
		for _, id := range killedWriter(t, url, 200+150*(round%7)) {
			acked[id] = true
		}
	}
	db, err := sqldb.Open(t.Context(), sqldb.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	there := map[string]bool{}
	err = db.View(t.Context(), func(tx *sqldb.Tx) error {
		rows, err := tx.QueryContext(t.Context(), "SELECT id FROM t_slot")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			there[id] = true
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	for id := range acked {
		if !there[id] {
			t.Errorf("%s was acknowledged and is not there", id)
		}
	}
	if len(acked) < 900 {
		t.Errorf("%d acknowledged, want at least 900", len(acked))
	}
	var sound string
	err = db.View(t.Context(), func(tx *sqldb.Tx) error {
		return tx.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&sound)
	})
	if err != nil || sound != "ok" {
		t.Errorf("integrity_check = %q %v, want ok", sound, err)
	}
}

// kills is how often the writer is killed: `make soak` asks for thousands.
func kills(t *testing.T) int {
	t.Helper()
	asked := os.Getenv("CAPILLARE_SOAK_KILLS")
	if asked == "" {
		return 3
	}
	n, err := strconv.Atoi(asked)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// killedWriter starts a child that writes, kills it after n acknowledgements and returns all it gave.
func killedWriter(t *testing.T, url string, n int) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKillNineLosesNothingAcknowledged$")
	cmd.Env = append(os.Environ(), envChild+"="+url)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		// A line cut by the kill is shorter than an identifier.
		if id := lines.Text(); len(id) == 36 {
			ids = append(ids, id)
		}
		if len(ids) == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the child ended by itself, want it killed")
	}
	return ids
}

// writeForEver writes from eight callers and prints each identifier after it is acknowledged.
func writeForEver(t *testing.T, url string) {
	db, err := sqldb.Open(t.Context(), sqldb.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				id := sqldb.NewID(db.Now())
				if err := db.Update(context.Background(), insertSlot(context.Background(), id, 1)); err != nil {
					return
				}
				mu.Lock()
				fmt.Println(id)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}
