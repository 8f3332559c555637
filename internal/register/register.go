package register

import (
	"context"
	"fmt"
	"strconv"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/register/codelist"
	"capillare/internal/register/internal/db"
	"capillare/internal/sqldb"
)

// Register writes one service. It refuses with every problem named at its field, and then nothing is
// written. The same idempotency key again returns the record that the first sending made.
func (s *Service) Register(ctx context.Context, who identity.Actor, in Input) (Record, error) {
	refs, err := s.References(ctx, who, []Input{in})
	if err != nil {
		return Record{}, err
	}
	var out Record
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		records, err := s.RegisterTx(ctx, tx, who, refs, []Input{in})
		if err == nil {
			out = records[0]
		}
		return err
	})
	return out, broken(err)
}

// RegisterTx writes many services in the caller's transaction, all or none; refs were loaded for them.
// With more than one, field names begin with the service: "services.3.citizens.1.tax_code".
func (s *Service) RegisterTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, refs References, inputs []Input) ([]Record, error) {
	var problems errs.Problems
	drafts := make([]*draft, len(inputs))
	for i, in := range inputs {
		in.IdempotencyKey, in.NoticeVersion = clean(in.IdempotencyKey), clean(in.NoticeVersion)
		drafts[i] = &draft{in: in, problems: &problems}
		if len(inputs) > 1 {
			drafts[i].prefix = "services." + strconv.Itoa(i+1) + "."
		}
	}
	return s.write(ctx, tx, who, refs, drafts)
}

// write takes drafts all the way: authority, rules, citizens, rows, counts, audit.
func (s *Service) write(ctx context.Context, tx *sqldb.Tx, who identity.Actor, refs References, drafts []*draft) ([]Record, error) {
	if len(drafts) == 0 {
		return nil, nil
	}
	for _, d := range drafts {
		if err := d.authorise(who, refs); err != nil {
			return nil, err
		}
	}
	done, err := s.alreadyDone(ctx, tx, who, drafts)
	if err != nil {
		return nil, err
	}
	if err := s.judge(ctx, tx, refs, drafts, done); err != nil {
		return nil, err
	}
	w, err := newTally(ctx, tx, knownIDs(drafts))
	if err != nil {
		return nil, err
	}
	out := make([]Record, len(drafts))
	for i, d := range drafts {
		if r, ok := done[d.in.IdempotencyKey]; ok && d.in.IdempotencyKey != "" {
			out[i] = r
			continue
		}
		if out[i], err = s.writeOne(ctx, tx, who, d, w); err != nil {
			return nil, err
		}
		if d.in.IdempotencyKey != "" {
			done[d.in.IdempotencyKey] = out[i]
		}
	}
	if err := w.flush(ctx, tx); err != nil {
		return nil, err
	}
	return out, nil
}

// judge notes the problems of every draft that is not done already; with any, nothing is written.
func (s *Service) judge(ctx context.Context, tx *sqldb.Tx, refs References, drafts []*draft, done map[string]Record) error {
	today, keys := calendar.DayOf(tx.Now), map[string]bool{}
	var fresh []*draft
	for _, d := range drafts {
		if _, ok := done[d.in.IdempotencyKey]; ok && d.in.IdempotencyKey != "" {
			continue
		}
		fresh = append(fresh, d)
		d.check(refs, today)
		d.checkPeople(s.Keys.TaxCodeKey)
		for _, p := range d.people {
			if p.known == nil {
				keys[p.key] = true
			}
		}
	}
	delete(keys, "")
	citizens, err := s.loadCitizens(ctx, tx, keys)
	if err != nil {
		return err
	}
	for _, d := range fresh {
		for i := range d.people {
			p := &d.people[i]
			p.typed.Province = refs.province(p.typed.Province)
			d.complete(p, citizens)
			if p.code != "" {
				// The next draft of the batch finds this person as this one leaves it.
				citizens[p.key] = p.after(tx)
			}
		}
	}
	return drafts[0].problems.Err()
}

// knownIDs returns, by programme, the citizens with a code that were in the register before this
// transaction.
func knownIDs(drafts []*draft) map[string][]string {
	sets := map[string]map[string]bool{}
	for _, d := range drafts {
		for _, p := range d.people {
			if p.code == "" || p.known == nil || p.known.fresh {
				continue
			}
			if sets[d.programme.ID] == nil {
				sets[d.programme.ID] = map[string]bool{}
			}
			sets[d.programme.ID][p.known.id] = true
		}
	}
	out := map[string][]string{}
	for programmeID, set := range sets {
		out[programmeID] = ids(set)
	}
	return out
}

// after returns the citizen as the person's record leaves it.
func (p *person) after(tx *sqldb.Tx) *known {
	next := known{key: p.key, hasName: true, traits: p.now}
	if p.known != nil {
		next.id = p.known.id
		return &next
	}
	next.id, next.fresh = sqldb.NewID(tx.Now), true
	p.known = &next
	return &known{id: next.id, key: p.key, hasName: true, traits: p.now}
}

