package register

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"capillare/internal/calendar"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/register/internal/db"
	"capillare/internal/sqldb"
)

// Group is what numbers are gathered by.
type Group string

// The groups. The key of a body, project or point is its id, of a month "2026-11", of a province its
// name; a body is the one whose project pays, a province the one of the point's first address.
const (
	ByNothing  Group = ""
	ByPoint    Group = "point"
	ByProject  Group = "project"
	ByBody     Group = "body"
	ByMonth    Group = "month"
	ByProvince Group = "province"
)

// CountFilter chooses what to count. Empty fields choose everything in reach; days are included.
type CountFilter struct {
	By                                      Group
	ProgrammeID, ProjectID, BodyID, PointID string
	From, To                                calendar.Day
}

// Count is the numbers of one key.
type Count struct {
	Key string
	Numbers
}

// numbered is one row of numbers before they are gathered.
type numbered struct {
	cell
	Numbers
}

// Counts returns the numbers, by key, over the points where who sees the progress. Whole months come
// from stored counters, parts of months from the records: both are exact.
func (s *Service) Counts(ctx context.Context, who identity.Actor, f CountFilter) ([]Count, error) {
	within, err := s.reach(ctx, who, identity.SeeProgress)
	if err != nil {
		return nil, err
	}
	var rows []numbered
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err = countRows(ctx, tx, within, f)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.gather(ctx, rows, f)
}

// Total returns the numbers of everything that f chooses.
func (s *Service) Total(ctx context.Context, who identity.Actor, f CountFilter) (Numbers, error) {
	f.By = ByNothing
	counts, err := s.Counts(ctx, who, f)
	if err != nil || len(counts) == 0 {
		return Numbers{}, err
	}
	return counts[0].Numbers, nil
}

