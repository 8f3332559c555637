package official_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"capillare/internal/errs"
	"capillare/internal/territory/official"
)

// FuzzRead looks for bytes that break the reader: it must refuse or read, never fault, and tell a
// reason for each row that it leaves out.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		situasHead + situasRow, elencoHead2024 + elencoRow2024, elencoHead2020 + elencoRow2020, p2Title + p2Head + p2Row + p2Note,
		posas2026 + ages("001001", false, true), entiHead + ente("c_d612", "Comune di Firenze", "L6"), sutHead + sutAbano,
		travelHead + "1;48017;48015;16,25;8046,5\n", "istat,addresses\n048017,3\n",
		collection(shapeOf(`{"istat":"048017"}`, "Polygon", square)),
		`{"type":"Topology","arcs":[[[0,0],[2,0],[0,4],[-2,-4]]],"transform":{"scale":[0.5,0.25],"translate":[11,43]},"objects":{"c":{"type":"GeometryCollection","geometries":[{"type":"Polygon","arcs":[[0]],"properties":{"istat":"048017"}}]}}}`,
		zipped(f, [2]string{"sut.csv", sutHead + sutAbano}),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := official.Read("comuni_2026-01-01.csv", bytes.NewReader(data), official.Options{MaxBytes: 1 << 20, MaxRows: 1000})
		if err != nil {
			if errs.Of(err) == "" {
				t.Errorf("Read = %v, want a refusal or no error", err)
			}
			return
		}
		for _, file := range files {
			if file.Wrong > 0 && len(file.Problems) == 0 {
				t.Errorf("%d rows are left out without a reason", file.Wrong)
			}
			if file.Rows == 0 && file.Skipped == 0 && file.Kind != official.Unknown {
				t.Errorf("a %s without rows was accepted", file.Kind)
			}
		}
	})
}

// BenchmarkTravel reads a matrix as large as a small region's, as a stream.
func BenchmarkTravel(b *testing.B) {
	const rows = 200_000
	for b.Loop() {
		r, w := io.Pipe()
		go func() {
			var chunk strings.Builder
			chunk.WriteString(travelHead)
			for i := range rows {
				fmt.Fprintf(&chunk, "78%03d-78%03d;78%03d;78%03d;16,25;8046,5\n", i%400+1, i%399+2, i%400+1, i%399+2)
				if chunk.Len() > 1<<16 {
					_, _ = io.WriteString(w, chunk.String())
					chunk.Reset()
				}
			}
			_, err := io.WriteString(w, chunk.String())
			_ = w.CloseWithError(err)
		}()
		n := 0
		o := official.Options{Keep: func(_, to string) bool { return to < "078100" }, Each: func(official.Trip) error { n++; return nil }}
		if _, err := official.Read("calabria_2013.txt", r, o); err != nil || n == 0 {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
