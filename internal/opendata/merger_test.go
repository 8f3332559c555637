package opendata_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"capillare/internal/opendata"
	"capillare/internal/orgs"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

// A point in a municipality that became a part of another is published with the codes in force.
func TestAPointInAMunicipalityThatMerged(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, registertest.Now(), func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		n, places := registertest.New(t, db), territory.New(db)
		registertest.MergeAliano(t, places)
		s := opendata.New(opendata.Deps{Points: n.Points, Orgs: orgs.New(db, places), Territory: places})
		var file bytes.Buffer
		if err := s.Write(t.Context(), opendata.JSON, opendata.About{Day: registertest.Today()}, &file); err != nil {
			t.Fatalf("Write() = %v", err)
		}
		var got struct {
			Points []struct{ Name, ISTAT, Belfiore, Municipality, Province string }
		}
		if err := json.Unmarshal(file.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		for _, p := range got.Points {
			if p.Name == "Punto di Aliano" && (p.ISTAT != "076063" || p.Belfiore != "G942" || p.Municipality != "Potenza" || p.Province != "PZ") {
				t.Errorf("the point of Aliano = %+v, want it in Potenza", p)
			}
		}
		if !strings.Contains(file.String(), "Punto di Aliano") {
			t.Error("the point of Aliano is not published")
		}
	})
}
