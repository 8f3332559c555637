package imports_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/imports"
	"capillare/internal/jobs"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/tabular"
	"capillare/internal/territory"
)

// rig is a network with what imports stand on.
type rig struct {
	*imports.Service
	deps      imports.Deps
	db        *sqldb.DB
	who       identity.Actor
	programme string
}

var start = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

var start2026, end2027 = calendar.NewDay(2026, 7, 1), calendar.NewDay(2027, 12, 31)

// town is a municipality of the tests: belfiore, istat, name, province, region.
func town(belfiore, istat, name, province, region string) territory.SeedRow {
	return territory.SeedRow{Belfiore: belfiore, ISTAT: istat, Name: name, ProvinceCode: istat[:3], ProvinceName: "Provincia " + province,
		Sigla: province, RegionCode: region, RegionName: map[string]string{"09": "Toscana", "01": "Piemonte", "17": "Basilicata"}[region], Population: 1000}
}

func sampleTowns() []territory.SeedRow {
	return []territory.SeedRow{
		town("A369", "053001", "Arcidosso", "GR", "09"), town("D403", "048014", "Empoli", "FI", "09"),
		town("C101", "096013", "Castro", "BI", "01"), town("C102", "001066", "Castro", "TO", "01"),
	}
}

// setUp makes a network in the region of the first town.
func setUp(t testing.TB, db *sqldb.DB, towns []territory.SeedRow) *rig {
	t.Helper()
	ctx := context.Background()
	places := territory.New(db)
	if _, err := places.LoadRows(ctx, towns); err != nil {
		t.Fatal(err)
	}
	keys, _, err := sealed.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	bus := jobs.NewBus()
	r := &rig{db: db, who: identity.Actor{AccountID: "a", Grants: []identity.Grant{{Role: identity.Region, Scope: identity.ScopeNetwork}}}}
	r.deps = imports.Deps{Territory: places, Orgs: orgs.New(db, places), Funding: funding.New(db), Keys: keys}
	r.deps.Points = points.New(db, points.Deps{Bus: bus, Territory: places, Orgs: r.deps.Orgs, Funding: r.deps.Funding})
	r.deps.Facilitators = facilitators.New(db, bus, r.deps.Points, keys)
	r.Service = imports.New(db, r.deps)
	if err := network.New(db).SetUp(ctx, r.who, network.Setting{Name: "Rete", RegionCode: towns[0].RegionCode, HorizonDays: 60, NoticeVersion: "1"}); err != nil {
		t.Fatal(err)
	}
	r.programme, err = r.deps.Funding.AddProgramme(ctx, r.who, funding.Programme{Code: "TOS", Name: "Programma", AmountCents: 745110300,
		StartsOn: calendar.NewDay(2026, 7, 1), EndsOn: calendar.NewDay(2027, 12, 31)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// each runs fn on both engines.
func each(t *testing.T, towns []territory.SeedRow, fn func(t *testing.T, r *rig)) {
	t.Helper()
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) { fn(t, setUp(t, db, towns)) })
}

func (r *rig) preview(t *testing.T, kind, text string) imports.Batch {
	t.Helper()
	b, err := r.Preview(context.Background(), r.who, kind, "elenco.csv", strings.NewReader(text))
	if err != nil {
		t.Fatalf("Preview(%s) = %v", kind, err)
	}
	return b
}

func (r *rig) apply(t *testing.T, id string) imports.Batch {
	t.Helper()
	b, err := r.Apply(context.Background(), r.who, id)
	if err != nil {
		t.Fatalf("Apply = %v (%s)", err, problems(err))
	}
	return b
}

func problems(err error) string {
	r, _ := errors.AsType[*errs.Refusal](err)
	return fmt.Sprintf("%+v", r)
}

// counts is added, changed, unchanged, wrong.
func counts(b imports.Batch) [4]int { return [4]int{b.Added, b.Changed, b.Unchanged, b.Wrong} }

// said lists problems as "row column key".
func said(list []imports.RowProblem) []string {
	var lines []string
	for _, p := range list {
		lines = append(lines, fmt.Sprintf("%d %s %s", p.Row, p.Column, p.Key))
	}
	return lines
}

func shared(t *testing.T, name string) []byte {
	t.Helper()
	folder := os.Getenv("CAPILLARE_SHARED")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared")
	}
	data, err := os.ReadFile(filepath.Join(folder, "data", "network", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("SKIPPED: %s is not there: set CAPILLARE_SHARED to the folder of the references to check the import of the true list", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// townsOf makes the municipalities that a list of points names.
func townsOf(t *testing.T, data []byte) []territory.SeedRow {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []territory.SeedRow
	seen := map[string]bool{}
	for _, r := range records[1:] {
		if istat := r[2]; !seen[istat] {
			seen[istat] = true
			rows = append(rows, town(fmt.Sprintf("A%03d", len(rows)+1), istat, r[1], r[3], "09"))
		}
	}
	return rows
}

func TestThePointsOfTuscany(t *testing.T) {
	t.Parallel()
	data := shared(t, "punti_toscana.csv")
	each(t, townsOf(t, data), func(t *testing.T, r *rig) {
		ctx := context.Background()
		b := r.preview(t, imports.Points, string(data))
		if got, want := counts(b), [4]int{27, 0, 0, 0}; got != want || len(b.Problems) > 0 {
			t.Fatalf("preview counts %v, problems %v, want %v and none", got, said(b.Problems), want)
		}
		if n, err := r.deps.Points.Count(ctx); err != nil || len(n) != 0 {
			t.Errorf("points after the preview = %v, %v, want none", n, err)
		}
		b = r.apply(t, b.ID)
		if got, want := counts(b), [4]int{27, 0, 0, 0}; got != want || b.State != imports.Applied {
			t.Errorf("applied counts %v state %s, want %v applied", got, b.State, want)
		}
		n, err := r.deps.Points.Count(ctx)
		if err != nil || n[points.StateOpen] != 17 || n[points.StateSettingUp] != 10 {
			t.Errorf("points by state = %v, %v, want 17 open and 10 setting up", n, err)
		}
		for code, want := range map[string]int{"PT010": 24 * 60, "PT011": 60 * 60, "PT023": 29*60 + 30, "PT001": 0} {
			p, err := r.deps.Points.ByCode(ctx, code)
			if err != nil || p.WeeklyMinutes != want || p.HoursToComplete() != (want == 0) {
				t.Errorf("%s has %d minutes a week, hours to complete %v, %v, want %d", code, p.WeeklyMinutes, p.HoursToComplete(), err, want)
			}
		}
		checkBodies(t, r)
		again := r.preview(t, imports.Points, string(data))
		if got, want := counts(again), [4]int{0, 0, 27, 0}; got != want {
			t.Errorf("the same file again: counts %v, want %v", got, want)
		}
		r.apply(t, again.ID)
		if n, _ := r.deps.Points.Count(ctx); n[points.StateOpen] != 17 {
			t.Errorf("after the same file again %v points, want 17 open", n)
		}
	})
}

// checkBodies looks at the bodies that the points brought: named ones, and municipalities for the rest.
func checkBodies(t *testing.T, r *rig) {
	t.Helper()
	list, err := r.deps.Orgs.List(context.Background(), r.who, orgs.Filter{Max: 1000})
	if err != nil {
		t.Fatal(err)
	}
	kind := map[string]string{}
	for _, b := range list {
		kind[b.Name] = b.Kind
	}
	for name, want := range map[string]string{
		"Misericordia di Rufina": orgs.KindThirdSector, "Auser": orgs.KindThirdSector, "Comune di Montepulciano": orgs.KindMunicipality,
		"Comune di Arcidosso": orgs.KindMunicipality, "Coop. Il Piccolo Principe / Cora Impresa Sociale": orgs.KindThirdSector,
		"Associazione Verdelago": orgs.KindThirdSector, "Confartigianato Pisa": orgs.KindOther,
	} {
		if kind[name] != want {
			t.Errorf("body %q has kind %q, want %q", name, kind[name], want)
		}
	}
	p, err := r.deps.Points.ByCode(context.Background(), "PT015")
	if err != nil || p.Kind != points.Itinerant || len(p.Addresses) != 1 || p.Addresses[0].Place != "frazioni" {
		t.Errorf("PT015 = %s with %v, %v, want itinerant with one address", p.Kind, p.Addresses, err)
	}
}

const header = "codice;comune;provincia;denominazione;indirizzo;gestore;tipo;orari;ore_settimana\n"

func TestWrongRows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
	}{
		{"overlapping hours", header + "P1;Empoli;FI;Uno;;;fisso;\"lun 9-13; mar 9-12\";8\nP2;Empoli;FI;Due;;;fisso;\"lun 9-13; lun 12-15\";\n",
			[]string{"3 orari calendar.band_overlap"}},
		{"hours split by the separator", header + "P1;Empoli;FI;Uno;;;fisso;lun 9-13; mar 9-12; mer 9-12\n",
			[]string{"2  imports.beyond", "2 ore_settimana imports.hours_split"}},
		{"hours in words", header + "P1;Empoli;FI;Uno;;;fisso;quando capita;\n", []string{"2 orari calendar.bands"}},
		{"unknown town", header + "P1;Empol;FI;Uno;;;fisso;;\nP2;Zzyzx;;Due;;;;;\n", []string{"2 comune imports.town_near", "3 comune imports.town_unknown"}},
		{"town elsewhere", header + "P1;Empoli;GR;Uno;;;fisso;;\n", []string{"2 provincia imports.town_province"}},
		{"two towns of one name", header + "P1;Castro;;Uno;;;fisso;;\n", []string{"2 comune imports.town_ambiguous"}},
		{"code twice", header + "P1;Empoli;FI;Uno;;;;;\np1;Empoli;FI;Due;;;;;\n", []string{"3 codice imports.twice_in_file"}},
		{"name twice", header + "P1;Empoli;FI;Uno;;;;;\nP2;Empoli;FI;Uno;;;;;\n", []string{"3 denominazione imports.twice_in_file"}},
		{"empty cells", header + ";Empoli;FI;;;;;;\n", []string{"2 codice imports.required", "2 denominazione imports.required"}},
		{"kind", header + "P1;Empoli;FI;Uno;;;volante;;\n", []string{"2 tipo imports.word"}},
		{"istat of another", "id,nome comune,Codice ISTAT,nome\nP1,Empoli,53001,Uno\n", []string{"2 nome comune imports.town_mismatch"}},
		{"bad details", "id,comune,nome,cap,email,lat,lon,progetto\nP1,Empoli,Uno,12,x,10.9,43.7,ZZ\n",
			[]string{"2 lat imports.coordinates_swapped", "2 progetto imports.project_unknown", "2 email points.email", "2 cap codes.cap"}},
	}
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		for _, tt := range tests {
			b := r.preview(t, imports.Points, tt.text)
			if got := said(b.Problems); !slices.Equal(got, tt.want) {
				t.Errorf("%s: problems %q, want %q", tt.name, got, tt.want)
			}
			if _, err := r.Apply(context.Background(), r.who, b.ID); !errors.Is(err, imports.ErrWrong) && errs.Of(err) != errs.Conflict {
				t.Errorf("%s: Apply = %v, want a refusal", tt.name, err)
			}
			for _, p := range b.Problems {
				for _, lang := range []i18n.Lang{i18n.Italian, i18n.English} {
					if text := i18n.Default().Printer(lang).T(p.Key, p.Args); strings.ContainsAny(text, "[]{}") {
						t.Errorf("%s: message %q is not whole", tt.name, text)
					}
				}
			}
		}
		if n, err := r.deps.Points.Count(context.Background()); err != nil || len(n) != 0 {
			t.Errorf("points after wrong files = %v, %v, want none: all or nothing", n, err)
		}
	})
}