// countRows reads whole months from the counters and the ends of the period from the records.
func countRows(ctx context.Context, tx *sqldb.Tx, within reach, f CountFilter) ([]numbered, error) {
	if !f.To.Before(calendar.DayOf(tx.Now)) {
		// No record lies ahead of today, so that the month under way is whole.
		f.To = calendar.Day{}
	}
	months, edges := split(f.From, f.To)
	var out []numbered
	if months.from <= months.to {
		rows, err := db.New(tx).CountsBetween(ctx, db.CountsBetweenParams{
			EveryPoint: within.every, Points: within.points, AnyPoint: f.PointID == "", PointID: f.PointID,
			AnyProject: f.ProjectID == "", ProjectID: f.ProjectID, FromMonth: months.from, ToMonth: months.to,
		})
		if err != nil {
			return nil, fmt.Errorf("register: counters: %w", err)
		}
		for _, r := range rows {
			out = append(out, numbered{cell{r.PointID, r.ProjectID, r.Month}, Numbers{r.Services, r.Accesses, r.UniqueAccesses}})
		}
	}
	for _, e := range edges {
		rows, err := countDays(ctx, tx, within, f, e, "")
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

func countDays(ctx context.Context, tx *sqldb.Tx, within reach, f CountFilter, d days, facilitatorID string) ([]numbered, error) {
	rows, err := db.New(tx).CountsBetweenDays(ctx, db.CountsBetweenDaysParams{
		EveryPoint: within.every, Points: within.points, AnyPoint: f.PointID == "", PointID: f.PointID,
		AnyProject: f.ProjectID == "", ProjectID: f.ProjectID, FromDay: d.from, ToDay: d.to,
		AnyFacilitator: facilitatorID == "", FacilitatorID: facilitatorID,
	})
	if err != nil {
		return nil, fmt.Errorf("register: count records: %w", err)
	}
	var out []numbered
	for _, r := range rows {
		out = append(out, numbered{cell{r.PointID, r.ProjectID, r.Month}, Numbers{int(r.Services), int(r.Accesses), int(r.UniqueAccesses)}})
	}
	return out, nil
}

type days struct{ from, to calendar.Day }
type months struct{ from, to string }

// split cuts a period into its whole months and the parts of months at its ends.
func split(from, to calendar.Day) (months, []days) {
	from, to = span(from, to)
	if from.After(to) {
		return months{"1", "0"}, nil
	}
	var edges []days
	first, last := from, to
	if monthStart(from) != from {
		end := monthEnd(from)
		if !end.Before(to) {
			return months{"1", "0"}, []days{{from, to}}
		}
		edges, first = append(edges, days{from, end}), end.AddDays(1)
	}
	if to != farFuture() && monthEnd(to) != to {
		edges, last = append(edges, days{monthStart(to), to}), monthStart(to).AddDays(-1)
	}
	if first.After(last) {
		return months{"1", "0"}, edges
	}
	return months{first.Month(), last.Month()}, edges
}

func monthStart(d calendar.Day) calendar.Day {
	y, m, _ := d.Date()
	return calendar.NewDay(y, m, 1)
}

func monthEnd(d calendar.Day) calendar.Day {
	y, m, _ := d.Date()
	return calendar.NewDay(y, m+1, 1).AddDays(-1)
}

// gather filters rows by programme and body and sums them by key.
func (s *Service) gather(ctx context.Context, rows []numbered, f CountFilter) ([]Count, error) {
	projectIDs := map[string]bool{}
	for _, r := range rows {
		projectIDs[r.project] = true
	}
	projects, err := s.Funding.ProjectsByIDs(ctx, ids(projectIDs))
	if err != nil {
		return nil, fmt.Errorf("register: projects: %w", err)
	}
	provinces := map[string]string{}
	if f.By == ByProvince {
		if provinces, err = s.provinces(ctx, rows); err != nil {
			return nil, err
		}
	}
	sums := map[string]Numbers{}
	for _, r := range rows {
		p := projects[r.project]
		if f.ProgrammeID != "" && p.ProgrammeID != f.ProgrammeID || f.BodyID != "" && p.BodyID != f.BodyID {
			continue
		}
		key := map[Group]string{ByPoint: r.point, ByProject: r.project, ByBody: p.BodyID, ByMonth: r.month, ByProvince: provinces[r.point]}[f.By]
		sums[key] = sums[key].Add(r.Numbers)
	}
	var out []Count
	for key, n := range sums {
		out = append(out, Count{key, n})
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Compare(a.Key, b.Key) })
	return out, nil
}

func (s *Service) provinces(ctx context.Context, rows []numbered) (map[string]string, error) {
	pointIDs := map[string]bool{}
	for _, r := range rows {
		pointIDs[r.point] = true
	}
	list, err := s.Points.ByIDs(ctx, ids(pointIDs))
	if err != nil {
		return nil, fmt.Errorf("register: points: %w", err)
	}
	return s.ProvincesOf(ctx, slices.Collect(maps.Values(list)))
}

// ProvincesOf returns the name of the province of each point, by the point's id: that of its first
// address, which is where its numbers count.
func (s *Service) ProvincesOf(ctx context.Context, list []points.Point) (map[string]string, error) {
	places := map[string]bool{}
	for _, p := range list {
		if len(p.Addresses) > 0 {
			places[p.Addresses[0].Belfiore] = true
		}
	}
	towns, err := s.Territory.Today(ctx, ids(places))
	if err != nil {
		return nil, fmt.Errorf("register: municipalities: %w", err)
	}
	out := map[string]string{}
	for _, p := range list {
		if len(p.Addresses) > 0 {
			out[p.ID] = towns[p.Addresses[0].Belfiore].ProvinceName
		}
	}
	return out, nil
}

// DistinctPeople returns how many different people attended what f chooses (C1b). It is not the sum of
// any parts: who went to two points is one person in both and one in all.
func (s *Service) DistinctPeople(ctx context.Context, who identity.Actor, f CountFilter) (int, error) {
	within, err := s.reach(ctx, who, identity.SeeProgress)
	if err != nil {
		return 0, err
	}
	projects, err := s.projectsOf(ctx, f.BodyID)
	if err != nil {
		return 0, err
	}
	from, to := span(f.From, f.To)
	var n int64
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		n, err = db.New(tx).DistinctPeople(ctx, db.DistinctPeopleParams{
			EveryPoint: within.every, Points: within.points, AnyPoint: f.PointID == "", PointID: f.PointID,
			AnyProject: f.ProjectID == "", ProjectID: f.ProjectID, AnyBody: f.BodyID == "", BodyProjects: sqldb.List(projects),
			AnyProgramme: f.ProgrammeID == "", ProgrammeID: f.ProgrammeID, FromDay: from, ToDay: to,
		})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("register: distinct people: %w", err)
	}
	return int(n), nil
}

