package public

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"capillare/internal/agenda"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/ics"
	"capillare/internal/web/ui"
)

// calendarFile is the appointment for a calendar. Taken again after a move or a cancellation it has
// the same UID and a higher SEQUENCE, so that the calendar changes its own.
func (d Deps) calendarFile(w http.ResponseWriter, r *http.Request) error {
	a, err := d.mine(w, r)
	if err != nil {
		return err
	}
	if a.Draft() {
		return errNoAppointment
	}
	p := ui.PrinterOf(r)
	set, err := d.setting(r)
	if err != nil {
		return err
	}
	where := placeItem(p, a)
	file := ics.Calendar{Events: []ics.Event{{
		ID: a.ID, Sequence: a.Version, StartsAt: a.StartsAt, EndsAt: cmp.Or(a.Until, a.EndsAt), Stamp: ui.Now(r), Cancelled: a.State == agenda.Cancelled,
		Summary: p.T("public.ics.summary", errs.Args{"point": a.Point.PublicName}),
		Place:   strings.Join(slices.DeleteFunc(append([]string{where.Value}, where.Lines...), func(s string) bool { return s == "" }), ", "),
		Text: p.T("public.ics.text", errs.Args{
			"code": codes.FormatCode(a.Code), "phone": set.Phone, "bring": strings.Join(bring(p, a.Topic), " "),
		}),
	}}}
	w.Header().Set("Content-Type", ics.MIME)
	w.Header().Set("Content-Disposition", `attachment; filename="appuntamento.ics"`)
	_, err = w.Write(file.Bytes())
	return err
}
