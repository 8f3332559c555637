package desk

import (
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// mostPeople is how many facilitators the choice of an agenda offers.
const mostPeople = 300

// subject is the facilitator whose work a page shows.
type subject struct {
	// Who is the zero Facilitator while nobody is chosen.
	Who facilitators.Facilitator
	// Own says that it is the person who is signed in.
	Own bool
	// Choices are the facilitators to choose from; empty for who only has an own agenda.
	Choices []ui.Option
	// Operator says that the person works at the contact centre, which has pages of its own.
	Operator bool
}

func (s subject) found() bool { return s.Who.ID != "" }

// address returns path with the subject, unless it is the person's own, and with more values.
func (s subject) address(path string, pairs ...string) string {
	q := url.Values{}
	if !s.Own && s.Who.ID != "" {
		q.Set("facilitatore", s.Who.ID)
	}
	for pair := range slices.Chunk(pairs, 2) {
		if pair[1] != "" {
			q.Set(pair[0], pair[1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// whose finds the facilitator that the address names, or else the person's own record.
func (d Deps) whose(r *http.Request, want string) (subject, error) {
	ctx, who := r.Context(), session.Actor(r)
	s := subject{Operator: who.HasRole(identity.Operator)}
	own, err := d.own(r)
	if err != nil {
		return s, err
	}
	if own.ID != "" && (want == "" || want == own.ID) {
		s.Who, s.Own = own, true
	}
	if !who.Can(identity.SeeFacilitators) {
		if !s.found() && want != "" {
			return s, identity.ErrNotHere
		}
		return s, nil
	}
	list, _, err := d.Facilitators.List(ctx, who, facilitators.Filter{State: facilitators.Active, Max: mostPeople})
	if err != nil {
		return s, err
	}
	for _, f := range list {
		s.Choices = append(s.Choices, ui.Option{Value: f.ID, Label: f.FullName()})
	}
	switch {
	case s.found():
	case want != "":
		s.Who, err = d.Facilitators.ByID(ctx, who, want)
	case len(list) == 1:
		s.Who = list[0]
	}
	return s, err
}

// own returns the facilitator that the person signed in is, the zero one when none.
func (d Deps) own(r *http.Request) (facilitators.Facilitator, error) {
	account := session.Actor(r).AccountID
	if account == "" {
		return facilitators.Facilitator{}, nil
	}
	f, err := d.Facilitators.ByAccount(r.Context(), account)
	if errs.Of(err) == errs.NotFound {
		return facilitators.Facilitator{}, nil
	}
	return f, err
}

// pointsOf returns the points that f serves on a day and over which the person signed in holds may, by
// name.
func (d Deps) pointsOf(r *http.Request, f facilitators.Facilitator, day calendar.Day, may identity.Permission) ([]points.Point, error) {
	within, err := d.Points.Visible(r.Context(), session.Actor(r), may)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, served := range f.Points {
		if f.ServesOn(served.PointID, day) && within.Has(served.PointID) && !slices.Contains(ids, served.PointID) {
			ids = append(ids, served.PointID)
		}
	}
	found, err := d.Points.ByIDs(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	var out []points.Point
	for _, id := range ids {
		if p, ok := found[id]; ok {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b points.Point) int { return compareText(a.PublicName, b.PublicName) })
	return out, nil
}

// dayAsked returns the day that the address names, today when it names none.
func dayAsked(r *http.Request, today calendar.Day) (calendar.Day, error) {
	text := r.URL.Query().Get("giorno")
	if text == "" {
		return today, nil
	}
	return calendar.ParseDay(text)
}
