package ui

import (
	"context"

	"capillare/internal/audit"
	"capillare/internal/calendar"
)

// HistoryRow is one change of a thing: when, by whom, what was done and to which fields.
type HistoryRow struct {
	When, Who, What string
	Changes         []HistoryChange
}

// HistoryChange is one field; From and To are both empty when only its name is kept.
type HistoryChange struct{ Field, From, To string }

// HistoryWords say how a domain names its things to readers, as prefixes of message keys.
type HistoryWords struct {
	// Action comes before the action of the row: "managers.history." makes "managers.history.orgs.edit".
	Action string
	// Field comes before the name of a field: "managers.history.body.".
	Field string
	// Value turns a kept value into words; nil shows it as it is.
	Value func(field, value string) string
}

// HistoryRows turns rows of the audit into lines to read. names are those of the accounts (identity.Names).
func HistoryRows(ctx context.Context, rows []audit.Row, names map[string]string, words HistoryWords) []HistoryRow {
	p := Printer(ctx)
	lines := make([]HistoryRow, len(rows))
	for i, row := range rows {
		line := HistoryRow{When: p.DayNum(calendar.DayOf(row.At)) + " " + p.Time(row.At), Who: names[row.ActorID], What: p.T(words.Action + row.Action)}
		if line.Who == "" {
			line.Who = p.T("ui.history.program")
		}
		for _, c := range row.Changes() {
			from, to := c.From, c.To
			if words.Value != nil {
				from, to = words.Value(c.Field, from), words.Value(c.Field, to)
			}
			line.Changes = append(line.Changes, HistoryChange{Field: p.T(words.Field + c.Field), From: from, To: to})
		}
		lines[i] = line
	}
	return lines
}

// historyValue shows an empty value as such.
func historyValue(ctx context.Context, value string) string {
	if value == "" {
		return T(ctx, "ui.history.empty")
	}
	return value
}
