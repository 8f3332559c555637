package managers

import (
	"errors"
	"net/http"
	"strconv"

	"capillare/internal/audit"
	"capillare/internal/funding"
	"capillare/internal/orgs"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// rival is who saved while a form was being filled in, and in what the form differs from what stands now.
type rival struct {
	Conflict *conflict
	Now      []ui.SummaryItem
}

// rivalOf tells the changes between what stands now and what was typed, and who made the newest of rows.
func (d Deps) rivalOf(r *http.Request, changes audit.Changes, rows []audit.Row, words func(field, value string) string) (rival, error) {
	who, err := d.madeBy(r, rows)
	p, out := ui.PrinterOf(r), rival{Conflict: &who}
	for _, c := range changes.Changes {
		out.Now = append(out.Now, ui.SummaryItem{Term: p.T("bodies.change." + c.Field),
			Value: p.T("managers.now_is", map[string]any{"value": orWord(p, words(c.Field, c.From))}),
			Lines: []string{p.T("managers.you_typed", map[string]any{"value": orWord(p, words(c.Field, c.To))})}})
	}
	return out, err
}

// seen lets whoever saves again save over version: the differences were shown.
func seen(form *ui.Form, version int) { form.Values.Set("version", strconv.Itoa(version)) }

// bodyRival tells who was faster than the typed body, when that is why it was refused.
func (d Deps) bodyRival(r *http.Request, form *ui.Form, refused error, typed orgs.Body) (rival, error) {
	if !errors.Is(refused, orgs.ErrChanged) {
		return rival{}, nil
	}
	who := session.Actor(r)
	now, err := d.Orgs.ByID(r.Context(), who, typed.ID)
	if err != nil {
		return rival{}, err
	}
	rows, err := d.Orgs.History(r.Context(), who, typed.ID)
	if err != nil {
		return rival{}, err
	}
	seen(form, now.Version)
	return d.rivalOf(r, audit.Compare(now, typed), rows, d.bodyValue(r))
}

// programmeRival tells who was faster than the typed programme, when that is why it was refused.
func (d Deps) programmeRival(r *http.Request, form *ui.Form, refused error, typed funding.Programme) (rival, error) {
	if !errors.Is(refused, funding.ErrChanged) {
		return rival{}, nil
	}
	who := session.Actor(r)
	now, err := d.programmeByID(r.Context(), who, typed.ID)
	if err != nil {
		return rival{}, err
	}
	rows, err := d.Funding.ProgrammeHistory(r.Context(), who, typed.ID)
	if err != nil {
		return rival{}, err
	}
	seen(form, now.Version)
	return d.rivalOf(r, audit.Compare(now, typed), rows, d.fundingValue(r, nil))
}

// projectRival tells who was faster than the typed project, when that is why it was refused.
func (d Deps) projectRival(r *http.Request, form *ui.Form, refused error, typed funding.Project) (rival, error) {
	if !errors.Is(refused, funding.ErrChanged) {
		return rival{}, nil
	}
	_, now, err := d.projectByID(r)
	if err != nil {
		return rival{}, err
	}
	rows, err := d.Funding.ProjectHistory(r.Context(), session.Actor(r), typed.ID)
	if err != nil {
		return rival{}, err
	}
	names, err := d.bodyNames(r.Context(), now.BodyID, typed.BodyID)
	if err != nil {
		return rival{}, err
	}
	seen(form, now.Version)
	return d.rivalOf(r, audit.Compare(now, typed), rows, d.fundingValue(r, names))
}
