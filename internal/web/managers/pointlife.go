package managers

import (
	"net/http"
	"net/url"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/files"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// tasksPage is the check list of a point.
type tasksPage struct {
	Form  *ui.Form
	Point points.Point
	Rows  []taskRow
}

// taskRow is a line of the check list: its fields, and who did it.
type taskRow struct{ Item, Text, By string }

// photosPage is the photographs of a point, and the form of a new one.
type photosPage struct {
	Form    *ui.Form
	Point   points.Point
	Rows    []photoRow
	Moments []ui.Option
	May     bool
}

// photoRow is a photograph.
type photoRow struct {
	ID, Src, Alt, Moment, When string
	Width, Height              int
}

func (d Deps) tasks(w http.ResponseWriter, r *http.Request) error {
	return d.showTasks(w, r, nil)
}

// saveTasks keeps the whole list; a line that was not touched stays as it is.
func (d Deps) saveTasks(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	old, err := d.Points.TasksOf(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	for _, was := range old {
		t := points.Task{Item: was.Item, DoneOn: form.Day("day." + was.Item), Note: form.Short("note."+was.Item, 500)}
		if len(form.Problems) > 0 || t.DoneOn == was.DoneOn && t.Note == was.Note {
			continue
		}
		before := len(form.Problems)
		if err := form.Refuse(d.Points.SetTask(r.Context(), who, r.PathValue("id"), t)); err != nil {
			return err
		}
		for i := before; i < len(form.Problems); i++ {
			form.Problems[i].Field = map[string]string{"done_on": "day.", "note": "note."}[form.Problems[i].Field] + was.Item
		}
	}
	if len(form.Problems) > 0 {
		return d.showTasks(w, r, form)
	}
	return ui.RedirectFlash(w, r, "/gestione/punti/"+r.PathValue("id"), ui.Success, "managers.saved")
}

func (d Deps) showTasks(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	list, err := d.Points.TasksOf(r.Context(), who, one.ID)
	if err != nil {
		return err
	}
	var ids []string
	for _, t := range list {
		ids = append(ids, t.ByID)
	}
	names, err := d.accountNames(r, ids...)
	if err != nil {
		return err
	}
	view, values := tasksPage{Form: form, Point: one}, url.Values{}
	for _, t := range list {
		row := taskRow{Item: t.Item, Text: p.T("points.task." + t.Item)}
		if t.Done() && names[t.ByID] != "" {
			row.By = p.T("pointlife.tasks.by", map[string]any{"who": names[t.ByID], "when": p.When(t.At, ui.Now(r))})
		}
		values.Set("day."+t.Item, dayText(t.DoneOn))
		values.Set("note."+t.Item, t.Note)
		view.Rows = append(view.Rows, row)
	}
	if form == nil {
		view.Form = ui.NewForm(r, values)
	}
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(one)}
	return ui.Render(w, r, statusOf(view.Form), tasksView(sheet(r, p.T("pointlife.tasks.title"), way...), view))
}

func (d Deps) photos(w http.ResponseWriter, r *http.Request) error {
	return d.showPhotos(w, r, ui.NewForm(r, nil))
}

func (d Deps) savePhoto(w http.ResponseWriter, r *http.Request) error {
	who := session.Actor(r)
	// Whoever may not learns it before the file is taken in.
	if _, err := d.Points.ByID(r.Context(), who, r.PathValue("id")); err != nil {
		return err
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	moment, alt := form.Choice("moment", points.Moments()...), form.Short("alt", 500)
	photo, err := sentFile(r, form, "file", files.Photo())
	if err != nil {
		return err
	}
	if photo == nil && len(form.Problems) == 0 {
		form.Problems.Add("file", "pointlife.photo_missing")
	}
	if len(form.Problems) == 0 {
		photo.Alt = alt
		_, err := d.Points.AddPhoto(r.Context(), who, r.PathValue("id"), moment, *photo)
		if err := form.Refuse(err); err != nil {
			return err
		}
	}
	if len(form.Problems) > 0 {
		return d.showPhotos(w, r, form)
	}
	return ui.RedirectFlash(w, r, r.URL.Path, ui.Success, "pointlife.photo_added")
}

func (d Deps) removePhoto(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	if err := d.Points.RemovePhoto(r.Context(), who, r.PathValue("id"), form.Text("photo")); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, strings.TrimSuffix(r.URL.Path, "/togli"), ui.Success, "pointlife.photo_removed")
}

func (d Deps) showPhotos(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	one, err := d.Points.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	list, err := d.Points.Photos(r.Context(), who, one.ID)
	if err != nil {
		return err
	}
	view := photosPage{Form: form, Point: one, May: who.Can(identity.EditPoints),
		Moments: choices(p, "points.moment.", points.Moments(), p.T("managers.choose"))}
	for _, photo := range list {
		view.Rows = append(view.Rows, photoRow{ID: photo.ID, Src: string(pointPath(one, "/file/"+photo.File.ID)), Alt: photo.File.Alt,
			Moment: p.T("points.moment." + photo.Moment), When: p.When(photo.At, ui.Now(r)), Width: photo.File.Width, Height: photo.File.Height})
	}
	way := []ui.Link{{Label: p.T("managers.points.title"), Href: "/gestione/punti"}, pointLink(one)}
	return ui.Render(w, r, statusOf(form), photosView(sheet(r, p.T("pointlife.photos"), way...), view))
}

// pointFile sends an act or a photograph of a point to who may see the point.
func (d Deps) pointFile(w http.ResponseWriter, r *http.Request) error {
	if err := d.Points.RequireFile(r.Context(), session.Actor(r), r.PathValue("id"), r.PathValue("file")); err != nil {
		return err
	}
	return ui.SendFile(w, r, d.Files, r.PathValue("file"))
}

// stepItems are the steps of a point in words, each with its act.
func (d Deps) stepItems(r *http.Request, one points.Point) ([]stepRow, error) {
	steps, err := d.Points.Steps(r.Context(), session.Actor(r), one.ID)
	if err != nil {
		return nil, err
	}
	p := ui.PrinterOf(r)
	var rows []stepRow
	for _, s := range steps {
		row := stepRow{State: p.T("points.state." + s.State), On: p.DayYear(s.On), Why: s.Why, Act: s.Act}
		if !s.ActOn.IsZero() {
			row.Act = p.T("pointlife.act_of", errs.Args{"act": s.Act, "day": p.DayNum(s.ActOn)})
		}
		if s.FileID != "" {
			row.FileHref = string(pointPath(one, "/file/"+s.FileID))
		}
		// The days of the states are told already: here is what else is known.
		if row.Act+row.Why+row.FileHref != "" {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// stepRow is a step that was taken.
type stepRow struct{ State, On, Act, Why, FileHref string }

// lateText says how late a point is, "" when it is not.
func lateText(p i18n.Printer, one points.Point, t points.Terms, r *http.Request) string {
	n := one.DaysLate(t, today(r))
	switch {
	case n == 0:
		return ""
	case one.Late(t, today(r)):
		return p.N("pointlife.late", n)
	}
	return p.N("pointlife.was_late", n)
}

// fileField is a field for a file: what was chosen cannot be shown again.
func fileField(f *ui.Field) { f.Type, f.Value = "file", "" }
