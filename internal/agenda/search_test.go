package agenda_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/testkit"
)

// seekers are who may ask, with an hour of the Monday on which they do.
var seekers = at(monday, 8, 0)

// smallRegion is six points in Basilicata, two of them on a tour; the last one has closed.
func smallRegion(t *testing.T, db *sqldb.DB) *wideWorld {
	w := newWide(t, db, "17")
	town := func(name string) territory.SeedRow {
		i := slices.IndexFunc(w.seed, func(r territory.SeedRow) bool { return r.Name == name })
		return w.seed[i]
	}
	w.settle([]string{"ramp"}, town("Matera"))
	w.settle(nil, town("Aliano"), town("Stigliano"), town("Matera"))
	w.settle([]string{"ramp", "toilet"}, town("Potenza"))
	w.settle(nil, town("Potenza"), town("Melfi"))
	w.settle([]string{"ramp"}, town("Aliano"))
	gone := w.settle(nil, town("Matera"))
	w.must(w.points.SetState(t.Context(), system, gone.ID, points.StateClosed, monday.AddDays(-1)))
	w.hire("it")
	w.hire("it", "en")
	w.hire("en", "fr")
	w.offer(kinds.Kind{Mode: kinds.Desk, Minutes: 30, Topics: []string{"L"}})
	w.offer(kinds.Kind{Mode: kinds.Group, Minutes: 60, Seats: 5})
	w.offer(kinds.Kind{Mode: kinds.Phone, Minutes: 20, Topics: []string{"A", "L"}})
	return w
}

// drawSlots invents slots of three days, three of a day at least at the same hour.
func (w *wideWorld) drawSlots(t *rapid.T) []rawSlot {
	var list []rawSlot
	taken := map[string]bool{}
	for n := range rapid.IntRange(0, 60).Draw(t, "slots") {
		p := rapid.SampledFrom(w.places).Draw(t, "point")
		s := rawSlot{
			id: fmt.Sprintf("%036d", n), point: p.ID, address: rapid.SampledFrom(p.Addresses).Draw(t, "address").ID, person: rapid.SampledFrom(w.staff).Draw(t, "person").ID,
			shape: agenda.Individual, mode: kinds.Desk, audience: rapid.SampledFrom(kinds.Audiences()).Draw(t, "audience"), seats: 1,
		}
		minutes := 30
		if i := rapid.IntRange(-1, len(w.kind)-1).Draw(t, "kind"); i >= 0 {
			k := w.kind[i]
			s.kindID, s.mode, s.shape, s.seats, minutes = k.ID, k.Mode, k.Mode.Shape(), k.Seats, k.Minutes
		}
		s.free, s.kept = rapid.IntRange(0, s.seats).Draw(t, "free"), rapid.IntRange(0, min(1, s.seats)).Draw(t, "kept")
		day := monday.AddDays(rapid.IntRange(0, 2).Draw(t, "day"))
		s.starts = at(day, rapid.SampledFrom([]int{7, 8, 9, 12, 13, 17, 18}).Draw(t, "hour"), 0)
		s.ends = s.starts.Add(time.Duration(minutes) * time.Minute)
		s.closes = s.starts.Add(-time.Duration(rapid.SampledFrom([]int{0, 0, 2, 30}).Draw(t, "notice")) * time.Hour)
		if key := s.person + s.starts.String() + s.kindID; !taken[key] {
			taken[key] = true
			list = append(list, s)
		}
	}
	return list
}

