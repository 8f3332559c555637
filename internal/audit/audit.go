// Package audit keeps who did what to what, and when (it: il registro degli accessi).
//
// Its rules: a row is written in the transaction of the change, so that there is no change without its
// row and no row without its change; rows are only added, and deleted only when their time is over; the
// detail never holds personal data of a
// citizen, because rows outlive the data they speak of.
//
// It does not decide who may do something (package identity does) and knows no domain: actions and
// subjects are words that their owners choose, such as "points.hours" and "point".
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"capillare/internal/audit/internal/db"
	"capillare/internal/sqldb"
)

// Author is who makes a change; identity.Actor is one.
type Author interface {
	// AuditID is the account, or "" for the program itself and for the public.
	AuditID() string
	// AuditRole is what the author was acting as: never empty.
	AuditRole() string
	// AuditRequest is the number of the request, or "".
	AuditRequest() string
}

// Entry is one thing done.
type Entry struct {
	// Action is "package.verb"; Subject is the kind of thing, SubjectID which one.
	Action, Subject, SubjectID string
	// BodyID and PointID say where it belongs, when known.
	BodyID, PointID string
	// Detail is written as JSON: names of fields, numbers, ids. Never personal data.
	Detail any
}

// Row is an Entry as it was kept.
type Row struct {
	ID, ActorID, ActorRole, RequestID string
	At                                time.Time
	Action, Subject, SubjectID        string
	BodyID, PointID                   string
	Detail                            json.RawMessage
}

// Filter chooses rows, the newest first.
type Filter struct {
	// Subject and SubjectID go together: the story of one thing. Both empty is everything.
	Subject, SubjectID string
	// Before goes on from the oldest row already shown; zero is from the newest.
	Before time.Time
	// Max is how many rows at most; 0 is 100.
	Max int
}

// Write adds the row of e, done by author, to the transaction.
func Write(ctx context.Context, tx *sqldb.Tx, author Author, e Entry) error {
	detail := []byte("{}")
	if e.Detail != nil {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return fmt.Errorf("audit %s: %w", e.Action, err)
		}
	}
	err := db.New(tx).InsertEntry(ctx, db.InsertEntryParams{
		ID: sqldb.NewID(tx.Now), At: sqldb.At(tx.Now),
		ActorID: sqldb.OptText(author.AuditID()), ActorRole: author.AuditRole(), RequestID: author.AuditRequest(),
		Action: e.Action, Subject: e.Subject, SubjectID: e.SubjectID,
		BodyID: sqldb.OptText(e.BodyID), PointID: sqldb.OptText(e.PointID), Detail: sqldb.RawJSON(detail),
	})
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	return nil
}

// List returns the rows that f chooses. The caller has asked for the permission to see them.
func List(ctx context.Context, tx *sqldb.Tx, f Filter) ([]Row, error) {
	if f.Max <= 0 {
		f.Max = 100
	}
	if f.Before.IsZero() {
		f.Before = tx.Now.AddDate(100, 0, 0)
	}
	found, err := db.New(tx).ListEntries(ctx, db.ListEntriesParams{
		AnySubject: f.Subject == "", Subject: f.Subject, SubjectID: f.SubjectID,
		Before: sqldb.At(f.Before), Max: int32(f.Max),
	})
	if err != nil {
		return nil, fmt.Errorf("audit: list: %w", err)
	}
	rows := make([]Row, len(found))
	for i, e := range found {
		rows[i] = Row{
			ID: e.ID, At: e.At.Time, ActorID: string(e.ActorID), ActorRole: e.ActorRole, RequestID: e.RequestID,
			Action: e.Action, Subject: e.Subject, SubjectID: e.SubjectID,
			BodyID: string(e.BodyID), PointID: string(e.PointID), Detail: json.RawMessage(e.Detail),
		}
	}
	return rows, nil
}
