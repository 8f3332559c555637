package imports

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// plan is what a file would do now, and how.
type plan struct {
	added, changed, unchanged, wrong int
	report                           Report
	steps                            []step
	titles                           map[string]string
	// kept are the problems of all rows, as far as they are kept.
	kept []RowProblem
	// rows counts what was read.
	rows int
}

// step is one change. It may run more than once, so it changes nothing of the plan.
type step func(ctx context.Context, tx *sqldb.Tx, at *run) error

// run is one try of applying a plan.
type run struct {
	who identity.Actor
	// bodies are the ids of the bodies that the plan adds, by folded name.
	bodies map[string]string
}

// plan looks at the rows against what is there now. Nothing changes.
func (s *Service) plan(ctx context.Context, who identity.Actor, kind string, src source) (*plan, error) {
	p := &plan{titles: src.head.Titles}
	p.report.Unused = src.head.Unused
	src.rows = p.counted(src.rows)
	var err error
	switch kind {
	case Points:
		err = s.planPoints(ctx, who, src, p)
	case Bodies:
		err = s.planBodies(ctx, who, src, p)
	case Facilitators:
		err = s.planPeople(ctx, who, src, p)
	case Duties:
		err = s.planDuties(ctx, who, src, p)
	case Targets:
		err = s.planTargets(ctx, who, src, p)
	default:
		return nil, ErrKind
	}
	if err != nil {
		return nil, fault("look at the rows", err)
	}
	return p, nil
}

