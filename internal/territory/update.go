package territory

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/territory/official"
)

// Refusals of an import.
var (
	ErrNoFiles = errs.New(errs.Invalid, "territory.no_files")
	// ErrStopped refuses to apply a plan that has Stops.
	ErrStopped = errs.New(errs.Conflict, "territory.stopped")
	// ErrDayAhead refuses the day of a file that has not come yet.
	ErrDayAhead = errs.New(errs.Invalid, "territory.day_ahead")
	// ErrMeanwhile refuses a plan that was made before another change.
	ErrMeanwhile = errs.New(errs.Conflict, "territory.meanwhile")
)

// Upload is one file as it was sent.
type Upload struct {
	Name string
	// Day is the day of the file where nothing in it tells; zero leaves such a list out.
	Day calendar.Day
	// Open begins to read the file; it may be called twice.
	Open func() (io.ReadCloser, error)
}

// Plan is an import that was prepared and not yet done: Preview says what it would change.
type Plan struct {
	Preview
	draft   *draft
	extras  *extras // only what is new or changed
	sources []Source
	// records and history name the municipalities that change, themselves or in their past.
	records, history []string
	revision         int
}

// Plan reads official files and works out what they would change. region is the code of the region of
// the network: of a travel matrix only its trips are kept, and none when it is empty. Only who may set
// up the network may. A file that cannot be read is told in the preview and left out.
func (s *Service) Plan(ctx context.Context, who identity.Actor, files []Upload, region string) (*Plan, error) {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, ErrNoFiles
	}
	today := calendar.DayOf(s.db.Now())
	if slices.ContainsFunc(files, func(f Upload) bool { return f.Day.After(today) }) {
		return nil, ErrDayAhead
	}
	s.forget()
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	p := &planner{Plan: &Plan{draft: newDraft(ix, s.db.Now()), extras: newExtras(), revision: ix.revision}, who: who, region: region}
	for _, file := range files {
		if err := p.read(ctx, file); err != nil {
			return nil, err
		}
	}
	p.choose()
	p.weave()
	p.count()
	if err := p.addFigures(ctx); err != nil {
		return nil, err
	}
	if err := p.addExtras(ctx, s.db); err != nil {
		return nil, err
	}
	p.compare()
	return p.Plan, nil
}

// planner is a Plan while it is made.
type planner struct {
	*Plan
	who    identity.Actor
	region string
	tables []*reading
}

// reading is one table of one file.
type reading struct {
	official.File
	sha    string
	upload Upload
	report *FileReport
	source string // the id of its source, once it is used
}

// errTravel stops the first reading of a travel matrix: which of its millions of rows are wanted is
// known only when all other files have been read.
var errTravel = errors.New("territory: a travel matrix waits")

// read reads one file. A refusal is noted; a fault is returned.
func (p *planner) read(ctx context.Context, file Upload) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sum, tables, err := readUpload(file, official.Options{Reference: file.Day, Each: func(official.Trip) error { return errTravel }})
	if errors.Is(err, errTravel) {
		r := &reading{File: official.File{Name: file.Name, Kind: official.Travel}, upload: file}
		p.note(r)
		return nil
	}
	if refusal, ok := errors.AsType[*errs.Refusal](err); ok {
		p.Files = append(p.Files, &FileReport{Name: file.Name, Aside: refusal.Key, AsideArgs: refusal.Args})
		return nil
	}
	if err != nil {
		return fmt.Errorf("territory: %s: %w", file.Name, err)
	}
	for _, t := range tables {
		sha := sum
		if strings.Contains(t.Name, "/") { // several tables of one archive differ by their names
			inner := sha256.Sum256([]byte(sum + t.Name))
			sha = hex.EncodeToString(inner[:])
		}
		p.note(&reading{File: t, sha: sha, upload: file})
	}
	return nil
}

func readUpload(file Upload, o official.Options) (sum string, tables []official.File, err error) {
	in, err := file.Open()
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = in.Close() }()
	hash := sha256.New()
	all := io.TeeReader(in, hash)
	if tables, err = official.Read(file.Name, all, o); err != nil {
		return "", nil, err
	}
	if _, err := io.Copy(io.Discard, all); err != nil {
		return "", nil, err
	}
	return hex.EncodeToString(hash.Sum(nil)), tables, nil
}

func (p *planner) note(r *reading) {
	r.report = &FileReport{Name: r.Name, Kind: string(r.Kind), Title: r.Title, Reference: r.Reference, Provisional: r.Provisional,
		Estimated: r.Estimated, Rows: r.Rows, Skipped: r.Skipped, Wrong: r.Wrong, Problems: r.Problems}
	p.Files = append(p.Files, r.report)
	p.tables = append(p.tables, r)
}

// group is the kinds of file that tell the same thing, of which the newest is believed.
type group []official.Kind

func groups() []group {
	return []group{
		{official.Situas, official.Elenco},
		{official.Population, official.Residents},
		{official.Posas, official.AgeBands},
		{official.Classifications},
		{official.InnerAreas},
		{official.Archive},
	}
}

