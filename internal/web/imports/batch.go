package imports

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/imports"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// listed is how many problems, or notes, a page shows.
const listed = 100

// batchPage is one import.
type batchPage struct {
	Batch imports.Batch
	// Intro says what and from which file.
	Intro string
	// Refused is why applying it was refused just now, empty otherwise; Details say more.
	Refused string
	Details []string
	// Applied is the day on which it was applied.
	Applied string
	Tiles   []ui.Tile
	// Problems and Warnings are the first ones.
	Problems, Warnings []problemRow
	// Sample are the first rows; Heads are the labels of their cells.
	Heads  []string
	Sample []sampleRow
	// Unused are the columns that are not read.
	Unused string
	// Nothing says that applying would change nothing.
	Nothing bool
	// Work is what a job is doing with the batch.
	Work workText
}

// problemRow is one thing to correct or to look at.
type problemRow struct{ Row, Column, Value, Reason string }

// sampleRow is one row as it will be.
type sampleRow struct {
	Row, Title string
	Change     ui.BadgeText
	Cells      []sampleCell
}

type sampleCell struct {
	Text    string
	Changed bool
}

func (d Deps) batch(w http.ResponseWriter, r *http.Request) error {
	b, err := d.Imports.ByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return showBatch(w, r, b, nil)
}

// apply does it; a refusal is shown above the batch as it stands now.
func (d Deps) apply(w http.ResponseWriter, r *http.Request) error {
	who, id := session.Actor(r), r.PathValue("id")
	done, err := d.Imports.Publish(r.Context(), who, id)
	switch {
	case err == nil && done.Working():
		return ui.Redirect(w, r, home+"/"+id)
	case err == nil:
		return ui.RedirectFlash(w, r, home+"/"+id, ui.Success, "imports.applied")
	}
	refusal, ok := errors.AsType[*errs.Refusal](err)
	if !ok || refusal.Kind != errs.Conflict && refusal.Kind != errs.Invalid {
		return err
	}
	b, err := d.Imports.ByID(r.Context(), who, id)
	if err != nil {
		return err
	}
	return showBatch(w, r, b, refusal)
}

func (d Deps) discard(w http.ResponseWriter, r *http.Request) error {
	err := d.Imports.Discard(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, home, ui.Success, "imports.discarded")
}

func showBatch(w http.ResponseWriter, r *http.Request, b imports.Batch, refusal *errs.Refusal) error {
	p := ui.PrinterOf(r)
	v := batchPage{
		Batch: b, Intro: p.T("imports.preview.file", errs.Args{"kind": p.T("imports.kind." + b.Kind), "file": b.FileName}),
		Problems: problemRows(p, b.Problems), Warnings: problemRows(p, b.Warnings), Unused: strings.Join(b.Unused, ", "),
		Nothing: b.Ready() && b.Added+b.Changed == 0, Tiles: tiles(p, b),
	}
	if !b.AppliedAt.IsZero() {
		v.Applied = p.DayYear(calendar.DayOf(b.AppliedAt))
	}
	v.Heads, v.Sample = sampleRows(p, b.Sample)
	status := http.StatusOK
	if refusal != nil {
		status, v.Refused = http.StatusConflict, p.Refusal(refusal)
		for _, one := range refusal.Problems {
			v.Details = append(v.Details, p.Problem(one))
		}
	}
	title := map[string]string{imports.Applied: "imports.preview.done_title", imports.Discarded: "imports.preview.discarded_title",
		imports.Stopped: "imports.preview.stopped_title"}[b.State]
	switch {
	case b.Working() || b.State == imports.Staging:
		title = "imports.preview.working_title"
		v.work(w, r)
	case title == "":
		title = "imports.preview.title"
	}
	page := frame(r, p.T(title), ui.Link{Label: p.T("imports.title"), Href: home})
	return ui.Render(w, r, status, batchView(page, v))
}

func tiles(p i18n.Printer, b imports.Batch) []ui.Tile {
	list := []ui.Tile{
		{Value: p.Number(b.Added), Label: p.T("imports.preview.added")},
		{Value: p.Number(b.Changed), Label: p.T("imports.preview.changed")},
		{Value: p.Number(b.Unchanged), Label: p.T("imports.preview.unchanged")},
	}
	if b.Working() || b.State == imports.Stopped {
		return nil
	}
	if b.State != imports.Previewed {
		return list
	}
	wrong := ui.Tile{Value: p.Number(b.Wrong), Label: p.T("imports.preview.wrong")}
	if b.Wrong > 0 {
		wrong.Href = "#problems"
	}
	list = append(list, wrong)
	if n := len(b.Warnings); n > 0 {
		list = append(list, ui.Tile{Value: p.Number(n), Label: p.T("imports.preview.warnings"), Href: "#warnings"})
	}
	return list
}

func problemRows(p i18n.Printer, list []imports.RowProblem) []problemRow {
	var rows []problemRow
	for _, one := range list[:min(len(list), listed)] {
		rows = append(rows, problemRow{
			Row: strconv.Itoa(one.Row), Column: one.Column, Value: short(one.Value), Reason: p.T(one.Key, one.Args),
		})
	}
	return rows
}

// short keeps a cell with a whole story from filling the page.
func short(s string) string {
	const most = 80
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

func sampleRows(p i18n.Printer, list []imports.SampleRow) (heads []string, rows []sampleRow) {
	tone := map[string]ui.Tone{imports.Added: ui.Success, imports.Changed: ui.Warning, imports.Unchanged: ui.Neutral}
	for i, one := range list {
		row := sampleRow{Row: strconv.Itoa(one.Row), Title: one.Title,
			Change: ui.BadgeText{Tone: tone[one.Change], Text: p.T("imports.change." + one.Change)}}
		for _, c := range one.Cells {
			if i == 0 {
				heads = append(heads, p.T("imports.cell."+c.Name))
			}
			row.Cells = append(row.Cells, sampleCell{Text: cellText(p, c), Changed: c.Changed})
		}
		rows = append(rows, row)
	}
	return heads, rows
}

func cellText(p i18n.Printer, c imports.SampleCell) string {
	switch {
	case c.Word != "":
		return p.T(c.Word)
	case c.Minutes > 0:
		return p.Hours(c.Minutes)
	case c.Weekday.Valid():
		return p.Weekday(c.Weekday)
	case len(c.Words) > 0:
		words := make([]string, len(c.Words))
		for i, key := range c.Words {
			words[i] = p.T(key)
		}
		return strings.Join(words, ", ")
	}
	if day, err := calendar.ParseDay(c.Text); err == nil {
		return p.DayNum(day)
	}
	if n, err := strconv.Atoi(c.Text); err == nil && c.Name == "value" {
		return p.Number(n)
	}
	return c.Text
}
