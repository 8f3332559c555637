package account

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// What the page can keep: roles of today, those to come, those that are over; and what the review looks at.
const (
	now       = "oggi"
	toCome    = "futuri"
	over      = "finiti"
	unused    = "non-usati"
	invited   = "invitati"
	disabled  = "disattivati"
	endedBody = "enti-chiusi"
)

// accessPage is who may do what.
type accessPage struct {
	Form                         *ui.Form
	Roles, Bodies, Points, Kinds []ui.Option
	Rows                         []accessRow
	Total                        int
	Pages                        ui.Pages
	FileHref                     string
	Reviews                      []reviewRow
	Review                       *ui.Form
}

// accessRow is one role with the person and what the review looks at.
type accessRow struct {
	roleRow
	Name, Email string
	Last        string
	Flags       []ui.BadgeText
}

// reviewRow is a review that was done, in words.
type reviewRow struct{ When, Who, What, Note string }

func (d Deps) access(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	return d.showAccess(w, r, http.StatusOK, form, ui.NewForm(r, nil))
}

func (d Deps) showAccess(w http.ResponseWriter, r *http.Request, code int, form, review *ui.Form) error {
	rows, err := d.accessRows(r, form)
	if err != nil {
		return err
	}
	page, p := max(1, form.Int("pagina")), ui.PrinterOf(r)
	kept := url.Values{}
	for _, name := range []string{"ruolo", "ente", "punto", "quali"} {
		if form.Has(name) {
			kept.Set(name, form.Text(name))
		}
	}
	v := accessPage{Form: form, Review: review, Total: len(rows), FileHref: adminPath + "/accessi.csv?" + kept.Encode(),
		Pages: pagesOf(adminPath+"/accessi", kept, page, len(rows))}
	from := min((page-1)*pageSize, len(rows))
	v.Rows = rows[from:min(from+pageSize, len(rows))]
	if err := d.accessChoices(r, &v); err != nil {
		return err
	}
	if v.Reviews, err = d.reviewRows(r); err != nil {
		return err
	}
	return ui.Render(w, r, code, accessView(d.below(r, p.T("account.holders.title")), v))
}

