package ui

import (
	"context"
	"strconv"

	"github.com/a-h/templ"
)

// Pages says where one is in a long list.
type Pages struct {
	// Current counts from 1.
	Current, Total int
	// Href returns the address of a page.
	Href func(page int) string
}

// PageCount returns how many pages of size hold n things, at least 1.
func PageCount(n, size int) int { return max(1, (n+size-1)/size) }

// Tile is one figure.
type Tile struct{ Value, Label, Hint, Href string }

// TableHead is what stands above the rows of a table.
type TableHead struct {
	Caption     string
	HideCaption bool
	Columns     []Column
}

// Column is the head of a column.
type Column struct {
	Label string
	// Numeric puts figures to the right.
	Numeric bool
	// SortHref orders by this column; Sorted is "ascending" or "descending" when it does already.
	SortHref, Sorted string
}

// Columns returns plain columns with these labels.
func Columns(labels ...string) []Column {
	out := make([]Column, len(labels))
	for i, label := range labels {
		out[i].Label = label
	}
	return out
}

// SummaryItem is one name and value of a SummaryList; Href leads to where it is changed.
type SummaryItem struct {
	Term, Value string
	Lines       []string
	Href        string
}

// TimeRow is one row of a day.
type TimeRow struct {
	// Time is the hour, Length how long: "09:00", "30 min".
	Time, Length string
	// Title is who or what; Href makes it a link.
	Title, Href string
	Badges      []BadgeText
	// Detail is what for; Note is what must not be forgotten, in bold.
	Detail, Note string
	// Now highlights the row, Free dims a free place, Past makes it smaller.
	Now, Free, Past bool
}

// BadgeText is the tone and the word of a badge.
type BadgeText struct {
	Tone Tone
	Text string
}

// Result is one row of a search.
type Result struct {
	// Number is that of the dot on the map; 0 shows none.
	Number    int
	Itinerant bool
	// Title is the name, Href its page.
	Title, Href string
	// Details are lines of secondary facts; When is the most useful one, in bold.
	Details []string
	When    string
}

func (r Result) number() string {
	if r.Number == 0 {
		return ""
	}
	return strconv.Itoa(r.Number)
}

func sorted(c Column) templ.Attributes {
	if c.Sorted == "" {
		return nil
	}
	return templ.Attributes{"aria-sort": c.Sorted}
}

func currentStep(yes bool) templ.Attributes {
	if !yes {
		return nil
	}
	return templ.Attributes{"aria-current": "step"}
}

func currentTime(yes bool) templ.Attributes {
	if !yes {
		return nil
	}
	return templ.Attributes{"aria-current": "time"}
}

func progressText(ctx context.Context, done, target int) string {
	p := Printer(ctx)
	if target <= 0 {
		return p.Number(done)
	}
	return p.T("ui.done_of", map[string]any{"done": done, "target": target, "percent": p.Percent(done, target)})
}

// barWidth is a share of 100, never less than a visible sliver once something is done.
func barWidth(done, target int) string {
	if done <= 0 {
		return "0"
	}
	share := min(100, max(0.5, float64(done)*100/float64(target)))
	return strconv.FormatFloat(share, 'f', 1, 64)
}

func stepLabel(current int, steps []Link) string {
	if current < 1 || current > len(steps) {
		return ""
	}
	return steps[current-1].Label
}
