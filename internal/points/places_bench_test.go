package points

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"capillare/internal/funding"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

// BenchmarkPlaces puts 3,000 points all over Italy in the order of travel from a municipality.
func BenchmarkPlaces(b *testing.B) {
	for _, engine := range sqldbtest.Engines() {
		b.Run(string(engine), func(b *testing.B) {
			db := sqldbtest.Open(b, engine)
			towns := territory.New(db)
			seed, err := territory.Seed()
			check(b, err)
			_, err = towns.LoadRows(b.Context(), seed)
			check(b, err)
			bodies := orgs.New(db, towns)
			body, err := bodies.Add(b.Context(), system, orgs.Body{Name: "Italia", Kind: orgs.KindOther})
			check(b, err)
			s := New(db, Deps{Bus: jobs.NewBus(), Territory: towns, Orgs: bodies, Funding: funding.New(db)})
			rng := rand.New(rand.NewPCG(1, 2))
			check(b, db.Update(b.Context(), func(tx *sqldb.Tx) error {
				for i := range 3000 {
					p := Point{Code: fmt.Sprintf("IT%04d", i), OfficialName: fmt.Sprintf("Punto %d", i), Kind: Fixed, ManagingBodyID: body,
						State: StateOpen, OpenedOn: day(2026, 7, 1), Booking: BookingPossible,
						Addresses: []Address{{Belfiore: seed[rng.IntN(len(seed))].Belfiore, Schedules: []Schedule{{Bands: bands("lun-ven 9-13")}}}}}
					p, err := s.Check(b.Context(), p)
					if err != nil {
						return err
					}
					if _, err := s.AddTx(b.Context(), tx, system, p); err != nil {
						return err
					}
				}
				return nil
			}))
			roads, err := s.Roads(b.Context())
			check(b, err)
			for b.Loop() {
				check(b, db.View(b.Context(), func(tx *sqldb.Tx) error {
					places, err := s.PlacesTx(b.Context(), tx, roads, Search{Town: seed[rng.IntN(len(seed))].Belfiore})
					if err == nil && places.Len() != 3000 {
						err = fmt.Errorf("%d places", places.Len())
					}
					return err
				}))
			}
		})
	}
}
