package managers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// bodiesPage is the list of bodies.
type bodiesPage struct {
	Form  *ui.Form
	Rows  []bodyRow
	Total int
	Pages ui.Pages
	// The choices of each filter.
	Kinds, Roles, States, Programmes, Provinces []ui.Option
	FileHref                                    string
	May                                         may
}

// bodyRow is one body of the list.
type bodyRow struct {
	ID, Name, Kind, Roles, TaxCode string
	Ended                          bool
}

// bodyFilters are the names of the filters of the list and of its file.
func bodyFilters() []string {
	return []string{"cerca", "tipo", "ruolo", "stato", "programma", "provincia"}
}

func (d Deps) bodies(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	who, p := session.Actor(r), ui.PrinterOf(r)
	f, err := d.bodyFilter(r, form.Values)
	if err != nil {
		return err
	}
	f.Max, f.Page = perPage, pageOf(r)-1
	list, total, err := d.Orgs.Find(r.Context(), who, f)
	if err != nil {
		return err
	}
	view := bodiesPage{
		Form: form, Total: total, Pages: pagesOf(r, total), May: mayOf(who),
		Kinds:    choices(p, "orgs.kind.", orgs.Kinds(), p.T("managers.bodies.any_kind")),
		Roles:    choices(p, "orgs.role.", orgs.RoleNames(), p.T("bodies.any_role")),
		States:   choices(p, "bodies.state.", []string{"finiti", "tutti"}, p.T("bodies.state.in_force")),
		FileHref: withQuery("/gestione/enti.csv", form.Values, bodyFilters()...),
	}
	if view.Programmes, err = d.programmeOptions(r, p.T("bodies.any_programme")); err != nil {
		return err
	}
	if view.Provinces, err = d.provinces(r); err != nil {
		return err
	}
	if view.Rows, err = d.bodyRows(r, list); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, bodiesView(frame(r, p.T("managers.bodies.title")), view))
}

// bodyFilter reads the filters of the list from an address.
func (d Deps) bodyFilter(r *http.Request, query url.Values) (orgs.Filter, error) {
	who, state := session.Actor(r), query.Get("stato")
	f := orgs.Filter{
		Search: query.Get("cerca"), Kind: query.Get("tipo"), Role: query.Get("ruolo"), Province: query.Get("provincia"),
		Ended: state == "tutti", OnlyEnded: state == "finiti",
	}
	var err error
	if f.Also, err = d.metBodies(r.Context(), who); err != nil {
		return f, err
	}
	if programme := query.Get("programma"); programme != "" && who.Can(identity.SeeFunding) {
		projects, err := d.Funding.Projects(r.Context(), who, funding.Filter{ProgrammeID: programme})
		if err != nil {
			return f, err
		}
		f.Only = []string{}
		for _, one := range projects {
			f.Only = append(f.Only, one.BodyID)
		}
	}
	return f, nil
}

// metBodies returns the bodies that a person of some bodies meets in its work: those that run or deliver
// its points. Who reaches every body needs none.
func (d Deps) metBodies(ctx context.Context, who identity.Actor) ([]string, error) {
	if who.Reach(identity.SeeBodies).All || !who.Can(identity.SeePoints) {
		return nil, nil
	}
	list, err := d.Points.All(ctx, who, identity.SeePoints)
	var ids []string
	for _, one := range list {
		ids = append(ids, one.Bodies()...)
	}
	return unique(ids), err
}

// seenBody returns the body of an address; own says that the person has authority over it, and does not
// only meet it in its work.
func (d Deps) seenBody(ctx context.Context, who identity.Actor, id string) (b orgs.Body, own bool, err error) {
	b, err = d.Orgs.ByID(ctx, who, id)
	if err == nil || !errors.Is(err, identity.ErrNotHere) {
		return b, err == nil, err
	}
	met, fault := d.metBodies(ctx, who)
	if fault != nil {
		return b, false, fault
	}
	if !slices.Contains(met, id) {
		return b, false, err
	}
	found, fault := d.Orgs.ByIDs(ctx, []string{id})
	return found[id], false, fault
}

func (d Deps) bodyRows(r *http.Request, list []orgs.Body) ([]bodyRow, error) {
	ids := make([]string, len(list))
	for i, b := range list {
		ids[i] = b.ID
	}
	roles, err := d.Orgs.Roles(r.Context(), ids)
	p := ui.PrinterOf(r)
	rows := make([]bodyRow, len(list))
	for i, b := range list {
		rows[i] = bodyRow{ID: b.ID, Name: b.Name, Kind: p.T("orgs.kind." + b.Kind), Roles: words(p, "orgs.role.", rolesOn(roles[b.ID], today(r))),
			TaxCode: b.TaxCode, Ended: !b.InForce(today(r))}
	}
	return rows, err
}

// rolesOn returns the names of the roles held on a day.
func rolesOn(roles []orgs.Role, on calendar.Day) []string {
	var names []string
	for _, role := range roles {
		if !on.Before(role.From) && (role.To.IsZero() || !on.After(role.To)) {
			names = append(names, role.Name)
		}
	}
	return unique(names)
}

func (d Deps) bodiesFile(w http.ResponseWriter, r *http.Request) error {
	f, err := d.bodyFilter(r, r.URL.Query())
	if err != nil {
		return err
	}
	f.Max = every
	list, err := d.Orgs.List(r.Context(), session.Actor(r), f)
	if err != nil {
		return err
	}
	short, err := d.bodyRows(r, list)
	if err != nil {
		return err
	}
	var codes []string
	for _, b := range list {
		codes = append(codes, b.Belfiore)
	}
	towns, err := d.Territory.Today(r.Context(), unique(codes))
	if err != nil {
		return err
	}
	rows := make([][]string, len(list))
	for i, b := range list {
		rows[i] = []string{b.Name, b.ShortName, short[i].Kind, short[i].Roles, b.TaxCode, b.IPACode, townName(towns[b.Belfiore]),
			b.Email, b.PEC, b.Phone, dayText(b.EndedOn)}
	}
	return ui.SendTable(w, r, "enti", []string{
		"managers.field.body_name", "managers.field.short_name", "managers.column.kind", "managers.body.roles", "managers.field.body_tax_code",
		"managers.field.ipa_code", "managers.column.town", "managers.column.email", "managers.field.pec", "managers.column.phone",
		"bodies.ended_on",
	}, rows)
}
