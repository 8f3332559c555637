package visits

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"capillare/internal/agenda"
	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/visits/internal/db"
)

// subject is what the audit calls a request.
const subject = "visit"

func requestOf(r db.VisitsRequest) Request {
	return Request{
		ID: r.ID, Code: r.Code,
		Ask: Ask{
			Reason: r.Reason, Belfiore: r.Belfiore, Place: r.Place, People: r.People, Topic: r.Topic, Need: r.Need, Language: r.Language,
			Suits:   calendar.Suits{Weekdays: calendar.Weekdays(r.Weekdays), Part: calendar.Part(r.Part)},
			Contact: agenda.Contact{Name: r.Name, Phone: r.Phone, Email: r.Email, OnBehalf: r.OnBehalf, Relation: r.Relation},
			Channel: r.Channel, NoticeVersion: r.NoticeVersion,
		},
		PointID: string(r.PointID), Minutes: r.Minutes, State: r.State, AskedAt: r.AskedAt.Time, AnswerBy: r.AnswerBy,
		TakenAt: r.TakenAt.Time, TakenBy: string(r.TakenBy), PlannedAt: r.PlannedAt.Time,
		Plan: Plan{
			Day: r.PlannedDay, From: calendar.Minute(r.PlannedFrom), To: calendar.Minute(r.PlannedTo), Place: r.PlannedPlace,
			FacilitatorID: string(r.FacilitatorID), BookingID: string(r.BookingID),
		},
		EndedAt: r.EndedAt.Time, Helped: r.Helped, Refusal: r.Refusal, Answer: r.Answer, Version: r.Version,
	}
}

func found(row db.VisitsRequest, err error) (Request, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Request{}, ErrNotFound
	}
	if err != nil {
		return Request{}, fmt.Errorf("visits: request: %w", err)
	}
	return requestOf(row), nil
}

func byID(ctx context.Context, tx *sqldb.Tx, id string) (Request, error) {
	row, err := db.New(tx).RequestByID(ctx, id)
	return found(row.VisitsRequest, err)
}

// put writes what became of r; ErrChanged when somebody else changed it since it was seen.
func put(ctx context.Context, tx *sqldb.Tx, r Request) error {
	n, err := db.New(tx).PutRequest(ctx, db.PutRequestParams{
		ID: r.ID, Version: r.Version, State: r.State, PointID: sqldb.OptText(r.PointID), Minutes: r.Minutes,
		TakenAt: sqldb.At(r.TakenAt), TakenBy: sqldb.OptText(r.TakenBy),
		PlannedAt: sqldb.At(r.PlannedAt), PlannedDay: r.Plan.Day, PlannedFrom: int(r.Plan.From), PlannedTo: int(r.Plan.To),
		PlannedPlace: r.Plan.Place, FacilitatorID: sqldb.OptText(r.Plan.FacilitatorID), BookingID: sqldb.OptText(r.Plan.BookingID),
		EndedAt: sqldb.At(r.EndedAt), Helped: r.Helped, Refusal: r.Refusal, Answer: r.Answer,
	})
	if err != nil {
		return fmt.Errorf("visits: write a request: %w", err)
	}
	if n == 0 {
		return ErrChanged
	}
	return nil
}

// kept is what the audit keeps of a request: nothing that a person wrote.
type kept struct {
	State       string       `json:"state"`
	Point       string       `json:"point" audit:"name"`
	Day         calendar.Day `json:"day"`
	Hours       string       `json:"hours"`
	Facilitator string       `json:"facilitator" audit:"name"`
	Refusal     string       `json:"refusal"`
	Helped      int          `json:"helped"`
}

func keptOf(r Request) kept {
	k := kept{State: r.State, Point: r.PointID, Day: r.Plan.Day, Facilitator: r.Plan.FacilitatorID, Refusal: r.Refusal, Helped: r.Helped}
	if !r.Plan.Day.IsZero() {
		k.Hours = calendar.Band{Opens: r.Plan.From, Closes: r.Plan.To}.Hours()
	}
	return k
}

func note(ctx context.Context, tx *sqldb.Tx, who identity.Actor, action string, before, after Request) error {
	return audit.Write(ctx, tx, who, audit.Entry{
		Action: "visits." + action, Subject: subject, SubjectID: after.ID, PointID: after.PointID, Detail: audit.Compare(keptOf(before), keptOf(after)),
	})
}