// drawQuery invents a question.
func (w *wideWorld) drawQuery(t *rapid.T) agenda.SearchQuery {
	// Few filters at once: with all of them nothing would ever be found.
	seldom := func(label string) bool { return rapid.IntRange(0, 6).Draw(t, label+"?") == 6 }
	maybe := func(label string, values ...string) string {
		if !seldom(label) {
			return ""
		}
		return rapid.SampledFrom(values).Draw(t, label)
	}
	towns := []string{"", w.places[0].Addresses[0].Belfiore, w.places[1].Addresses[0].Belfiore, w.places[2].Addresses[0].Belfiore}
	q := agenda.SearchQuery{
		Near:     points.Search{Town: rapid.SampledFrom(towns).Draw(t, "town"), Within: rapid.SampledFrom([]int{0, 0, 30, 70}).Draw(t, "within")},
		Audience: rapid.SampledFrom(append(kinds.Audiences(), "")).Draw(t, "audience"), Topic: maybe("topic", "A", "L", "B"),
		KindID: maybe("kind", agenda.Plain, w.kind[0].ID, w.kind[1].ID), Shape: maybe("shape", agenda.Individual, agenda.Group),
		Mode:  kinds.Mode(maybe("mode", "desk", "phone")),
		Order: agenda.Order(rapid.IntRange(0, 1).Draw(t, "order")), Each: rapid.IntRange(0, 3).Draw(t, "each"),
		Max: rapid.IntRange(0, 3).Draw(t, "max"), Offset: rapid.IntRange(0, 2).Draw(t, "offset"), Count: rapid.Bool().Draw(t, "count"),
	}
	if seldom("part") {
		q.Part = agenda.Part(rapid.IntRange(1, 3).Draw(t, "part"))
	}
	if rapid.IntRange(0, 3).Draw(t, "full") == 0 {
		q.Full, q.Order = true, agenda.Nearest
	}
	if tag := maybe("access", "ramp", "toilet"); tag != "" {
		q.Near.Accessibility = []string{tag}
	}
	if l := maybe("language", "en", "fr", "it", "de"); l != "" {
		q.Languages = []string{l}
	}
	if seldom("from a day") {
		q.From = monday.AddDays(rapid.IntRange(-1, 2).Draw(t, "from"))
	}
	if seldom("to a day") {
		q.To = monday.AddDays(rapid.IntRange(0, 2).Draw(t, "to"))
	}
	return q
}

// TestSearchEqualsBruteForce asks random questions of random networks, and looks at every slot to answer
// them too.
func TestSearchEqualsBruteForce(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	sqldbtest.RunAt(t, seekers, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w := smallRegion(t, db)
		rapid.Check(t, func(r *rapid.T) {
			slots := w.drawSlots(r)
			w.putSlots(slots)
			for range 5 {
				q := w.drawQuery(r)
				got, err := w.agenda.Search(t.Context(), q)
				if err != nil {
					r.Fatalf("Search(%+v) = %v", q, err)
				}
				if got, want := w.told(got), w.told(w.sift(q, slots)); got != want {
					r.Fatalf("Search(%+v) = %s, want %s", q, got, want)
				}
			}
		})
	})
}

// told makes results comparable.
func (w *wideWorld) told(r agenda.Results) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d more=%v", r.Points, r.More)
	for _, f := range r.Found {
		fmt.Fprintf(&b, "\n  %s %s %+v", f.Point.Code, f.AddressID, f.Travel)
		if !f.First.IsZero() {
			fmt.Fprintf(&b, " first %s at %s", f.First.UTC().Format(rawTime), f.FirstAddressID)
		}
		for _, t := range f.Times {
			fmt.Fprintf(&b, " [%s-%s %s %s %s %d]", t.StartsAt.UTC().Format(rawTime), t.EndsAt.UTC().Format(rawTime), t.Kind, t.KindID, t.Mode, t.Free)
		}
	}
	return b.String()
}

