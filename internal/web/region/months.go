package region

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"capillare/internal/i18n"
	"capillare/internal/register"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// The drawing of the months, in its own units.
const (
	chartWidth  = 240.0
	chartHeight = 24.0
	// fewMonths keeps the bars of a young programme from being walls.
	fewMonths = 12
)

// trend is the figures month by month, drawn and written.
type trend struct {
	Rows []monthRow
	Bars []bar
	// Label says in words what the drawing shows.
	Label string
}

// monthRow is one month.
type monthRow struct {
	Name, Services, Accesses, Unique string
}

// bar is one month of the drawing: its services.
type bar struct{ X, Y, Width, Height string }

// months returns the figures of each month, those without services too.
func (d Deps) months(r *http.Request, f register.CountFilter) (trend, error) {
	f.By, f.To = register.ByMonth, today(r)
	counts, err := d.Register.Counts(r.Context(), session.Actor(r), f)
	if err != nil || len(counts) == 0 {
		return trend{}, err
	}
	byMonth := map[string]register.Numbers{}
	for _, c := range counts {
		byMonth[c.Key] = c.Numbers
	}
	p := ui.PrinterOf(r)
	var out trend
	var values []int
	top, best := 0, ""
	for _, month := range monthsBetween(counts[0].Key, today(r).Month()) {
		n, name := byMonth[month], monthName(p, month)
		values = append(values, n.Services)
		if n.Services > top {
			top, best = n.Services, name
		}
		out.Rows = append(out.Rows, monthRow{Name: name, Services: p.Number(n.Services), Accesses: p.Number(n.Accesses), Unique: p.Number(n.UniqueAccesses)})
	}
	out.Bars = bars(values, top)
	out.Label = p.T("region.trend_label", map[string]any{"from": out.Rows[0].Name, "to": out.Rows[len(out.Rows)-1].Name, "best": best, "top": top})
	return out, nil
}

// monthsBetween lists the months from one to another, both included: "2026-11", "2026-12".
func monthsBetween(from, to string) []string {
	var out []string
	for at, err := time.Parse("2006-01", from); err == nil && at.Format("2006-01") <= to; at = at.AddDate(0, 1, 0) {
		out = append(out, at.Format("2006-01"))
	}
	return out
}

func monthName(p i18n.Printer, month string) string {
	at, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return p.Month(at.Month()) + " " + strconv.Itoa(at.Year())
}

func bars(values []int, top int) []bar {
	if top == 0 {
		return nil
	}
	step := chartWidth / float64(max(len(values), fewMonths))
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
	out := make([]bar, len(values))
	for i, v := range values {
		height := float64(v) / float64(top) * chartHeight
		out[i] = bar{X: number(float64(i)*step + step*0.1), Y: number(chartHeight - height), Width: number(step * 0.8), Height: number(height)}
	}
	return out
}

func trendColumns(ctx context.Context) []ui.Column {
	return []ui.Column{{Label: ui.T(ctx, "region.month")}, {Label: ui.T(ctx, "region.services"), Numeric: true},
		{Label: ui.T(ctx, "region.accesses"), Numeric: true}, {Label: ui.T(ctx, "region.unique"), Numeric: true}}
}
