package managers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// programmeForm is the form of a programme, new or not.
type programmeForm struct {
	Form             *ui.Form
	Action, BackHref string
	Rival            rival
}

func (d Deps) newProgramme(w http.ResponseWriter, r *http.Request) error {
	// What could not be saved is not asked for.
	if err := session.Actor(r).Require(identity.EditFunding, identity.Target{}); err != nil {
		return err
	}
	set, err := d.Network.Setting(r.Context())
	if err != nil && !errors.Is(err, network.ErrNotSetUp) {
		return err
	}
	form := ui.NewForm(r, url.Values{"min_weekly": {weeklyText(set.MinWeeklyMinutes)}})
	return showProgrammeForm(w, r, http.StatusOK, programmeForm{Form: form}, funding.Programme{})
}

func (d Deps) addProgramme(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	one := readProgramme(form, funding.Programme{})
	if len(form.Problems) == 0 {
		id, refused := d.Funding.AddProgramme(r.Context(), who, one)
		if refused == nil {
			return ui.RedirectFlash(w, r, "/gestione/programmi/"+id, ui.Success, "managers.programme.added")
		}
		if err := form.Refuse(refused); err != nil {
			return err
		}
	}
	return showProgrammeForm(w, r, statusOf(form), programmeForm{Form: form}, funding.Programme{})
}

func (d Deps) editProgramme(w http.ResponseWriter, r *http.Request) error {
	one, err := d.programmeByID(r.Context(), session.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	form := ui.NewForm(r, url.Values{
		"code": {one.Code}, "name": {one.Name}, "cup": {one.CUP}, "act": {one.Act},
		"starts_on": {dayText(one.StartsOn)}, "ends_on": {dayText(one.EndsOn)},
		"amount": {moneyText(one.AmountCents)}, "cofunding": {moneyText(one.CofundingCents)},
		"minors_from": {dayText(one.MinorsFrom)}, "upload_cutoff": {dayText(one.UploadCutoff)},
		"min_weekly": {weeklyText(one.MinWeeklyMinutes)}, "opening_days": {countText(one.OpeningDays)},
		"version": {strconv.Itoa(one.Version)},
	})
	return showProgrammeForm(w, r, http.StatusOK, programmeForm{Form: form}, one)
}

func (d Deps) saveProgramme(w http.ResponseWriter, r *http.Request) error {
	form, who, err := formOf(r)
	if err != nil {
		return err
	}
	old, err := d.programmeByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	one := readProgramme(form, old)
	one.Version = form.Int("version")
	view, status := programmeForm{Form: form}, http.StatusUnprocessableEntity
	if len(form.Problems) == 0 {
		refused := d.Funding.EditProgramme(r.Context(), who, one)
		if refused == nil {
			return ui.RedirectFlash(w, r, "/gestione/programmi/"+old.ID, ui.Success, "managers.saved")
		}
		if err := form.Refuse(refused); err != nil {
			return err
		}
		status = ui.StatusOf(refused)
		if view.Rival, err = d.programmeRival(r, form, refused, one); err != nil {
			return err
		}
	}
	return showProgrammeForm(w, r, status, view, old)
}

func readProgramme(form *ui.Form, old funding.Programme) funding.Programme {
	one := old
	one.Code, one.Name, one.CUP, one.Act = form.Short("code", 40), form.Short("name", 200), form.Text("cup"), form.Short("act", 200)
	one.StartsOn, one.EndsOn = form.Day("starts_on"), form.Day("ends_on")
	one.AmountCents, one.CofundingCents = readMoney(form, "amount"), readMoney(form, "cofunding")
	one.MinorsFrom, one.UploadCutoff = form.Day("minors_from"), form.Day("upload_cutoff")
	one.MinWeeklyMinutes, one.OpeningDays = readWeekly(form, "min_weekly"), form.Int("opening_days")
	return one
}

func showProgrammeForm(w http.ResponseWriter, r *http.Request, status int, view programmeForm, old funding.Programme) error {
	p := ui.PrinterOf(r)
	view.Action, view.BackHref = r.URL.Path, "/gestione/programmi"
	title, way := p.T("managers.programme.new_title"), []ui.Link{{Label: p.T("managers.programmes.title"), Href: "/gestione/programmi"}}
	if old.ID != "" {
		title, way = p.T("managers.programme.edit_title"), programmeWay(r, old)
		view.BackHref = "/gestione/programmi/" + old.ID
	}
	return ui.Render(w, r, status, programmeFormView(sheet(r, title, way...), view))
}

func programmeWay(r *http.Request, one funding.Programme) []ui.Link {
	return []ui.Link{{Label: ui.PrinterOf(r).T("managers.programmes.title"), Href: "/gestione/programmi"},
		{Label: one.Name, Href: "/gestione/programmi/" + one.ID}}
}

// readMoney reads euros as people write them: "1400000", "1.400.000", "1.400.000,50", "1400000.50".
func readMoney(form *ui.Form, name string) int64 {
	text := strings.TrimSpace(strings.NewReplacer("€", "", " ", "", "\u00a0", "", "'", "").Replace(form.Text(name)))
	if text == "" {
		return 0
	}
	whole, cents, ok := splitMoney(text)
	// Unsigned: "-0,50" would lose its sign together with its zero.
	euros, err := strconv.ParseUint(whole, 10, 64)
	if !ok || err != nil || euros > 1e12 {
		form.Problems.Add(name, "managers.money")
		return 0
	}
	return int64(euros)*100 + cents
}

// splitMoney cuts the cents off. A point before exactly three digits parts thousands, as Italians write.
func splitMoney(text string) (whole string, cents int64, ok bool) {
	whole, rest, comma := strings.Cut(text, ",")
	if i := strings.LastIndex(whole, "."); !comma && i >= 0 && len(whole)-i-1 != 3 {
		whole, rest = whole[:i], whole[i+1:]
	}
	whole = strings.ReplaceAll(whole, ".", "")
	if rest == "" {
		return whole, 0, !comma || whole != ""
	}
	if len(rest) == 1 {
		rest += "0"
	}
	n, err := strconv.ParseUint(rest, 10, 7)
	return whole, int64(n), err == nil && len(rest) == 2
}

func moneyText(cents int64) string {
	if cents == 0 {
		return ""
	}
	text := strconv.FormatInt(cents/100, 10)
	if cents%100 != 0 {
		text += "," + strconv.FormatInt(100+cents%100, 10)[1:]
	}
	return text
}

// readWeekly reads the hours of a week as people write them, "24" or "24:30", in minutes.
func readWeekly(form *ui.Form, name string) int {
	if !form.Has(name) {
		return 0
	}
	whole, rest, split := strings.Cut(form.Text(name), ":")
	hours, err := strconv.ParseUint(strings.TrimSpace(whole), 10, 8)
	minutes, bad := uint64(0), error(nil)
	if split {
		minutes, bad = strconv.ParseUint(strings.TrimSpace(rest), 10, 6)
	}
	if err != nil || bad != nil || minutes > 59 {
		form.Problems.Add(name, "funding.min_weekly")
	}
	return int(hours*60 + minutes)
}

func weeklyText(minutes int) string {
	if minutes%60 == 0 {
		return countText(minutes / 60)
	}
	return fmt.Sprintf("%d:%02d", minutes/60, minutes%60)
}

func countText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
