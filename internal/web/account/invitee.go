package account

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

const (
	// noPerson answers that none of the people with the same address gets the account.
	noPerson = "nessuna"
	// rolesReady is the field that says that the form carries every role.
	rolesReady = "pronto"
)

// personInvited is the facilitator whom the form names, read by the program itself: whoever manages
// accounts must name that person, and may see nothing else.
func (d Deps) personInvited(r *http.Request, form *ui.Form) (f facilitators.Facilitator, named bool, err error) {
	id := form.Text("persona")
	if id == "" || id == noPerson {
		return f, false, nil
	}
	f, err = d.Facilitators.ByID(r.Context(), identity.System("account"), id)
	if err == nil && f.AccountID != "" {
		err = facilitators.ErrAccountTaken
	}
	return f, err == nil, err
}

// prepareInvite fills in the invitation of a facilitator: name, address, and the role at each point served.
// Who serves none is a facilitator all the same, and the form asks where.
func (d Deps) prepareInvite(r *http.Request, form *ui.Form) error {
	f, named, err := d.personInvited(r, form)
	if err != nil || !named {
		return err
	}
	form.Values = url.Values{"persona": {f.ID}, "name": {f.FullName()}, "email": {f.Email}, "role": {string(identity.Facilitator)}}
	today := calendar.DayOf(ui.Now(r))
	for _, p := range f.Points {
		if !p.To.IsZero() && p.To.Before(today) {
			continue
		}
		h := identity.Holding{Role: identity.Facilitator, Scope: identity.ScopePoint, ScopeID: p.PointID, To: p.To}
		if p.From.After(today) {
			h.From = p.From
		}
		form.Values.Add("ruoli", carry(h))
		form.Values.Set(rolesReady, "1")
	}
	return nil
}

// invitee fills in whom the invitation is for.
func (d Deps) invitee(r *http.Request, form *ui.Form, v *invitePage) error {
	f, named, err := d.personInvited(r, form)
	if err != nil {
		return err
	}
	if named {
		v.Person, err = d.personLabel(r, f)
		return err
	}
	if !slices.ContainsFunc(form.Problems, func(p errs.Problem) bool { return p.Field == "persona" }) {
		return nil
	}
	alike, err := d.Facilitators.WithoutAccount(r.Context(), session.Actor(r), form.Text("email"))
	for _, one := range alike {
		label, err := d.personLabel(r, one)
		if err != nil {
			return err
		}
		v.Alike = append(v.Alike, ui.Option{Value: one.ID, Label: label})
	}
	v.Alike = append(v.Alike, ui.Option{Value: noPerson, Label: ui.PrinterOf(r).T("account.invite.nobody")})
	return err
}

func (d Deps) personLabel(r *http.Request, f facilitators.Facilitator) (string, error) {
	bodies, err := d.Orgs.ByIDs(r.Context(), []string{f.BodyID})
	return f.FullName() + ", " + bodies[f.BodyID].Name, err
}

// askWhoItIs asks, before a facilitator is invited, whether that is a person of the list with the same
// address: without the link the agenda of the new account would be empty.
func (d Deps) askWhoItIs(r *http.Request, form *ui.Form, held []identity.Holding) error {
	helps := slices.ContainsFunc(held, func(h identity.Holding) bool { return h.Role == identity.Facilitator })
	if form.Has("persona") || !helps {
		return nil
	}
	alike, err := d.Facilitators.WithoutAccount(r.Context(), session.Actor(r), form.Text("email"))
	if len(alike) > 0 {
		form.Problems.Add("persona", "account.invite.who")
	}
	return err
}

// linking makes the account that of the facilitator whom the form names, in the transaction that makes it.
func (d Deps) linking(r *http.Request, form *ui.Form, deliver identity.Deliver) identity.Deliver {
	id, who := form.Text("persona"), session.Actor(r)
	if id == "" || id == noPerson {
		return deliver
	}
	return func(ctx context.Context, tx *sqldb.Tx, l identity.Link) error {
		if err := d.Facilitators.LinkAccountTx(ctx, tx, who, id, l.AccountID); err != nil || deliver == nil {
			return err
		}
		return deliver(ctx, tx, l)
	}
}
