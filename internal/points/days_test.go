package points

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func TestExceptions(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.add(t, b.point("A"))
		address, sunday, christmas := p.Addresses[0].ID, day(2026, 12, 6), day(2026, 12, 25)
		for _, tt := range []struct {
			name string
			e    Exception
			want string
		}{
			{"a Sunday", Exception{Day: sunday, Reason: "fiera", Bands: bands("lun 10-12; lun 15-17")}, ""},
			{"the same Sunday again", Exception{Day: sunday, Reason: " fiera e mercato ", Bands: bands("lun 10-13")}, ""},
			{"Christmas", Exception{Day: christmas, Reason: "pranzo", Bands: bands("lun 12-15")}, ""},
			{"today", Exception{Day: day(2026, 11, 24), Reason: "x", Bands: bands("lun 20-21")}, ""},
			{"yesterday", Exception{Day: day(2026, 11, 23), Reason: "x", Bands: bands("lun 10-12")}, "day points.exception_past"},
			{"no day", Exception{Reason: "x", Bands: bands("lun 10-12")}, "day points.exception_day"},
			{"no reason", Exception{Day: sunday, Bands: bands("lun 10-12")}, "reason points.exception_reason"},
			{"no hours", Exception{Day: sunday, Reason: "x"}, "hours points.exception_hours"},
			{"hours that overlap", Exception{Day: sunday, Reason: "x", Bands: calendar.Bands{{Opens: 600, Closes: 700}, {Opens: 650, Closes: 720}}}, "hours calendar.band_overlap"},
		} {
			tt.e.AddressID = address
			err := b.PutException(b.ctx, system, tt.e)
			if (tt.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("PutException(%s) = %v, want %q", tt.name, err, tt.want)
			}
			after, err := p.WithException(tt.e, day(2026, 11, 24))
			if (tt.want == "") != (err == nil) || err == nil && len(after.OpenBands(address, tt.e.Day)) == 0 {
				t.Errorf("WithException(%s) = %v, want %q", tt.name, err, tt.want)
			}
		}
		p = b.get(t, p.ID)
		if got := hoursText(p.OpenBands(address, sunday)) + " " + hoursText(p.OpenBands(address, christmas)); got != "10:00-13:00 12:00-15:00" || len(p.Addresses[0].Exceptions) != 3 {
			t.Errorf("open %s, %d exceptions, want 10:00-13:00 12:00-15:00 and 3", got, len(p.Addresses[0].Exceptions))
		}
		if p.Addresses[0].Exceptions[1].Reason != "fiera e mercato" || b.lastFact() != "hours" {
			t.Errorf("kept %+v, told %s", p.Addresses[0].Exceptions[1], b.lastFact())
		}
		id := p.Addresses[0].Exceptions[1].ID
		if got := p.WithoutException(id).OpenBands(address, sunday); got != nil {
			t.Errorf("WithoutException is open: %v", got)
		}
		check(t, b.RemoveException(b.ctx, system, id))
		if err := b.RemoveException(b.ctx, system, id); !errors.Is(err, ErrNoException) {
			t.Errorf("RemoveException again = %v, want %v", err, ErrNoException)
		}
		if got := b.get(t, p.ID).OpenBands(address, sunday); got != nil {
			t.Errorf("open on Sunday after RemoveException: %v", got)
		}
		// An address that goes takes its exceptional openings with it.
		p = b.get(t, p.ID)
		p.Addresses = []Address{{Belfiore: "F052", Schedules: []Schedule{{Bands: bands("lun 9-13")}}}}
		check(t, b.Edit(b.ctx, system, p))
	})
}

// The constraint holds even against who forgets to ask, and rivals leave one opening of a day.
func TestRivalsException(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.add(t, b.point("A"))
		results := make(chan error, 20)
		for i := range cap(results) {
			go func() {
				results <- b.PutException(b.ctx, system, Exception{AddressID: p.Addresses[0].ID, Day: day(2026, 12, 6), Reason: "x",
					Bands: bands(fmt.Sprintf("lun 9-%d; lun 20-21", 10+i%8))})
			}()
		}
		for range cap(results) {
			check(t, <-results)
		}
		got := b.get(t, p.ID).Addresses[0].Exceptions
		if len(got) != 1 || len(got[0].Bands) != 2 {
			t.Errorf("after rivals: %+v, want what one of them wrote", got)
		}
	})
}

