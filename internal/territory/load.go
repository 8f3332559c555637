package territory

import (
	"context"
	"fmt"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/sqldb"
	"capillare/internal/territory/internal/db"
)

// Load puts the municipalities that come with the program into the database and returns how many were
// not there yet. What is there stays as it is, because later imports know better than the seed. It
// returns ErrNoSeed when the program was built without them. It is for the set-up of the program and
// so asks for no actor.
func (s *Service) Load(ctx context.Context) (added int, err error) {
	rows, err := Seed()
	if err != nil {
		return 0, err
	}
	return s.LoadRows(ctx, rows)
}

// LoadRows does what Load does with some rows of the seed: a network of one region, or a test, may
// not want all of Italy.
func (s *Service) LoadRows(ctx context.Context, rows []SeedRow) (added int, err error) {
	missing, err := s.missing(ctx, rows)
	if err != nil || len(missing) == 0 {
		return 0, err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		if added, err = insert(ctx, q, missing); err != nil {
			return err
		}
		return q.Grow(ctx)
	})
	if err != nil {
		return 0, fmt.Errorf("territory: load: %w", err)
	}
	s.forget()
	return added, nil
}

// missing returns the rows that the database lacks.
func (s *Service) missing(ctx context.Context, rows []SeedRow) ([]SeedRow, error) {
	there := map[string]bool{}
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		ids, err := db.New(tx).AllBelfiore(ctx)
		for _, id := range ids {
			there[id] = true
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("territory: load: %w", err)
	}
	var missing []SeedRow
	for _, row := range rows {
		if !there[row.Belfiore] {
			missing = append(missing, row)
		}
	}
	return missing, nil
}

func insert(ctx context.Context, q *db.Queries, rows []SeedRow) (added int, err error) {
	var regions, provinces, codes, caps []any
	seen := map[string]bool{}
	once := func(key string) bool {
		defer func() { seen[key] = true }()
		return !seen[key]
	}
	for _, row := range rows {
		if once("region " + row.RegionCode) {
			regions = append(regions, []any{row.RegionCode, row.RegionName})
		}
		if once("province " + row.ProvinceCode) {
			provinces = append(provinces, []any{row.ProvinceCode, row.Sigla, row.ProvinceName, row.RegionCode})
		}
		codes = append(codes, []any{row.ISTAT, unification(), row.Belfiore})
		for _, c := range row.CAPs {
			caps = append(caps, []any{c, row.Belfiore})
		}
	}
	towns := func(q *db.Queries, ctx context.Context, rows string) error {
		n, err := q.SeedMunicipalities(ctx, rows)
		added += int(n)
		return err
	}
	for _, b := range []batch{
		inBatches((*db.Queries).SeedRegions, regions), inBatches((*db.Queries).SeedProvinces, provinces),
		inBatches(towns, seedTowns(rows)), inBatches((*db.Queries).SeedISTAT, codes), inBatches((*db.Queries).SeedCAPs, caps),
	} {
		if err := b.run(ctx, q); err != nil {
			return 0, err
		}
	}
	return added, nil
}

// seedTowns are the rows of SeedMunicipalities.
func seedTowns(rows []SeedRow) []any {
	towns := make([]any, len(rows))
	for i, row := range rows {
		var lat, lon any
		if row.Located {
			lat, lon = row.Lat, row.Lon
		}
		towns[i] = []any{row.Belfiore, row.Name, row.NameOther, Fold(row.Name + " " + row.NameOther), row.ProvinceCode, row.RegionCode,
			row.Population, lat, lon, row.Capital}
	}
	return towns
}

// unification is the day from which codes of unknown age hold.
func unification() calendar.Day { return calendar.NewDay(1861, time.March, 17) }
