package imports

import (
	"net/http"
	"strconv"
	"time"

	"capillare/internal/errs"
	"capillare/internal/imports"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const (
	// refreshSeconds is how often the page of a batch at work asks again.
	refreshSeconds = 3
	// silence is how long the work may say nothing before the page says that it was cut off.
	silence = 15 * time.Second
)

// workText is what a job is doing with a batch.
type workText struct {
	// Title is empty when no job is at work.
	Title string
	// Left says how long it still takes.
	Left string
	// Quiet says that the page does not refresh itself, because somebody asked so.
	Quiet bool
}

// work says how far the job is, and has the browser ask again by itself.
func (v *batchPage) work(w http.ResponseWriter, r *http.Request) {
	p, b, now := ui.PrinterOf(r), v.Batch, ui.Now(r)
	v.Work = workText{Title: p.T("imports.work.checking"), Quiet: r.URL.Query().Get("ferma") != ""}
	if b.State == imports.Applying {
		v.Work.Title = p.T("imports.work.applying")
	}
	left, known := b.Left(now)
	switch {
	case b.State == imports.Staging:
		v.Work.Left = p.T("imports.preview.coming")
	case now.Sub(b.TouchedAt) > silence:
		v.Work.Left = p.T("imports.work.silent")
	case known && left > 90*time.Second:
		v.Work.Left = p.T("imports.work.left", errs.Args{"left": p.N("imports.work.minutes", int(left.Round(time.Minute)/time.Minute))})
	case known:
		v.Work.Left = p.T("imports.work.left", errs.Args{"left": p.N("imports.work.seconds", int(left.Round(time.Second)/time.Second))})
	default:
		v.Work.Left = p.T("imports.work.left_unknown")
	}
	if !v.Work.Quiet && b.Working() {
		w.Header().Set("Refresh", strconv.Itoa(refreshSeconds))
	}
}

// stop ends the work on a batch.
func (d Deps) stop(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	stopped, err := d.Imports.Stop(r.Context(), session.Actor(r), id)
	if err != nil {
		return err
	}
	if !stopped {
		return ui.RedirectFlash(w, r, home+"/"+id, ui.Info, "imports.stopped_late")
	}
	return ui.RedirectFlash(w, r, home+"/"+id, ui.Success, "imports.stopped")
}

// resume looks again at a batch whose check was stopped.
func (d Deps) resume(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if _, err := d.Imports.Resume(r.Context(), session.Actor(r), id); err != nil {
		return err
	}
	return ui.Redirect(w, r, home+"/"+id)
}
