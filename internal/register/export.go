package register

import (
	"context"
	"fmt"

	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/identity"
	"capillare/internal/register/internal/db"
	"capillare/internal/sqldb"
)

// weekOfDays is how much of the register is in memory at a time while it is read out.
const weekOfDays = 7

// OpenRecord is a record with its people in clear, for the national file and nothing else.
type OpenRecord struct {
	Record
	People []OpenPerson
}

// OpenPerson is an attendance in clear.
type OpenPerson struct {
	Attendance
	TaxCode codes.TaxCode // "" for who does not count
}

// OpenFilter chooses the active records of a project from a day to another, both included.
type OpenFilter struct {
	ProjectID string
	From, To  calendar.Day
}

// ReadOpen gives each day of records with somebody on it, in order of start, to fn, all from one
// moment: tax codes and names in clear. It asks the right to export; the caller audits what it did.
func (s *Service) ReadOpen(ctx context.Context, who identity.Actor, f OpenFilter, fn func(day []OpenRecord) error) error {
	within, err := s.reach(ctx, who, identity.ExportNational)
	if err != nil {
		return err
	}
	return s.db.View(ctx, func(tx *sqldb.Tx) error {
		for from := f.From; !from.After(f.To); from = from.AddDays(weekOfDays) {
			to := from.AddDays(weekOfDays - 1)
			if to.After(f.To) {
				to = f.To
			}
			records, err := s.readWeek(ctx, tx, within, OpenFilter{f.ProjectID, from, to})
			if err != nil {
				return err
			}
			for len(records) > 0 {
				n := 1
				for n < len(records) && records[n].Day == records[0].Day {
					n++
				}
				if err := fn(records[:n]); err != nil {
					return err
				}
				records = records[n:]
			}
		}
		return nil
	})
}

func (s *Service) readWeek(ctx context.Context, tx *sqldb.Tx, within reach, f OpenFilter) ([]OpenRecord, error) {
	q := db.New(tx)
	rows, err := q.ListForExport(ctx, db.ListForExportParams{ProjectID: f.ProjectID, FromDay: f.From, ToDay: f.To,
		EveryPoint: within.every, Points: within.points})
	if err != nil {
		return nil, fmt.Errorf("register: records to export: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	list, place := make([]string, len(rows)), map[string]int{}
	out := make([]OpenRecord, len(rows))
	for i, row := range rows {
		out[i].Record = fromRow(row)
		list[i], place[row.ID] = row.ID, i
	}
	people, err := q.Attendances(ctx, sqldb.List(list))
	if err != nil {
		return nil, fmt.Errorf("register: people to export: %w", err)
	}
	for _, row := range people {
		p := OpenPerson{}
		if p.Attendance, p.TaxCode, err = s.attendance(row, true); err != nil {
			return nil, err
		}
		at := &out[place[row.RecordID]]
		at.People = append(at.People, p)
		at.Record.People++
		if p.Countable {
			at.Countable++
		}
	}
	return out, nil
}

// Involved returns the points and the facilitators of what [Service.ReadOpen] would read, so that their
// names can be loaded beforehand.
func (s *Service) Involved(ctx context.Context, who identity.Actor, f OpenFilter) (pointIDs, facilitatorIDs []string, err error) {
	if !who.Can(identity.ExportNational) {
		return nil, nil, identity.ErrForbidden
	}
	places, people := map[string]bool{}, map[string]bool{}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).Involved(ctx, db.InvolvedParams{ProjectID: f.ProjectID, FromDay: f.From, ToDay: f.To})
		for _, r := range rows {
			places[r.PointID], people[r.FacilitatorID] = true, true
		}
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("register: who is involved: %w", err)
	}
	return ids(places), ids(people), nil
}
