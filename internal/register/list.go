package register

import (
	"context"
	"fmt"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/identity"
	"capillare/internal/register/internal/db"
	"capillare/internal/sqldb"
)

// PageSize is how many records a list shows when nothing else is asked.
const PageSize = 50

// Filter chooses records, the latest first. Empty fields choose everything in reach.
type Filter struct {
	PointID, ProjectID, FacilitatorID string
	From, To                          calendar.Day
	WithCancelled                     bool
	// AfterStart and AfterID go on after the last record of the page before.
	AfterStart time.Time
	AfterID    string
	Max        int // PageSize when 0
}

// farFuture and farPast stand for "no end" and "no beginning".
func farPast() calendar.Day   { return calendar.NewDay(1900, time.January, 1) }
func farFuture() calendar.Day { return calendar.NewDay(9999, time.December, 31) }

func span(from, to calendar.Day) (calendar.Day, calendar.Day) {
	if from.IsZero() {
		from = farPast()
	}
	if to.IsZero() {
		to = farFuture()
	}
	return from, to
}

// List returns records with how many people attended, never who.
func (s *Service) List(ctx context.Context, who identity.Actor, f Filter) ([]Record, error) {
	within, err := s.reach(ctx, who, identity.SeeRegister)
	if err != nil {
		return nil, err
	}
	if f.Max <= 0 {
		f.Max = PageSize
	}
	from, to := span(f.From, f.To)
	var out []Record
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		out = nil
		rows, err := db.New(tx).ListRecords(ctx, db.ListRecordsParams{
			EveryPoint: within.every, Points: within.points,
			AnyPoint: f.PointID == "", PointID: f.PointID, AnyProject: f.ProjectID == "", ProjectID: f.ProjectID,
			AnyFacilitator: f.FacilitatorID == "", FacilitatorID: f.FacilitatorID, FromDay: from, ToDay: to,
			WithCancelled: f.WithCancelled, AnyAfter: f.AfterID == "", AfterAt: afterAt(f.AfterStart), AfterID: f.AfterID,
			Max: int32(f.Max),
		})
		if err != nil {
			return fmt.Errorf("register: list: %w", err)
		}
		refs := make([]*Record, len(rows))
		out = make([]Record, len(rows))
		for i, row := range rows {
			out[i] = fromRow(row)
			refs[i] = &out[i]
		}
		return headcounts(ctx, tx, refs)
	})
	return out, err
}

// afterAt keeps a comparison with NULL, which is never true, away from the first page.
func afterAt(t time.Time) sqldb.Time {
	if t.IsZero() {
		return sqldb.At(farFuture().Start())
	}
	return sqldb.At(t)
}

// ByID returns one record with the people on it: codes masked; names only for who may record there.
func (s *Service) ByID(ctx context.Context, who identity.Actor, id string) (Record, error) {
	var out Record
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		r, point, err := s.recordAt(ctx, tx, who, identity.SeeRegister, id)
		if err != nil {
			return err
		}
		if err := headcounts(ctx, tx, []*Record{&r}); err != nil {
			return err
		}
		named := who.Require(identity.Record, identity.Target{Programme: r.ProgrammeID, Project: r.ProjectID, Point: r.PointID,
			Bodies: []string{point.ManagingBodyID, point.DeliveringBodyID}}) == nil
		r.Attendances, err = s.attendances(ctx, tx, r.ID, named)
		out = r
		return err
	})
	return out, err
}

func (s *Service) attendances(ctx context.Context, tx *sqldb.Tx, recordID string, named bool) ([]Attendance, error) {
	rows, err := db.New(tx).Attendances(ctx, sqldb.List([]string{recordID}))
	if err != nil {
		return nil, fmt.Errorf("register: attendances: %w", err)
	}
	var out []Attendance
	for _, row := range rows {
		a, code, err := s.attendance(row, named)
		if err != nil {
			return nil, err
		}
		a.MaskedCode = code.Masked()
		out = append(out, a)
	}
	return out, nil
}

func (s *Service) attendance(row db.AttendancesRow, named bool) (Attendance, codes.TaxCode, error) {
	a := Attendance{
		CitizenID: row.CitizenID, Countable: row.Countable, DocumentKind: row.DocumentKind,
		Gender: row.Gender, AgeBand: row.AgeBand,
		Education: row.Education, Occupation: row.Occupation, Citizenship: row.Citizenship, Province: row.Province,
	}
	code, err := s.openCode(row.CitizenID, row.TaxCodeCipher)
	if err != nil || !named {
		return a, code, err
	}
	if a.Name, err = s.open(sealName, row.CitizenID, row.NameCipher); err != nil {
		return a, code, err
	}
	a.Surname, err = s.open(sealSurname, row.CitizenID, row.SurnameCipher)
	return a, code, err
}
