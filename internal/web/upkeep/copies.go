package upkeep

import (
	"net/http"
	"strconv"
	"time"

	"capillare/internal/backup"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// copiesPage is how copies are doing.
type copiesPage struct {
	// Alerts are what is wrong, the worst first.
	Alerts []alert
	// Tiles are the ages of the last copy and the last trial, and how many copies there are.
	Tiles []ui.Tile
	// Facts are where, when and how many.
	Facts []ui.SummaryItem
	// Runs are the latest copies and trials.
	Runs []runRow
	// Copies are those that can be restored.
	Copies []copyRow
	// Busy says that a run is under way, so that the page looks again by itself being asked.
	Busy bool
}

type alert struct {
	Tone        ui.Tone
	Title, Text string
}

type runRow struct {
	When, Kind, Who, Size, Rows, Took string
	State                             ui.BadgeText
	// Fault and Mend say what went wrong and what to do; Detail is what the system said.
	Fault, Mend, Detail string
}

type copyRow struct {
	Name, When, Age, Size string
	// Tried says that a trial of it went well.
	Tried bool
}

func (d Deps) copies(w http.ResponseWriter, r *http.Request) error {
	st, err := d.Backups.Status(r.Context(), session.Actor(r))
	if err != nil {
		return err
	}
	var ids []string
	for _, run := range st.Runs {
		if run.AskedBy != "" {
			ids = append(ids, run.AskedBy)
		}
	}
	names, err := d.Identity.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	page := staff(r, p.T("upkeep.copies.title"), ui.Link{Label: p.T("upkeep.health.title"), Href: healthPath})
	page.Wide = true
	return ui.Render(w, r, http.StatusOK, copiesView(page, copiesOf(r, st, names)))
}

func (d Deps) copyNow(w http.ResponseWriter, r *http.Request) error {
	if err := d.Backups.AskCopy(r.Context(), session.Actor(r)); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, copiesPath, ui.Success, "upkeep.copies.asked")
}

func (d Deps) drillNow(w http.ResponseWriter, r *http.Request) error {
	if err := d.Backups.AskDrill(r.Context(), session.Actor(r)); err != nil {
		return err
	}
	return ui.RedirectFlash(w, r, copiesPath, ui.Success, "upkeep.copies.drill_asked")
}

func copiesOf(r *http.Request, st backup.Status, names map[string]string) copiesPage {
	p, now := ui.PrinterOf(r), ui.Now(r)
	v := copiesPage{Alerts: alertsOf(p, st, now), Facts: factsOf(p, st, now)}
	v.Tiles = []ui.Tile{
		{Value: age(p, st.LastCopy.Started, now), Label: p.T("upkeep.copies.last_copy"), Hint: p.When(st.LastCopy.Started, now)},
		{Value: age(p, st.LastDrill.Started, now), Label: p.T("upkeep.copies.last_drill"), Hint: p.When(st.LastDrill.Started, now)},
		{Value: p.Number(len(st.Copies)), Label: p.T("upkeep.copies.kept")},
	}
	tried := map[string]bool{}
	for _, run := range st.Runs {
		v.Runs = append(v.Runs, rowOf(p, run, names, now))
		v.Busy = v.Busy || run.State == backup.Running
		tried[run.Name] = tried[run.Name] || run.Kind == backup.Drilling && run.State == backup.Done
	}
	for _, c := range st.Copies {
		v.Copies = append(v.Copies, copyRow{Name: c.Name, When: p.When(c.At, now), Age: age(p, c.At, now), Size: size(p, c.Bytes), Tried: tried[c.Name]})
	}
	return v
}

// copyOld is when an old copy becomes an alarm, as for the mail to the administrators.
const copyOld = 48 * time.Hour

func alertsOf(p i18n.Printer, st backup.Status, now time.Time) []alert {
	var all []alert
	if st.Fault != "" {
		all = append(all, alert{ui.Danger, p.T("backup.fault." + st.Fault), p.T("backup.mend." + st.Fault)})
	}
	if st.FailedDrill {
		all = append(all, alert{ui.Danger, p.T("upkeep.copies.drill_failed"), p.T("upkeep.copies.drill_failed_text")})
	}
	switch {
	case st.LastCopy.State == "":
		all = append(all, alert{ui.Warning, p.T("upkeep.copies.none"), p.T("upkeep.copies.none_text")})
	case now.Sub(st.LastCopy.Started) > copyOld:
		all = append(all, alert{ui.Danger, p.T("upkeep.copies.old"), p.T("upkeep.copies.old_text")})
	}
	return all
}

func factsOf(p i18n.Printer, st backup.Status, now time.Time) []ui.SummaryItem {
	next := p.T("upkeep.copies.never")
	if !st.Next.IsZero() {
		next = p.When(st.Next, now)
	}
	return []ui.SummaryItem{
		{Term: p.T("upkeep.copies.place"), Value: st.Place},
		{Term: p.T("upkeep.copies.next"), Value: next},
		{Term: p.T("upkeep.copies.rule"), Value: p.T("upkeep.copies.rule_text",
			errs.Args{"days": st.Keep.Daily, "weeks": st.Keep.Weekly, "months": st.Keep.Monthly})},
	}
}

func rowOf(p i18n.Printer, run backup.Run, names map[string]string, now time.Time) runRow {
	row := runRow{When: p.When(run.Started, now), Kind: p.T("upkeep.kind." + string(run.Kind)), Who: names[run.AskedBy], Size: size(p, run.Bytes),
		Rows: p.Number(int(run.Rows)), Took: took(p, run.Took()), Detail: run.Detail,
		State: ui.BadgeText{Tone: ui.Neutral, Text: p.T("upkeep.state." + string(run.State))}}
	if row.Who == "" {
		row.Who = p.T("upkeep.by_itself")
	}
	switch run.State {
	case backup.Done:
		row.State.Tone = ui.Success
	case backup.Failed:
		row.State.Tone = ui.Danger
		row.Fault, row.Mend = p.T("backup.fault."+run.Fault), p.T("backup.mend."+run.Fault)
		row.Size, row.Rows = "", ""
	default:
		row.Size, row.Rows, row.Took = "", "", ""
	}
	return row
}

// age says how long ago something was, in the unit that matters.
func age(p i18n.Printer, at, now time.Time) string {
	if at.IsZero() {
		return p.T("upkeep.never")
	}
	hours := int(now.Sub(at).Hours())
	switch {
	case hours < 1:
		return p.T("upkeep.age.now")
	case hours < 48:
		return p.N("upkeep.age.hours", hours)
	}
	return p.N("upkeep.age.days", hours/24)
}

func took(p i18n.Printer, d time.Duration) string {
	if d < time.Minute {
		return p.N("upkeep.took.seconds", max(1, int(d.Round(time.Second).Seconds())))
	}
	return p.N("upkeep.took.minutes", int(d.Round(time.Minute).Minutes()))
}

// size writes bytes in kB, MB or GB.
func size(p i18n.Printer, bytes int64) string {
	switch {
	case bytes >= 10<<30:
		return p.Number(int(bytes>>30)) + " GB"
	case bytes >= 10<<20:
		return p.Number(int(bytes>>20)) + " MB"
	case bytes >= 1<<20:
		return p.Decimal(float64(bytes)/(1<<20), 1) + " MB"
	}
	return strconv.FormatInt(max(1, bytes>>10), 10) + " kB"
}
