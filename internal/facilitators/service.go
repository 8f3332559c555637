package facilitators

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/facilitators/internal/db"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// taxCodePurpose separates these ciphertexts from every other kind.
const taxCodePurpose = "facilitators.tax_code"

// Service keeps the facilitators.
type Service struct {
	base   *sqldb.DB
	bus    *jobs.Bus
	points *points.Service
	keys   *sealed.Keys
}

// New returns the service. keys seal the tax codes.
func New(base *sqldb.DB, bus *jobs.Bus, pts *points.Service, keys *sealed.Keys) *Service {
	return &Service{base: base, bus: bus, points: pts, keys: keys}
}

// Add takes a person on and returns the id. taxCode may be empty; typed, it is checked, and a person
// whose tax code is already in service is refused (ErrTwice). An account comes along only from who
// manages accounts. It refuses a body that is no more with a problem of the field body_id.
func (s *Service) Add(ctx context.Context, who identity.Actor, f Facilitator, taxCode string) (id string, err error) {
	err = s.base.Update(ctx, func(tx *sqldb.Tx) error {
		id, err = s.AddTx(ctx, tx, who, f, taxCode)
		return err
	})
	return id, refused(err)
}

// AddTx is Add inside the caller's transaction: for imports.
func (s *Service) AddTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, f Facilitator, taxCode string) (string, error) {
	f, err := checked(f)
	if err != nil {
		return "", err
	}
	if err := who.Require(identity.EditFacilitators, identity.Target{Bodies: []string{f.BodyID}}); err != nil {
		return "", err
	}
	if f.AccountID != "" {
		if err := who.Require(identity.ManageAccounts, identity.Target{}); err != nil {
			return "", err
		}
	}
	code, err := parsedTaxCode(taxCode)
	if err != nil {
		return "", err
	}
	if err := requireBody(ctx, tx, f.BodyID); err != nil {
		return "", err
	}
	return s.add(ctx, tx, who, f, code)
}

// requireBody refuses a body that is no more; one that is not there breaks the foreign key.
func requireBody(ctx context.Context, tx *sqldb.Tx, id string) error {
	ended, err := orgs.Ended(ctx, tx, id)
	if err == nil && len(ended) > 0 {
		err = errs.Problems{{Field: "body_id", Key: "facilitators.body_ended"}}.Err()
	}
	return err
}

func (s *Service) add(ctx context.Context, tx *sqldb.Tx, who identity.Actor, f Facilitator, code codes.TaxCode) (string, error) {
	f.ID = sqldb.NewID(tx.Now)
	key, cipher := s.sealedCode(f.ID, code)
	q := db.New(tx)
	if key != "" {
		// Asked first, because a broken index would end the caller's transaction.
		if _, err := q.FacilitatorOfTaxCode(ctx, key); err == nil {
			return "", ErrTwice
		}
	}
	err := q.InsertFacilitator(ctx, db.InsertFacilitatorParams{
		ID: f.ID, AccountID: sqldb.OptText(f.AccountID), BodyID: f.BodyID, Name: f.Name, Surname: f.Surname, Search: searchText(f),
		TaxCodeKey: key, TaxCodeCipher: cipher, Email: f.Email, Phone: f.Phone, Contract: f.Contract, State: f.State,
		FromDay: f.From, ToDay: f.To, CreatedAt: sqldb.At(tx.Now),
	})
	if err != nil {
		return "", fmt.Errorf("add a facilitator: %w", err)
	}
	if err := s.writeTags(ctx, q, f); err != nil {
		return "", err
	}
	return f.ID, audit.Write(ctx, tx, who, audit.Entry{
		Action: "facilitators.add", Subject: "facilitator", SubjectID: f.ID, BodyID: f.BodyID,
		Detail: map[string]any{"contract": f.Contract, "from": f.From.String()},
	})
}