func TestPutWeek(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.add(t, b.point("A"))
		address, august := p.Addresses[0].ID, Schedule{Name: "estate", From: day(2027, 8, 1), To: day(2027, 8, 31), Bands: bands("lun 8-10")}
		check(t, b.PutWeek(b.ctx, system, WeekChange{AddressID: address, Week: august, Seen: p.HoursVersion}))
		p = b.get(t, p.ID)
		season := p.Addresses[0].Schedules[1]
		moved := august
		moved.From, moved.To = day(2027, 7, 15), day(2027, 8, 20)
		check(t, b.PutWeek(b.ctx, system, WeekChange{AddressID: address, ScheduleID: season.ID, Week: moved, Seen: p.HoursVersion}))
		if err := b.PutWeek(b.ctx, system, WeekChange{AddressID: address, ScheduleID: season.ID, Week: august, Seen: p.HoursVersion}); !errors.Is(err, ErrChanged) {
			t.Errorf("PutWeek(over what was not seen) = %v, want %v", err, ErrChanged)
		}
		p = b.get(t, p.ID)
		if got := p.Addresses[0].Schedules; len(got) != 2 || got[1].ID != season.ID || got[1].From != moved.From || got[1].To != moved.To {
			t.Errorf("seasons = %+v, want the one moved", got)
		}
		for _, tt := range []struct {
			name string
			c    WeekChange
			want error
		}{
			{"a season that is not there", WeekChange{AddressID: address, ScheduleID: "x", Week: august}, identity.ErrNotHere},
			{"the ordinary week given days", WeekChange{AddressID: address, ScheduleID: p.Addresses[0].Schedules[0].ID, Week: august}, identity.ErrNotHere},
			{"an address that is not there", WeekChange{AddressID: "x", Week: august}, identity.ErrNotHere},
			{"the last hours of an open point", WeekChange{AddressID: address}, ErrNeedsHours},
		} {
			if err := b.PutWeek(b.ctx, system, tt.c); !errors.Is(err, tt.want) {
				t.Errorf("PutWeek(%s) = %v, want %v", tt.name, err, tt.want)
			}
			if _, err := p.WithWeek(tt.c); !errors.Is(err, tt.want) {
				t.Errorf("WithWeek(%s) = %v, want %v", tt.name, err, tt.want)
			}
		}
		rows, err := b.History(b.ctx, system, p.ID)
		check(t, err)
		if want := "points.hours seasons=estate 2027-08-01/2027-08-31: " + august.Bands.String() + ">estate 2027-07-15/2027-08-20: " + august.Bands.String(); !strings.Contains(told(rows), want) {
			t.Errorf("History = %s, want %s", told(rows), want)
		}
	})
}

// What was looked at before saving is what is saved.
func TestWithWeekIsWhatPutWeekDoes(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.add(t, b.point("A"))
		c := WeekChange{AddressID: p.Addresses[0].ID, Week: Schedule{Bands: bands("sab 9-13")}}
		after, err := p.WithWeek(c)
		check(t, err)
		check(t, b.PutWeek(b.ctx, system, c))
		got := b.get(t, p.ID)
		for d := day(2026, 11, 24); d.Before(day(2027, 2, 1)); d = d.AddDays(1) {
			if a, g := hoursText(after.OpenBands("", d)), hoursText(got.OpenBands("", d)); a != g {
				t.Fatalf("on %v: foreseen %q, became %q", d, a, g)
			}
		}
		if after.WeeklyMinutes != got.WeeklyMinutes {
			t.Errorf("WeeklyMinutes foreseen %d, became %d", after.WeeklyMinutes, got.WeeklyMinutes)
		}
	})
}

// Of many who saw the same hours, one changes them; the others are told.
func TestRivalsPutWeek(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.add(t, b.point("A"))
		results := make(chan error, 20)
		for i := range cap(results) {
			go func() {
				results <- b.PutWeek(b.ctx, system, WeekChange{AddressID: p.Addresses[0].ID, Seen: p.HoursVersion, Week: Schedule{Bands: bands(fmt.Sprintf("lun 9-%d", 10+i%8))}})
			}()
		}
		won := 0
		for range cap(results) {
			if err := <-results; err == nil {
				won++
			} else if !errors.Is(err, ErrChanged) {
				t.Errorf("PutWeek among rivals = %v, want %v", err, ErrChanged)
			}
		}
		if got := b.get(t, p.ID).HoursVersion; won != 1 || got != p.HoursVersion+1 {
			t.Errorf("%d rivals won, version %d, want 1 and %d", won, got, p.HoursVersion+1)
		}
	})
}