// answers reports whether a slot is what q asks for; free is how many of its seats are.
func (w *wideWorld) answers(q agenda.SearchQuery, s rawSlot) (free int, ok bool) {
	free = s.free
	if q.Audience != kinds.Staff {
		free -= s.kept
	}
	day := calendar.DayOf(s.starts)
	i := slices.IndexFunc(w.kind, func(k kinds.Kind) bool { return k.ID == s.kindID })
	hour := int(calendar.MinuteOf(s.starts)) / 60
	speaks := true
	for _, f := range w.staff {
		for _, l := range q.Languages {
			speaks = speaks && (f.ID != s.person || slices.Contains(f.Languages, l))
		}
	}
	return free, free > 0 && s.starts.After(seekers) && q.Audience.Sees(s.audience) && (q.Audience == kinds.Staff || s.closes.After(seekers)) &&
		(q.Topic == "" || i < 0 || w.kind[i].Serves(q.Topic)) && (q.KindID == "" || q.KindID == s.kindID || q.KindID == agenda.Plain && i < 0) &&
		(q.Shape == "" || q.Shape == s.shape) && (q.Mode == "" || q.Mode == s.mode) && speaks &&
		(q.From.IsZero() || !day.Before(q.From)) && (q.To.IsZero() || !day.After(q.To)) &&
		(q.Part == agenda.AnyPart || q.Part == agenda.Morning && hour < 13 || q.Part == agenda.Afternoon && hour >= 13 && hour < 18 || q.Part == agenda.Evening && hour >= 18)
}

// corner is an address in reach, with its first time.
type corner struct {
	point   points.Point
	address points.Address
	travel  points.Travel
	here    bool
	minutes float64
	first   time.Time
}

// corners are the addresses in reach, in the order of travel.
func (w *wideWorld) corners(q agenda.SearchQuery, slots []rawSlot) []corner {
	var list []corner
	for _, p := range w.places[:len(w.places)-1] {
		for _, tag := range q.Near.Accessibility {
			if !slices.Contains(p.Accessibility, tag) {
				p.Addresses = nil
			}
		}
		for _, a := range p.Addresses {
			c := corner{point: p, address: a, here: q.Near.Town == a.Belfiore}
			if q.Near.Town != "" {
				trips, err := w.towns.TravelMinutes(w.tb.Context(), []territory.Pair{{From: territory.End{Belfiore: q.Near.Town}, To: territory.End{Belfiore: a.Belfiore}}})
				w.must(err)
				c.minutes, c.travel = trips[0].Minutes, points.Travel{Km: trips[0].KM, Minutes: int(trips[0].Minutes + 0.5), Located: true, ByRoad: true}
			}
			if q.Near.Within > 0 && !c.here && (!c.travel.ByRoad || c.travel.Minutes > q.Near.Within) {
				continue
			}
			for _, s := range slots {
				if _, ok := w.answers(q, s); ok && s.address == a.ID && (c.first.IsZero() || s.starts.Before(c.first)) {
					c.first = s.starts
				}
			}
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b corner) int {
		if a.here != b.here {
			return map[bool]int{true: -1, false: 1}[a.here]
		}
		return cmp.Or(cmp.Compare(a.minutes, b.minutes), cmp.Compare(a.travel.Km, b.travel.Km), cmp.Compare(a.point.PublicName, b.point.PublicName))
	})
	return list
}

// sift answers q by looking at every slot.
func (w *wideWorld) sift(q agenda.SearchQuery, slots []rawSlot) agenda.Results {
	all := w.corners(q, slots)
	var chosen []agenda.Found
	for _, c := range all {
		i := slices.IndexFunc(chosen, func(f agenda.Found) bool { return f.Point.ID == c.point.ID })
		f := agenda.Found{Point: c.point, AddressID: c.address.ID, Travel: c.travel, First: c.first, FirstAddressID: c.address.ID}
		switch earlier := i >= 0 && !c.first.IsZero() && (chosen[i].First.IsZero() || c.first.Before(chosen[i].First)); {
		case i < 0 && (q.Full || !c.first.IsZero()):
			chosen = append(chosen, f)
		case earlier && q.Full:
			chosen[i].First, chosen[i].FirstAddressID = c.first, c.address.ID
		case earlier && q.Order == agenda.Soonest:
			chosen[i] = f
		}
	}
	if q.Order == agenda.Soonest {
		rank := func(f agenda.Found) int {
			return slices.IndexFunc(all, func(c corner) bool { return c.address.ID == f.AddressID })
		}
		slices.SortStableFunc(chosen, func(a, b agenda.Found) int { return cmp.Or(a.First.Compare(b.First), cmp.Compare(rank(a), rank(b))) })
	}
	var r agenda.Results
	if q.Full || q.Count {
		r.Points = len(chosen)
	}
	size := q.Max
	if size == 0 {
		size = 10
	}
	first := min(q.Offset, len(chosen))
	last := min(first+size, len(chosen))
	r.More = last < len(chosen)
	for _, f := range chosen[first:last] {
		f.Times = w.listed(q, f, slots)
		r.Found = append(r.Found, f)
	}
	return r
}

