package managers

import (
	"net/http"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/orgs"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// joinPage shows two bodies side by side, and asks which stays and whose details it keeps.
type joinPage struct {
	Form *ui.Form
	Body orgs.Body
	// Others are the bodies to choose from; Other is the one chosen, without an id before.
	Others   []ui.Option
	Other    orgs.Body
	Stays    []ui.Option
	Fields   []joinField
	BackHref string
	Days     int
}

// joinField is a detail on which the two differ, or are alike.
type joinField struct {
	Name, Label string
	One, Two    string
	Choices     []ui.Option
}

func (d Deps) mergeBody(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	return d.showMerge(w, r, http.StatusOK, form, r.URL.Query().Get("con"))
}

func (d Deps) saveMerge(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, two := r.PathValue("id"), form.Need("con", 64)
	if len(form.Problems) > 0 {
		return d.showMerge(w, r, http.StatusUnprocessableEntity, form, "")
	}
	m := orgs.Merging{FromID: two, IntoID: one}
	switch form.Choice("stays", one, two) {
	case two:
		m = orgs.Merging{FromID: one, IntoID: two}
	case "":
		return d.showMerge(w, r, http.StatusUnprocessableEntity, form, two)
	}
	for _, name := range orgs.MergeFields() {
		if form.Text("field_"+name) == m.FromID {
			m.Take = append(m.Take, name)
		}
	}
	_, refused := d.Orgs.Merge(r.Context(), who, m)
	if refused == nil {
		return ui.RedirectFlash(w, r, "/gestione/enti/"+m.IntoID, ui.Success, "bodies.merge.done")
	}
	if err := form.Refuse(refused); err != nil {
		return err
	}
	return d.showMerge(w, r, ui.StatusOf(refused), form, two)
}

func (d Deps) showMerge(w http.ResponseWriter, r *http.Request, status int, form *ui.Form, otherID string) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	b, err := d.Orgs.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !b.EndedOn.IsZero() {
		return orgs.ErrEnded
	}
	view := joinPage{Form: form, Body: b, BackHref: "/gestione/enti/" + b.ID, Days: orgs.UndoDays}
	if otherID == "" {
		if view.Others, err = d.bodyOptions(r, p.T("managers.choose")); err != nil {
			return err
		}
		view.Others = withoutBody(view.Others, b.ID)
	} else if err := d.fillMerge(r, &view, otherID); err != nil {
		return err
	}
	return ui.Render(w, r, status, joinView(frame(r, p.T("bodies.merge.title"), bodyWay(r, b)...), view))
}

func withoutBody(list []ui.Option, id string) []ui.Option {
	var out []ui.Option
	for _, o := range list {
		if o.Value != id {
			out = append(out, o)
		}
	}
	return out
}

// fillMerge sets the two bodies side by side. Unless said otherwise, the one looked at stays and keeps its
// details, and takes from the other those that it lacks.
func (d Deps) fillMerge(r *http.Request, view *joinPage, otherID string) error {
	p := ui.PrinterOf(r)
	var err error
	if view.Other, err = d.Orgs.ByID(r.Context(), session.Actor(r), otherID); err != nil {
		return err
	}
	if view.Other.ID == view.Body.ID {
		return orgs.ErrSameBody
	}
	if !view.Other.EndedOn.IsZero() {
		return orgs.ErrEnded
	}
	one, two := view.Body, view.Other
	view.Stays = ui.Options(one.ID, one.Name, two.ID, two.Name)
	setDefault(view.Form, "stays", one.ID)
	value := d.bodyValue(r)
	for _, name := range orgs.MergeFields() {
		f := joinField{Name: "field_" + name, Label: p.T("bodies.change." + name), One: value(name, one.Detail(name)), Two: value(name, two.Detail(name))}
		if one.Detail(name) != two.Detail(name) {
			f.Choices = ui.Options(one.ID, orWord(p, f.One), two.ID, orWord(p, f.Two))
			chosen := one.ID
			if f.One == "" {
				chosen = two.ID
			}
			setDefault(view.Form, f.Name, chosen)
		}
		view.Fields = append(view.Fields, f)
	}
	return nil
}

