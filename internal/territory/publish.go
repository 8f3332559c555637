package territory

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/territory/internal/db"
)

// Apply does what a plan says, all of it or nothing, in one transaction; a plan that changes nothing
// does nothing. It refuses with ErrStopped when the plan may not be done, and with ErrMeanwhile when
// the territory has changed since: then plan again.
func (s *Service) Apply(ctx context.Context, who identity.Actor, p *Plan) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	if len(p.Stops) > 0 {
		return ErrStopped
	}
	if p.Empty() {
		return nil
	}
	batches := p.batches() // made outside, so that the transaction only writes
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		revision, err := q.Revision(ctx)
		if err != nil {
			return err
		}
		if revision != p.revision {
			return ErrMeanwhile
		}
		if err := p.publish(ctx, q, batches, sourceOrigin{at: sqldb.At(tx.Now), by: authorOf(who)}); err != nil {
			return err
		}
		if err := q.Grow(ctx); err != nil {
			return err
		}
		return audit.Write(ctx, tx, who, audit.Entry{Action: "territory.import", Subject: "territory", SubjectID: "1", Detail: p.summary()})
	})
	if err != nil {
		return fmt.Errorf("territory: import: %w", err)
	}
	s.forget()
	return nil
}

// sourceOrigin is when and by whom files are loaded.
type sourceOrigin struct {
	at sqldb.Time
	by string
}

func authorOf(who identity.Actor) string {
	if who.AccountID != "" {
		return who.AccountID
	}
	return who.Name
}

// summary is what the audit keeps of an import.
func (p *Plan) summary() any {
	type file struct {
		Name string       `json:"name"`
		Kind string       `json:"kind"`
		Day  calendar.Day `json:"day"`
		Hash string       `json:"sha256"`
	}
	var files []file
	for _, s := range p.sources {
		files = append(files, file{s.FileName, s.Kind, s.Reference, s.SHA256})
	}
	return struct {
		Files     []file `json:"files"`
		New       int    `json:"new"`
		Ceased    int    `json:"ceased"`
		Renamed   int    `json:"renamed"`
		Recoded   int    `json:"recoded"`
		Changed   int    `json:"changed"`
		InForce   int    `json:"in_force"`
		Residents int    `json:"residents"`
	}{files, len(p.New), len(p.Ceased), len(p.Renamed), len(p.Recoded), p.Changed(), p.InForce, p.Residents}
}

// batch is many rows for one query.
type batch struct {
	put  func(*db.Queries, context.Context, string) error
	rows []string // JSON, batchRows in each
}

// batchRows bounds the text of one query.
const batchRows = 1000