// projectsOf returns the ids of the projects that a body has today: what is counted for a body follows
// them, also when a project passes to another body or the body becomes part of another.
func (s *Service) projectsOf(ctx context.Context, bodyID string) ([]string, error) {
	if bodyID == "" {
		return nil, nil
	}
	list, err := s.Funding.Projects(ctx, identity.System("register"), funding.Filter{BodyID: bodyID})
	if err != nil {
		return nil, fmt.Errorf("register: projects of a body: %w", err)
	}
	var all []string
	for _, p := range list {
		all = append(all, p.ID)
	}
	return all, nil
}

// OwnNumbers returns what one facilitator did from a day to another: for that facilitator, and for who
// sees the register at those points by another role.
func (s *Service) OwnNumbers(ctx context.Context, who identity.Actor, facilitatorID string, from, to calendar.Day) (Numbers, error) {
	within, err := s.reach(ctx, who, identity.SeeRegister)
	if err != nil {
		return Numbers{}, err
	}
	own, err := s.ownFacilitator(ctx, who)
	if err != nil {
		return Numbers{}, err
	}
	if facilitatorID != own || own == "" {
		others := who
		others.Grants = slices.DeleteFunc(slices.Clone(who.Grants), func(g identity.Grant) bool { return g.Role == identity.Facilitator })
		if within, err = s.reach(ctx, others, identity.SeeRegister); err != nil {
			return Numbers{}, err
		}
	}
	from, to = span(from, to)
	var sum Numbers
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		sum = Numbers{}
		rows, err := countDays(ctx, tx, within, CountFilter{}, days{from, to}, facilitatorID)
		for _, r := range rows {
			sum = sum.Add(r.Numbers)
		}
		return err
	})
	return sum, err
}

// Difference is a counter that is not what the records say. It never exists: [Service.Recount] proves it.
type Difference struct {
	PointID, ProjectID, Month string
	Stored, True              Numbers
	// WrongFirst names a record that is, or is not, a first service contrary to what is kept.
	WrongFirst string
}

// String describes the difference for the command line.
func (d Difference) String() string {
	if d.WrongFirst != "" {
		return "first service: record " + d.WrongFirst
	}
	return "point " + d.PointID + " project " + d.ProjectID + " month " + d.Month + ": kept " + d.Stored.String() + ", true " + d.True.String()
}

// String writes services/accesses/unique accesses.
func (n Numbers) String() string {
	return strconv.Itoa(n.Services) + "/" + strconv.Itoa(n.Accesses) + "/" + strconv.Itoa(n.UniqueAccesses)
}

// Recount compares every counter and every first service with the records themselves.
func (s *Service) Recount(ctx context.Context, tx *sqldb.Tx) ([]Difference, error) {
	q := db.New(tx)
	kept, err := q.StoredCounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("register: recount: %w", err)
	}
	counted, err := q.TrueCounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("register: recount: %w", err)
	}
	both := map[cell]*Difference{}
	at := func(c cell) *Difference {
		if both[c] == nil {
			both[c] = &Difference{PointID: c.point, ProjectID: c.project, Month: c.month}
		}
		return both[c]
	}
	for _, r := range kept {
		at(cell{r.PointID, r.ProjectID, r.Month}).Stored = Numbers{r.Services, r.Accesses, r.UniqueAccesses}
	}
	for _, r := range counted {
		at(cell{r.PointID, r.ProjectID, r.Month}).True = Numbers{int(r.Services), int(r.Accesses), int(r.UniqueAccesses)}
	}
	var out []Difference
	for _, c := range slices.SortedFunc(maps.Keys(both), compareCells) {
		if d := both[c]; d.Stored != d.True {
			out = append(out, *d)
		}
	}
	wrong, err := q.WrongFirsts(ctx)
	if err != nil {
		return nil, fmt.Errorf("register: recount: %w", err)
	}
	for _, w := range wrong {
		out = append(out, Difference{WrongFirst: w.RecordID})
	}
	return out, nil
}