func TestCopyHours(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		from := b.point("FROM")
		from.Addresses[0].Schedules = append(from.Addresses[0].Schedules,
			Schedule{Name: "passata", From: day(2026, 7, 1), To: day(2026, 7, 31), Bands: bands("lun 9-10")},
			Schedule{Name: "estate", From: day(2027, 8, 1), To: day(2027, 8, 31), Bands: bands("lun 9-11")})
		from = b.add(t, from)
		to := b.point("TO")
		to.Addresses[0].Schedules = []Schedule{{Bands: bands("sab 9-10")}, {Name: "mia", From: day(2027, 1, 1), To: day(2027, 1, 31), Bands: bands("dom 9-10")}}
		to = b.add(t, to)
		source := from.Addresses[0]
		names := func(p Point) string {
			var list []string
			for _, s := range p.Addresses[0].Schedules {
				list = append(list, s.Name)
			}
			return strings.Join(list, " ")
		}
		for _, tt := range []struct {
			seasons bool
			want    string
		}{{false, " mia"}, {true, " estate"}} {
			seen := b.get(t, to.ID)
			after, err := seen.WithHoursOf(to.Addresses[0].ID, source, tt.seasons, day(2026, 11, 24))
			check(t, err)
			check(t, b.CopyHours(b.ctx, system, HoursCopy{AddressID: to.Addresses[0].ID, FromID: source.ID, Seasons: tt.seasons, Seen: seen.HoursVersion}))
			got := b.get(t, to.ID)
			if names(got) != tt.want || names(after) != tt.want || got.WeeklyMinutes != from.WeeklyMinutes || after.WeeklyMinutes != got.WeeklyMinutes {
				t.Errorf("CopyHours(seasons %v) = %q, %d, foreseen %q, want %q, %d", tt.seasons, names(got), got.WeeklyMinutes, names(after), tt.want, from.WeeklyMinutes)
			}
			if err := b.CopyHours(b.ctx, system, HoursCopy{AddressID: to.Addresses[0].ID, FromID: source.ID, Seen: seen.HoursVersion}); !errors.Is(err, ErrChanged) {
				t.Errorf("CopyHours(over what was not seen) = %v, want %v", err, ErrChanged)
			}
		}
		foreign := b.point("FOREIGN")
		foreign.ManagingBodyID, foreign.ProjectID = b.bodies[1], b.projects[1]
		foreign = b.add(t, foreign)
		own := actor(identity.ManagingBody, identity.ScopeBody, b.bodies[0])
		if err := b.CopyHours(b.ctx, own, HoursCopy{AddressID: to.Addresses[0].ID, FromID: foreign.Addresses[0].ID}); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("CopyHours(from a point of others) = %v, want %v", err, identity.ErrNotHere)
		}
		if err := b.CopyHours(b.ctx, own, HoursCopy{AddressID: foreign.Addresses[0].ID, FromID: source.ID}); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("CopyHours(to a point of others) = %v, want %v", err, identity.ErrNotHere)
		}
	})
}

func TestWideClosures(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		own, other := twoPoints(t, b)
		body := actor(identity.ManagingBody, identity.ScopeBody, b.bodies[0])
		region := actor(identity.Region, identity.ScopeNetwork, "")
		eve := day(2026, 12, 24)
		shut := func(p Point) bool {
			seen, err := b.ByIDs(b.ctx, []string{p.ID}) // through the snapshot, which must have noticed
			check(t, err)
			c, ok := seen[p.ID].ClosureOn(eve)
			return ok && !c.Own() && len(seen[p.ID].OpenBands("", eve)) == 0
		}
		for _, tt := range []struct {
			name string
			who  identity.Actor
			w    WideClosure
			want string
			shut [2]bool // own, other
		}{
			{"own body", body, WideClosure{BodyID: b.bodies[0], From: eve, Reason: "ponte"}, "", [2]bool{true, false}},
			{"another's body", body, WideClosure{BodyID: b.bodies[1], From: eve, Reason: "ponte"}, identity.ErrNotHere.Error(), [2]bool{}},
			{"the network by a body", body, WideClosure{From: eve, Reason: "ponte"}, identity.ErrNotHere.Error(), [2]bool{}},
			{"the network", region, WideClosure{From: day(2026, 12, 23), To: eve, Reason: "vigilia"}, "", [2]bool{true, true}},
			{"without a reason", region, WideClosure{From: eve}, "reason points.closure_reason", [2]bool{}},
			{"back in time", region, WideClosure{From: eve, To: eve.AddDays(-1), Reason: "x"}, "to points.days_reversed", [2]bool{}},
		} {
			id, err := b.AddWideClosure(b.ctx, tt.who, tt.w)
			if (tt.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("AddWideClosure(%s) = %v, want %q", tt.name, err, tt.want)
			}
			if got := [2]bool{shut(own), shut(other)}; got != tt.shut {
				t.Errorf("after %s: shut %v, want %v", tt.name, got, tt.shut)
			}
			if err != nil {
				continue
			}
			if !strings.HasPrefix(b.lastFact(), "many ") {
				t.Errorf("after %s: told %s", tt.name, b.lastFact())
			}
			if tt.w.BodyID == "" {
				if err := b.RemoveWideClosure(b.ctx, body, id); !errors.Is(err, identity.ErrNotHere) {
					t.Errorf("RemoveWideClosure(the network by a body) = %v, want %v", err, identity.ErrNotHere)
				}
			}
			list, err := b.WideClosures(b.ctx, body, day(2026, 11, 24))
			if err != nil || len(list) != 1 || list[0].ID != id {
				t.Errorf("WideClosures after %s = %v, %v, want it", tt.name, list, err)
			}
			check(t, b.RemoveWideClosure(b.ctx, tt.who, id))
			if err := b.RemoveWideClosure(b.ctx, tt.who, id); !errors.Is(err, ErrNoWide) {
				t.Errorf("RemoveWideClosure again = %v, want %v", err, ErrNoWide)
			}
			if shut(own) || shut(other) {
				t.Errorf("after removing %s somebody is still shut", tt.name)
			}
		}
		after, err := b.ShutBy(b.ctx, region, identity.EditPoints, WideClosure{BodyID: b.bodies[1], From: eve, Reason: "x"})
		if err != nil || len(after) != 1 || after[0].ID != other.ID || len(after[0].OpenBands("", eve)) != 0 {
			t.Errorf("ShutBy(a body) = %d points, %v, want the one it manages, shut", len(after), err)
		}
	})
}

