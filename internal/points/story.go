package points

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// story is what the history of a point tells of its details, each in one short text.
type story struct {
	Code           string `json:"code"`
	OfficialName   string `json:"official_name"`
	PublicName     string `json:"public_name"`
	FacilitaName   string `json:"facilita_name"`
	FacilitaNumber string `json:"facilita_number"`
	Kind           string `json:"kind"`
	ProjectID      string `json:"project_id"`
	ManagingBody   string `json:"managing_body_id"`
	DeliveringBody string `json:"delivering_body_id"`
	Phone          string `json:"phone"`
	Email          string `json:"email"`
	Booking        string `json:"booking"`
	OpenOnPatron   bool   `json:"open_on_patron"`
	Source         string `json:"source"`
	Accessibility  string `json:"accessibility"`
	Services       string `json:"services"`
	Languages      string `json:"languages"`
	Addresses      string `json:"addresses"`
}

func (p Point) story() story {
	var places []string
	for _, a := range p.Addresses {
		parts := []string{a.Place, a.Street, a.CAP, a.Belfiore}
		if a.HasAt {
			parts = append(parts, fmt.Sprintf("%.5f %.5f", a.At.Lat, a.At.Lon))
		}
		places = append(places, strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", "))
	}
	return story{
		Code: p.Code, OfficialName: p.OfficialName, PublicName: p.PublicName, FacilitaName: p.FacilitaName, FacilitaNumber: p.FacilitaNumber,
		Kind: p.Kind, ProjectID: p.ProjectID, ManagingBody: p.ManagingBodyID, DeliveringBody: p.DeliveringBodyID,
		Phone: p.Phone, Email: p.Email, Booking: p.Booking, OpenOnPatron: p.OpenOnPatron, Source: p.Source,
		Accessibility: strings.Join(p.Accessibility, " "), Services: strings.Join(p.Services, " "), Languages: strings.Join(p.Languages, " "),
		Addresses: strings.Join(places, "; "),
	}
}

// changed is the detail of a change of one field.
func changed(field, from, to string) audit.Changes {
	return audit.Changes{Changes: []audit.Change{{Field: field, From: from, To: to}}}
}

// hoursChanges tells which weeks are others.
func hoursChanges(before, after Point) audit.Changes {
	var all audit.Changes
	for i, a := range after.Addresses {
		was := before.Addresses[i]
		if from, to := was.Ordinary().String(), a.Ordinary().String(); from != to {
			all.Changes = append(all.Changes, audit.Change{Field: "hours", From: from, To: to})
		}
		if from, to := seasonsText(was), seasonsText(a); from != to {
			all.Changes = append(all.Changes, audit.Change{Field: "seasons", From: from, To: to})
		}
	}
	return all
}

func seasonsText(a Address) string {
	var parts []string
	for _, s := range a.Schedules {
		if !s.ordinary() {
			parts = append(parts, strings.TrimSpace(s.Name+" "+days(s.From, s.To))+": "+s.Bands.String())
		}
	}
	return strings.Join(parts, " | ")
}

func (c Closure) text() string { return days(c.From, c.To) + ": " + c.Reason }

func (e Exception) text() string {
	if e.Day.IsZero() {
		return ""
	}
	return e.Day.String() + " " + e.Bands.String() + ": " + e.Reason
}

func days(from, to calendar.Day) string {
	if from == to {
		return from.String()
	}
	return from.String() + "/" + to.String()
}

// History returns what was done to a point that who may see, the newest first, a hundred rows at most.
func (s *Service) History(ctx context.Context, who identity.Actor, id string) (rows []audit.Row, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.RequirePoint(ctx, tx, who, identity.SeePoints, id); err != nil {
			return err
		}
		rows, err = audit.List(ctx, tx, audit.Filter{Subject: "point", SubjectID: id})
		return err
	})
	return rows, fault("history", err)
}

func missing(err error) bool { return errors.Is(err, sql.ErrNoRows) }
