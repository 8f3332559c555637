package upkeep

import (
	"cmp"
	"net/http"
	"slices"

	"capillare/internal/doctor"
	"capillare/internal/errs"
	"capillare/internal/web/ui"
)

// healthPage is what is wrong first, then what is well.
type healthPage struct {
	// Verdict is the worst one; Title says it.
	Verdict ui.Tone
	Title   string
	// Faults are what wants something done.
	Faults []fault
	// Well are the things that were looked at and are in order.
	Well []string
}

type fault struct {
	Badge              ui.BadgeText
	What, Mend, Detail string
}

func (d Deps) health(w http.ResponseWriter, r *http.Request) error {
	found, err := d.Health(r.Context())
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, healthView(staff(r, ui.PrinterOf(r).T("upkeep.health.title")), healthOf(r, found)))
}

// rank puts the worst first.
func rank(v doctor.Verdict) int {
	return slices.Index([]doctor.Verdict{doctor.Wrong, doctor.Warn, doctor.Good}, v)
}

func healthOf(r *http.Request, found []doctor.Finding) healthPage {
	p := ui.PrinterOf(r)
	slices.SortStableFunc(found, func(a, b doctor.Finding) int { return cmp.Compare(rank(a.Verdict), rank(b.Verdict)) })
	v := healthPage{Verdict: ui.Success, Title: p.T("doctor.all_good")}
	for _, f := range found {
		what := p.T("doctor."+f.Key, f.Args)
		if f.Verdict == doctor.Good {
			v.Well = append(v.Well, what)
			continue
		}
		one := fault{Badge: ui.BadgeText{Tone: ui.Warning, Text: p.T("doctor.verdict." + string(f.Verdict))},
			What: what, Mend: p.T("doctor."+f.Key+".mend", f.Args)}
		if f.Verdict == doctor.Wrong {
			one.Badge.Tone = ui.Danger
		}
		if f.Detail != "" {
			one.Detail = p.T("doctor.detail", errs.Args{"text": f.Detail})
		}
		v.Faults = append(v.Faults, one)
	}
	switch {
	case doctor.Unwell(found):
		v.Verdict, v.Title = ui.Danger, p.T("upkeep.health.wrong")
	case len(v.Faults) > 0:
		v.Verdict, v.Title = ui.Warning, p.T("upkeep.health.warn")
	}
	return v
}
