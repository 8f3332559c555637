package public

import (
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/web/ui"
)

// holdSeconds is how long a hold lives that nobody renews: then the client may take another.
const holdSeconds = 300

// hold takes the chosen time for as long as the rest of the form asks.
func (d Deps) hold(w http.ResponseWriter, r *http.Request) error {
	point, err := d.bookable(r, r.PathValue("code"))
	if err != nil {
		return err
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	where, err := decodeTime(form.Text("quando"), point.ID)
	if err != nil {
		_ = form.Problems.Check("quando", err)
		return d.showTimes(w, r, http.StatusUnprocessableEntity, point, form)
	}
	where.Party = partyOf(form, 1)
	b, secret, err := d.Agenda.Hold(r.Context(), agenda.HoldRequest{
		Where: where, ClientKey: d.clientKey(r), Channel: agenda.Web, Language: string(ui.PrinterOf(r).Lang()),
		// The same form sent twice is one booking; another time chosen after "back" is another.
		Key: nonceOf(form) + "|" + form.Text("persone") + "|" + form.Text("quando"),
	})
	switch {
	case errors.Is(err, agenda.ErrTaken), errors.Is(err, agenda.ErrPast):
		return d.takenBeforeHold(w, r, err, where, form)
	case errors.Is(err, agenda.ErrTooManyHolds):
		return agenda.ErrTooManyHolds.With(errs.Args{ui.RetryArg: holdSeconds})
	case err != nil:
		return err
	}
	if topic := form.Text("tema"); topicName(ui.PrinterOf(r), topic) != "" && b.Topic == "" {
		details := b.Details
		details.Topic = topic
		if _, err := d.Agenda.Fill(r.Context(), secret, details); err != nil {
			return err
		}
	}
	return ui.Redirect(w, r, "/prenotazione/b/"+secret+"/"+stepDetails)
}

// clientKey tells one client from another for a day, without keeping where they come from.
func (d Deps) clientKey(r *http.Request) string {
	ip := ""
	if d.ClientIP != nil {
		ip = d.ClientIP(r)
	} else if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		ip = host
	}
	return d.Keys.ClientKey(ip, calendar.DayOf(ui.Now(r)).String())
}

// takenPage says that somebody was faster, and offers the nearest times.
type takenPage struct {
	// Kept is true when there is something typed that was kept.
	Kept bool
	// Reason is why, in words; Lost is the time that is gone.
	Reason, Lost string
	// Action takes the choice of another time; Others leads to all of them, elsewhere to other points.
	Action, Others, Elsewhere string
	Choices                   []otherTime
	Topic, Nonce              string
	// Code is the point of the lost time; Party how many were to come, "" for one.
	Code, Party string
}

// otherTime is a time offered instead of a lost one, of the same point or of another.
type otherTime struct {
	Value, Label, Action, Code string
}

// alternatives is how many times are offered instead of one that is taken.
const alternatives = 3

// otherChoices puts the times offered into words. Those of other points say where they are; before there is
// a draft, each point has a form of its own.
func (d Deps) otherChoices(r *http.Request, v takenPage, lost agenda.Where, times []agenda.Alternative) ([]otherTime, error) {
	ids := make([]string, len(times))
	for i, t := range times {
		ids[i] = t.PointID
	}
	spots, err := d.Points.ByIDs(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	var list []otherTime
	for _, t := range times {
		c := otherTime{Value: encodeTime(t.Time), Label: ui.PrinterOf(r).When(t.StartsAt, ui.Now(r)), Action: v.Action, Code: v.Code}
		if spot := spots[t.PointID]; t.PointID != lost.PointID {
			c.Label, c.Code = c.Label+", "+spot.PublicName, spot.Code
			if v.Action == "/prenota/"+v.Code {
				c.Action = "/prenota/" + spot.Code
			}
		}
		list = append(list, c)
	}
	return list, nil
}

func (d Deps) takenBeforeHold(w http.ResponseWriter, r *http.Request, why error, where agenda.Where, form *ui.Form) error {
	path := "/prenota/" + r.PathValue("code")
	v := takenPage{Action: path, Others: path, Elsewhere: "/punti", Code: r.PathValue("code"), Topic: form.Text("tema"), Nonce: rand.Text()}
	return d.taken(w, r, why, where, v)
}

// takenDraft is taken for a booking that has a draft: what was typed is already kept.
func (d Deps) takenDraft(w http.ResponseWriter, r *http.Request, why error, where agenda.Where, a appointment) error {
	return d.taken(w, r, why, where, takenPage{
		Kept: a.Topic != "" || a.Contact.Name != "" || !a.Draft(), Code: a.Point.Code,
		Action: a.Base + "/orario", Others: a.Base + "/orario?punto=" + a.Point.Code, Elsewhere: a.Base + "/punto",
	})
}

func (d Deps) taken(w http.ResponseWriter, r *http.Request, why error, where agenda.Where, v takenPage) error {
	p := ui.NewPage(r, ui.PrinterOf(r).T("public.taken.title"))
	v.Reason = p.Printer.T("public.taken.taken")
	if errors.Is(why, agenda.ErrPast) {
		v.Reason = p.Printer.T("public.taken.past")
	}
	if where.Party > 1 {
		v.Party = strconv.Itoa(where.Party)
	}
	v.Lost = p.Printer.When(where.StartsAt, ui.Now(r))
	times, err := d.Agenda.Alternatives(r.Context(), where, alternatives)
	if err != nil {
		return err
	}
	if v.Choices, err = d.otherChoices(r, v, where, times); err != nil {
		return err
	}
	private(w)
	return ui.Render(w, r, http.StatusConflict, takenView(p, v))
}
