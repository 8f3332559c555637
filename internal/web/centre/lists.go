package centre

import (
	"net/http"
	"net/url"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/web/ui"
)

// perPage is how many rows a list shows; inFile how many a file holds at most.
const (
	perPage = 50
	inFile  = 5000
)

func today(r *http.Request) calendar.Day { return calendar.DayOf(ui.Now(r)) }

// pageOf reads which page of a list is asked for, from 1.
func pageOf(r *http.Request) int {
	const most = 100_000
	n, err := strconv.Atoi(r.URL.Query().Get("pagina"))
	if err != nil || n < 1 || n > most {
		return 1
	}
	return n
}

// pagesOf leads to the other pages of the list shown by r.
func pagesOf(r *http.Request, total int) ui.Pages {
	return ui.Pages{Current: pageOf(r), Total: ui.PageCount(total, perPage), Href: func(n int) string {
		query := r.URL.Query()
		query.Set("pagina", strconv.Itoa(n))
		return r.URL.Path + "?" + query.Encode()
	}}
}

// withQuery keeps the chosen filters in the address of another page.
func withQuery(path string, form *ui.Form, names ...string) string {
	kept := url.Values{}
	for _, name := range names {
		if v := form.Text(name); v != "" {
			kept.Set(name, v)
		}
	}
	if len(kept) == 0 {
		return path
	}
	return path + "?" + kept.Encode()
}

// choices are tags in words, first the choice of none.
func choices(p i18n.Printer, prefix string, tags []string, none string) []ui.Option {
	out := []ui.Option{{Label: none}}
	for _, tag := range tags {
		out = append(out, ui.Option{Value: tag, Label: p.T(prefix + tag)})
	}
	return out
}

// quiet leaves out the mark of optional fields: in a search nothing is needed.
func quiet(f *ui.Field) { f.Quiet = true }

// relationChoices are who may ask for another person; nobody is the first.
func relationChoices(p i18n.Printer) []ui.Option {
	return choices(p, "visits.relation.", agenda.Relations(), p.T("visits.relation.none"))
}
