package managers

import (
	"net/http"
	"slices"

	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// twinPage asks which other record is the same person.
type twinPage struct {
	Form   *ui.Form
	Person facilitators.Facilitator
	// Alike look like the person; Found were searched for by name.
	Alike, Found []personRow
	Searched     bool
}

// twinsPage shows two records side by side and asks which one stays.
type twinsPage struct {
	Form   *ui.Form
	Action string
	Two    [2]facilitators.Facilitator
	Lines  []twinLine
	// Stays are the two, to choose the one that stays.
	Stays []ui.Option
	// Clashes are shifts at the same time, in words: while there are any, the two cannot be one.
	Clashes  []string
	BackHref string
}

// twinLine is one detail of both records; Same says that they agree.
type twinLine struct {
	Term, One, Two string
	Same           bool
}

func (d Deps) askMerge(w http.ResponseWriter, r *http.Request) error {
	return d.showTwin(w, r, ui.NewForm(r, nil))
}

func (d Deps) findTwin(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	return d.showTwin(w, r, form)
}

func (d Deps) showTwin(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	f, err := d.Facilitators.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	view := twinPage{Form: form, Person: f, Searched: form.Has("cerca")}
	if !mayMerge(who, f) {
		return identity.ErrNotHere
	}
	alike, err := d.Facilitators.Lookalikes(r.Context(), who, f)
	if err != nil {
		return err
	}
	if view.Alike, err = d.personRows(r, mergeable(who, alike, f.ID)); err != nil {
		return err
	}
	if view.Searched {
		found, _, err := d.Facilitators.List(r.Context(), who, facilitators.Filter{Search: form.Text("cerca"), Max: searchedAtOnce})
		if err != nil {
			return err
		}
		if view.Found, err = d.personRows(r, mergeable(who, found, f.ID)); err != nil {
			return err
		}
	}
	return ui.Render(w, r, http.StatusOK, twinView(frame(r, p.T("people.merge.title"), personWay(p, f)...), view))
}

// mayMerge reports whether who may merge a person's record: as the body the person works for. People of
// others who serve an own point are seen and changed, but whether they are one is not decided here.
func mayMerge(who identity.Actor, f facilitators.Facilitator) bool {
	return who.Require(identity.EditFacilitators, identity.Target{Bodies: []string{f.BodyID}}) == nil
}

func mergeable(who identity.Actor, list []facilitators.Facilitator, id string) []facilitators.Facilitator {
	return slices.DeleteFunc(without(list, id), func(f facilitators.Facilitator) bool { return !mayMerge(who, f) })
}

func without(list []facilitators.Facilitator, id string) []facilitators.Facilitator {
	var out []facilitators.Facilitator
	for _, f := range list {
		if f.ID != id {
			out = append(out, f)
		}
	}
	return out
}

func (d Deps) compareTwins(w http.ResponseWriter, r *http.Request) error {
	return d.showTwins(w, r, http.StatusOK, ui.NewForm(r, map[string][]string{"kept": {r.PathValue("id")}}))
}

func (d Deps) showTwins(w http.ResponseWriter, r *http.Request, status int, form *ui.Form) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	view := twinsPage{Form: form, Action: r.URL.Path}
	for i, name := range []string{"id", "other"} {
		f, err := d.Facilitators.ByID(r.Context(), who, r.PathValue(name))
		if err != nil {
			return err
		}
		view.Two[i] = f
	}
	one, two := view.Two[0], view.Two[1]
	if one.ID == two.ID {
		return identity.ErrNotHere
	}
	view.BackHref = "/gestione/facilitatori/" + one.ID
	var err error
	if view.Lines, err = d.twinLines(r, one, two); err != nil {
		return err
	}
	if view.Clashes, err = d.clashWords(r, one, two); err != nil {
		return err
	}
	for i, f := range view.Two {
		view.Stays = append(view.Stays, ui.Option{Value: f.ID, Label: f.FullName(), Hint: p.T([]string{"people.merge.left", "people.merge.right"}[i])})
	}
	return ui.Render(w, r, status, twinsView(frame(r, p.T("people.merge.title"), personWay(p, one)...), view))
}

// twinLines are the details of both, one beside the other.
func (d Deps) twinLines(r *http.Request, one, two facilitators.Facilitator) ([]twinLine, error) {
	p := ui.PrinterOf(r)
	var lists [2][]ui.SummaryItem
	for i, f := range []facilitators.Facilitator{one, two} {
		details, err := d.personDetails(r, f)
		if err != nil {
			return nil, err
		}
		served, err := d.servedNames(r, []facilitators.Facilitator{f})
		if err != nil {
			return nil, err
		}
		lists[i] = append([]ui.SummaryItem{{Term: p.T("managers.people.name"), Value: f.Surname + " " + f.Name},
			{Term: p.T("managers.column.state"), Value: p.T("facilitators.state." + f.StateOn(today(r)))},
			{Term: p.T("managers.person.points"), Value: served[f.ID]}}, details...)
	}
	lines := make([]twinLine, len(lists[0]))
	for i, a := range lists[0] {
		b := lists[1][i]
		lines[i] = twinLine{Term: a.Term, One: a.Value, Two: b.Value, Same: a.Value == b.Value}
	}
	return lines, nil
}

// clashWords are the shifts that one person could not both do.
func (d Deps) clashWords(r *http.Request, one, two facilitators.Facilitator) ([]string, error) {
	clashes, err := d.Facilitators.Clashes(r.Context(), session.Actor(r), one.ID, two.ID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range clashes {
		ids = append(ids, c.Gone.PointID, c.Kept.PointID)
	}
	places, err := d.Points.ByIDs(r.Context(), unique(ids))
	p := ui.PrinterOf(r)
	shift := func(duty facilitators.Duty) string {
		return capital(p.Weekday(duty.Weekday)) + " " + duty.Starts.String() + "–" + duty.Ends.String() + ", " + places[duty.PointID].PublicName
	}
	words := make([]string, len(clashes))
	for i, c := range clashes {
		words[i] = shift(c.Gone) + " / " + shift(c.Kept)
	}
	return words, err
}

func (d Deps) mergeTwins(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, two := r.PathValue("id"), r.PathValue("other")
	kept, gone := form.Choice("kept", one, two), one
	if kept == one {
		gone = two
	}
	status := http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		_, refused := d.Facilitators.Merge(r.Context(), who, gone, kept)
		if refused == nil {
			return ui.RedirectFlash(w, r, "/gestione/facilitatori/"+kept, ui.Success, "people.merge.done")
		}
		status = ui.StatusOf(refused)
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	return d.showTwins(w, r, status, form)
}