func TestSuggestionAndWarning(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		b := r.preview(t, imports.Points, header+"P1;Arcidoso;GR;Uno;;;fisso;;\n")
		if len(b.Problems) != 1 || b.Problems[0].Args["name"] != "Arcidosso" || b.Problems[0].Value != "Arcidoso" {
			t.Errorf("problems %+v, want one that suggests Arcidosso for Arcidoso", b.Problems)
		}
		b = r.preview(t, imports.Points, header+"P1;Arcidosso;GR;Uno;Via 1;;fisso;\"lun 9-13; mer 9-13\";24,0\n")
		if got, want := said(b.Warnings), []string{"2 ore_settimana imports.weekly_differs"}; !slices.Equal(got, want) || b.Wrong != 0 || b.Warnings[0].Args["computed"] != "8" {
			t.Errorf("warnings %q (%v), %d wrong, want %q and none wrong", got, b.Warnings, b.Wrong, want)
		}
	})
}

func TestSemicolonsAndWindows1252(t *testing.T) {
	t.Parallel()
	text, err := charmap.Windows1252.NewEncoder().String("Codice;Località;Comune;Nome;Ente gestore\nP1;Sant’Ippolito;Empoli;Città «A»;Società à\n")
	if err != nil {
		t.Fatal(err)
	}
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		r.apply(t, r.preview(t, imports.Points, text).ID)
		p, err := r.deps.Points.ByCode(context.Background(), "P1")
		if err != nil || p.OfficialName != "Città «A»" || p.Addresses[0].Place != "Sant’Ippolito" {
			t.Errorf("point = %q at %+v, %v", p.OfficialName, p.Addresses, err)
		}
	})
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	var book bytes.Buffer
	if err := tabular.WriteXLSX(&book, tabular.Sheet{Name: "A", Header: []string{"codice", "comune", "nome"},
		Rows: tabular.RowsOf([][]string{{"P1", "Empoli", "Uno"}})}); err != nil {
		t.Fatal(err)
	}
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		for name, tt := range map[string]struct {
			kind, file, text string
			want             error
		}{
			"missing column":       {imports.Points, "a.csv", "codice;denominazione\nP1;Uno\n", tabular.ErrMissingColumn},
			"truncated workbook":   {imports.Points, "a.xlsx", book.String()[:book.Len()/2], tabular.ErrBrokenXLSX},
			"web page as .xls":     {imports.Duties, "a.xls", "<html><table><tr><td>codice</td></tr></table></html>", tabular.ErrBinary},
			"with a password":      {imports.Bodies, "a.xlsx", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00", tabular.ErrProtected},
			"old workbook":         {imports.Bodies, "a.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old", tabular.ErrOldXLS},
			"bodies without name":  {imports.Bodies, "a.csv", "tipo;email\naltro;a@example.org\n", tabular.ErrMissingColumn},
			"shifts without hours": {imports.Duties, "a.csv", "email;punto;giorno\na@example.org;P1;lun\n", tabular.ErrMissingColumn},
			"only titles, twice":   {imports.Points, "a.csv", "codice;comune;denominazione\ncodice;comune;denominazione\n", imports.ErrNoRows},
			"only a header":        {imports.Points, "a.csv", "codice;comune;denominazione\n", imports.ErrNoRows},
			"empty":                {imports.Points, "a.csv", "", tabular.ErrEmpty},
			"unknown kind":         {"cats", "a.csv", "a;b\n1;2\n", imports.ErrKind},
			"targets of elsewhere": {imports.Targets, "a.csv", "territorio;punti_target\nPuglia;3\n", imports.ErrNoRegion},
			"targets without head": {imports.Targets, "a.csv", "progetto;valore\nA;3\n", tabular.ErrMissingColumn},
		} {
			_, err := r.Preview(context.Background(), r.who, tt.kind, tt.file, strings.NewReader(tt.text))
			if !errors.Is(err, tt.want) {
				t.Errorf("%s: Preview = %v, want %v", name, err, tt.want)
			}
		}
		if list, err := r.List(context.Background(), r.who, 10); err != nil || len(list) != 0 {
			t.Errorf("batches after refused files = %v, %v, want none", list, err)
		}
	})
}

