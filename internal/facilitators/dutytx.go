package facilitators

import (
	"context"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// AddDutyTx is AddDuty inside the caller's transaction.
func (s *Service) AddDutyTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, d Duty) (string, error) {
	d, err := checkedDuty(d)
	if err != nil {
		return "", err
	}
	return s.addDuty(ctx, tx, who, d)
}

// EndDutyTx is EndDuty inside the caller's transaction.
func (s *Service) EndDutyTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id string, on calendar.Day) error {
	d, p, err := s.editableDuty(ctx, tx, who, id)
	if err != nil {
		return err
	}
	if on.IsZero() {
		return errs.Problems{{Field: "on", Key: "form.required"}}.Err()
	}
	if !d.To.IsZero() && !on.Before(d.To) {
		return nil
	}
	if err := endDutyOn(ctx, db.New(tx), d, on); err != nil {
		return err
	}
	return s.record(ctx, tx, who, p, "facilitators.duty_end", d.FacilitatorID)
}
