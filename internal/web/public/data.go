package public

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/opendata"
	"capillare/internal/web/ui"
)

// dataPath is the page of the open data; the files stand under it.
const dataPath = "/dati"

// dataFile is a file of the open data as the page shows it.
type dataFile struct {
	Href, Name string
	// About says in a sentence what the file is good for.
	About string
}

func (d Deps) dataPage(w http.ResponseWriter, r *http.Request) error {
	p := ui.NewPage(r, ui.PrinterOf(r).T("public.data.title"))
	p.Breadcrumb, p.Description = home(p), p.Printer.T("public.data.lead")
	var files []dataFile
	for _, f := range opendata.Formats() {
		files = append(files, dataFile{Href: dataPath + "/" + f.File, Name: f.File, About: p.Printer.T("public.data." + f.Name)})
	}
	return ui.Render(w, r, http.StatusOK, dataView(p, files))
}

// dataFile answers with the points in one form. Pages of other sites may read it: nothing in it is
// anybody's own.
func (d Deps) dataFile(f opendata.Format) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		set, err := d.setting(r)
		if err != nil {
			return err
		}
		var content bytes.Buffer
		about := opendata.About{Day: calendar.DayOf(ui.Now(r)), Site: d.site(r), Network: set.Name}
		if err := d.OpenData.Write(r.Context(), f.Name, about, &content); err != nil {
			return err
		}
		sum := sha256.Sum256(content.Bytes())
		tag := `"` + hex.EncodeToString(sum[:16]) + `"`
		h := w.Header()
		h.Set("ETag", tag)
		h.Set("Cache-Control", "public, max-age=600")
		h.Set("Access-Control-Allow-Origin", "*")
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
		h.Set("Content-Type", f.Type)
		_, err = w.Write(content.Bytes())
		return err
	}
}

// dataHint is what the page says of the days ahead.
func dataHint() errs.Args { return errs.Args{"days": opendata.OpeningDays} }
