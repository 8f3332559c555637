package desk

import (
	"net/http"

	"capillare/internal/calendar"
	"capillare/internal/register"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// monthsShown is how many months the table of own numbers goes back.
const monthsShown = 6

// numbersPage is what a facilitator did.
type numbersPage struct {
	Subject            subject
	ThisMonth, Overall []ui.Tile
	Months             []monthRow
}

// monthRow is one month in figures, and how long its bar is in hundredths of the longest.
type monthRow struct {
	Label                      string
	Services, Accesses, Unique string
	Bar                        int
}

func (d Deps) numbers(w http.ResponseWriter, r *http.Request) error {
	s, err := d.whose(r, r.URL.Query().Get("facilitatore"))
	if err != nil {
		return err
	}
	page := d.page(r, "desk.numbers_title")
	page.Section = "numbers"
	if !s.found() {
		return ui.Render(w, r, http.StatusOK, chooseView(page, chooseOf(r, s, "/miei-numeri")))
	}
	v := numbersPage{Subject: s}
	if err := d.fillNumbers(r, &v); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, numbersView(page, v))
}

func (d Deps) fillNumbers(r *http.Request, v *numbersPage) error {
	ctx, who, p, id := r.Context(), session.Actor(r), ui.PrinterOf(r), v.Subject.Who.ID
	today := calendar.DayOf(ui.Now(r))
	all, err := d.Register.OwnNumbers(ctx, who, id, calendar.Day{}, today)
	if err != nil {
		return err
	}
	v.Overall = numberTiles(p, all)
	longest := 0
	var months []register.Numbers
	from := monthStart(today)
	for range monthsShown {
		year, month, _ := from.Date()
		n, err := d.Register.OwnNumbers(ctx, who, id, from, calendar.NewDay(year, month+1, 1).AddDays(-1))
		if err != nil {
			return err
		}
		months = append(months, n)
		longest = max(longest, n.Services)
		v.Months = append(v.Months, monthRow{
			Label: capital(p.Month(month)), Services: p.Number(n.Services), Accesses: p.Number(n.Accesses), Unique: p.Number(n.UniqueAccesses),
		})
		from = calendar.NewDay(year, month-1, 1)
	}
	v.ThisMonth = numberTiles(p, months[0])
	for i, n := range months {
		if longest > 0 {
			v.Months[i].Bar = n.Services * 100 / longest
		}
	}
	return nil
}