// Edit changes everything but the account, the tax code and the points served. Who is on duty may change
// with the state and the days, so [DutyChanged] goes out; an earlier end of the work also is a [Leaving].
// To make somebody another body's needs what sending the person away needs.
func (s *Service) Edit(ctx context.Context, who identity.Actor, f Facilitator) error {
	return refused(s.base.Update(ctx, func(tx *sqldb.Tx) error { return s.EditTx(ctx, tx, who, f) }))
}

// EditTx is Edit inside the caller's transaction: for imports.
func (s *Service) EditTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, f Facilitator) error {
	f, err := checked(f)
	if err != nil {
		return err
	}
	was, err := s.editable(ctx, tx, who, f.ID)
	if err != nil {
		return err
	}
	if f.BodyID != was.BodyID {
		if err := s.mayTakeOn(ctx, tx, who, f); err != nil {
			return err
		}
	}
	// Who is behind an account is decided by those who manage accounts: see LinkAccount.
	f.AccountID = was.AccountID
	q := db.New(tx)
	err = q.UpdateFacilitator(ctx, db.UpdateFacilitatorParams{
		ID: f.ID, AccountID: sqldb.OptText(f.AccountID), BodyID: f.BodyID, Name: f.Name, Surname: f.Surname, Search: searchText(f),
		Email: f.Email, Phone: f.Phone, Contract: f.Contract, State: f.State, FromDay: f.From, ToDay: f.To,
	})
	if err != nil {
		return fmt.Errorf("edit a facilitator: %w", err)
	}
	if err := s.writeTags(ctx, q, f); err != nil {
		return err
	}
	err = audit.Write(ctx, tx, who, audit.Entry{
		Action: "facilitators.edit", Subject: "facilitator", SubjectID: f.ID, BodyID: f.BodyID, Detail: audit.Compare(was, f),
	})
	if err != nil {
		return err
	}
	if err := s.publishPerson(ctx, tx, f.ID, pointsOf(was)); err != nil {
		return err
	}
	if last, leaves := leaving(was, f, today(tx)); leaves {
		return s.bus.Publish(ctx, tx, Leaving{FacilitatorID: f.ID, AccountID: f.AccountID, Last: last, Who: who})
	}
	return nil
}

// mayTakeOn asks whether who may make f one of f.BodyID's people: it takes a say over both bodies.
func (s *Service) mayTakeOn(ctx context.Context, tx *sqldb.Tx, who identity.Actor, f Facilitator) error {
	if err := who.Require(identity.EditFacilitators, identity.Target{Bodies: []string{f.BodyID}}); err != nil {
		return err
	}
	if _, err := s.dismissable(ctx, tx, who, f.ID); err != nil {
		return err
	}
	return requireBody(ctx, tx, f.BodyID)
}

// leaving reports whether a change brings the end of the work forward, and the last day of work.
func leaving(was, f Facilitator, today calendar.Day) (last calendar.Day, leaves bool) {
	last = f.To
	if f.State == Left && was.State != Left && (last.IsZero() || !last.Before(today)) {
		last = today.AddDays(-1)
	}
	return last, !last.IsZero() && (was.To.IsZero() || last.Before(was.To))
}

// SetTaxCode replaces the tax code; an empty one takes it away.
func (s *Service) SetTaxCode(ctx context.Context, who identity.Actor, id, taxCode string) error {
	return refused(s.base.Update(ctx, func(tx *sqldb.Tx) error { return s.SetTaxCodeTx(ctx, tx, who, id, taxCode) }))
}

// SetTaxCodeTx is SetTaxCode inside the caller's transaction: for imports.
func (s *Service) SetTaxCodeTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id, taxCode string) error {
	code, err := parsedTaxCode(taxCode)
	if err != nil {
		return err
	}
	f, err := s.editable(ctx, tx, who, id)
	if err != nil {
		return err
	}
	key, cipher := s.sealedCode(id, code)
	if err := db.New(tx).UpdateTaxCode(ctx, db.UpdateTaxCodeParams{ID: id, TaxCodeKey: key, TaxCodeCipher: cipher}); err != nil {
		return fmt.Errorf("set a tax code: %w", err)
	}
	return audit.Write(ctx, tx, who, audit.Entry{Action: "facilitators.tax_code", Subject: "facilitator", SubjectID: id, BodyID: f.BodyID})
}

