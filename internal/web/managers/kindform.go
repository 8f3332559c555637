package managers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/audit"
	"capillare/internal/i18n"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/register/codelist"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// kindForm is the form of a kind, new or not.
type kindForm struct {
	Form             *ui.Form
	Action, BackHref string
	New              bool
	Spots, Modes     []ui.Option
	Audiences        []ui.Option
	Topics, Skills   []ui.Option
	Languages        []ui.Option
	Notices          []ui.Option
	Rival            rival
}

func (d Deps) newKind(w http.ResponseWriter, r *http.Request) error {
	values := url.Values{
		"mode": {string(kinds.Desk)}, "audience": {string(kinds.Everyone)}, "minutes": {"30"}, "seats": {"1"}, "notice": {"0"}, "from": {dayText(today(r))},
	}
	if id := r.URL.Query().Get("punto"); id != "" {
		values.Set("place", spotPoint+id)
	}
	return d.showKindForm(w, r, http.StatusOK, kindForm{Form: ui.NewForm(r, values)}, kinds.Kind{})
}

func (d Deps) addKind(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	k := readKind(form, kinds.Kind{})
	readKindPlace(form, &k)
	// All that is wrong at once: what the form cannot read, and what the rules refuse.
	if _, refused := kinds.Check(k); refused != nil && len(form.Problems) > 0 {
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	status := http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		id, refused := d.Kinds.Add(r.Context(), who, k)
		if refused == nil {
			return ui.RedirectFlash(w, r, kindsPath+"/"+id, ui.Success, "kinds.added")
		}
		if err := form.Refuse(refused); err != nil {
			return err
		}
		status = ui.StatusOf(refused)
	}
	return d.showKindForm(w, r, status, kindForm{Form: form}, kinds.Kind{})
}

func (d Deps) editKind(w http.ResponseWriter, r *http.Request) error {
	k, err := d.Kinds.ByID(r.Context(), session.Actor(r), r.PathValue("kind"))
	if err != nil {
		return err
	}
	return d.showKindForm(w, r, http.StatusOK, kindForm{Form: ui.NewForm(r, kindValues(k))}, k)
}

func kindValues(k kinds.Kind) url.Values {
	number := func(n int) []string {
		if n == 0 {
			return nil
		}
		return []string{strconv.Itoa(n)}
	}
	return url.Values{
		"name": {k.Name}, "name_en": {k.NameEN}, "mode": {string(k.Mode)}, "audience": {string(k.Audience)}, "topics": k.Topics,
		"minutes": number(k.Minutes), "before": number(k.Before), "after": number(k.After), "seats": number(k.Seats), "kept": number(k.Kept),
		"notice": {strconv.Itoa(k.NoticeMinutes)}, "horizon": number(k.HorizonDays), "bring": {k.Bring}, "bring_en": {k.BringEN},
		"skills": k.Skills, "languages": k.Languages, "from": {dayText(k.From)}, "to": {dayText(k.To)}, "version": {strconv.Itoa(k.Version)},
	}
}

func (d Deps) saveKind(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	old, err := d.Kinds.ByID(r.Context(), who, r.PathValue("kind"))
	if err != nil {
		return err
	}
	k := readKind(form, old)
	k.Version = form.Int("version")
	view, status := kindForm{Form: form}, http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		refused := d.Kinds.Change(r.Context(), who, k)
		if refused == nil {
			return ui.RedirectFlash(w, r, kindsPath+"/"+old.ID, ui.Success, "kinds.saved")
		}
		if err := form.Refuse(refused); err != nil {
			return err
		}
		status = ui.StatusOf(refused)
		if errors.Is(refused, kinds.ErrRival) {
			if view.Rival, err = d.kindRival(r, form, old, k); err != nil {
				return err
			}
		}
	}
	return d.showKindForm(w, r, status, view, old)
}

// kindRival tells who was faster, and in what the form differs from what stands now.
func (d Deps) kindRival(r *http.Request, form *ui.Form, now, typed kinds.Kind) (rival, error) {
	rows, err := d.Kinds.History(r.Context(), session.Actor(r), now.ID)
	if err != nil {
		return rival{}, err
	}
	seen(form, now.Version)
	who, err := d.madeBy(r, rows)
	p, word, out := ui.PrinterOf(r), d.kindValue(r), rival{Conflict: &who}
	for _, c := range audit.Compare(now, typed).Changes {
		out.Now = append(out.Now, ui.SummaryItem{Term: p.T("kinds.change." + c.Field),
			Value: p.T("managers.now_is", map[string]any{"value": orWord(p, word(c.Field, c.From))}),
			Lines: []string{p.T("managers.you_typed", map[string]any{"value": orWord(p, word(c.Field, c.To))})}})
	}
	return out, err
}

