package managers

import (
	"errors"
	"net/http"
	"net/url"

	"capillare/internal/agenda"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/monitoring"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// startPage is where a manager begins: how the own points are, and what waits.
type startPage struct {
	// Points are figures about points and people; Today the appointments.
	Points []ui.Tile
	// Missing is how many points have no hours yet.
	Missing     int
	MissingHref string
	// Stranded is how many appointments no opening covers any more.
	Stranded  int
	Progress  []progressPart
	Links     []ui.Link
	Programme string
}

// progressPart is one indicator against its next target.
type progressPart struct {
	Label        string
	Done, Target int
}

func (d Deps) start(w http.ResponseWriter, r *http.Request) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	view := startPage{MissingHref: "/gestione/punti?orari=1"}
	all, err := d.Points.All(r.Context(), who, identity.SeePoints)
	if err != nil {
		return err
	}
	counts := map[string]int{}
	for _, one := range all {
		counts[one.State]++
		if one.HoursToComplete() && one.State != points.StateClosed {
			view.Missing++
		}
	}
	for _, state := range points.States() {
		if counts[state] > 0 {
			view.Points = append(view.Points, ui.Tile{Value: p.Number(counts[state]), Label: p.T("managers.start.points." + state),
				Href: "/gestione/punti?" + url.Values{"stato": {state}}.Encode()})
		}
	}
	if err := d.startPeople(r, &view); err != nil {
		return err
	}
	if view.Programme, view.Progress, err = d.startProgress(r); err != nil {
		return err
	}
	view.Links = startLinks(r, mayOf(who))
	page := frame(r, p.T("managers.start.title"))
	page.Breadcrumb = nil
	return ui.Render(w, r, http.StatusOK, startView(page, view))
}

func (d Deps) startPeople(r *http.Request, view *startPage) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	_, active, err := d.Facilitators.List(r.Context(), who, facilitators.Filter{State: facilitators.Active, Max: 1})
	if err != nil {
		return err
	}
	view.Points = append(view.Points, ui.Tile{Value: p.Number(active), Label: p.T("managers.start.people"),
		Href: "/gestione/facilitatori?stato=" + facilitators.Active})
	if !who.Can(identity.SeeAgenda) {
		return nil
	}
	booked, err := d.Agenda.Ahead(r.Context(), who, today(r), today(r))
	if err != nil {
		return err
	}
	view.Points = append(view.Points, ui.Tile{Value: p.Number(booked), Label: p.T("managers.start.today")})
	var stranded []agenda.Booking
	if stranded, err = d.Agenda.Stranded(r.Context(), who, ""); err == nil {
		view.Stranded = len(stranded)
	}
	return err
}

// startProgress compares the own figures with the targets of the programme that runs now.
func (d Deps) startProgress(r *http.Request) (string, []progressPart, error) {
	who := session.Actor(r)
	if !who.Can(identity.SeeProgress) || !who.Can(identity.SeeFunding) {
		return "", nil, nil
	}
	list, err := d.Funding.Programmes(r.Context(), who)
	if err != nil {
		return "", nil, err
	}
	for _, one := range list {
		if !runsOn(one, r) {
			continue
		}
		now, err := d.Monitoring.Progress(r.Context(), who, one.ID, today(r))
		if errors.Is(err, monitoring.ErrNoProgramme) {
			continue
		}
		return one.Name, progressParts(r, now), err
	}
	return "", nil, nil
}

func runsOn(one funding.Programme, r *http.Request) bool {
	return !today(r).Before(one.StartsOn) && !today(r).After(one.EndsOn)
}

func progressParts(r *http.Request, now monitoring.Progress) []progressPart {
	p := ui.PrinterOf(r)
	var out []progressPart
	for _, i := range now.Whole.Indicators {
		part := progressPart{Label: p.T("funding.kpi." + i.KPI), Done: i.Reached}
		if goal := i.Next; goal != nil {
			part.Target = goal.Value
			part.Label += ", " + p.T("managers.start.by", map[string]any{"day": p.DayNum(goal.DueOn)})
		}
		out = append(out, part)
	}
	return out
}

func startLinks(r *http.Request, can may) []ui.Link {
	p := ui.PrinterOf(r)
	var out []ui.Link
	for _, one := range []struct {
		show       bool
		key, where string
	}{
		{true, "managers.points.title", "/gestione/punti"},
		{can.EditPoints, "opening.wide.title", "/gestione/chiusure"},
		{can.EditPoints, "opening.patron.title", "/gestione/comuni"},
		{can.SeePeople, "managers.people.title", "/gestione/facilitatori"},
		{can.SeePeople, "campaigns.title", "/gestione/campagne"},
		{can.SeePeople, "campaigns.load.title", "/gestione/carico"},
		{true, "kinds.title", kindsPath},
		{can.SeePeople, "gaps.title", "/gestione/copertura"},
		{can.SeeAgenda, "closing.title", "/chiudi-oggi"},
		{can.SeeBodies, "managers.bodies.title", "/gestione/enti"},
		{can.SeeFunding, "managers.programmes.title", "/gestione/programmi"},
		{can.SeeProgress, "managers.start.progress", "/andamento"},
		{can.Export, "managers.national.title", "/gestione/facilita"},
		{can.RunImports, "managers.import", "/gestione/importa"},
		{can.SetUp, "settings.index.title", "/gestione/rete"},
		{can.SetUp, "territory.page.title", "/gestione/territorio"},
	} {
		if one.show {
			out = append(out, ui.Link{Label: p.T(one.key), Href: one.where})
		}
	}
	return out
}
