package public

import (
	"net/http"
	"sync"

	"capillare/internal/web/ui"
)

// FixedResults answers every request with the results of the first one: the page without the search.
func (d Deps) FixedResults() ui.Handler {
	var once sync.Once
	var view searchPage
	var broken error
	return func(w http.ResponseWriter, r *http.Request) error {
		once.Do(func() { view, broken = d.results(r, searchPage{Path: "/punti"}, bookLinks{}) })
		if broken != nil {
			return broken
		}
		p := ui.NewPage(r, ui.PrinterOf(r).T("public.search.title"))
		p.Section, p.Inline, p.Wide = "points", true, true
		return ui.Render(w, r, http.StatusOK, searchView(p, view))
	}
}