// listed are the first times of a point found.
func (w *wideWorld) listed(q agenda.SearchQuery, f agenda.Found, slots []rawSlot) []agenda.Time {
	var list []agenda.Time
	for _, s := range slots {
		free, ok := w.answers(q, s)
		if !ok || s.address != f.FirstAddressID {
			continue
		}
		t := agenda.Time{StartsAt: s.starts, EndsAt: s.ends, Kind: s.shape, KindID: s.kindID, Mode: s.mode, AddressID: s.address, Free: free}
		i := slices.IndexFunc(list, func(o agenda.Time) bool { return o.StartsAt.Equal(t.StartsAt) && o.KindID == t.KindID })
		if i >= 0 {
			list[i].Free += free
		} else {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b agenda.Time) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.KindID, b.KindID))
	})
	return list[:min(q.Each, len(list))]
}

// TestSearchSeesChangesAtOnce asks before and after each change: nothing old is ever answered.
func TestSearchSeesChangesAtOnce(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, early, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, address, person := simple(t, db)
		q := agenda.SearchQuery{Near: points.Search{Town: "A187"}}
		first := func(after string, want time.Time) {
			t.Helper()
			found, err := w.agenda.FirstTimes(t.Context(), q)
			w.must(err)
			var got time.Time
			if len(found) > 0 {
				got = found[0].First
			}
			if !got.Equal(want) {
				t.Errorf("after %s the first time = %v, want %v", after, got, want)
			}
		}
		first("nothing", at(monday, 9, 0))
		b := w.book(point, at(monday, 9, 0), "Rosa")
		first("a booking", at(monday, 9, 30))
		_, err := w.agenda.Cancel(t.Context(), b.Code, "")
		w.must(err)
		first("it was cancelled", at(monday, 9, 0))
		_, err = w.people.AddAbsence(t.Context(), system, facilitators.Absence{FacilitatorID: person, From: monday, To: monday})
		w.must(err)
		first("an absence", at(monday.AddDays(7), 9, 0))
		w.duty(morning(person, point, address, calendar.Wednesday))
		first("another shift", at(monday.AddDays(2), 9, 0))
		w.must(w.points.SetState(t.Context(), system, point, points.StateSuspended, calendar.DayOf(early)))
		first("the point was suspended", time.Time{})
	})
}

// TestDaysWithTimes lists only days on which something is free, for who asks.
func TestDaysWithTimes(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, early, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		w, point, _, _ := simple(t, db)
		w.book(point, at(monday, 9, 0), "Rosa")
		err := w.db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.ExecContext(t.Context(), "UPDATE agenda_slot SET kept = seats WHERE day = $1", monday.AddDays(7))
			return err
		})
		w.must(err)
		told := func(a kinds.Audience) string {
			days, err := w.agenda.DaysWithTimes(t.Context(), agenda.Where{PointID: point, Audience: a}, monday, monday.AddDays(14))
			w.must(err)
			text := ""
			for _, d := range days {
				text += fmt.Sprintf("%s: %d times, %d free; ", d.Day, d.Times, d.Free)
			}
			return text
		}
		if got, want := told(kinds.Everyone), "2027-01-11: 7 times, 7 free; 2027-01-25: 8 times, 8 free; "; got != want {
			t.Errorf("days for everyone = %q, want %q", got, want)
		}
		if got, want := told(kinds.Staff), "2027-01-11: 7 times, 7 free; 2027-01-18: 8 times, 8 free; 2027-01-25: 8 times, 8 free; "; got != want {
			t.Errorf("days for the staff = %q, want %q", got, want)
		}
	})
}
