package managers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/facilitators"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const kindsPath = "/gestione/tipi-appuntamento"

func (d Deps) kindRoutes(add adder) {
	add(identity.SeePoints, "GET "+kindsPath, d.kinds)
	add(identity.SeePoints, "GET "+kindsPath+".csv", d.kindsFile)
	add(identity.EditPoints, "GET "+kindsPath+"/nuovo", d.newKind)
	add(identity.EditPoints, "POST "+kindsPath+"/nuovo", d.addKind)
	add(identity.SeePoints, "GET "+kindsPath+"/{kind}", d.kind)
	add(identity.EditPoints, "GET "+kindsPath+"/{kind}/modifica", d.editKind)
	add(identity.EditPoints, "POST "+kindsPath+"/{kind}/modifica", d.saveKind)
	add(identity.EditPoints, "GET "+kindsPath+"/{kind}/fine", d.endKind)
	add(identity.EditPoints, "POST "+kindsPath+"/{kind}/fine", d.saveKindEnd)
}

// kindsPage is the list of kinds of appointment.
type kindsPage struct {
	Form                     *ui.Form
	Rows                     []kindRow
	Total                    int
	Pages                    ui.Pages
	Modes, Audiences, States []ui.Option
	FileHref                 string
	May                      may
}

// kindRow is a kind in words.
type kindRow struct {
	ID, Name, Mode, Length, Audience, Where, Days string
}

func kindFilters() []string { return []string{"cerca", "modo", "chi", "stato", "punto"} }

func kindFilter(query url.Values) kinds.Filter {
	return kinds.Filter{
		Text: query.Get("cerca"), Mode: kinds.Mode(query.Get("modo")), Audience: kinds.Audience(query.Get("chi")),
		PointID: query.Get("punto"), Ended: query.Get("stato") == "finiti",
	}
}

func (d Deps) kinds(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, err := d.Kinds.List(r.Context(), who, kindFilter(form.Values))
	if err != nil {
		return err
	}
	view := kindsPage{
		Form: form, Total: len(list), Pages: pagesOf(r, len(list)), May: mayOf(who),
		Modes:     choices(p, "kinds.mode.", modeNames(), p.T("kinds.any_mode")),
		Audiences: choices(p, "kinds.audience.", audienceNames(), p.T("kinds.any_audience")),
		States:    ui.Options("", p.T("kinds.state.now"), "finiti", p.T("kinds.state.ended")),
		FileHref:  withQuery(kindsPath+".csv", form.Values, kindFilters()...),
	}
	from := min((pageOf(r)-1)*perPage, len(list))
	if view.Rows, err = d.kindRows(r, list[from:min(from+perPage, len(list))]); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, kindsView(frame(r, p.T("kinds.title")), view))
}

func (d Deps) kindsFile(w http.ResponseWriter, r *http.Request) error {
	list, err := d.Kinds.List(r.Context(), session.Actor(r), kindFilter(r.URL.Query()))
	if err != nil {
		return err
	}
	rows, err := d.kindRows(r, list)
	if err != nil {
		return err
	}
	var lines [][]string
	for i, row := range rows {
		k := list[i]
		lines = append(lines, []string{row.Name, k.NameEN, row.Mode, strconv.Itoa(k.Minutes), strconv.Itoa(k.Before), strconv.Itoa(k.After),
			strconv.Itoa(k.Seats), strconv.Itoa(k.Kept), strconv.Itoa(k.NoticeMinutes), row.Audience, row.Where, k.Bring, dayText(k.From), dayText(k.To)})
	}
	return ui.SendTable(w, r, "tipi-appuntamento", []string{"kinds.field.name", "kinds.field.name_en", "kinds.field.mode", "kinds.field.minutes",
		"kinds.field.before", "kinds.field.after", "kinds.field.seats", "kinds.field.kept", "kinds.field.notice", "kinds.field.audience",
		"kinds.field.place", "kinds.field.bring", "kinds.field.from", "kinds.field.to"}, lines)
}

func (d Deps) kindRows(r *http.Request, list []kinds.Kind) ([]kindRow, error) {
	where, err := d.kindPlaces(r, list...)
	if err != nil {
		return nil, err
	}
	p := ui.PrinterOf(r)
	rows := make([]kindRow, len(list))
	for i, k := range list {
		rows[i] = kindRow{
			ID: k.ID, Name: k.NameIn(string(p.Lang())), Mode: p.T("kinds.mode." + string(k.Mode)), Length: p.Hours(k.Minutes),
			Audience: p.T("kinds.audience." + string(k.Audience)), Where: where(k), Days: span(p, k.From, k.To),
		}
	}
	return rows, nil
}