// choose sets aside, of each group, all but the newest file, and that too when the database has a newer
// one. Of two of one day the kind that stands first is chosen.
func (p *planner) choose() {
	for _, g := range groups() {
		var best *reading
		for _, r := range p.of(g...) {
			if best == nil || cmp.Or(r.Reference.Compare(best.Reference), cmp.Compare(slices.Index(g, best.Kind), slices.Index(g, r.Kind))) > 0 {
				best = r
			}
		}
		if best == nil {
			continue
		}
		known := p.newestOf(g)
		for _, r := range p.of(g...) {
			switch {
			case r.Reference.IsZero():
				r.aside(AsideUndated, nil)
			case r.Reference.Before(known):
				r.aside("territory.aside.older_than_known", errs.Args{"day": known})
			case r.Reference != best.Reference || r.Kind != best.Kind:
				r.aside("territory.aside.older", errs.Args{"file": best.Name, "day": best.Reference})
			}
		}
	}
	for _, r := range p.tables {
		switch r.Kind {
		case official.Unknown:
			r.aside("territory.aside.unknown", nil)
		case official.Sut:
			r.aside("territory.aside.check", nil)
		case official.Travel:
			if p.region == "" {
				r.aside("territory.aside.no_region", nil)
			}
		}
	}
}

// of returns the tables of some kinds that are not set aside.
func (p *planner) of(kinds ...official.Kind) []*reading {
	var found []*reading
	for _, r := range p.tables {
		if slices.Contains(kinds, r.Kind) && r.report.Aside == "" {
			found = append(found, r)
		}
	}
	return found
}

// newestOf returns the day of the newest source of a group that the database has.
func (p *planner) newestOf(g group) calendar.Day {
	var newest calendar.Day
	for _, s := range p.draft.was.sources {
		if slices.Contains(g, official.Kind(s.Kind)) {
			newest = latest(newest, s.Reference)
		}
	}
	return newest
}

func (r *reading) aside(key string, args errs.Args) {
	r.report.Aside, r.report.AsideArgs = key, args
}

// use returns the id of the source that a table is, known or new.
func (p *planner) use(r *reading) string {
	if r.source != "" {
		return r.source
	}
	for id, known := range p.draft.was.sources {
		if known.SHA256 == r.sha && known.Kind == string(r.Kind) {
			r.source = id
			return id
		}
	}
	by := publisherOf(r.Kind)
	r.source = sqldb.NewID(p.draft.now)
	p.sources = append(p.sources, Source{ID: r.source, Kind: string(r.Kind), FileName: r.Name, Title: r.Title, Reference: r.Reference,
		Provisional: r.Provisional || r.Estimated, Holder: by.holder, Licence: by.licence, Address: by.address, Rows: r.Rows, SHA256: r.sha})
	return r.source
}

// weave makes the history: periods, renumberings, the list of today, endings, names.
func (p *planner) weave() {
	d := p.draft
	for _, r := range p.of(official.Archive) {
		p.use(r)
		if n := d.archive(r.File); n > 0 {
			r.report.notice("territory.notice.unkeyed", errs.Args{"n": n})
		}
	}
	var changes []official.Change
	for _, r := range p.of(official.Changes, official.Suppressions) {
		p.use(r)
		changes = append(changes, r.Changes...)
	}
	slices.SortStableFunc(changes, func(a, b official.Change) int { return a.Date.Compare(b.Date) })
	d.recodings(changes)
	d.foundings(changes)
	for _, r := range p.of(official.Situas, official.Elenco) {
		d.list(r.File, p.use(r), births(changes))
	}
	d.endings(changes)
	for _, r := range p.tables { // an older Elenco too knows the codes of its past
		if r.Kind == official.Elenco {
			d.oldCodes(r.Towns)
		}
	}
	d.renamings(changes)
	d.close()
	d.past.settle()
}

// count stops the import when municipalities would vanish without a reason, and compares the list of
// the Ministry with ours.
func (p *planner) count() {
	var lost []string
	for _, id := range sortedKeys(p.draft.missing) {
		if p.draft.towns[id].ceasedOn.IsZero() {
			lost = append(lost, p.draft.towns[id].name)
		}
	}
	if len(lost) > 0 {
		p.Stops = append(p.Stops, Notice{Key: "territory.stop.vanished", Args: errs.Args{"n": len(lost), "names": strings.Join(lost[:min(len(lost), 10)], ", ")}})
	}
	for _, r := range p.tables {
		if r.Kind != official.Sut {
			continue
		}
		different := 0
		for _, row := range r.Sut {
			if s := p.draft.past.last(row.Belfiore); s == nil || s.istat != row.ISTAT {
				different++
			}
		}
		r.report.notice("territory.notice.compared", errs.Args{"n": len(r.Sut), "different": different})
	}
}