func (s *Service) writeOne(ctx context.Context, tx *sqldb.Tx, who identity.Actor, d *draft, w *tally) (Record, error) {
	if d.in.BookingID != "" {
		if err := s.serveBooking(ctx, tx, who, d); err != nil {
			return Record{}, err
		}
	}
	d.id = sqldb.NewID(tx.Now)
	r := d.record(tx, who)
	if err := insertRecord(ctx, tx, r, d.in.IdempotencyKey); err != nil {
		return Record{}, err
	}
	for i := range d.people {
		p := &d.people[i]
		id, err := s.keepCitizen(ctx, tx, d, p)
		if err != nil {
			return Record{}, err
		}
		if err := insertAttendance(ctx, tx, r.ID, id, p); err != nil {
			return Record{}, err
		}
		if p.code == "" {
			continue
		}
		r.Countable++
		if w.meet(r, id) {
			r.FirstTimes++
		}
	}
	r.People = len(d.people)
	w.service(r, +1)
	return r, audit.Write(ctx, tx, who, audit.Entry{
		Action: "register.record", Subject: "service", SubjectID: r.ID, BodyID: r.BodyID, PointID: r.PointID,
		Detail: map[string]any{"people": r.People, "countable": r.Countable, "booking": r.BookingID, "corrects": r.Corrects},
	})
}

func (s *Service) serveBooking(ctx context.Context, tx *sqldb.Tx, who identity.Actor, d *draft) error {
	b, err := s.Agenda.Served(ctx, tx, who, d.in.BookingID)
	if err != nil {
		return err
	}
	if b.PointID != d.point.ID {
		d.add("booking", keyBookingPoint)
		return d.problems.Err()
	}
	return nil
}

func (d *draft) record(tx *sqldb.Tx, who identity.Actor) Record {
	return Record{
		ID: d.id, ProgrammeID: d.project.ProgrammeID, ProjectID: d.project.ID, BodyID: d.project.BodyID,
		PointID: d.point.ID, AddressID: d.addressID, FacilitatorID: d.facilitator, BookingID: d.in.BookingID, Corrects: d.corrects,
		Day: d.in.Day, StartsAt: d.startsAt.UTC(), Minutes: d.in.Minutes,
		Types: d.in.Types, Areas: codelist.AreasOf(d.in.Skills), Skills: d.in.Skills, Domains: d.in.Domains,
		Detail: d.in.Detail, Outcome: d.in.Outcome, Autonomy: d.in.Autonomy,
		State: Active, CreatedBy: who.AccountID, CreatedAt: tx.Now, Version: 1,
	}
}

func insertRecord(ctx context.Context, tx *sqldb.Tx, r Record, key string) error {
	n, err := db.New(tx).InsertRecord(ctx, db.InsertRecordParams{
		ID: r.ID, IdempotencyKey: sqldb.OptText(key), ProgrammeID: r.ProgrammeID, ProjectID: r.ProjectID, BodyID: r.BodyID,
		PointID: r.PointID, AddressID: r.AddressID, FacilitatorID: r.FacilitatorID,
		BookingID: sqldb.OptText(r.BookingID), Corrects: sqldb.OptText(r.Corrects),
		Day: r.Day, StartsAt: sqldb.At(r.StartsAt), Minutes: r.Minutes,
		Types: codelist.Join(r.Types), Areas: codelist.Join(r.Areas), Skills: codelist.Join(r.Skills), Domains: codelist.Join(r.Domains),
		Detail: r.Detail, Outcome: string(r.Outcome), Autonomy: r.Autonomy,
		CreatedBy: sqldb.OptText(r.CreatedBy), Now: sqldb.At(tx.Now),
	})
	if err == nil && n == 0 {
		err = fmt.Errorf("the idempotency key appeared in the middle of the transaction")
	}
	if err != nil {
		return fmt.Errorf("register: write a record: %w", err)
	}
	return nil
}

func insertAttendance(ctx context.Context, tx *sqldb.Tx, recordID, citizenID string, p *person) error {
	err := db.New(tx).InsertAttendance(ctx, db.InsertAttendanceParams{
		RecordID: recordID, CitizenID: citizenID, Countable: p.code != "", AgeBand: p.now.ageBand, Gender: p.now.gender,
		Education: p.now.education, Occupation: p.now.occupation, Citizenship: p.now.citizenship, Province: p.now.province,
	})
	if err != nil {
		return fmt.Errorf("register: write an attendance: %w", err)
	}
	return nil
}

// broken turns a constraint of the register into its refusal.
func broken(err error) error {
	if c, ok := sqldb.Broken(err); ok && c == "register_record_booking" {
		return ErrBookingRecorded
	}
	return err
}