// kindPlaces returns where kinds are offered, in words.
func (d Deps) kindPlaces(r *http.Request, list ...kinds.Kind) (func(kinds.Kind) string, error) {
	var bodies, ids []string
	for _, k := range list {
		bodies, ids = append(bodies, k.BodyID), append(ids, k.PointID)
	}
	names, err := d.bodyNames(r.Context(), unique(bodies)...)
	if err != nil {
		return nil, err
	}
	places, err := d.Points.ByIDs(r.Context(), unique(ids))
	p := ui.PrinterOf(r)
	return func(k kinds.Kind) string {
		switch {
		case k.BodyID != "":
			return p.T("kinds.place.of_body", map[string]any{"name": names[k.BodyID]})
		case k.PointID != "":
			return places[k.PointID].PublicName
		}
		return p.T("kinds.place.network")
	}, err
}

func modeNames() []string {
	var out []string
	for _, m := range kinds.Modes() {
		out = append(out, string(m))
	}
	return out
}

func audienceNames() []string {
	var out []string
	for _, a := range kinds.Audiences() {
		out = append(out, string(a))
	}
	return out
}

// kindPage is one kind: its terms, the shifts that offer it, its history.
type kindPage struct {
	Kind    kinds.Kind
	Details []ui.SummaryItem
	// Bring and BringEN are the lines of what to bring, as citizens read them.
	Bring, BringEN []string
	// Duties are the shifts that offer it, of the first points; More is how many other points there are.
	Duties    []kindDuty
	More      int
	SeePeople bool
	Edit, End bool
	History   []ui.HistoryRow
}

// kindDuty is a shift that offers a kind.
type kindDuty struct{ Point, When, Person, Href string }

// pointsShown is of how many points the page of a kind lists the shifts.
const pointsShown = 20

func (d Deps) kind(w http.ResponseWriter, r *http.Request) error {
	who := session.Actor(r)
	k, err := d.Kinds.ByID(r.Context(), who, r.PathValue("kind"))
	if err != nil {
		return err
	}
	view := kindPage{Kind: k, Bring: filledLines(k.Bring), BringEN: filledLines(k.BringEN), SeePeople: who.Can(identity.SeeFacilitators)}
	view.Edit = who.Can(identity.EditPoints) && d.Kinds.MayEdit(r.Context(), who, k)
	view.End = view.Edit && (k.To.IsZero() || !k.To.Before(today(r)))
	where, err := d.kindPlaces(r, k)
	if err != nil {
		return err
	}
	view.Details = kindDetails(ui.PrinterOf(r), k, where(k))
	if view.SeePeople {
		if err := d.kindDuties(r, &view); err != nil {
			return err
		}
	}
	if view.History, err = d.kindHistory(r, k); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, kindView(frame(r, k.Name, kindsLink(r)), view))
}

func kindsLink(r *http.Request) ui.Link {
	return ui.Link{Label: ui.PrinterOf(r).T("kinds.title"), Href: kindsPath}
}

func filledLines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func kindDetails(p i18n.Printer, k kinds.Kind, where string) []ui.SummaryItem {
	item := func(key, value string) ui.SummaryItem {
		return ui.SummaryItem{Term: p.T("kinds.field." + key), Value: value}
	}
	items := []ui.SummaryItem{
		item("place", where), item("name_en", k.NameEN), item("mode", p.T("kinds.mode."+string(k.Mode))),
		item("audience", p.T("kinds.audience."+string(k.Audience))), item("topics", words(p, "register.se6.", k.Topics)),
		item("minutes", p.Hours(k.Minutes)),
	}
	if k.Before+k.After > 0 {
		items = append(items, item("pauses", p.T("kinds.pauses", map[string]any{"before": k.Before, "after": k.After})))
	}
	if k.Seats > 1 {
		items = append(items, item("seats", p.Number(k.Seats)))
	}
	items = append(items, item("kept", keptWords(p, k)), item("notice", noticeWords(p, k.NoticeMinutes)))
	if k.HorizonDays > 0 {
		items = append(items, item("horizon", p.N("kinds.days", k.HorizonDays)))
	}
	return orNothing(p, append(items,
		item("skills", words(p, "register.se5.", k.Skills)), item("languages", words(p, "points.language.", k.Languages)),
		item("days", span(p, k.From, k.To))))
}