// A wide closure of the body that used to manage a point no longer shuts it.
func TestWideClosureFollowsTheManagingBody(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		own, _ := twoPoints(t, b)
		_, err := b.AddWideClosure(b.ctx, system, WideClosure{BodyID: b.bodies[0], From: day(2026, 12, 23), Reason: "x"})
		check(t, err)
		own = b.get(t, own.ID)
		own.ManagingBodyID, own.ProjectID = b.bodies[1], b.projects[1]
		check(t, b.Edit(b.ctx, system, own))
		if c, shut := b.get(t, own.ID).ClosureOn(day(2026, 12, 23)); shut || b.lastFact() != "hours" {
			t.Errorf("ClosureOn after moving = %+v, told %s, want none and hours", c, b.lastFact())
		}
	})
}

func TestPatronDay(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.add(t, b.point("A"))
		patron := day(2027, 6, 15) // a Tuesday
		foreseen := p.WithPatronDay("A194", "06-15")
		check(t, b.SetPatronDay(b.ctx, system, "A194", "06-15"))
		if b.lastFact() != "many 1" {
			t.Errorf("told %s, want many 1", b.lastFact())
		}
		seen, err := b.ByIDs(b.ctx, []string{p.ID})
		check(t, err)
		for name, got := range map[string]Point{"snapshot": seen[p.ID], "row": b.get(t, p.ID), "foreseen": foreseen} {
			if o := got.OpeningOn(got.Addresses[0], patron); o.Why != ByPatron || len(got.OpenBands("", patron.AddDays(1))) == 0 {
				t.Errorf("%s: OpeningOn(patron) = %+v, want shut for the patron and open the day after", name, o)
			}
		}
		p = b.get(t, p.ID)
		p.OpenOnPatron = true
		check(t, b.Edit(b.ctx, system, p))
		if got := b.get(t, p.ID); len(got.OpenBands("", patron)) == 0 || b.lastFact() != "hours" {
			t.Errorf("a point that stays open is shut on the patron's day, or nobody was told (%s)", b.lastFact())
		}
		if err := b.SetPatronDay(b.ctx, actor(identity.Facilitator, identity.ScopePoint, p.ID), "A194", "06-16"); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("SetPatronDay by a facilitator = %v, want %v", err, identity.ErrForbidden)
		}
	})
}

// Another process sees what is wide at once.
func TestAnotherProcessSeesWideClosures(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, start, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		b := newBench(t, db)
		p := b.add(t, b.point("A"))
		second := New(db, Deps{Bus: b.bus, Territory: b.territory, Orgs: b.orgs, Funding: b.funding})
		_, err := second.ByIDs(b.ctx, []string{p.ID})
		check(t, err)
		_, err = b.AddWideClosure(b.ctx, system, WideClosure{From: day(2026, 12, 23), Reason: "x"})
		check(t, err)
		seen, err := second.ByIDs(b.ctx, []string{p.ID})
		check(t, err)
		if !slices.ContainsFunc(seen[p.ID].Closures, func(c Closure) bool { return c.Reach == OfNetwork }) {
			t.Errorf("the other process sees %v, want the closure of the network", seen[p.ID].Closures)
		}
	})
}