// addFigures takes the figures of municipalities, on the codes of the history woven before.
func (p *planner) addFigures(ctx context.Context) error {
	d := p.draft
	for _, step := range []struct {
		kinds []official.Kind
		take  func(official.File, string) *tally
	}{
		{[]official.Kind{official.Population, official.Residents}, d.population},
		{[]official.Kind{official.Posas, official.AgeBands}, d.ages},
		{[]official.Kind{official.Classifications}, d.classes},
		{[]official.Kind{official.InnerAreas}, d.innerAreas},
	} {
		for _, r := range p.of(step.kinds...) {
			r.tell(step.take(r.File, p.use(r)))
		}
	}
	d.places()
	return ctx.Err()
}

// tell notes the codes that nobody ever had.
func (r *reading) tell(t *tally) {
	for _, u := range t.unknown[:min(len(t.unknown), official.MaxProblems)] {
		r.report.Problems = append(r.report.Problems, official.Problem{Row: u.row, Value: strings.TrimSpace(u.istat + " " + u.name), Key: "territory.problem.code"})
	}
	r.report.Unknown = len(t.unknown)
}

// addExtras takes boundaries, travel times, broadband and bodies, and keeps what is new or changed.
func (p *planner) addExtras(ctx context.Context, db *sqldb.DB) error {
	kinds := []official.Kind{official.Boundaries, official.Travel, official.Broadband, official.Bodies}
	if len(p.of(kinds...)) == 0 {
		return nil
	}
	there, err := readExtras(ctx, db)
	if err != nil {
		return err
	}
	is, d := newExtras(), p.draft
	for _, r := range p.of(official.Travel) {
		if err := p.readTravel(r); err != nil {
			return err
		}
	}
	for _, step := range []struct {
		kind official.Kind
		take func(*draft, official.File, string) *tally
	}{
		{official.Boundaries, is.addBoundaries}, {official.Travel, is.addTravel},
		{official.Broadband, is.addBroadband}, {official.Bodies, is.addBodies},
	} {
		tables := p.of(step.kind)
		slices.SortStableFunc(tables, func(a, b *reading) int { return a.Reference.Compare(b.Reference) })
		for _, r := range tables {
			r.tell(step.take(d, r.File, p.use(r)))
		}
	}
	newer := p.newer()
	p.Boundaries = differences(there.boundaries, is.boundaries, p.extras.boundaries, newer)
	p.Travel = differences(there.travel, is.travel, p.extras.travel, newer)
	p.Broadband = differences(there.broadband, is.broadband, p.extras.broadband, newer)
	p.Bodies = differences(there.bodies, is.bodies, p.extras.bodies, newer)
	return nil
}

// readTravel reads a travel matrix again, now that the wanted pairs are known.
func (p *planner) readTravel(r *reading) error {
	on := calendar.DayOf(p.draft.now)
	sum, tables, err := readUpload(r.upload, official.Options{Reference: r.upload.Day, Keep: p.draft.roadsOf(p.region, on)})
	if refusal, ok := errors.AsType[*errs.Refusal](err); ok {
		r.aside(refusal.Key, refusal.Args)
		return nil
	}
	if err != nil {
		return fmt.Errorf("territory: %s: %w", r.Name, err)
	}
	r.sha = sum
	for i, t := range tables {
		if i == 0 {
			r.File = t
		} else {
			r.Travels = append(r.Travels, t.Travels...)
			r.Rows, r.Skipped, r.Wrong, r.Problems = r.Rows+t.Rows, r.Skipped+t.Skipped, r.Wrong+t.Wrong, append(r.Problems, t.Problems...)
		}
	}
	r.report.Title, r.report.Reference = r.Title, r.Reference
	r.report.Rows, r.report.Skipped, r.report.Wrong, r.report.Problems = r.Rows, r.Skipped, r.Wrong, r.Problems
	return nil
}

// newer returns whether what a source says may replace what another said: unless it is of an older day.
func (p *planner) newer() func(was, is string) bool {
	days := map[string]calendar.Day{}
	for id, s := range p.draft.was.sources {
		days[id] = s.Reference
	}
	for _, s := range p.sources {
		days[s.ID] = s.Reference
	}
	return func(was, is string) bool {
		return days[is].IsZero() || !days[is].Before(days[was])
	}
}

// sourced is a row that remembers its source.
type sourced interface {
	comparable
	from() string
}

func (r boundaryRow) from() string  { return r.source }
func (r travelRow) from() string    { return r.source }
func (r broadbandRow) from() string { return r.source }
func (r bodyRow) from() string      { return r.source }

// differences puts into changed the rows of is that are not in was, and counts them.
func differences[K comparable, R sourced](was, is, changed map[K]R, newer func(was, is string) bool) Counts {
	var n Counts
	for key, row := range is {
		old, there := was[key]
		switch {
		case !there:
			n.New++
		case old == row || !newer(old.from(), row.from()):
			continue
		default:
			n.Changed++
		}
		changed[key] = row
	}
	return n
}