// accessChoices fills in what can be filtered by.
func (d Deps) accessChoices(r *http.Request, v *accessPage) error {
	p, who := ui.PrinterOf(r), session.Actor(r)
	v.Roles = ui.Options("", p.T("account.holders.all"))
	for _, one := range identity.Roles() {
		v.Roles = append(v.Roles, ui.Option{Value: string(one), Label: p.T("identity.role." + string(one))})
	}
	for _, kind := range []string{now, toCome, over, unused, invited, disabled, endedBody} {
		v.Kinds = append(v.Kinds, ui.Option{Value: kind, Label: p.T("account.access_kind." + kind)})
	}
	for scope, list := range map[identity.Scope]*[]ui.Option{identity.ScopeBody: &v.Bodies, identity.ScopePoint: &v.Points} {
		found, err := d.inScope(r.Context(), who, scope)
		if err != nil {
			return err
		}
		slices.SortFunc(found, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
		*list = append(ui.Options("", p.T("account.access_any."+string(scope))), found...)
	}
	return nil
}

// accessRows are the roles that the filters keep, in words.
func (d Deps) accessRows(r *http.Request, form *ui.Form) ([]accessRow, error) {
	f := identity.AccessFilter{Role: identity.Role(form.Text("ruolo"))}
	if !slices.Contains(identity.Roles(), f.Role) {
		f.Role = ""
	}
	var err error
	if f.Scopes, err = d.reaching(r, form.Text("ente"), form.Text("punto")); err != nil {
		return nil, err
	}
	all, err := d.Identity.Access(r.Context(), session.Actor(r), f)
	if err != nil {
		return nil, err
	}
	ended, err := d.endedBodies(r, all)
	if err != nil {
		return nil, err
	}
	kind := cmp.Or(form.Text("quali"), now)
	all = slices.DeleteFunc(all, func(a identity.Access) bool { return !keeps(r, kind, a, ended) })
	return d.accessWords(r, all, ended)
}

func keeps(r *http.Request, kind string, a identity.Access, ended map[string]bool) bool {
	today := calendar.DayOf(ui.Now(r))
	past := !a.To.IsZero() && a.To.Before(today)
	switch kind {
	case toCome:
		return a.From.After(today)
	case over:
		return past
	case unused:
		return !past && a.State == identity.StateActive && a.Unused(ui.Now(r))
	case invited:
		return !past && a.State == identity.StateInvited
	case disabled:
		return !past && a.State == identity.StateDisabled
	case endedBody:
		return !past && a.Scope == identity.ScopeBody && ended[a.ScopeID]
	}
	return a.On(today) && a.State != identity.StateDisabled
}

// endedBodies are those of the roles that do not exist any more.
func (d Deps) endedBodies(r *http.Request, all []identity.Access) (map[string]bool, error) {
	var ids []string
	for _, a := range all {
		if a.Scope == identity.ScopeBody && !slices.Contains(ids, a.ScopeID) {
			ids = append(ids, a.ScopeID)
		}
	}
	found, err := d.Orgs.ByIDs(r.Context(), ids)
	ended := map[string]bool{}
	for id, b := range found {
		ended[id] = !b.InForce(calendar.DayOf(ui.Now(r)))
	}
	return ended, err
}

func (d Deps) accessWords(r *http.Request, all []identity.Access, ended map[string]bool) ([]accessRow, error) {
	p, roles := ui.PrinterOf(r), make([]identity.Holding, len(all))
	for i, a := range all {
		roles[i] = a.Holding
	}
	words, err := d.roleRows(r, roles)
	if err != nil {
		return nil, err
	}
	byID := map[string]roleRow{}
	for _, row := range words {
		byID[row.ID] = row
	}
	rows := make([]accessRow, len(all))
	for i, a := range all {
		rows[i] = accessRow{roleRow: byID[a.ID], Name: a.Name, Email: a.Email, Last: lastTime(r.Context(), a.SignedInAt)}
		flag := func(tone ui.Tone, key string) {
			rows[i].Flags = append(rows[i].Flags, ui.BadgeText{Tone: tone, Text: p.T(key)})
		}
		if a.State != identity.StateActive {
			flag(ui.Neutral, "identity.state."+string(a.State))
		} else if a.Unused(ui.Now(r)) {
			flag(ui.Warning, "account.flag.unused")
		}
		if a.Scope == identity.ScopeBody && ended[a.ScopeID] {
			flag(ui.Warning, "account.flag.ended_body")
		}
	}
	return rows, nil
}

// reaching are the scopes from which somebody gets at a body, or at a point; nil when neither is asked for.
// Whoever works for the whole network gets at everything.
func (d Deps) reaching(r *http.Request, bodyID, pointID string) ([]identity.Grant, error) {
	if pointID != "" {
		return d.reachingPoint(r, pointID)
	}
	if bodyID == "" {
		return nil, nil
	}
	scopes := []identity.Grant{{Scope: identity.ScopeNetwork}, {Scope: identity.ScopeBody, ScopeID: bodyID}}
	namer := identity.System("account")
	projects, err := d.Funding.Projects(r.Context(), namer, funding.Filter{BodyID: bodyID})
	if err != nil {
		return nil, err
	}
	for _, one := range projects {
		scopes = append(scopes, identity.Grant{Scope: identity.ScopeProject, ScopeID: one.ID},
			identity.Grant{Scope: identity.ScopeProgramme, ScopeID: one.ProgrammeID})
	}
	all, err := d.Points.All(r.Context(), namer, identity.SeePoints)
	for _, one := range all {
		if slices.Contains(one.Bodies(), bodyID) {
			scopes = append(scopes, identity.Grant{Scope: identity.ScopePoint, ScopeID: one.ID})
		}
	}
	return scopes, err
}

func (d Deps) reachingPoint(r *http.Request, pointID string) ([]identity.Grant, error) {
	scopes := []identity.Grant{{Scope: identity.ScopeNetwork}, {Scope: identity.ScopePoint, ScopeID: pointID}}
	found, err := d.Points.ByIDs(r.Context(), []string{pointID})
	if err != nil {
		return nil, err
	}
	one, ok := found[pointID]
	if !ok {
		return []identity.Grant{}, nil
	}
	for _, id := range one.Bodies() {
		scopes = append(scopes, identity.Grant{Scope: identity.ScopeBody, ScopeID: id})
	}
	if one.ProjectID == "" {
		return scopes, nil
	}
	projects, err := d.Funding.ProjectsByIDs(r.Context(), []string{one.ProjectID})
	scopes = append(scopes, identity.Grant{Scope: identity.ScopeProject, ScopeID: one.ProjectID},
		identity.Grant{Scope: identity.ScopeProgramme, ScopeID: projects[one.ProjectID].ProgrammeID})
	return scopes, err
}

func (d Deps) accessFile(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	found, err := d.accessRows(r, form)
	if err != nil {
		return err
	}
	rows := make([][]string, len(found))
	for i, a := range found {
		flags := ""
		for _, f := range a.Flags {
			flags += f.Text + ". "
		}
		rows[i] = []string{a.Name, a.Email, a.Role, a.Where, a.From, a.To, a.Last, flags}
	}
	return ui.SendTable(w, r, "accessi", []string{"account.field.name", "account.field.email", "account.field.role", "account.field.scope",
		"account.field.from", "account.field.to", "account.list.last", "account.list.state"}, rows)
}

func (d Deps) reviewRows(r *http.Request) ([]reviewRow, error) {
	done, err := d.Identity.Reviews(r.Context(), session.Actor(r))
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(done))
	for i, one := range done {
		ids[i] = one.DoneBy
	}
	names, err := d.Identity.Names(r.Context(), ids)
	p := ui.PrinterOf(r)
	rows := make([]reviewRow, len(done))
	for i, one := range done {
		rows[i] = reviewRow{When: p.DayNum(calendar.DayOf(one.At)), Who: names[one.DoneBy], Note: one.Note,
			What: p.T("account.review.what", map[string]any{"accounts": one.Accounts, "roles": one.Roles})}
	}
	return rows, err
}

func (d Deps) review(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	refusal := d.Identity.MarkReviewed(r.Context(), session.Actor(r), form.Text("note"))
	if fault := form.Refuse(refusal); fault != nil {
		return fault
	}
	if refusal != nil {
		return d.showAccess(w, r, status(form, refusal), ui.NewForm(r, nil), form)
	}
	return ui.RedirectFlash(w, r, adminPath+"/accessi", ui.Success, "account.review.done")
}
