package register_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/register"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/testkit"
)

// told is a record as the test remembers it.
type told struct {
	register.Record
	people []int
	gone   bool
}

// story is everything told to the register, counted again by brute force.
type story struct {
	t       *testing.T
	n       *registertest.Network
	rnd     *rand.Rand
	records []*told
}

// TestHistories compares every number with brute force through random histories of recording alone and
// in groups, early and late, cancelling and correcting.
func TestHistories(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	for seed := range seeds(t) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			run(t, func(t *testing.T, n *registertest.Network, _ *sqldbtest.Clock) {
				s := &story{t: t, n: n, rnd: rand.New(rand.NewPCG(seed, 7))}
				for step := range 200 {
					s.step()
					if step%20 == 19 {
						s.compare()
					}
				}
			})
		})
	}
}

// seeds is how many histories are told: `make soak` asks for hundreds.
func seeds(t *testing.T) uint64 {
	t.Helper()
	asked := os.Getenv("CAPILLARE_SOAK_SEEDS")
	if asked == "" {
		return 2
	}
	n, err := strconv.ParseUint(asked, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (s *story) step() {
	switch live := s.live(); {
	case len(live) > 3 && s.rnd.IntN(10) < 2:
		r := live[s.rnd.IntN(len(live))]
		if err := s.n.Register.Cancel(s.t.Context(), registertest.System(), r.ID, "prova"); err != nil {
			s.t.Fatalf("Cancel: %v", err)
		}
		r.gone = true
	case len(live) > 3 && s.rnd.IntN(10) < 2:
		r := live[s.rnd.IntN(len(live))]
		in, people := s.service()
		done, err := s.n.Register.Correct(s.t.Context(), registertest.System(), r.ID, r.Version, in)
		if err != nil {
			s.t.Fatalf("Correct: %v", fields(err))
		}
		r.gone = true
		s.records = append(s.records, &told{Record: done, people: people})
	case s.rnd.IntN(10) < 2:
		s.batch()
	default:
		in, people := s.service()
		done, err := s.n.Register.Register(s.t.Context(), registertest.System(), in)
		if err != nil {
			s.t.Fatalf("Register: %v", fields(err))
		}
		s.records = append(s.records, &told{Record: done, people: people})
	}
}

// service makes a record on any day of four months, so that about half of them come late.
func (s *story) service() (register.Input, []int) {
	people := s.rnd.Perm(25)[:1+s.rnd.IntN(1+s.rnd.IntN(5))]
	slices.Sort(people)
	day := registertest.Today().AddDays(-s.rnd.IntN(120))
	in := s.n.Service(s.rnd.IntN(3), day, calendar.Minute(8*60+30*s.rnd.IntN(4)))
	for _, p := range people {
		in.Citizens = append(in.Citizens, registertest.Citizen(p))
	}
	if s.rnd.IntN(4) == 0 {
		in.Citizens = append(in.Citizens, register.Citizen{})
	}
	if s.rnd.IntN(12) == 0 {
		in.Citizens, people = []register.Citizen{{DocumentKind: "A", DocumentNumber: "1"}}, nil
	}
	return in, people
}

func (s *story) batch() {
	var inputs []register.Input
	var who [][]int
	for range 1 + s.rnd.IntN(6) {
		in, people := s.service()
		inputs, who = append(inputs, in), append(who, people)
	}
	for i, r := range registerAll(s.t, s.n, inputs) {
		s.records = append(s.records, &told{Record: r, people: who[i]})
	}
}

func (s *story) live() []*told {
	return slices.DeleteFunc(slices.Clone(s.records), func(r *told) bool { return r.gone })
}

// brute counts the records that keep, by key; firsts are looked for among all.
func (s *story) brute(keep func(*told) bool, key func(*told) string) (map[string]register.Numbers, int) {
	live := s.live()
	slices.SortFunc(live, func(a, b *told) int { return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.ID, b.ID)) })
	met, seen := map[int]bool{}, map[int]bool{}
	out := map[string]register.Numbers{}
	for _, r := range live {
		one := register.Numbers{Accesses: len(r.people)}
		if len(r.people) > 0 {
			one.Services = 1
		}
		for _, p := range r.people {
			if !met[p] {
				one.UniqueAccesses++
			}
			met[p] = true
			if keep(r) {
				seen[p] = true
			}
		}
		if keep(r) && one.Services > 0 {
			out[key(r)] = out[key(r)].Add(one)
		}
	}
	return out, len(seen)
}

func (s *story) compare() {
	s.t.Helper()
	wantNoDifference(s.t, s.n)
	from := registertest.Today().AddDays(-s.rnd.IntN(130))
	to := from.AddDays(s.rnd.IntN(100))
	filters := []register.CountFilter{{By: register.ByPoint}, {By: register.ByMonth}, {By: register.ByProject, From: from}, {By: register.ByBody, To: to},
		{By: register.ByProvince, From: from, To: to}, {By: register.ByMonth, From: from, To: to, ProjectID: s.n.ProjectIDs[0]},
		{PointID: s.n.PointIDs[1], From: from}, {BodyID: s.n.BodyIDs[1]}, {ProgrammeID: "none"}}
	for _, f := range filters {
		s.compareOne(f)
	}
}

func (s *story) compareOne(f register.CountFilter) {
	s.t.Helper()
	provinces := []string{"Potenza", "Matera", "Matera"}
	want, people := s.brute(func(r *told) bool {
		return (f.From.IsZero() || !r.Day.Before(f.From)) && (f.To.IsZero() || !r.Day.After(f.To)) && (f.PointID == "" || r.PointID == f.PointID) &&
			(f.ProjectID == "" || r.ProjectID == f.ProjectID) && (f.BodyID == "" || r.BodyID == f.BodyID) && f.ProgrammeID != "none"
	}, func(r *told) string {
		return map[register.Group]string{register.ByPoint: r.PointID, register.ByMonth: r.Day.Month(), register.ByProject: r.ProjectID,
			register.ByBody: r.BodyID, register.ByProvince: provinces[slices.Index(s.n.PointIDs, r.PointID)]}[f.By]
	})
	counts, err := s.n.Register.Counts(s.t.Context(), registertest.System(), f)
	if err != nil {
		s.t.Fatalf("Counts(%+v): %v", f, err)
	}
	for _, c := range counts {
		if want[c.Key] != c.Numbers {
			s.t.Errorf("Counts(%+v)[%s] = %v, want %v", f, c.Key, c.Numbers, want[c.Key])
		}
		delete(want, c.Key)
	}
	if len(want) > 0 {
		s.t.Errorf("Counts(%+v) lacks %v", f, want)
	}
	got, err := s.n.Register.DistinctPeople(s.t.Context(), registertest.System(), f)
	if err != nil || got != people {
		s.t.Errorf("DistinctPeople(%+v) = %d, %v, want %d", f, got, err, people)
	}
}
