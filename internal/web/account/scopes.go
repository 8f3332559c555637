package account

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/funding"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/web/ui"
)

// choices returns what a role may be held in: "body:ID" by name, kind after kind.
func (d Deps) choices(ctx context.Context, p i18n.Printer, who identity.Actor, role identity.Role) ([]ui.Option, error) {
	var all []ui.Option
	for _, scope := range identity.ScopesOf(role) {
		if scope == identity.ScopeNetwork {
			all = append(all, ui.Option{Value: string(scope) + ":", Label: p.T("identity.scope.network")})
			continue
		}
		found, err := d.inScope(ctx, who, scope)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(found, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
		for _, o := range found {
			all = append(all, ui.Option{Value: string(scope) + ":" + o.Value, Label: p.T("identity.scope."+string(scope)) + " – " + o.Label})
		}
	}
	return all, nil
}

// inScope lists ids and names. Programmes and projects are listed by the program itself: whoever gives
// a role must name them, and may see nothing else of them.
func (d Deps) inScope(ctx context.Context, who identity.Actor, scope identity.Scope) ([]ui.Option, error) {
	namer := identity.System("account")
	var out []ui.Option
	add := func(id string, words ...string) {
		out = append(out, ui.Option{Value: id, Label: strings.TrimSpace(strings.Join(words, " "))})
	}
	switch scope {
	case identity.ScopeBody:
		bodies, err := d.Orgs.List(ctx, who, orgs.Filter{Max: maxChoices})
		for _, b := range bodies {
			add(b.ID, b.Name)
		}
		return out, err
	case identity.ScopeProgramme:
		programmes, err := d.Funding.Programmes(ctx, namer)
		for _, one := range programmes {
			add(one.ID, one.Name, "("+one.Code+")")
		}
		return out, err
	case identity.ScopeProject:
		projects, err := d.Funding.Projects(ctx, namer, funding.Filter{})
		for _, one := range projects {
			add(one.ID, one.Name, "("+one.Code+")")
		}
		return out, err
	case identity.ScopePoint:
		points, err := d.Points.All(ctx, who, identity.SeePoints)
		for _, one := range points {
			add(one.ID, cmp.Or(one.PublicName, one.OfficialName), "("+one.Code+")")
		}
		return out, err
	}
	return nil, nil
}

const maxChoices = 5000

// scopeNames returns the words for where roles hold, by "scope:id".
func (d Deps) scopeNames(ctx context.Context, p i18n.Printer, roles []identity.Holding) (map[string]string, error) {
	ids := map[identity.Scope][]string{}
	for _, h := range roles {
		if !slices.Contains(ids[h.Scope], h.ScopeID) {
			ids[h.Scope] = append(ids[h.Scope], h.ScopeID)
		}
	}
	names := map[string]string{}
	name := func(scope identity.Scope, id string, words ...string) {
		names[string(scope)+":"+id] = strings.TrimSpace(strings.Join(words, " "))
	}
	name(identity.ScopeNetwork, "", p.T("identity.scope.network"))
	bodies, err := d.Orgs.ByIDs(ctx, ids[identity.ScopeBody])
	if err != nil {
		return nil, err
	}
	for id, b := range bodies {
		name(identity.ScopeBody, id, b.Name)
	}
	programmes, err := d.Funding.ProgrammesByIDs(ctx, ids[identity.ScopeProgramme])
	if err != nil {
		return nil, err
	}
	for id, one := range programmes {
		name(identity.ScopeProgramme, id, one.Name)
	}
	projects, err := d.Funding.ProjectsByIDs(ctx, ids[identity.ScopeProject])
	if err != nil {
		return nil, err
	}
	for id, one := range projects {
		name(identity.ScopeProject, id, one.Name)
	}
	found, err := d.Points.ByIDs(ctx, ids[identity.ScopePoint])
	if err != nil {
		return nil, err
	}
	for id, one := range found {
		name(identity.ScopePoint, id, cmp.Or(one.PublicName, one.OfficialName))
	}
	return names, nil
}

// roleRow is one role in words.
type roleRow struct {
	ID, AccountID string
	// Role, Does and Where are what it is, what it allows and where it holds.
	Role, Does, Where string
	// Days is from when to when.
	Days string
	// From and To are those days as files write them.
	From, To string
	// InForce holds today; Over is past.
	InForce, Over bool
}

// roleRows puts roles into words, those in force first.
func (d Deps) roleRows(r *http.Request, roles []identity.Holding) ([]roleRow, error) {
	p := ui.PrinterOf(r)
	names, err := d.scopeNames(r.Context(), p, roles)
	if err != nil {
		return nil, err
	}
	today := calendar.DayOf(ui.Now(r))
	rows := make([]roleRow, len(roles))
	for i, h := range roles {
		rows[i] = roleRow{
			ID: h.ID, AccountID: h.AccountID, Role: p.T("identity.role." + string(h.Role)), Does: p.T("identity.does." + string(h.Role)),
			Where: cmp.Or(names[string(h.Scope)+":"+h.ScopeID], p.T("account.gone")), Days: days(p, h), From: h.From.String(), To: h.To.String(),
			InForce: h.On(today), Over: !h.To.IsZero() && h.To.Before(today),
		}
	}
	slices.SortStableFunc(rows, func(a, b roleRow) int { return rank(a) - rank(b) })
	return rows, nil
}

// rolesInForce are the roles of today alone.
func (d Deps) rolesInForce(r *http.Request, roles []identity.Holding) ([]roleRow, error) {
	rows, err := d.roleRows(r, roles)
	return slices.DeleteFunc(rows, func(row roleRow) bool { return !row.InForce }), err
}

func rank(r roleRow) int {
	switch {
	case r.InForce:
		return 0
	case !r.Over:
		return 1
	}
	return 2
}

func days(p i18n.Printer, h identity.Holding) string {
	from := map[string]any{"from": p.DayNum(h.From), "to": p.DayNum(h.To)}
	if h.To.IsZero() {
		return p.T("account.days.open", from)
	}
	return p.T("account.days.closed", from)
}