// endless is a file of 200 MB that counts what is read of it.
type endless struct{ read, size int }

func (e *endless) Read(b []byte) (int, error) {
	e.read += len(b)
	if e.read > e.size {
		return 0, errors.New("read to the end")
	}
	for i := range b {
		b[i] = "a;b\n"[i%4]
	}
	return len(b), nil
}

func TestHugeFileIsRefusedEarly(t *testing.T) {
	t.Parallel()
	db := sqldbtest.OpenAt(t, sqldb.SQLite, sqldbtest.NewClock(start))
	r := setUp(t, db, sampleTowns())
	file := &endless{size: 200 << 20}
	_, err := r.Preview(context.Background(), r.who, imports.Points, "a.csv", file)
	if !errors.Is(err, tabular.ErrTooLarge) || file.read > 3*imports.MaxBytes {
		t.Errorf("Preview(200 MB) = %v after %d bytes, want %v after little more than the limit", err, file.read, tabular.ErrTooLarge)
	}
}

func TestOthersAreRefused(t *testing.T) {
	t.Parallel()
	each(t, sampleTowns(), func(t *testing.T, r *rig) {
		ctx := context.Background()
		b := r.preview(t, imports.Points, header+"P1;Empoli;FI;Uno;;;;;\n")
		for name, who := range map[string]identity.Actor{
			"nobody":              {},
			"a body":              {Grants: []identity.Grant{{Role: identity.ManagingBody, Scope: identity.ScopeBody, ScopeID: "x"}}},
			"another programme's": {Grants: []identity.Grant{{Role: identity.Region, Scope: identity.ScopeProgramme, ScopeID: r.programme}}},
		} {
			_, previewErr := r.Preview(ctx, who, imports.Points, "a.csv", strings.NewReader(header))
			_, applyErr := r.Apply(ctx, who, b.ID)
			_, listErr := r.List(ctx, who, 1)
			_, byErr := r.ByID(ctx, who, b.ID)
			for what, err := range map[string]error{"Preview": previewErr, "Apply": applyErr, "List": listErr, "ByID": byErr, "Discard": r.Discard(ctx, who, b.ID),
				"Template": r.Template(ctx, who, imports.Form{Kind: imports.Points}, i18n.Default().Printer(i18n.Italian), &bytes.Buffer{})} {
				if !errors.Is(err, identity.ErrForbidden) && !errors.Is(err, identity.ErrNotHere) {
					t.Errorf("%s by %s = %v, want a refusal", what, name, err)
				}
			}
		}
	})
}
