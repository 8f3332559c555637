package register

import (
	"context"
	"fmt"
	"slices"

	"capillare/internal/identity"
	"capillare/internal/register/codelist"
	"capillare/internal/register/internal/db"
	"capillare/internal/sqldb"
)

// alreadyDone returns, by idempotency key, the records that an earlier sending of the drafts made. A
// key sent with other content, or by another person, is refused: the record on paper would not be the
// one that was typed.
func (s *Service) alreadyDone(ctx context.Context, tx *sqldb.Tx, who identity.Actor, drafts []*draft) (map[string]Record, error) {
	keys := map[string]bool{}
	for _, d := range drafts {
		keys[d.in.IdempotencyKey] = true
	}
	delete(keys, "")
	done := map[string]Record{}
	if len(keys) == 0 {
		return done, nil
	}
	rows, err := recordRows(ctx, db.New(tx), ids(keys))
	if err != nil {
		return nil, fmt.Errorf("register: earlier sending: %w", err)
	}
	for _, row := range rows {
		r := fromRow(row)
		if err := headcounts(ctx, tx, []*Record{&r}); err != nil {
			return nil, err
		}
		for _, d := range drafts {
			if d.in.IdempotencyKey == string(row.IdempotencyKey) && (r.CreatedBy != who.AccountID || !d.sameAs(r)) {
				return nil, ErrKeyReused
			}
		}
		done[string(row.IdempotencyKey)] = r
	}
	return done, nil
}

func recordRows(ctx context.Context, q *db.Queries, keys []string) ([]db.RegisterRecord, error) {
	if len(keys) > few {
		return q.RecordsByKeys(ctx, sqldb.List(keys))
	}
	var out []db.RegisterRecord
	for _, key := range keys {
		rows, err := q.RecordByKey(ctx, sqldb.OptText(key))
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// sameAs reports whether r is what d would have written, as far as can be told without the people.
func (d *draft) sameAs(r Record) bool {
	in := d.in
	at, err := in.Day.At(in.Start)
	return err == nil && at.Equal(r.StartsAt) && in.PointID == r.PointID && in.BookingID == r.BookingID &&
		d.corrects == r.Corrects && in.Minutes == r.Minutes && len(in.Citizens) == r.People &&
		slices.Equal(codelist.Types.Sort(in.Types), r.Types) && slices.Equal(codelist.Skills.Sort(in.Skills), r.Skills) &&
		slices.Equal(codelist.Domains.Sort(in.Domains), r.Domains)
}

func fromRow(row db.RegisterRecord) Record {
	return Record{
		ID: row.ID, ProgrammeID: row.ProgrammeID, ProjectID: row.ProjectID, BodyID: row.BodyID,
		PointID: row.PointID, AddressID: row.AddressID, FacilitatorID: row.FacilitatorID,
		BookingID: string(row.BookingID), Corrects: string(row.Corrects),
		Day: row.Day, StartsAt: row.StartsAt.Time, Minutes: row.Minutes,
		Types: codelist.Split(row.Types), Areas: codelist.Split(row.Areas), Skills: codelist.Split(row.Skills), Domains: codelist.Split(row.Domains),
		Detail: row.Detail, Outcome: Outcome(row.Outcome), Autonomy: row.Autonomy,
		State: State(row.State), CancelReason: row.CancelReason, CreatedBy: string(row.CreatedBy), CreatedAt: row.CreatedAt.Time,
		Version: row.Version,
	}
}

// headcounts fills in who attended, in one query.
func headcounts(ctx context.Context, tx *sqldb.Tx, records []*Record) error {
	byID := map[string]*Record{}
	var list []string
	for _, r := range records {
		byID[r.ID] = r
		list = append(list, r.ID)
	}
	rows, err := db.New(tx).Headcounts(ctx, sqldb.List(list))
	if err != nil {
		return fmt.Errorf("register: headcounts: %w", err)
	}
	for _, row := range rows {
		r := byID[row.RecordID]
		r.People, r.Countable, r.FirstTimes = int(row.People), int(row.Countable), int(row.Firsts)
	}
	return nil
}
