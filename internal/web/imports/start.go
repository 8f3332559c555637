package imports

import (
	"bytes"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/imports"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// pastRows is how many past imports the list shows.
const pastRows = 30

// startPage is the list with the form above it.
type startPage struct {
	// Form is the file to send.
	Form *ui.Form
	// Kinds are what a file may hold.
	Kinds []ui.Option
	// Limit is the largest file, in MB.
	Limit int
	// Past are the latest imports.
	Past []pastRow
}

// pastRow is one import of the list.
type pastRow struct {
	Href, File, Kind, When, Who, Result string
	State                               ui.BadgeText
}

func frame(r *http.Request, title string, way ...ui.Link) ui.Page {
	p := ui.NewPage(r, title)
	p.Section, p.Wide = "imports", true
	p.Breadcrumb = append([]ui.Link{{Label: p.Printer.T("managers.start.title"), Href: "/gestione"}}, way...)
	return p
}

func (d Deps) start(w http.ResponseWriter, r *http.Request) error {
	form := ui.NewForm(r, url.Values{"kind": {r.URL.Query().Get("tipo")}})
	return d.showStart(w, r, form, http.StatusOK)
}

func (d Deps) showStart(w http.ResponseWriter, r *http.Request, form *ui.Form, status int) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, err := d.Imports.List(r.Context(), who, pastRows)
	if err != nil {
		return err
	}
	names, err := d.names(r, list)
	if err != nil {
		return err
	}
	v := startPage{Form: form, Limit: imports.MaxBytes >> 20}
	for _, kind := range imports.Kinds() {
		v.Kinds = append(v.Kinds, ui.Option{Value: kind, Label: p.T("imports.kind." + kind), Hint: p.T("imports.kind_hint." + kind)})
	}
	for _, b := range list {
		row := pastRow{
			Href: home + "/" + b.ID, File: b.FileName, Kind: p.T("imports.kind." + b.Kind), When: p.When(b.CreatedAt, ui.Now(r)),
			Who: names[b.CreatedBy], State: badge(r, b),
			Result: p.T("imports.past.result_text", errs.Args{"added": b.Added, "changed": b.Changed, "unchanged": b.Unchanged}),
		}
		if row.Who == "" {
			row.Who = p.T("imports.program")
		}
		if b.Working() {
			row.Result = p.T("imports.past.result_working", errs.Args{"done": p.Number(b.Done), "total": p.Number(b.Total)})
		}
		if b.Wrong > 0 && b.Open() {
			row.Result = p.T("imports.past.result_wrong", errs.Args{"wrong": b.Wrong})
		}
		v.Past = append(v.Past, row)
	}
	return ui.Render(w, r, status, startView(frame(r, p.T("imports.title")), v))
}

func badge(r *http.Request, b imports.Batch) ui.BadgeText {
	tone := ui.Neutral
	switch {
	case b.State == imports.Applied:
		tone = ui.Success
	case b.State == imports.Previewed && b.Wrong > 0:
		return ui.BadgeText{Tone: ui.Danger, Text: ui.PrinterOf(r).T("imports.state.to_correct")}
	case b.Open():
		tone = ui.Warning
	case b.Working():
		tone = ui.Info
	}
	return ui.BadgeText{Tone: tone, Text: ui.PrinterOf(r).T("imports.state." + b.State)}
}

func (d Deps) names(r *http.Request, list []imports.Batch) (map[string]string, error) {
	var ids []string
	for _, b := range list {
		ids = append(ids, b.CreatedBy)
	}
	return d.Identity.Names(r.Context(), ids)
}

// send reads the file and leads to its preview; a file that cannot be read is said beside the field.
func (d Deps) send(w http.ResponseWriter, r *http.Request) error {
	who := session.Actor(r)
	// Whoever may not import learns it before the file is taken in.
	if err := who.Require(identity.RunImports, identity.Target{}); err != nil {
		return err
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	kind := form.Choice("kind", imports.Kinds()...)
	file, header, err := r.FormFile("file")
	switch {
	case errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) || err == nil && header.Filename == "":
		form.Problems.Add("file", "imports.file_missing")
	case err != nil:
		return err
	default:
		defer file.Close()
	}
	if len(form.Problems) > 0 {
		return d.showStart(w, r, form, http.StatusUnprocessableEntity)
	}
	b, err := d.Imports.Receive(r.Context(), who, kind, header.Filename, file)
	if errs.Of(err) == errs.Invalid {
		if err := form.Problems.Check("file", err); err != nil {
			return err
		}
		return d.showStart(w, r, form, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return ui.Redirect(w, r, home+"/"+b.ID)
}

// template sends a file to fill in, "points.xlsx", or one already filled, "esempio-points.xlsx".
func (d Deps) template(w http.ResponseWriter, r *http.Request) error {
	name, format, ok := fileName(r.PathValue("file"))
	kind, filled := strings.CutPrefix(name, "esempio-")
	if !ok || !slices.Contains(imports.Kinds(), kind) {
		return imports.ErrNoBatch
	}
	p := ui.PrinterOf(r)
	var out bytes.Buffer
	form := imports.Form{Kind: kind, Format: format, Filled: filled}
	if err := d.Imports.Template(r.Context(), session.Actor(r), form, p, &out); err != nil {
		return err
	}
	return sendFile(w, strings.ToLower(p.T("imports.kind."+kind)), format, &out)
}

// fileName splits the name of a file that we send.
func fileName(file string) (name, format string, ok bool) {
	name, format, ok = strings.Cut(file, ".")
	return name, format, ok && (format == imports.XLSX || format == imports.CSV)
}

func sendFile(w http.ResponseWriter, name, format string, content *bytes.Buffer) error {
	kind := "text/csv; charset=utf-8"
	if format == imports.XLSX {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + "." + format}))
	w.Header().Set("Cache-Control", "no-store")
	_, err := content.WriteTo(w)
	return err
}

func asFile(f *ui.Field) { f.Type, f.Value = "file", "" }
