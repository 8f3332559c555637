package imports_test

import (
	"slices"
	"testing"
	"time"

	"capillare/internal/imports"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

// A file made before a merger still goes in: the point stands in the municipality of today, and the row says so.
func TestFormerTown(t *testing.T) {
	t.Parallel()
	towns := []territory.SeedRow{town("A196", "077001", "Aliano", "MT", "17"), town("G942", "076063", "Potenza", "PZ", "17"), town("F052", "077014", "Matera", "MT", "17")}
	sqldbtest.RunAt(t, time.Date(2027, time.January, 12, 9, 0, 0, 0, time.UTC), func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		r := setUp(t, db, towns)
		file := header + "P1;Aliano;MT;Uno;;;fisso;;\n"
		if b := r.preview(t, imports.Points, file); slices.Contains(said(b.Warnings), "2 comune imports.town_former") {
			t.Errorf("warnings before the merger = %q", said(b.Warnings))
		}
		registertest.MergeAliano(t, r.deps.Territory)
		b := r.preview(t, imports.Points, file)
		if len(b.Problems) > 0 || !slices.Contains(said(b.Warnings), "2 comune imports.town_former") {
			t.Fatalf("problems %q, warnings %q; want only the warning of the merger", said(b.Problems), said(b.Warnings))
		}
		r.apply(t, b.ID)
		p, err := r.deps.Points.ByCode(t.Context(), "P1")
		if err != nil || p.Addresses[0].Belfiore != "G942" {
			t.Errorf("P1 = %v, %v, want it in Potenza, G942", p.Addresses, err)
		}
	})
}
