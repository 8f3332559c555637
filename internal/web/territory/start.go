package territory

import (
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/territory"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// startPage is what is loaded, with the form above it.
type startPage struct {
	// Form is the files to send; Limit is how much, in MB.
	Form  *ui.Form
	Limit int
	// Tiles are the totals of the territory.
	Tiles []ui.Tile
	// Loaded are the files in use.
	Loaded []loadedRow
	// Kinds are the files that the page can read, in words.
	Kinds []string
}

// loadedRow is one file in use.
type loadedRow struct {
	Kind, File, Reference, Rows, When, Who string
	// Provisional marks figures that may still change.
	Provisional bool
}

// readable lists the kinds of file that people send, in the order in which a new network needs them.
func readable() []string {
	return []string{"situas", "elenco", "changes", "suppressions", "archive", "population", "posas", "ages", "classifications",
		"inner_areas", "bodies", "boundaries", "travel", "broadband", "sut"}
}

func frame(r *http.Request, title string, way ...ui.Link) ui.Page {
	p := ui.NewPage(r, title)
	p.Section, p.Wide = "territory", true
	p.Breadcrumb = append([]ui.Link{{Label: p.Printer.T("managers.start.title"), Href: "/gestione"}}, way...)
	return p
}

func (d Deps) start(w http.ResponseWriter, r *http.Request) error {
	return d.showStart(w, r, ui.NewForm(r, url.Values{}), http.StatusOK)
}

func (d Deps) showStart(w http.ResponseWriter, r *http.Request, form *ui.Form, status int) error {
	p := ui.PrinterOf(r)
	v := startPage{Form: form, Limit: territory.MaxUploadBytes >> 20}
	towns, err := d.Territory.InRegion(r.Context(), "")
	if err != nil {
		return err
	}
	residents, old := 0, 0
	for _, m := range towns {
		residents, old = residents+m.Population, old+m.Ages.From65
	}
	v.Tiles = []ui.Tile{
		{Value: p.Number(len(towns)), Label: p.T("territory.page.in_force")},
		{Value: p.Number(residents), Label: p.T("territory.page.residents")},
	}
	if old > 0 {
		v.Tiles = append(v.Tiles, ui.Tile{Value: p.Percent(old, residents), Label: p.T("territory.page.old")})
	}
	if v.Loaded, err = d.loaded(r); err != nil {
		return err
	}
	for _, kind := range readable() {
		v.Kinds = append(v.Kinds, p.T("official.kind."+kind))
	}
	return ui.Render(w, r, status, startView(frame(r, p.T("territory.page.title")), v))
}

func (d Deps) loaded(r *http.Request) ([]loadedRow, error) {
	p := ui.PrinterOf(r)
	sources, err := d.Territory.Sources(r.Context())
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, s := range sources {
		ids = append(ids, s.LoadedBy)
	}
	names, err := d.Identity.Names(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	var rows []loadedRow
	for _, s := range sources {
		row := loadedRow{Kind: p.T("official.kind." + s.Kind), File: s.FileName, Rows: p.Number(s.Rows), When: p.When(s.LoadedAt, ui.Now(r)),
			Who: names[s.LoadedBy], Reference: p.DayNum(s.Reference), Provisional: s.Provisional}
		if row.Who == "" {
			row.Who = p.T("territory.page.program")
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// send keeps the files and leads to their preview.
func (d Deps) send(w http.ResponseWriter, r *http.Request) error {
	who := session.Actor(r)
	// Whoever may not import learns it before the files are taken in.
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	files, err := sent(r)
	if err != nil {
		return err
	}
	id, err := d.Territory.Stage(r.Context(), who, files)
	if errs.Of(err) == errs.Invalid {
		if err := form.Problems.Check("files", err); err != nil {
			return err
		}
		return d.showStart(w, r, form, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return ui.Redirect(w, r, home+"/file/"+id)
}

// sent returns the files of a form.
func sent(r *http.Request) ([]territory.SentFile, error) {
	if r.MultipartForm == nil {
		return nil, nil
	}
	var files []territory.SentFile
	for _, header := range r.MultipartForm.File["files"] {
		if header.Filename == "" {
			continue
		}
		content, err := contentOf(header)
		if err != nil {
			return nil, err
		}
		files = append(files, territory.SentFile{Name: header.Filename, Content: content})
	}
	return files, nil
}

func contentOf(header *multipart.FileHeader) ([]byte, error) {
	f, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(f)
}

// asFiles makes a field of several files.
func asFiles(f *ui.Field) { f.Type, f.Value, f.Multiple = "file", "", true }