func (p *Plan) publish(ctx context.Context, q *db.Queries, batches []batch, origin sourceOrigin) error {
	for _, s := range p.sources {
		if err := q.InsertSource(ctx, db.InsertSourceParams{ID: s.ID, Kind: s.Kind, FileName: s.FileName, Title: s.Title, Reference: s.Reference,
			Provisional: s.Provisional, Holder: s.Holder, Licence: s.Licence, Address: s.Address, RowCount: s.Rows, Sha256: s.SHA256,
			LoadedAt: origin.at, LoadedBy: origin.by}); err != nil {
			return err
		}
	}
	for _, b := range batches {
		if err := b.run(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func (b batch) run(ctx context.Context, q *db.Queries) error {
	for _, rows := range b.rows {
		if err := b.put(q, ctx, rows); err != nil {
			return err
		}
	}
	return nil
}

// batches writes all rows of a plan, those that others point to first.
func (p *Plan) batches() []batch {
	d := p.draft
	var regions, provinces, codes, names, heirs []any
	for _, code := range sortedKeys(d.regions) {
		regions = append(regions, []any{code, d.regions[code]})
	}
	for _, code := range sortedKeys(d.provinces) {
		v := d.provinces[code]
		provinces = append(provinces, []any{v.Code, v.Abbr, v.Name, v.RegionCode, v.Kind, v.UTS})
	}
	var towns []any
	for _, id := range p.records {
		towns = append(towns, d.towns[id].row(id))
	}
	history := make([]any, len(p.history))
	for i, id := range p.history {
		history[i] = id
		for _, s := range d.past.byTown[id] {
			codes = append(codes, []any{s.istat, s.from, optional(s.to), id})
		}
		for _, name := range sortedKeys(d.names[id]) {
			names = append(names, []any{id, name, d.names[id][name]})
		}
		for position, heir := range d.heirs[id] {
			heirs = append(heirs, []any{id, position, heir})
		}
	}
	return slices.Concat([]batch{
		inBatches((*db.Queries).PutRegions, regions), inBatches((*db.Queries).PutProvinces, provinces),
		inBatches((*db.Queries).PutMunicipalities, towns),
		inBatches((*db.Queries).DeleteISTAT, history), inBatches((*db.Queries).PutISTAT, codes),
		inBatches((*db.Queries).DeleteNames, history), inBatches((*db.Queries).PutNames, names),
		inBatches((*db.Queries).DeleteSuccessors, history), inBatches((*db.Queries).PutSuccessors, heirs),
	}, p.extras.batches())
}

func (e *extras) batches() []batch {
	var shapes, trips, networks, bodies []any
	for id, r := range e.boundaries {
		shapes = append(shapes, []any{id, r.rings, r.source})
	}
	for pair, r := range e.travel {
		trips = append(trips, []any{pair[0], pair[1], r.minutes, r.km, r.source})
	}
	for key, r := range e.broadband {
		networks = append(networks, []any{key.belfiore, key.day, r.addresses, r.white, r.grey, r.black, r.ftth, r.fwa, r.source})
	}
	for _, r := range e.bodies {
		bodies = append(bodies, []any{r.IPA, r.Name, Fold(r.Name), r.Kind, r.Category, r.TaxCode, optionalText(r.Belfiore), r.PEC, r.Mail, r.Site, r.CAP, r.Address, r.source})
	}
	return []batch{
		inBatches((*db.Queries).PutBoundaries, shapes), inBatches((*db.Queries).PutTravel, trips),
		inBatches((*db.Queries).PutBroadband, networks), inBatches((*db.Queries).PutBodies, bodies),
	}
}

// row is a record in the order of PutMunicipalities.
func (r *record) row(id string) []any {
	place := func(v float64) any {
		if !r.placed {
			return nil
		}
		return v
	}
	var area, altitude any
	if r.area > 0 {
		area = r.area
	}
	if r.hasAltitude {
		altitude = r.altitude
	}
	return []any{id, r.name, r.other, Fold(r.name + " " + r.other), r.province, r.region, r.capital, r.regionCapital,
		r.taxCode, r.nuts3, optionalText(r.listedBy), r.population, optionalText(r.populationFrom),
		r.ages.To14, r.ages.To64, r.ages.From65, optionalText(r.agesFrom), place(r.lat), place(r.lon), area, altitude,
		int(r.zone), r.coastal, r.island, r.degurba, optionalText(r.classesFrom), r.innerClass, r.innerPole, optionalText(r.innerFrom),
		optional(r.ceasedOn)}
}

func optional(d calendar.Day) any {
	if d.IsZero() {
		return nil
	}
	return d
}

func optionalText(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func inBatches(put func(*db.Queries, context.Context, string) error, rows []any) batch {
	b := batch{put: put}
	for chunk := range slices.Chunk(rows, batchRows) {
		text, _ := json.Marshal(chunk) // texts, numbers and days can always be written
		b.rows = append(b.rows, string(text))
	}
	return b
}

// readExtras reads what is there.
func readExtras(ctx context.Context, database *sqldb.DB) (*extras, error) {
	there := newExtras()
	err := database.View(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		shapes, err := q.AllBoundaries(ctx)
		if err != nil {
			return err
		}
		for _, r := range shapes {
			there.boundaries[r.Belfiore] = boundaryRow{r.Rings, r.SourceID}
		}
		trips, err := q.AllTravel(ctx)
		if err != nil {
			return err
		}
		for _, r := range trips {
			there.travel[[2]string{r.FromBelfiore, r.ToBelfiore}] = travelRow{r.Minutes, r.Km, r.SourceID}
		}
		networks, err := q.AllBroadband(ctx)
		if err != nil {
			return err
		}
		for _, r := range networks {
			there.broadband[broadbandKey{r.Belfiore, r.Day}] = broadbandRow{r.Addresses, r.White, r.Grey, r.Black, r.Ftth, r.Fwa, r.SourceID}
		}
		bodies, err := q.AllBodies(ctx)
		for _, r := range bodies {
			there.bodies[r.IpaCode] = bodyRow{IndexBody{IPA: r.IpaCode, Name: r.Name, Kind: r.Kind, Category: r.Category, TaxCode: r.TaxCode,
				Belfiore: string(r.Belfiore), PEC: r.Pec, Mail: r.Mail, Site: r.Site, CAP: r.Cap, Address: r.Address}, r.SourceID}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("territory: read what is there: %w", err)
	}
	return there, nil
}
