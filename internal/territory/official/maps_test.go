package official_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/geo"
	"capillare/internal/territory/official"
)

const square = `[[[11,43],[12,43],[12,44],[11,43]]]`

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func shapeOf(properties, kind, coordinates string) string {
	return fmt.Sprintf(`{"type":"Feature","properties":%s,"geometry":{"type":%q,"coordinates":%s}}`, properties, kind, coordinates)
}

func ring(points ...[2]float64) official.Ring {
	var r official.Ring
	for _, p := range points {
		r = append(r, geo.Point{Lat: p[1], Lon: p[0]})
	}
	return r
}

func TestGeoJSONProperties(t *testing.T) {
	t.Parallel()
	polygons := []official.Polygon{{ring([2]float64{11, 43}, [2]float64{12, 43}, [2]float64{12, 44}, [2]float64{11, 43})}}
	tests := []struct {
		properties string
		want       official.Boundary
	}{
		{`{"istat":"048017","belfiore":"D612","name":"Firenze"}`, official.Boundary{ISTAT: "048017", Belfiore: "D612", Name: "Firenze"}},
		{`{"com_istat_code":"048017","com_catasto_code":"D612","name":"Firenze"}`, official.Boundary{ISTAT: "048017", Belfiore: "D612", Name: "Firenze"}},
		{`{"PRO_COM_T":"048017","PRO_COM":48017,"COMUNE":"Firenze","COD_PROV":48}`, official.Boundary{ISTAT: "048017", Name: "Firenze"}},
		{`{"PRO_COM":1001,"COMUNE":"Agliè"}`, official.Boundary{ISTAT: "001001", Name: "Agliè"}},
		{`{"belfiore":"D612"}`, official.Boundary{Belfiore: "D612"}},
	}
	for _, tt := range tests {
		f := read(t, "limits_2023-06-01.geojson", collection(shapeOf(tt.properties, "Polygon", square)), official.Options{})
		tt.want.Row, tt.want.Polygons = 1, polygons
		if diff := cmp.Diff([]official.Boundary{tt.want}, f.Boundaries); diff != "" {
			t.Errorf("boundaries of %s (-want +got):\n%s", tt.properties, diff)
		}
		if f.Reference != mustDay(t, "2023-06-01") {
			t.Errorf("Reference = %v, want that of the name", f.Reference)
		}
	}
}

func TestWrongShapes(t *testing.T) {
	t.Parallel()
	good := shapeOf(`{"istat":"048017"}`, "MultiPolygon", "["+square+"]")
	f := read(t, "a.geojson", collection(good,
		shapeOf(`{"istat":"48"}`, "Polygon", square),
		good,
		shapeOf(`{"istat":"048001"}`, "Polygon", `[[[11,43],[12,43],[12,44]]]`),
		shapeOf(`{"istat":"048002"}`, "Point", `[11,43]`),
		shapeOf(`{"istat":"048003"}`, "Polygon", `[[[681000,4840000],[682000,4840000],[682000,4850000],[681000,4840000]]]`),
		shapeOf(`{"istat":"048004"}`, "Polygon", `[[[43,11],[43,12],[44,12],[43,11]]]`),
		shapeOf(`{"istat":"048005"}`, "Polygon", `[[[11],[12,43],[12,44],[11]]]`),
		shapeOf(`{"istat":"048006"}`, "Polygon", `"text"`),
		shapeOf(`{"istat":"048007"}`, "Polygon", `[]`),
	), official.Options{})
	want := []string{"2  shape_code", "3  twice", "4  shape", "5  shape", "6  metres", "7  outside", "8  shape", "9  shape", "10  shape"}
	if diff := cmp.Diff(want, keys(t, f)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if f.Rows != 1 || f.Wrong != 9 {
		t.Errorf("rows %d and wrong %d, want 1 and 9", f.Rows, f.Wrong)
	}
}

func TestTopoJSON(t *testing.T) {
	t.Parallel()
	// Two triangles share arc 1, the second walks it backwards; provinces are another layer.
	layers := `"objects":{"a_province":{"type":"GeometryCollection","geometries":[{"type":"Polygon","arcs":[[0,1]],"properties":{"prov":"FI"}}]},
		"comuni":{"type":"GeometryCollection","geometries":[
			{"type":"Polygon","arcs":[[0,1]],"properties":{"istat":"048017"}},
			{"type":"MultiPolygon","arcs":[[[-2,2]]],"properties":{"istat":"048015"}},
			{"type":"Polygon","arcs":[[0,9]],"properties":{"istat":"048001"}},
			{"type":"Polygon","arcs":[[0,0]],"properties":{"istat":"048002"}}]}}`
	quantised := `"transform":{"scale":[0.5,0.25],"translate":[11,43]},"arcs":[[[0,0],[2,0],[0,4]],[[2,4],[-2,-4]],[[2,4],[-2,0],[0,-4]]],`
	plain := `"arcs":[[[11,43],[12,43],[12,44]],[[12,44],[11,43]],[[12,44],[11,44],[11,43]]],`
	want := []official.Boundary{
		{Row: 1, ISTAT: "048017", Polygons: []official.Polygon{{ring([2]float64{11, 43}, [2]float64{12, 43}, [2]float64{12, 44}, [2]float64{11, 43})}}},
		{Row: 2, ISTAT: "048015", Polygons: []official.Polygon{{ring([2]float64{11, 43}, [2]float64{12, 44}, [2]float64{11, 44}, [2]float64{11, 43})}}},
	}
	for name, arcs := range map[string]string{"quantised": quantised, "plain": plain} {
		f := read(t, "comuni.topojson", `{"type":"Topology",`+arcs+layers+`}`, official.Options{})
		if diff := cmp.Diff(want, f.Boundaries); diff != "" {
			t.Errorf("%s: boundaries (-want +got):\n%s", name, diff)
		}
		// An arc that is not there, and a ring that does not close.
		if diff := cmp.Diff([]string{"3  shape", "4  shape"}, keys(t, f)); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", name, diff)
		}
	}
}

// TestArcsNamedOften holds a small file that would make shapes without end.
func TestArcsNamedOften(t *testing.T) {
	t.Parallel()
	arc := "[[11,43]" + strings.Repeat(",[12,43]", 5000) + ",[11,43]]"
	named := strings.TrimSuffix(strings.Repeat("0,", 5000), ",")
	text := `{"type":"Topology","arcs":[` + arc + `],"objects":{"comuni":{"type":"GeometryCollection","geometries":[` +
		`{"type":"Polygon","arcs":[[0]],"properties":{"istat":"048017"}},{"type":"Polygon","arcs":[[` + named + `]],"properties":{"istat":"048015"}}]}}}`
	f := read(t, "a.json", text, official.Options{})
	if diff := cmp.Diff([]string{"2  shape"}, keys(t, f)); diff != "" || f.Rows != 1 {
		t.Errorf("rows %d, problems (-want +got):\n%s", f.Rows, diff)
	}
}