func setDefault(form *ui.Form, name, value string) {
	if !form.Values.Has(name) {
		form.Values.Set(name, value)
	}
}

func orWord(p i18n.Printer, value string) string {
	if value == "" {
		return p.T("ui.history.empty")
	}
	return value
}

// joinedRow is a body that became part of the one shown.
type joinedRow struct {
	Text, Moved string
	// UndoPath takes it back; empty when it is too late.
	UndoPath, UndoUntil string
}

func (d Deps) joinedRows(r *http.Request, merges []orgs.Merge) ([]joinedRow, error) {
	var bodies, accounts []string
	for _, m := range merges {
		bodies, accounts = append(bodies, m.FromID), append(accounts, m.ByID)
	}
	names, err := d.bodyNames(r.Context(), bodies...)
	if err != nil {
		return nil, err
	}
	people, err := d.Identity.Names(r.Context(), unique(accounts))
	p := ui.PrinterOf(r)
	rows := make([]joinedRow, len(merges))
	for i, m := range merges {
		by := people[m.ByID]
		if by == "" {
			by = p.T("ui.history.program")
		}
		rows[i] = joinedRow{
			Text:  p.T("bodies.merge.row", map[string]any{"name": names[m.FromID], "day": p.DayNum(calendar.DayOf(m.At)), "by": by}),
			Moved: movedWords(p, m.Moves), UndoUntil: p.DayNum(calendar.DayOf(m.UndoUntil)),
		}
		if !ui.Now(r).After(m.UndoUntil) {
			rows[i].UndoPath = "/gestione/enti/" + m.IntoID + "/unioni/" + m.ID + "/annulla"
		}
	}
	return rows, err
}

// movedWords counts what followed a merge, in words: "3 punti, 1 progetto".
func movedWords(p i18n.Printer, moves []orgs.Move) string {
	counts, order := map[string]int{}, []string(nil)
	for _, m := range moves {
		if counts[m.What] == 0 {
			order = append(order, m.What)
		}
		counts[m.What]++
	}
	var parts []string
	for _, what := range order {
		if p.Has("bodies.moved." + what + ".one") {
			parts = append(parts, p.N("bodies.moved."+what, counts[what]))
		}
	}
	return strings.Join(parts, ", ")
}

// undoneJoin says what could not go back.
type undoneJoin struct {
	Stayed   []string
	BackHref string
}

func (d Deps) undoMerge(w http.ResponseWriter, r *http.Request) error {
	who, p, path := session.Actor(r), ui.PrinterOf(r), "/gestione/enti/"+r.PathValue("id")
	b, err := d.Orgs.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	stayed, err := d.Orgs.UndoMergeInto(r.Context(), who, b.ID, r.PathValue("merge"))
	if err != nil {
		return err
	}
	if len(stayed) == 0 {
		return ui.RedirectFlash(w, r, path, ui.Success, "bodies.merge.undone")
	}
	view := undoneJoin{BackHref: path, Stayed: d.stayedWords(r, stayed)}
	return ui.Render(w, r, http.StatusOK, bodyUndoneView(sheet(r, p.T("bodies.merge.undone"), bodyWay(r, b)...), view))
}

// stayedWords names what could not go back, where it has a name.
func (d Deps) stayedWords(r *http.Request, stayed []orgs.Move) []string {
	p := ui.PrinterOf(r)
	var out []string
	var others []orgs.Move
	for _, m := range stayed {
		if m.What == "orgs.field" {
			out = append(out, p.T("bodies.change."+m.ID))
		} else {
			others = append(others, m)
		}
	}
	if text := movedWords(p, others); text != "" {
		out = append(out, text)
	}
	return out
}
