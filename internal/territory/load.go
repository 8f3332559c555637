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
	regions, provinces := map[string]bool{}, map[string]bool{}
	for _, row := range rows {
		if !regions[row.RegionCode] {
			regions[row.RegionCode] = true
			if err := q.InsertRegion(ctx, db.InsertRegionParams{Code: row.RegionCode, Name: row.RegionName}); err != nil {
				return 0, err
			}
		}
		if !provinces[row.ProvinceCode] {
			provinces[row.ProvinceCode] = true
			if err := q.InsertProvince(ctx, db.InsertProvinceParams{
				Code: row.ProvinceCode, Abbr: row.Sigla, Name: row.ProvinceName, RegionCode: row.RegionCode,
			}); err != nil {
				return 0, err
			}
		}
		n, err := insertTown(ctx, q, row)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", row.Belfiore, err)
		}
		added += n
	}
	return added, nil
}

func insertTown(ctx context.Context, q *db.Queries, row SeedRow) (int, error) {
	n, err := q.InsertMunicipality(ctx, db.InsertMunicipalityParams{
		Belfiore: row.Belfiore, Name: row.Name, NameOther: row.NameOther, Search: Fold(row.Name + " " + row.NameOther),
		ProvinceCode: row.ProvinceCode, RegionCode: row.RegionCode, Population: row.Population,
		Lat: sqldb.OptFloat{V: row.Lat, OK: row.Located}, Lon: sqldb.OptFloat{V: row.Lon, OK: row.Located},
		Capital: row.Capital,
	})
	if err != nil {
		return 0, err
	}
	err = q.InsertISTAT(ctx, db.InsertISTATParams{Istat: row.ISTAT, ValidFrom: unification(), Belfiore: row.Belfiore})
	if err != nil {
		return 0, err
	}
	for _, c := range row.CAPs {
		if err := q.InsertCAP(ctx, db.InsertCAPParams{Cap: c, Belfiore: row.Belfiore}); err != nil {
			return 0, err
		}
	}
	return int(n), nil
}

// unification is the day from which codes of unknown age hold.
func unification() calendar.Day { return calendar.NewDay(1861, time.March, 17) }
