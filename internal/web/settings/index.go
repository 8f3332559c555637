package settings

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"

	"capillare/internal/agenda"
	"capillare/internal/i18n"
	"capillare/internal/network"
	"capillare/internal/notify"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

func (d Deps) index(w http.ResponseWriter, r *http.Request) error {
	now, ready, err := d.current(r)
	if err != nil {
		return err
	}
	if !ready {
		return ui.Redirect(w, r, home+"/nome")
	}
	history, err := d.history(r)
	if err != nil {
		return err
	}
	limits, err := d.Agenda.Limits(r.Context())
	if err != nil {
		return err
	}
	told, err := d.Notify.Setting(r.Context())
	if err != nil {
		return err
	}
	p := frame(r, "index")
	return ui.Render(w, r, http.StatusOK, indexView(p, d.summary(p, now, limits, told), history))
}

// summary says in a line what each page of settings holds now.
func (d Deps) summary(p ui.Page, now network.Current, limits agenda.Limits, told notify.Setting) []ui.SummaryItem {
	t, set := p.Printer.T, now.Setting
	item := func(key, path string, lines ...string) ui.SummaryItem {
		kept := []string{}
		for _, line := range lines {
			if line != "" {
				kept = append(kept, line)
			}
		}
		return ui.SummaryItem{Term: t("settings." + key + ".title"), Lines: kept, Href: home + "/" + path}
	}
	logo := t("settings.look.no_logo")
	if now.LogoID != "" {
		logo = t("settings.look.own_logo")
	}
	return []ui.SummaryItem{
		item("name", "nome", set.Name, set.Tagline),
		item("phone", "telefono", cmp.Or(set.Phone, t("settings.phone.none")), p.Network.PhoneHours, set.Email),
		item("look", "aspetto", t("settings.palette."+paletteName(set.Palette)), logo),
		item("funding", "finanziamento", cmp.Or(set.FundingIT, t("settings.funding.none")), p.Printer.N("settings.funding.emblems", len(now.FunderIDs))),
		item("messages", "messaggi", d.ways(p.Printer)),
		item("notices", "avvisi", noticesLine(p.Printer, told)),
		item("texts", "testi", publishedLine(p.Printer, now)),
		item("rules", "regole", p.Printer.N("settings.rules.horizon_now", set.HorizonDays), t("settings.rules.weekly_now", map[string]any{"hours": p.Printer.Hours(set.MinWeeklyMinutes)})),
		item("limits", "limiti", limitsLine(p.Printer, limits)...),
		item("answers", "risposte", t("settings.answers.text")),
		item("opinions", "opinioni", t("settings.opinions.text")),
		item("retention", "conservazione", retentionLine(p.Printer, now)),
	}
}

// publishedLine says which texts are the network's own.
func publishedLine(p i18n.Printer, now network.Current) string {
	var own []string
	for _, kind := range network.TextKinds() {
		if n := now.Published[kind]; n > 0 {
			own = append(own, p.T("settings.text."+string(kind))+" "+strconv.Itoa(n))
		}
	}
	if len(own) == 0 {
		return p.T("settings.texts.usual")
	}
	return strings.Join(own, ", ")
}

func retentionLine(p i18n.Printer, now network.Current) string {
	changed := 0
	for _, class := range network.Classes() {
		if now.KeepDays(class) != network.SpanOf(class).Usual {
			changed++
		}
	}
	if changed == 0 {
		return p.T("settings.retention.usual")
	}
	return p.N("settings.retention.changed", changed)
}

// history returns what was changed and by whom, the newest first.
func (d Deps) history(r *http.Request) ([]ui.HistoryRow, error) {
	rows, err := d.Network.History(r.Context(), session.Actor(r))
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ActorID
	}
	names, err := d.Identity.Names(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	return ui.HistoryRows(r.Context(), rows, names, ui.HistoryWords{Action: "settings.done.", Field: "settings.field.",
		Value: func(field, value string) string { return historyValue(r.Context(), field, value) }}), nil
}

// historyValue puts a kept value into words.
func historyValue(ctx context.Context, field, value string) string {
	switch {
	case field == "palette":
		return ui.T(ctx, "settings.palette."+paletteName(value))
	case value == "true":
		return ui.T(ctx, "settings.yes")
	case field == "min_weekly_minutes" && value != "":
		if minutes, err := strconv.Atoi(value); err == nil {
			return ui.Printer(ctx).Hours(minutes)
		}
	}
	return value
}
