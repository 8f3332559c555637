package settings

import (
	"net/http"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/tabular"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// opinionDays is how far back opinions are shown: a year.
const opinionDays = 365

// opinionsPage is what people say of booking on line.
type opinionsPage struct {
	Counts  []agenda.RatingCount
	Written []agenda.Opinion
	// Total is how many gave stars, Average how many on average, as "4,2".
	Total   int
	Average string
}

func (d Deps) opinions(w http.ResponseWriter, r *http.Request) error {
	v, err := d.ratings(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, opinionsView(frame(r, "opinions"), v))
}

func (d Deps) ratings(r *http.Request) (v opinionsPage, err error) {
	from := calendar.DayOf(ui.Now(r)).AddDays(-opinionDays)
	if v.Counts, v.Written, err = d.Agenda.Ratings(r.Context(), session.Actor(r), from); err != nil {
		return v, err
	}
	stars := 0
	for _, c := range v.Counts {
		v.Total += c.N
		stars += c.N * c.Stars
	}
	if v.Total > 0 {
		v.Average = ui.PrinterOf(r).Decimal(float64(stars)/float64(v.Total), 1)
	}
	return v, nil
}

// opinionsFile is the counts as a spreadsheet.
func (d Deps) opinionsFile(w http.ResponseWriter, r *http.Request) error {
	v, err := d.ratings(r)
	if err != nil {
		return err
	}
	p := ui.PrinterOf(r)
	var rows [][]string
	for _, c := range v.Counts {
		rows = append(rows, []string{monthWords(p, c.Month), strconv.Itoa(c.Stars), reasonWords(p, c.Reason), strconv.Itoa(c.N)})
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="opinioni.csv"`)
	return tabular.WriteCSV(w, opinionTitles(p), tabular.RowsOf(rows), tabular.CSVOptions{})
}

func opinionTitles(p i18n.Printer) []string {
	return []string{p.T("settings.opinions.month"), p.T("settings.opinions.stars"), p.T("settings.opinions.reason"), p.T("settings.opinions.number")}
}

// reasonWords is a reason as people chose it.
func reasonWords(p i18n.Printer, reason string) string {
	if reason == "" {
		return p.T("settings.opinions.no_reason")
	}
	return p.T("booking.rate." + reason)
}

// columns are the heads of the table: stars and numbers are figures.
func columns(titles []string) []ui.Column {
	list := make([]ui.Column, len(titles))
	for i, title := range titles {
		list[i] = ui.Column{Label: title, Numeric: i == 1 || i == 3}
	}
	return list
}

// monthWords is a month as "gennaio 2027".
func monthWords(p i18n.Printer, d calendar.Day) string {
	year, month, _ := d.Date()
	return p.Month(month) + " " + strconv.Itoa(year)
}
