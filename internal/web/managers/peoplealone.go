package managers

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/territory"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// What a point can lack: anybody who helps there, or only shifts.
const (
	lacksPeople = "persone"
	lacksShifts = "turni"
)

// lookAhead are the days from today on which one can look.
func lookAhead() []int { return []int{0, 30, 90} }

// alonePage lists the open points without anybody.
type alonePage struct {
	Form                *ui.Form
	Rows                []aloneRow
	Bodies, What, Ahead []ui.Option
	FileHref            string
	May                 may
}

// aloneRow is one such point.
type aloneRow struct {
	ID, Name, Code, Body, Town, Lacks string
}

func (d Deps) alone(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	view := alonePage{Form: form, May: mayOf(session.Actor(r)),
		What:     ui.Options("", p.T("people.alone.any"), lacksPeople, p.T("people.alone.people"), lacksShifts, p.T("people.alone.shifts")),
		FileHref: withQuery("/gestione/punti-senza-nessuno.csv", form.Values, "cerca", "ente", "manca", "tra")}
	for _, n := range lookAhead() {
		view.Ahead = append(view.Ahead, ui.Option{Value: strconv.Itoa(n), Label: p.T("people.alone.ahead." + strconv.Itoa(n))})
	}
	if view.Bodies, err = d.bodyOptions(r, p.T("people.any_body"), form.Text("ente")); err != nil {
		return err
	}
	if view.Rows, err = d.aloneRows(r, form); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, aloneView(frame(r, p.T("people.alone.title")), view))
}

func (d Deps) aloneFile(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	found, err := d.aloneRows(r, form)
	if err != nil {
		return err
	}
	rows := make([][]string, len(found))
	for i, a := range found {
		rows[i] = []string{a.Code, a.Name, a.Body, a.Town, a.Lacks}
	}
	return ui.SendTable(w, r, "punti-senza-nessuno", []string{"people.alone.code", "managers.column.point", "managers.field.body_id",
		"people.alone.town", "people.alone.lacks"}, rows)
}

// aloneRows are the open points of who asks that lack people or shifts on the day asked for.
func (d Deps) aloneRows(r *http.Request, form *ui.Form) ([]aloneRow, error) {
	all, err := d.Points.All(r.Context(), session.Actor(r), identity.SeeFacilitators)
	if err != nil {
		return nil, err
	}
	wanted, body := territory.Fold(form.Text("cerca")), form.Text("ente")
	all = slices.DeleteFunc(all, func(p points.Point) bool {
		return p.State != points.StateOpen || body != "" && !slices.Contains(p.Bodies(), body) ||
			!strings.Contains(territory.Fold(p.PublicName+" "+p.Code), wanted)
	})
	ids, bodies := make([]string, len(all)), make([]string, len(all))
	for i, p := range all {
		ids[i], bodies[i] = p.ID, p.ManagingBodyID
	}
	day := today(r)
	if n := form.Int("tra"); slices.Contains(lookAhead(), n) {
		day = day.AddDays(n)
	}
	helpers, err := d.Facilitators.HelpersOf(r.Context(), ids, day)
	if err != nil {
		return nil, err
	}
	names, err := d.bodyNames(r.Context(), bodies...)
	if err != nil {
		return nil, err
	}
	towns, err := d.townsOf(r.Context(), all...)
	var rows []aloneRow
	for _, p := range all {
		lacks := lacking(helpers[p.ID])
		if what := form.Text("manca"); lacks == "" || what != "" && what != lacks {
			continue
		}
		row := aloneRow{ID: p.ID, Name: p.PublicName, Code: p.Code, Body: names[p.ManagingBodyID], Lacks: ui.PrinterOf(r).T("people.alone.lacks." + lacks)}
		if len(p.Addresses) > 0 {
			row.Town = townName(towns[p.Addresses[0].Belfiore])
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b aloneRow) int { return cmp.Compare(a.Name, b.Name) })
	return rows, err
}

func lacking(h facilitators.Helpers) string {
	switch {
	case h.People == 0:
		return lacksPeople
	case h.OnDuty == 0:
		return lacksShifts
	}
	return ""
}
