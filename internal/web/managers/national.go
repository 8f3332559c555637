package managers

import (
	"archive/zip"
	"cmp"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/facilita"
	"capillare/internal/i18n"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// shownIssues is how many single services a page lists; the numbers are always whole.
const shownIssues = 50

// nationalPage is the national file: what to take, what would be left out and why.
type nationalPage struct {
	Form      *ui.Form
	Projects  []ui.Option
	Encodings []ui.Option
	// Checked says that Report holds the answer.
	Checked bool
	Report  facilita.Report
	// Left and Warned are people by reason; Issues the first services concerned.
	Left, Warned []reasonRow
	Issues       []issueRow
	More         int
}

// reasonRow is a reason in words and how many people it concerns.
type reasonRow struct{ Reason, People string }

// issueRow is one service to look at.
type issueRow struct{ Day, Reason, Href string }

// national shows the choice and, when a project is chosen, what an export would do.
func (d Deps) national(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	view := nationalPage{Form: form}
	if form.Has("project") {
		filter := d.readNational(form)
		if len(form.Problems) == 0 {
			who := session.Actor(r)
			report, refused := d.Facilita.Check(r.Context(), who, filter)
			if err := form.Refuse(refused); err != nil {
				return err
			}
			view.Checked = len(form.Problems) == 0
			view.fill(ui.PrinterOf(r), report)
		}
	}
	return d.showNational(w, r, view)
}

// fill puts a report into words.
func (v *nationalPage) fill(p i18n.Printer, report facilita.Report) {
	v.Report, v.Left, v.Warned = report, reasons(p, report.Left), reasons(p, report.Warned)
	all := append(slices.Clone(report.Skipped), report.Warnings...)
	v.More = max(0, len(all)-shownIssues)
	for _, one := range all[:len(all)-v.More] {
		v.Issues = append(v.Issues, issueRow{Day: p.DayNum(one.Day), Reason: p.T(one.Key), Href: "/servizi/" + one.RecordID})
	}
}

func reasons(p i18n.Printer, counts map[string]int) []reasonRow {
	var rows []reasonRow
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for _, key := range keys {
		rows = append(rows, reasonRow{Reason: p.T(key), People: p.Number(counts[key])})
	}
	return rows
}

func (d Deps) readNational(form *ui.Form) facilita.Filter {
	encoding := facilita.UTF8
	if form.Text("encoding") == string(facilita.Windows1252) {
		encoding = facilita.Windows1252
	}
	return facilita.Filter{ProjectID: form.Need("project", 64), From: form.Day("from"), To: form.Day("to"), Encoding: encoding, NoCode: d.NoCode}
}

func (d Deps) showNational(w http.ResponseWriter, r *http.Request, view nationalPage) error {
	p := ui.PrinterOf(r)
	var err error
	if view.Projects, err = d.projectOptions(r, p.T("managers.choose")); err != nil {
		return err
	}
	view.Encodings = []ui.Option{{Value: string(facilita.UTF8), Label: p.T("managers.national.utf8")},
		{Value: string(facilita.Windows1252), Label: p.T("managers.national.windows")}}
	if !view.Form.Has("encoding") {
		d.usual(r, &view)
	}
	return ui.Render(w, r, statusOf(view.Form), nationalView(sheet(r, p.T("managers.national.title")), view))
}

// usual fills the form before anything was chosen: this month, the only project, the encoding of the set-up.
func (d Deps) usual(r *http.Request, view *nationalPage) {
	today := calendar.DayOf(ui.Now(r))
	year, month, _ := today.Date()
	values := merged(view.Form.Values, "encoding", string(cmp.Or(d.Encoding, facilita.UTF8)))
	values.Set("from", dayText(calendar.NewDay(year, month, 1)))
	values.Set("to", dayText(today))
	if len(view.Projects) == 2 { // the first only says "choose"
		values.Set("project", view.Projects[1].Value)
	}
	view.Form.Values = values
}

func merged(values url.Values, name, value string) url.Values {
	out := maps.Clone(values)
	out.Set(name, value)
	return out
}

// download sends one CSV file, or a zip when the platform wants several. The whole is checked first:
// once the file has begun, an error can only cut the connection.
func (d Deps) download(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	filter := d.readNational(form)
	if len(form.Problems) > 0 {
		return d.showNational(w, r, nationalPage{Form: form})
	}
	report, refused := d.Facilita.Check(r.Context(), who, filter)
	if err := form.Refuse(refused); err != nil {
		return err
	}
	if len(form.Problems) > 0 {
		return d.showNational(w, r, nationalPage{Form: form})
	}
	out := &begun{w: w}
	name := "facilita-" + today(r).String()
	if report.Files <= 1 {
		fileHead(w, "text/csv", name+".csv")
		_, err = d.Facilita.Export(r.Context(), who, filter, facilita.One(out))
	} else {
		fileHead(w, "application/zip", name+".zip")
		archive := zip.NewWriter(out)
		if _, err = d.Facilita.Export(r.Context(), who, filter, facilita.Zip(archive)); err == nil {
			err = archive.Close()
		}
	}
	if err != nil && out.wrote {
		panic(http.ErrAbortHandler)
	}
	return err
}

func fileHead(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// begun remembers whether anything was sent.
type begun struct {
	w     io.Writer
	wrote bool
}

// Write sends b.
func (b *begun) Write(p []byte) (int, error) {
	b.wrote = true
	return b.w.Write(p)
}
