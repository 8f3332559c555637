package account

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// step is one line of the check list from an empty database to the first bookable point.
type step struct {
	// Key names the step: its words are account.step.KEY and account.step.KEY.why.
	Key string
	// Done says that nothing is left to do; Href is where to do it, empty for who may not.
	Done bool
	Href string
}

// stepsPage is the check list.
type stepsPage struct {
	Steps []step
	// Done of them are done; Next is the first that is not, -1 when all are.
	Done, Next int
}

func (d Deps) steps(w http.ResponseWriter, r *http.Request) error {
	all, err := d.checkList(r.Context(), session.Actor(r))
	if err != nil {
		return err
	}
	v := stepsPage{Steps: all, Next: slices.IndexFunc(all, func(s step) bool { return !s.Done })}
	for _, s := range all {
		if s.Done {
			v.Done++
		}
	}
	return ui.Render(w, r, http.StatusOK, stepsView(staff(r, ui.PrinterOf(r).T("account.steps.title")), v))
}

// checkList counts what is there, each time anew. It counts as the program itself, because whoever sets
// the network up may not see everything that is counted; nothing but "done" comes of it.
func (d Deps) checkList(ctx context.Context, who identity.Actor) ([]step, error) {
	_, err := d.Network.Setting(ctx)
	named := err == nil
	if err != nil && !errors.Is(err, network.ErrNotSetUp) {
		return nil, err
	}
	counter := identity.System("check_list")
	counter.RequestID = who.RequestID
	all := []step{{"network", named, "/gestione/rete"}}
	for _, part := range []func(context.Context, identity.Actor) ([]step, error){d.moneySteps, d.pointSteps, d.peopleSteps} {
		some, err := part(ctx, counter)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	for i := range all {
		if !who.Can(needed(all[i].Key)) {
			all[i].Href = ""
		}
	}
	return all, nil
}

// needed is what a person must be allowed to do for a step; the others read it without a link.
func needed(key string) identity.Permission {
	switch key {
	case "network":
		return identity.SetUpNetwork
	case "body":
		return identity.EditBodies
	case "programme", "project":
		return identity.EditFunding
	case "point", "hours", "open":
		return identity.EditPoints
	case "facilitator", "duty":
		return identity.EditFacilitators
	}
	return identity.ManageAccounts
}

func (d Deps) moneySteps(ctx context.Context, counter identity.Actor) ([]step, error) {
	bodies, err := d.Orgs.Count(ctx)
	if err != nil {
		return nil, err
	}
	programmes, err := d.Funding.Programmes(ctx, counter)
	if err != nil {
		return nil, err
	}
	projects, err := d.Funding.Projects(ctx, counter, funding.Filter{})
	if err != nil {
		return nil, err
	}
	toProject := "/gestione/programmi"
	if len(programmes) > 0 {
		toProject += "/" + url.PathEscape(programmes[0].ID)
	}
	return []step{
		{"body", bodies > 0, "/gestione/enti/nuovo"},
		{"programme", len(programmes) > 0, "/gestione/programmi/nuovo"},
		{"project", len(projects) > 0, toProject},
	}, nil
}

func (d Deps) pointSteps(ctx context.Context, counter identity.Actor) ([]step, error) {
	first, total, err := d.Points.List(ctx, counter, points.Filter{Size: 1})
	if err != nil {
		return nil, err
	}
	_, without, err := d.Points.List(ctx, counter, points.Filter{Size: 1, HoursToComplete: true})
	if err != nil {
		return nil, err
	}
	_, open, err := d.Points.List(ctx, counter, points.Filter{Size: 1, State: points.StateOpen})
	if err != nil {
		return nil, err
	}
	path := "/gestione/punti"
	toOpen := path
	if total > 0 {
		path += "/" + url.PathEscape(first[0].ID)
		toOpen = path + "/stato"
	}
	return []step{
		{"point", total > 0, "/gestione/punti/nuovo"},
		{"hours", total > without, path},
		{"open", open > 0, toOpen},
	}, nil
}

func (d Deps) peopleSteps(ctx context.Context, counter identity.Actor) ([]step, error) {
	list, people, err := d.Facilitators.List(ctx, counter, facilitators.Filter{Max: maxChoices})
	if err != nil {
		return nil, err
	}
	linked := slices.ContainsFunc(list, func(f facilitators.Facilitator) bool { return f.AccountID != "" })
	onDuty, path, err := d.someDuty(ctx, counter)
	if err != nil {
		return nil, err
	}
	_, accounts, err := d.Identity.Holders(ctx, counter, identity.HolderFilter{Role: identity.Facilitator, Max: 1})
	if err != nil {
		return nil, err
	}
	return []step{
		{"facilitator", people > 0, "/gestione/facilitatori/nuovo"},
		{"duty", onDuty, path},
		{"account", accounts > 0 && linked, "/amministrazione"},
	}, nil
}

// someDuty reports whether anybody is on duty anywhere, and where to write it down. It asks point after
// point: in a network that is being set up there are few, in one that runs the first has its answer.
func (d Deps) someDuty(ctx context.Context, counter identity.Actor) (yes bool, path string, err error) {
	all, err := d.Points.All(ctx, counter, identity.SeePoints)
	if err != nil || len(all) == 0 {
		return false, "/gestione/punti", err
	}
	for _, p := range all {
		duties, err := d.Facilitators.Duties(ctx, counter, p.ID)
		if err != nil || len(duties) > 0 {
			return err == nil, "/gestione/punti/" + url.PathEscape(p.ID) + "/turni", err
		}
	}
	return false, "/gestione/punti/" + url.PathEscape(all[0].ID) + "/turni", nil
}
