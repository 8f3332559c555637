package managers

import (
	"errors"
	"net/http"
	"net/url"

	"capillare/internal/errs"
	"capillare/internal/files"
	"capillare/internal/i18n"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// statePage asks for the next state of a point.
type statePage struct {
	Form  *ui.Form
	Point points.Point
	State ui.BadgeText
	Steps []ui.SummaryItem
	// Next are the states that may follow; none for a closed point.
	Next []ui.Option
	// Opens says that opening is among them: then Warnings and Undone are shown.
	Opens    bool
	Warnings []string
	// Undone are the lines of the check list still to do.
	Undone []string
	// Asked are the appointments that the step would strand, above the form that is sent again.
	Asked *check
}

func (d Deps) state(w http.ResponseWriter, r *http.Request) error {
	one, err := d.Points.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{"on": {dayText(today(r))}})
	return d.showState(w, r, http.StatusOK, statePage{Form: form, Point: one})
}

// saveState takes the step; when it strands somebody it asks first. The file of the act is then to be
// chosen again, as browsers want it.
func (d Deps) saveState(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	to := readStep(form)
	act, err := sentFile(r, form, "act_file", files.Document())
	if err != nil {
		return err
	}
	view, status := statePage{Form: form, Point: one}, http.StatusUnprocessableEntity
	if len(form.Problems) == 0 && form.Text("sure") != "1" {
		if view.Asked, err = d.lookAtStep(r, form, one, to); err != nil {
			return err
		}
		if view.Asked != nil {
			return d.showState(w, r, http.StatusOK, view)
		}
	}
	if len(form.Problems) == 0 {
		refused := d.Points.TakeStep(r.Context(), who, one.ID, to, act)
		if refused == nil {
			return d.afterStep(w, r, one.ID)
		}
		status = ui.StatusOf(refused)
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	return d.showState(w, r, status, view)
}

// lookAtStep returns the appointments that a step would strand, nil when none. What the step refuses is
// said when it is taken.
func (d Deps) lookAtStep(r *http.Request, form *ui.Form, one points.Point, to points.Step) (*check, error) {
	after, err := one.Reach(to, today(r))
	if err != nil || one.State != points.StateOpen {
		return nil, nil
	}
	asked, err := d.look(r, check{Form: form}, after)
	if err != nil || asked.Count == 0 {
		return nil, err
	}
	return &asked, nil
}

// afterStep leads to the people to call, when the step left appointments without an opening.
func (d Deps) afterStep(w http.ResponseWriter, r *http.Request, pointID string) error {
	rows, err := d.stranded(r, pointID)
	if err != nil {
		return err
	}
	return afterChange(w, r, pointID, check{Count: len(rows)}, "managers.state.saved")
}

func readStep(form *ui.Form) points.Step {
	to := points.Step{
		State: form.Choice("state", points.States()...), On: form.Day("on"),
		Act: form.Short("act", 100), ActOn: form.Day("act_on"), Why: form.Short("why", 500),
	}
	if !form.Has("on") {
		form.Problems.Add("on", "form.required")
	}
	return to
}

// sentFile reads a file of a form; none is nil. What is wrong with it is noted at its field.
func sentFile(r *http.Request, form *ui.Form, field string, rules files.Rules) (*files.Upload, error) {
	file, header, err := r.FormFile(field)
	switch {
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart), err == nil && header.Filename == "":
		return nil, nil
	case err != nil:
		return nil, err
	}
	defer file.Close()
	upload, err := files.Read(header.Filename, file, rules)
	if errs.Of(err) == errs.Invalid {
		return nil, form.Problems.Check(field, err)
	}
	return &upload, err
}

func (d Deps) showState(w http.ResponseWriter, r *http.Request, status int, view statePage) error {
	p := ui.PrinterOf(r)
	one := view.Point
	view.State, view.Steps = stateBadge(p, one.State), stateDays(p, one)
	for _, next := range points.NextStates(one.State) {
		view.Next = append(view.Next, ui.Option{Value: next, Label: p.T("points.state." + next), Hint: p.T("managers.state.hint." + next)})
	}
	if view.Opens = one.State == points.StateSettingUp; view.Opens {
		var err error
		if view.Warnings, err = d.warnings(r, one); err != nil {
			return err
		}
		tasks, err := d.Points.TasksOf(r.Context(), session.Actor(r), one.ID)
		if err != nil {
			return err
		}
		view.Undone = undone(p, tasks)
	}
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(one)}
	return ui.Render(w, r, status, stateView(sheet(r, p.T("managers.state.title"), way...), view))
}

func undone(p i18n.Printer, tasks []points.Task) []string {
	var list []string
	for _, t := range tasks {
		if !t.Done() {
			list = append(list, p.T("points.task."+t.Item))
		}
	}
	return list
}
