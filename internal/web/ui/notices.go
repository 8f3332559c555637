package ui

import (
	"net/http"

	"capillare/internal/notify"
)

// Notices are the outcomes of notices as a SummaryList shows them.
func Notices(r *http.Request, list []notify.Outcome) []SummaryItem {
	p := PrinterOf(r)
	var items []SummaryItem
	for _, o := range list {
		items = append(items, SummaryItem{Term: o.Title(p), Value: o.Words(p, Now(r))})
	}
	return items
}
