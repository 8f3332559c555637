package public

import (
	"net/http"
	"strings"

	"capillare/internal/territory"
	"capillare/internal/web/ui"
)

// sourcesPath is the page of the sources: whose data these are, and under which terms.
const sourcesPath = "/fonti"

// sourceRow is one source as the page shows it.
type sourceRow struct {
	About, Holder, Licence, Address, File string
	// Day is the day that the data speak of, empty when nothing tells.
	Day         string
	Provisional bool
}

// sources shows what is loaded: it is made of the files in use, so that it cannot grow old.
func (d Deps) sources(w http.ResponseWriter, r *http.Request) error {
	p := ui.NewPage(r, ui.PrinterOf(r).T("public.sources.title"))
	p.Breadcrumb, p.Description = home(p), p.Printer.T("public.sources.lead")
	loaded, err := d.Territory.Sources(r.Context())
	if err != nil {
		return err
	}
	var rows []sourceRow
	for _, s := range append(loaded, territory.SeedSources()...) {
		key := "official.kind." + s.Kind
		if strings.HasPrefix(s.Kind, "seed.") {
			key = "territory." + s.Kind
		}
		row := sourceRow{About: p.Printer.T(key), Holder: s.Holder, Licence: s.Licence, Address: s.Address, File: s.FileName,
			Day: p.Printer.DayNum(s.Reference), Provisional: s.Provisional}
		rows = append(rows, row)
	}
	return ui.Render(w, r, http.StatusOK, sourcesView(p, rows))
}
