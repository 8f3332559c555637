package agenda

import (
	"context"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// CheckedDetails returns d tidied, or one refusal with every problem, as a confirmation would: for other
// things that a person asks for with the same fields.
func CheckedDetails(d Details) (Details, error) { return checkedDetails(d, true) }

// NormalPhone returns a phone number as contacts keep it, and whether it can be one.
func NormalPhone(s string) (string, bool) { return normalPhone(s) }

// InTx returns a booking in the transaction of a package above. The caller has asked who may see it.
func (s *Service) InTx(ctx context.Context, tx *sqldb.Tx, bookingID string) (Booking, error) {
	return byID(ctx, db.New(tx), bookingID)
}

// CancelInTx cancels a booking for the service in the caller's transaction. One that is over stays as it
// is. The caller has asked who may.
func (s *Service) CancelInTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, bookingID string) error {
	q := db.New(tx)
	b, err := byID(ctx, q, bookingID)
	if err != nil {
		return err
	}
	if b.State != Confirmed || b.changeable(tx) != nil {
		return nil
	}
	_, err = s.cancel(ctx, tx, q, who, b, ByService)
	return err
}

// DropHeld lets go a hold of [Service.HoldFor] in the caller's transaction: its time is free again. One
// that has ended already stays as it is.
func (s *Service) DropHeld(ctx context.Context, tx *sqldb.Tx, secret string) error {
	q := db.New(tx)
	b, err := bySecret(ctx, q, secret)
	if err != nil || b.State != Held {
		return err
	}
	if err := end(ctx, tx, q, b, Expired, ""); err != nil {
		return err
	}
	return s.tell(ctx, tx, Freed{PointID: b.PointID})
}
