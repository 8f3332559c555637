package monitoring

import "strconv"

// Table returns the progress as rows of a CSV file, the first one with the names of the columns: one
// row for each indicator of each programme, project and province.
func (p Progress) Table() [][]string {
	out := [][]string{{"level", "key", "name", "on", "indicator", "reached",
		"next_due_on", "next_target", "next_percent", "next_expected", "next_forecast", "at_risk",
		"final_due_on", "final_target", "final_percent"}}
	rows := append([]Row{p.Whole}, p.Projects...)
	for _, r := range append(rows, p.Provinces...) {
		for _, i := range r.Indicators {
			line := []string{string(r.Level), r.Key, r.Name, p.On.String(), i.KPI, strconv.Itoa(i.Reached)}
			out = append(out, append(append(line, next(i.Next)...), final(i.Final)...))
		}
	}
	return out
}

func next(g *Goal) []string {
	if g == nil {
		return make([]string, 6)
	}
	return []string{g.DueOn.String(), strconv.Itoa(g.Value), strconv.Itoa(g.Percent), strconv.Itoa(g.Expected),
		strconv.Itoa(g.Forecast), strconv.FormatBool(g.AtRisk)}
}

func final(g *Goal) []string {
	if g == nil {
		return make([]string, 3)
	}
	return []string{g.DueOn.String(), strconv.Itoa(g.Value), strconv.Itoa(g.Percent)}
}