func keptWords(p i18n.Printer, k kinds.Kind) string {
	switch {
	case k.Kept == 0:
		return p.T("kinds.kept.none")
	case k.Mode.Shape() == facilitators.Group:
		return p.N("kinds.kept.seats", k.Kept)
	}
	return p.T("kinds.kept.one_in", map[string]any{"n": k.Kept})
}

func noticeWords(p i18n.Printer, minutes int) string {
	const day = 24 * 60
	switch {
	case minutes == 0:
		return p.T("kinds.notice.none")
	case minutes%day == 0:
		return p.N("kinds.days", minutes/day)
	}
	return p.Hours(minutes)
}

func (d Deps) kindDuties(r *http.Request, view *kindPage) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	list, n, err := d.Facilitators.DutiesOfKind(r.Context(), who, view.Kind.ID, pointsShown)
	if err != nil {
		return err
	}
	view.More = max(n-pointsShown, 0)
	var people, ids []string
	for _, one := range list {
		people, ids = append(people, one.FacilitatorID), append(ids, one.PointID)
	}
	names, err := d.Facilitators.ByIDs(r.Context(), unique(people))
	if err != nil {
		return err
	}
	places, err := d.Points.ByIDs(r.Context(), unique(ids))
	for _, e := range facilitators.Entries(list) {
		row := dutyWords(p, places[e.PointID], e, nil)
		view.Duties = append(view.Duties, kindDuty{Point: places[e.PointID].PublicName, When: row.Day + " " + row.Hours,
			Person: names[e.FacilitatorID].FullName(), Href: dutiesPath(e.PointID) + "/" + e.ID})
	}
	return err
}

func (d Deps) kindHistory(r *http.Request, k kinds.Kind) ([]ui.HistoryRow, error) {
	rows, err := d.Kinds.History(r.Context(), session.Actor(r), k.ID)
	if err != nil {
		return nil, err
	}
	return d.story(r, rows, ui.HistoryWords{Action: "kinds.history.", Field: "kinds.change.", Value: d.kindValue(r)})
}

// kindValue puts a kept value of a field into words.
func (d Deps) kindValue(r *http.Request) func(field, value string) string {
	p := ui.PrinterOf(r)
	tags := func(prefix, value string) string { return words(p, prefix, strings.Fields(strings.Trim(value, "[]"))) }
	return func(field, value string) string {
		if value == "" {
			return ""
		}
		switch field {
		case "Mode":
			return p.T("kinds.mode." + value)
		case "Audience":
			return p.T("kinds.audience." + value)
		case "Topics":
			return tags("register.se6.", value)
		case "Skills":
			return tags("register.se5.", value)
		case "Languages":
			return tags("points.language.", value)
		case "From", "To":
			return dayWords(r, value)
		case "BodyID":
			if names, err := d.bodyNames(r.Context(), value); err == nil && names[value] != "" {
				return names[value]
			}
		case "PointID":
			if found, err := d.Points.ByIDs(r.Context(), []string{value}); err == nil && found[value].ID != "" {
				return found[value].PublicName
			}
		}
		return value
	}
}

// kindSpots are where a person may offer a kind: the network, bodies, points. chosen is always among them.
func (d Deps) kindSpots(r *http.Request, chosen string) ([]ui.Option, error) {
	who, p := session.Actor(r), ui.PrinterOf(r)
	out := []ui.Option{{Label: p.T("managers.choose")}}
	if who.Reach(identity.EditPoints).All {
		out = append(out, ui.Option{Value: spotNetwork, Label: p.T("kinds.place.network")})
	}
	list, err := d.Points.All(r.Context(), who, identity.EditPoints)
	if err != nil {
		return nil, err
	}
	ids := editableBodies(who, list)
	names, err := d.bodyNames(r.Context(), ids...)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		out = append(out, ui.Option{Value: spotBody + id, Label: p.T("kinds.place.of_body", map[string]any{"name": names[id]})})
	}
	slices.SortFunc(out[1:], func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	for _, one := range list {
		// A region has too many points to choose from: who wants one comes from its page.
		if value := spotPoint + one.ID; len(list) <= pointsOffered || value == chosen {
			out = append(out, ui.Option{Value: value, Label: one.PublicName})
		}
	}
	return out, nil
}

// The choices of where, in the form: the network, or one body or point by id.
const (
	spotNetwork = "rete"
	spotBody    = "ente:"
	spotPoint   = "punto:"
	// pointsOffered is up to how many points are offered one by one.
	pointsOffered = 60
)
