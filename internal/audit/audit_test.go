package audit_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/audit"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func TestWriteAndList(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		who := identity.Actor{
			AccountID: "a1", RequestID: "r1",
			Grants: []identity.Grant{{Role: identity.Region, Scope: identity.ScopeNetwork}},
		}
		write := func(e audit.Entry) {
			t.Helper()
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return audit.Write(t.Context(), tx, who, e) })
			if err != nil {
				t.Fatalf("Write(%v) = %v, want nil", e, err)
			}
			clock.Add(time.Minute)
		}
		write(audit.Entry{Action: "points.hours", Subject: "point", SubjectID: "p1", PointID: "p1", Detail: map[string]int{"minutes": 1440}})
		write(audit.Entry{Action: "points.close", Subject: "point", SubjectID: "p2", BodyID: "b1"})
		write(audit.Entry{Action: "points.state", Subject: "point", SubjectID: "p1"})

		list := func(f audit.Filter) (actions []string, rows []audit.Row) {
			t.Helper()
			err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
				rows, err = audit.List(t.Context(), tx, f)
				return err
			})
			if err != nil {
				t.Fatalf("List(%v) = %v, want nil", f, err)
			}
			for _, r := range rows {
				actions = append(actions, r.Action)
			}
			return actions, rows
		}
		for _, c := range []struct {
			name   string
			filter audit.Filter
			want   []string
		}{
			{"all, the newest first", audit.Filter{}, []string{"points.state", "points.close", "points.hours"}},
			{"of one thing", audit.Filter{Subject: "point", SubjectID: "p1"}, []string{"points.state", "points.hours"}},
			{"older ones", audit.Filter{Before: start.Add(time.Minute)}, []string{"points.hours"}},
			{"at most", audit.Filter{Max: 1}, []string{"points.state"}},
		} {
			if got, _ := list(c.filter); !cmp.Equal(got, c.want) {
				t.Errorf("%s: List(%v) = %v, want %v", c.name, c.filter, got, c.want)
			}
		}
		_, rows := list(audit.Filter{Before: start.Add(time.Second)})
		row := rows[0]
		row.ID, row.Detail = "", nil
		want := audit.Row{
			ActorID: "a1", ActorRole: "region", RequestID: "r1", At: start,
			Action: "points.hours", Subject: "point", SubjectID: "p1", PointID: "p1",
		}
		if d := cmp.Diff(want, row); d != "" {
			t.Errorf("the row differs (-want +got):\n%s", d)
		}
	})
}

func TestNoRowWithoutChange(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		refusal := errors.New("no")
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if err := audit.Write(t.Context(), tx, identity.System("test"), audit.Entry{Action: "a", Subject: "s", SubjectID: "1"}); err != nil {
				return err
			}
			return refusal
		})
		if !errors.Is(err, refusal) {
			t.Fatalf("Update() = %v, want %v", err, refusal)
		}
		var rows []audit.Row
		err = db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
			rows, err = audit.List(t.Context(), tx, audit.Filter{})
			return err
		})
		if err != nil || len(rows) != 0 {
			t.Errorf("List() = %v, %v, want no row of a change that was refused", rows, err)
		}
	})
}