// counted counts the rows as they pass.
func (p *plan) counted(rows iter.Seq2[row, error]) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		for r, err := range rows {
			if err == nil {
				p.rows++
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// check is one row while it is looked at.
type check struct {
	row
	plan   *plan
	failed bool
}

func (p *plan) begin(r row) *check {
	c := &check{row: r, plan: p}
	if r.Beyond != "" {
		c.wrong("", "imports.beyond", errs.Args{"text": r.Beyond})
	}
	return c
}

// wrong notes what is wrong in a column. The row is counted once.
func (c *check) wrong(column, key string, args ...errs.Args) {
	if !c.failed {
		c.failed = true
		c.plan.wrong++
	}
	if len(c.plan.kept) < maxKept {
		c.plan.kept = append(c.plan.kept, c.problem(column, key, args))
	}
}

// warn notes what is strange in a column.
func (c *check) warn(column, key string, args ...errs.Args) {
	if len(c.plan.report.Warnings) < maxProblems {
		c.plan.report.Warnings = append(c.plan.report.Warnings, c.problem(column, key, args))
	}
}

func (c *check) problem(column, key string, args []errs.Args) RowProblem {
	p := RowProblem{Row: c.Number, Field: column, Column: c.plan.titles[column], Value: c.cell(column), Key: key}
	if p.Column == "" {
		p.Column = column
	}
	if secret(column, p.Value) {
		p.Value = ""
	}
	if len(args) > 0 {
		p.Args = args[0]
	}
	return p
}

// refused notes the problems of a refusal, each at the column of its field, at column otherwise. A
// fault comes back.
func (c *check) refused(err error, column string, columns map[string]string) error {
	if err == nil {
		return nil
	}
	r, ok := refusalOf(err)
	if !ok {
		return err
	}
	if len(r.Problems) == 0 {
		c.wrong(column, r.Key, r.Args)
		return nil
	}
	for _, one := range r.Problems {
		at, ok := columns[one.Field]
		if !ok {
			at = column
		}
		c.wrong(at, one.Key, one.Args)
	}
	return nil
}

// count counts a thing that is not wrong and keeps it for the sample.
func (c *check) count(change string, sample SampleRow) {
	switch change {
	case Added:
		c.plan.added++
	case Changed:
		c.plan.changed++
	case Unchanged:
		c.plan.unchanged++
	}
	c.show(change, sample)
}

func (c *check) show(change string, sample SampleRow) {
	if len(c.plan.report.Sample) < sampleRows {
		sample.Row, sample.Change = c.Number, change
		c.plan.report.Sample = append(c.plan.report.Sample, sample)
	}
}

// number reads a whole number as people write it: 136000, 136.000, "136 000", 136000,0.
func (c *check) number(column string) (int, bool) {
	text := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\'' {
			return -1
		}
		return r
	}, c.cell(column))
	text = strings.TrimSuffix(strings.TrimSuffix(text, ",0"), ",00")
	if groups := strings.Split(text, "."); len(groups) > 1 {
		if slices.ContainsFunc(groups[1:], func(g string) bool { return len(g) != 3 }) {
			text = strings.TrimSuffix(text, ".0")
		} else {
			text = strings.Join(groups, "")
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		c.wrong(column, "imports.number")
		return 0, false
	}
	return n, true
}

// decimal reads a number with a comma or a point.
func decimal(text string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	return f, err == nil
}

// day reads a day; an empty cell is the zero day.
func (c *check) day(column string) calendar.Day {
	if c.cell(column) == "" {
		return calendar.Day{}
	}
	d, err := calendar.ParseDay(c.cell(column))
	if r, ok := refusalOf(err); ok {
		c.wrong(column, r.Key, r.Args)
	}
	return d
}

// items splits a cell at semicolons and commas.
func (c *check) items(column string) []string {
	var list []string
	for _, item := range strings.FieldsFunc(c.cell(column), func(r rune) bool { return r == ';' || r == ',' || r == '\n' }) {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}

// word reads a cell as one of the words; an empty cell is otherwise.
func (c *check) word(column string, words []word, otherwise string) string {
	if c.cell(column) == "" {
		return otherwise
	}
	if tag := tagOf(words, c.cell(column)); tag != "" {
		return tag
	}
	c.wrong(column, "imports.word", errs.Args{"words": listWords(words)})
	return otherwise
}

// tags reads a cell as a list of words; known is false when the cell is empty or wrong.
func (c *check) tags(column string, words []word) (tags []string, known bool) {
	for _, item := range c.items(column) {
		tag := tagOf(words, item)
		if tag == "" {
			c.wrong(column, "imports.word_of_list", errs.Args{"item": item, "words": listWords(words)})
			continue
		}
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	return tags, len(tags) > 0
}

// word is how files write a tag; the first of the texts is the one that templates offer.
type word struct {
	tag   string
	texts []string
}

func tagOf(words []word, text string) string {
	text = territory.Fold(text)
	for _, w := range words {
		if text == territory.Fold(w.tag) {
			return w.tag
		}
		for _, t := range w.texts {
			if text == t {
				return w.tag
			}
		}
	}
	return ""
}

func listWords(words []word) string { return strings.Join(firstTexts(words), ", ") }

func firstTexts(words []word) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = w.texts[0]
	}
	return list
}

// folded is the text under which names are compared.
func folded(s string) string { return territory.Fold(s) }

// nearest returns the text closest to s in writing, "" when none is close enough to be meant.
func nearest(s string, texts []string) string {
	s = folded(s)
	best, least := "", closeEnough(len([]rune(s)))
	for _, t := range texts {
		if d := distance([]rune(s), []rune(folded(t)), least); d < least {
			best, least = t, d
		}
	}
	return best
}

// distance is the number of letters to put, take away or change from a to b, or limit when it is not
// less.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	line := make([]int, len(b)+1)
	for j := range line {
		line[j] = j
	}
	for i, x := range a {
		diagonal := line[0]
		line[0] = i + 1
		least := line[0]
		for j, y := range b {
			change := diagonal
			if x != y {
				change++
			}
			diagonal = line[j+1]
			line[j+1] = min(change, line[j]+1, line[j+1]+1)
			least = min(least, line[j+1])
		}
		if least >= limit {
			return limit
		}
	}
	return min(line[len(b)], limit)
}

// closeEnough is how many wrong letters are too many for a text of n.
func closeEnough(n int) int {
	if n < 5 {
		return 2
	}
	return max(3, n/5+1)
}