// EditWithCode is Edit and, when taxCode is not empty, SetTaxCode, both or neither.
func (s *Service) EditWithCode(ctx context.Context, who identity.Actor, f Facilitator, taxCode string) error {
	return refused(s.base.Update(ctx, func(tx *sqldb.Tx) error {
		if err := s.EditTx(ctx, tx, who, f); err != nil || tidy(taxCode) == "" {
			return err
		}
		return s.SetTaxCodeTx(ctx, tx, who, f.ID, taxCode)
	}))
}

func (s *Service) writeTags(ctx context.Context, q *db.Queries, f Facilitator) error {
	if err := q.DeleteTags(ctx, f.ID); err != nil {
		return fmt.Errorf("skills and languages: %w", err)
	}
	return addTags(ctx, q, f)
}

func addTags(ctx context.Context, q *db.Queries, f Facilitator) error {
	for kind, values := range map[string][]string{"skill": f.Skills, "language": f.Languages} {
		for _, v := range values {
			if err := q.InsertTag(ctx, db.InsertTagParams{FacilitatorID: f.ID, Kind: kind, Value: v}); err != nil {
				return fmt.Errorf("skills and languages: %w", err)
			}
		}
	}
	return nil
}

func (s *Service) publish(ctx context.Context, tx *sqldb.Tx, id string, pointIDs []string) error {
	if len(pointIDs) == 0 {
		return nil
	}
	return s.bus.Publish(ctx, tx, DutyChanged{FacilitatorID: id, PointIDs: pointIDs})
}

// publishPerson is publish for what changes a person: also the points where the person does single times of
// others' shifts, served or not, hear it.
func (s *Service) publishPerson(ctx context.Context, tx *sqldb.Tx, id string, pointIDs []string) error {
	more, err := pointsInstead(ctx, tx, id)
	if err != nil {
		return err
	}
	return s.publish(ctx, tx, id, slices.Compact(slices.Sorted(slices.Values(slices.Concat(pointIDs, more)))))
}

// pointsInstead are the points where a person does single times of shifts from today on.
func pointsInstead(ctx context.Context, tx *sqldb.Tx, id string) ([]string, error) {
	rows, err := db.New(tx).DutiesInstead(ctx, db.DutiesInsteadParams{Ids: sqldb.List([]string{id}), FromDay: today(tx), ToDay: endOfTime()})
	if err != nil {
		return nil, fmt.Errorf("where a person stands in: %w", err)
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.PointID
	}
	return ids, nil
}

func (s *Service) sealedCode(id string, code codes.TaxCode) (sqldb.OptText, []byte) {
	if code == "" {
		return "", nil
	}
	return sqldb.OptText(s.keys.TaxCodeKey(code)), s.keys.Seal(taxCodePurpose, []byte(code), id)
}

func parsedTaxCode(s string) (codes.TaxCode, error) {
	if tidy(s) == "" {
		return "", nil
	}
	return codes.ParseTaxCode(s)
}

// refused turns a broken constraint into words.
func refused(err error) error {
	name, ok := sqldb.Broken(err)
	if !ok {
		return err
	}
	switch name {
	case "facilitators_facilitator_tax":
		return ErrTwice
	case "facilitators_facilitator_account":
		return ErrAccountTaken
	case "facilitators_point_pkey":
		return ErrServesTwice
	}
	return err
}

func searchText(f Facilitator) string { return territory.Fold(f.Surname + " " + f.Name) }

func pointsOf(f Facilitator) []string {
	var ids []string
	for _, p := range f.Points {
		if !slices.Contains(ids, p.PointID) {
			ids = append(ids, p.PointID)
		}
	}
	return ids
}

// today is the civil day of the transaction.
func today(tx *sqldb.Tx) calendar.Day { return calendar.DayOf(tx.Now) }
