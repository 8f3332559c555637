package imports

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/imports"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// rowsAtOnce is how many rows one form corrects.
const rowsAtOnce = 10

// rowsPage is the form that corrects rows.
type rowsPage struct {
	// Form holds what the cells are, and what is wrong with them.
	Form *ui.Form
	// Kind is that of the batch; Intro says what and from which file.
	Kind, Intro string
	// Back is the address of the batch.
	Back  string
	Rows  []imports.WrongRow
	Total int
	Pages ui.Pages
}

// rows shows the rows to correct, some at a time.
func (d Deps) rows(w http.ResponseWriter, r *http.Request) error {
	who, p, id := session.Actor(r), ui.PrinterOf(r), r.PathValue("id")
	b, err := d.Imports.ByID(r.Context(), who, id)
	if err != nil {
		return err
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("pagina"))
	page = max(page, 1)
	rows, total, err := d.Imports.WrongRows(r.Context(), who, id, (page-1)*rowsAtOnce, rowsAtOnce)
	if err != nil {
		return err
	}
	back := home + "/" + id
	v := rowsPage{
		Form: cellsForm(r, rows), Kind: b.Kind, Back: back, Rows: rows, Total: total,
		Intro: p.T("imports.preview.file", errs.Args{"kind": p.T("imports.kind." + b.Kind), "file": b.FileName}),
		Pages: ui.Pages{Current: page, Total: ui.PageCount(total, rowsAtOnce), Href: func(page int) string {
			return back + correctPath + "?pagina=" + strconv.Itoa(page)
		}},
	}
	// The cells may hold tax codes.
	w.Header().Set("Cache-Control", "no-store")
	title := frame(r, p.T("imports.wrong.title"), ui.Link{Label: p.T("imports.title"), Href: home},
		ui.Link{Label: p.T("imports.preview.title"), Href: back})
	return ui.Render(w, r, http.StatusOK, rowsView(title, v))
}

// cellsForm puts the cells into a form with the problems at their fields.
func cellsForm(r *http.Request, rows []imports.WrongRow) *ui.Form {
	form := ui.NewForm(r, url.Values{})
	for _, row := range rows {
		for _, one := range row.Problems {
			form.Problems.Add("", one.Key, one.Args)
		}
		for _, c := range row.Cells {
			name := cellName(row, c)
			form.Values.Set(name, c.Value)
			for _, one := range c.Problems {
				form.Problems.Add(name, one.Key, one.Args)
			}
		}
	}
	return form
}

func rowNumber(row imports.WrongRow) string { return strconv.Itoa(row.Number) }

func cellName(row imports.WrongRow, c imports.WrongCell) string {
	return "r" + rowNumber(row) + "-" + c.Field
}

func dropName(row imports.WrongRow) string { return "togli-" + rowNumber(row) }

// cellLabel says the row too: one form has the same column many times.
func cellLabel(ctx context.Context, row imports.WrongRow, c imports.WrongCell) string {
	return ui.T(ctx, "imports.wrong.cell", errs.Args{"n": row.Number, "title": c.Title})
}

func cellOf(v rowsPage, row imports.WrongRow, c imports.WrongCell, label string) ui.Field {
	return v.Form.Field(cellName(row, c), label).Opt(func(f *ui.Field) {
		f.Quiet, f.Autocomplete, f.Suggest = true, "off", imports.Words(v.Kind, c.Field)
	})
}

func lineCount(text string) int { return strings.Count(text, "\n") + 1 }

// correct saves the rows and has the file looked at again.
func (d Deps) correct(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	b, err := d.Imports.Correct(r.Context(), session.Actor(r), id, corrections(form))
	switch {
	case err != nil:
		return err
	case b.Wrong > 0 && !b.Working():
		return ui.RedirectFlash(w, r, home+"/"+id+correctPath, ui.Warning, "imports.corrected")
	}
	return ui.RedirectFlash(w, r, home+"/"+id, ui.Success, "imports.corrected")
}

// corrections reads the rows of the form; only those that it names are touched.
func corrections(form *ui.Form) []imports.Correction {
	var list []imports.Correction
	for _, text := range form.Texts("row") {
		number, err := strconv.Atoi(text)
		if err != nil {
			continue
		}
		one := imports.Correction{Row: number, Cells: map[string]string{}, Drop: form.Has("togli-" + text)}
		for name := range form.Values {
			if field, ok := strings.CutPrefix(name, "r"+text+"-"); ok {
				one.Cells[field] = strings.ReplaceAll(form.Text(name), "\r\n", "\n")
			}
		}
		list = append(list, one)
	}
	return list
}

// wrongFile sends the rows to correct as a file of their own.
func (d Deps) wrongFile(w http.ResponseWriter, r *http.Request) error {
	_, format, ok := fileName(r.PathValue("file"))
	if !ok {
		return imports.ErrNoBatch
	}
	var out bytes.Buffer
	p := ui.PrinterOf(r)
	if err := d.Imports.WriteWrong(r.Context(), session.Actor(r), r.PathValue("id"), format, p, &out); err != nil {
		return err
	}
	return sendFile(w, p.T("imports.wrong.file"), format, &out)
}