func readKind(form *ui.Form, old kinds.Kind) kinds.Kind {
	k := old
	k.Name, k.NameEN = form.Text("name"), form.Text("name_en")
	k.Mode = kinds.Mode(form.Choice("mode", modeNames()...))
	k.Audience = kinds.Audience(form.Choice("audience", audienceNames()...))
	k.Topics = tags(form.Texts("topics"), old.Topics, codelist.Domains.Has)
	k.Skills = tags(form.Texts("skills"), old.Skills, codelist.Skills.Has)
	k.Languages = tags(form.Texts("languages"), old.Languages, knownLanguage)
	k.Minutes, k.Before, k.After = form.Int("minutes"), form.Int("before"), form.Int("after")
	k.Seats, k.Kept, k.NoticeMinutes, k.HorizonDays = form.Int("seats"), form.Int("kept"), form.Int("notice"), form.Int("horizon")
	if k.Mode.Shape() == kinds.Desk.Shape() && !form.Has("seats") {
		k.Seats = 1
	}
	k.Bring, k.BringEN = form.Text("bring"), form.Text("bring_en")
	k.From, k.To = form.Day("from"), form.Day("to")
	return k
}

// readKindPlace reads where a new kind is offered.
func readKindPlace(form *ui.Form, k *kinds.Kind) {
	place := form.Need("place", 80)
	if id, ok := strings.CutPrefix(place, spotBody); ok {
		k.BodyID = id
	} else if id, ok := strings.CutPrefix(place, spotPoint); ok {
		k.PointID = id
	} else if place != "" && place != spotNetwork {
		form.Problems.Add("place", "form.invalid")
	}
}

func (d Deps) showKindForm(w http.ResponseWriter, r *http.Request, status int, view kindForm, old kinds.Kind) error {
	p := ui.PrinterOf(r)
	view.Action, view.New, view.BackHref = r.URL.Path, old.ID == "", kindsPath
	view.Modes, view.Audiences = hinted(p, choices(p, "kinds.mode.", modeNames(), "")), choices(p, "kinds.audience.", audienceNames(), "")
	view.Notices = noticeOptions(p, old.NoticeMinutes)
	view.Languages = choices(p, "points.language.", points.LanguageTags(), "")
	for _, c := range codelist.Domains.Codes() {
		view.Topics = append(view.Topics, ui.Option{Value: c.Value, Label: p.T(c.Key)})
	}
	for _, c := range codelist.Skills.Codes() {
		view.Skills = append(view.Skills, ui.Option{Value: c.Value, Label: p.T(c.Key)})
	}
	title, way := p.T("kinds.new_title"), []ui.Link{kindsLink(r)}
	if !view.New {
		view.BackHref, title = kindsPath+"/"+old.ID, p.T("kinds.edit_title")
		way = append(way, ui.Link{Label: old.Name, Href: view.BackHref})
	} else {
		var err error
		if view.Spots, err = d.kindSpots(r, view.Form.Text("place")); err != nil {
			return err
		}
	}
	return ui.Render(w, r, status, kindFormView(sheet(r, title, way...), view))
}

// hinted adds to each mode what it means.
func hinted(p i18n.Printer, modes []ui.Option) []ui.Option {
	for i, o := range modes {
		modes[i].Hint = p.T("kinds.mode_hint." + o.Value)
	}
	return modes
}

// noticeOptions are the usual notices, and the one that is there.
func noticeOptions(p i18n.Printer, now int) []ui.Option {
	const hour, day = 60, 24 * 60
	list := []int{0, 30, hour, 2 * hour, 4 * hour, 12 * hour, day, 2 * day, 3 * day, 7 * day}
	if !slices.Contains(list, now) {
		list = append(list, now)
		slices.Sort(list)
	}
	var out []ui.Option
	for _, n := range list {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: noticeWords(p, n)})
	}
	return out
}

func (d Deps) endKind(w http.ResponseWriter, r *http.Request) error {
	return d.showKindEnd(w, r, http.StatusOK, ui.NewForm(r, url.Values{"on": {dayText(today(r))}}))
}

func (d Deps) saveKindEnd(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	on, status := needDay(form, "on"), http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		refused := d.Kinds.End(r.Context(), who, r.PathValue("kind"), on)
		if refused == nil {
			return ui.RedirectFlash(w, r, kindsPath+"/"+r.PathValue("kind"), ui.Success, "kinds.ended_on")
		}
		if err := form.Refuse(refused); err != nil {
			return err
		}
		status = ui.StatusOf(refused)
	}
	return d.showKindEnd(w, r, status, form)
}

func (d Deps) showKindEnd(w http.ResponseWriter, r *http.Request, status int, form *ui.Form) error {
	p := ui.PrinterOf(r)
	k, err := d.Kinds.ByID(r.Context(), session.Actor(r), r.PathValue("kind"))
	if err != nil {
		return err
	}
	if !k.To.IsZero() && k.To.Before(today(r)) {
		return kinds.ErrEnded
	}
	back := kindsPath + "/" + k.ID
	view := closing{Form: form, What: k.Name, Text: p.T("kinds.end_text"), Action: r.URL.Path, BackHref: back}
	return ui.Render(w, r, status, closingView(sheet(r, p.T("kinds.end_title"), kindsLink(r), ui.Link{Label: k.Name, Href: back}), view))
}
