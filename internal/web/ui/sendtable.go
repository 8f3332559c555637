package ui

import (
	"net/http"

	"capillare/internal/calendar"
	"capillare/internal/tabular"
)

// SendTable answers with what a list shows as a CSV file: header are the keys of its titles, and the name
// of the file ends with today.
func SendTable(w http.ResponseWriter, r *http.Request, name string, header []string, rows [][]string) error {
	p := PrinterOf(r)
	titles := make([]string, len(header))
	for i, key := range header {
		titles[i] = p.T(key)
	}
	return SendCSV(w, name+"-"+calendar.DayOf(Now(r)).String(), titles, rows)
}

// SendCSV answers with a CSV file that spreadsheets open, with titles in words.
func SendCSV(w http.ResponseWriter, name string, titles []string, rows [][]string) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	return tabular.WriteCSV(w, titles, tabular.RowsOf(rows), tabular.CSVOptions{})
}
