package points

import (
	"context"
	"slices"

	"capillare/internal/identity"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
)

func insertAddress(ctx context.Context, tx *sqldb.Tx, pointID string, a Address) error {
	q, id := db.New(tx), sqldb.NewID(tx.Now)
	if err := q.InsertAddress(ctx, db.InsertAddressParams{
		ID: id, PointID: pointID, Position: a.Position, Place: a.Place, Street: a.Street, Cap: a.CAP, Belfiore: a.Belfiore,
		Lat: sqldb.OptFloat{V: a.At.Lat, OK: a.HasAt}, Lon: sqldb.OptFloat{V: a.At.Lon, OK: a.HasAt},
	}); err != nil {
		return err
	}
	for _, sch := range a.Schedules {
		if len(sch.Bands) == 0 {
			continue
		}
		if err := putSchedule(ctx, tx, id, "", sch); err != nil {
			return err
		}
	}
	return nil
}

// editAddresses brings the addresses of old to those of p, and reports whether any came or went.
func editAddresses(ctx context.Context, tx *sqldb.Tx, old, p Point) (moved bool, err error) {
	q := db.New(tx)
	for _, a := range old.Addresses {
		if slices.ContainsFunc(p.Addresses, func(b Address) bool { return b.ID == a.ID }) {
			continue
		}
		moved = true
		if err := removeAddress(ctx, q, a.ID); err != nil {
			return false, err
		}
	}
	// Positions are unique: they all step aside before they change places.
	if err := q.LiftAddresses(ctx, p.ID); err != nil {
		return false, err
	}
	for _, a := range p.Addresses {
		if a.ID == "" {
			moved = true
			if err := insertAddress(ctx, tx, p.ID, a); err != nil {
				return false, err
			}
			continue
		}
		n, err := q.UpdateAddress(ctx, db.UpdateAddressParams{
			ID: a.ID, PointID: p.ID, Position: a.Position, Place: a.Place, Street: a.Street, Cap: a.CAP, Belfiore: a.Belfiore,
			Lat: sqldb.OptFloat{V: a.At.Lat, OK: a.HasAt}, Lon: sqldb.OptFloat{V: a.At.Lon, OK: a.HasAt},
		})
		if err != nil {
			return false, err
		}
		if n == 0 {
			return false, identity.ErrNotHere
		}
	}
	return moved, q.UpdateMinutes(ctx, p.ID)
}

func removeAddress(ctx context.Context, q *db.Queries, id string) error {
	exceptions, err := q.ExceptionIDsOfAddress(ctx, id)
	if err != nil {
		return err
	}
	for _, e := range exceptions {
		if err := dropException(ctx, q, e); err != nil {
			return err
		}
	}
	if err := q.DeleteAddressBands(ctx, id); err != nil {
		return err
	}
	if err := q.DeleteAddressSchedules(ctx, id); err != nil {
		return err
	}
	err = q.DeleteAddress(ctx, id)
	if c, ok := sqldb.Broken(err); ok && c == sqldb.ForeignKey {
		return ErrAddressInUse
	}
	return err
}

func insertTags(ctx context.Context, q *db.Queries, p Point) error {
	for _, group := range []struct {
		kind string
		tags []string
	}{{tagAccessibility, p.Accessibility}, {tagService, p.Services}, {tagLanguage, p.Languages}} {
		for _, tag := range group.tags {
			if err := q.InsertTag(ctx, db.InsertTagParams{PointID: p.ID, Kind: group.kind, Value: tag}); err != nil {
				return err
			}
		}
	}
	return nil
}
