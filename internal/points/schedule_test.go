package points

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
)

func TestSetHours(t *testing.T) {
	t.Parallel()
	none := calendar.Day{}
	august, septemberFirst := day(2027, 8, 1), day(2027, 9, 1)
	steps := []struct {
		name     string
		from, to calendar.Day
		hours    string
		refused  string
		minutes  int
		weeks    int
	}{
		{"ordinary", none, none, "lun-gio 9-13; mar e gio 15-17:30", "", 21 * 60, 1},
		{"touching bands join", none, none, "lun 9-11; lun 11-13", "", 4 * 60, 1},
		{"season counts nothing", august, august.AddDays(30), "lun 8-10", "", 4 * 60, 2},
		{"season again", august, august.AddDays(30), "lun 8-11", "", 4 * 60, 2},
		{"season over its last day", august.AddDays(30), septemberFirst, "lun 8-11", "from points.season_overlap", 4 * 60, 2},
		{"season right after", septemberFirst, septemberFirst, "mer 8-11", "", 4 * 60, 3},
		{"season goes", septemberFirst, septemberFirst, "", "", 4 * 60, 2},
		{"nothing to remove", septemberFirst, septemberFirst, "", "", 4 * 60, 2},
		{"one day only", august, none, "lun 8-11", "from points.season_days", 4 * 60, 2},
		{"an open point keeps its hours", none, none, "", "points.open_needs_hours", 4 * 60, 2},
	}
	run(t, func(t *testing.T, b *bench) {
		p := b.add(t, b.point("A"))
		for _, tt := range steps {
			err := b.SetHours(b.ctx, system, p.Addresses[0].ID, tt.from, tt.to, "nome", bands(tt.hours))
			if (tt.refused == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.refused) {
				t.Errorf("%s: SetHours = %v, want %q", tt.name, err, tt.refused)
			}
			got := b.get(t, p.ID)
			if got.WeeklyMinutes != tt.minutes || len(got.Addresses[0].Schedules) != tt.weeks || got.Version != 1 {
				t.Errorf("%s: %d minutes, %d schedules, version %d, want %d, %d, 1", tt.name, got.WeeklyMinutes, len(got.Addresses[0].Schedules), got.Version, tt.minutes, tt.weeks)
			}
			if tt.refused == "" && b.lastFact() != "hours" {
				t.Errorf("%s: the last fact is %q, want hours", tt.name, b.lastFact())
			}
		}
		overlap := calendar.Bands{{Weekday: 1, Opens: 540, Closes: 780}, {Weekday: 1, Opens: 720, Closes: 900}}
		if err := b.SetHours(b.ctx, system, p.Addresses[0].ID, none, none, "", overlap); err == nil || !strings.Contains(err.Error(), "hours calendar.band_overlap") {
			t.Errorf("SetHours(overlapping) = %v, want hours calendar.band_overlap", err)
		}
		if err := b.SetHours(b.ctx, system, "x", none, none, "", bands("lun 9-13")); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("SetHours(unknown address) = %v, want %v", err, identity.ErrNotHere)
		}
	})
}

// The hours of real points, as the regional list writes them.
func TestWeeklyMinutesOfRealPoints(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		for i, tt := range []struct {
			hours string
			want  int
		}{
			{"lun-ven 9:00-13:00; mar e gio 15:00-17:00", 24 * 60},
			{"lun-sab 8-18", 60 * 60},
			{"lun-ven 9-13; mar 14:30-19; gio 14:00-19", 29*60 + 30},
		} {
			p := b.point(fmt.Sprintf("A%d", i))
			p.Addresses[0].Schedules[0].Bands = bands(tt.hours)
			if got := b.add(t, p).WeeklyMinutes; got != tt.want {
				t.Errorf("WeeklyMinutes(%s) = %d, want %d", tt.hours, got, tt.want)
			}
		}
	})
}

// Forty people set the hours of one address at once: what remains is what one of them wrote, whole.
func TestRivalsSetHours(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.point("A")
		p.State, p.OpenedOn, p.Addresses[0].Schedules = StateSettingUp, calendar.Day{}, nil
		p = b.add(t, p)
		const rivals = 40
		results := make(chan error, rivals)
		for i := range rivals {
			go func() {
				// Each overlaps all the others, so that a mixture would break the constraint.
				week := bands(fmt.Sprintf("lun 9-%d:%02d; mar 9-%d:%02d", 11+i/10, i%10, 11+i/10, i%10))
				results <- b.SetHours(b.ctx, system, p.Addresses[0].ID, calendar.Day{}, calendar.Day{}, "", week)
			}()
		}
		for range rivals {
			if err := <-results; err != nil {
				t.Errorf("SetHours among rivals = %v", err)
			}
		}
		got := b.get(t, p.ID)
		week := got.Addresses[0].Ordinary()
		if len(got.Addresses[0].Schedules) != 1 || len(week) != 2 || week[0].Closes != week[1].Closes || got.WeeklyMinutes != week.Minutes() {
			t.Errorf("after rivals: %v, %d minutes, want the two bands of one of them", got.Addresses[0].Schedules, got.WeeklyMinutes)
		}
	})
}

// The constraint holds even against who forgets to ask.
func TestRivalsBandConstraint(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.add(t, b.point("A"))
		schedule := p.Addresses[0].Schedules[0].ID
		const rivals = 20
		results := make(chan error, rivals)
		for i := range rivals {
			go func() {
				results <- b.db.Update(b.ctx, func(tx *sqldb.Tx) error {
					return db.New(tx).InsertBand(b.ctx, db.InsertBandParams{ScheduleID: schedule, Weekday: 6, Opens: 540 + i, Closes: 780 + i})
				})
			}()
		}
		won := 0
		for range rivals {
			err := <-results
			if err == nil {
				won++
				continue
			}
			if c, ok := sqldb.Broken(err); !ok || c != "points_band_overlap" {
				t.Errorf("a rival's band = %v, want points_band_overlap", err)
			}
		}
		if won != 1 {
			t.Errorf("%d overlapping bands were kept, want 1", won)
		}
	})
}

func TestRivalsSeasons(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.add(t, b.point("A"))
		const rivals = 20
		results := make(chan error, rivals)
		for i := range rivals {
			go func() {
				from := day(2027, 6, 1).AddDays(i)
				results <- b.SetHours(b.ctx, system, p.Addresses[0].ID, from, from.AddDays(30), "", bands("lun 9-13"))
			}()
		}
		won := 0
		for range rivals {
			err := <-results
			if err == nil {
				won++
			} else if !strings.Contains(err.Error(), "points.season_overlap") {
				t.Errorf("a rival's season = %v, want points.season_overlap", err)
			}
		}
		if got := len(b.get(t, p.ID).Addresses[0].Schedules); won != 1 || got != 2 {
			t.Errorf("%d seasons won, %d schedules kept, want 1 and 2", won, got)
		}
	})
}

func TestClosures(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.add(t, b.point("A"))
		tomorrow := day(2026, 11, 25)
		// Read once before, so that what is in memory must follow.
		_, err := b.ByIDs(b.ctx, []string{p.ID})
		check(t, err)
		id, err := b.AddClosure(b.ctx, system, Closure{PointID: p.ID, From: tomorrow, Reason: " Lavori "})
		check(t, err)
		if b.lastFact() != "closed 2026-11-25 2026-11-25" {
			t.Errorf("the last fact is %q, want closed for that day", b.lastFact())
		}
		want := []Closure{{ID: id, PointID: p.ID, From: tomorrow, To: tomorrow, Reason: "Lavori", Reach: OfPoint}}
		found, err := b.ByIDs(b.ctx, []string{p.ID})
		check(t, err)
		if diff := cmp.Diff(want, found[p.ID].Closures); diff != "" {
			t.Errorf("Closures (-want +got):\n%s", diff)
		}
		for _, tt := range []struct {
			c    Closure
			want string
		}{
			{Closure{PointID: p.ID, Reason: "x"}, "from points.closure_from"},
			{Closure{PointID: p.ID, From: tomorrow, To: tomorrow.AddDays(-1), Reason: "x"}, "to points.days_reversed"},
			{Closure{PointID: p.ID, From: tomorrow, To: tomorrow, Reason: " "}, "reason points.closure_reason"},
			{Closure{PointID: "x", From: tomorrow, To: tomorrow, Reason: "x"}, "identity.not_here"},
		} {
			if _, err := b.AddClosure(b.ctx, system, tt.c); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("AddClosure(%v) = %v, want %s", tt.c, err, tt.want)
			}
		}
		check(t, b.RemoveClosure(b.ctx, system, id))
		if err := b.RemoveClosure(b.ctx, system, id); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("RemoveClosure again = %v, want %v", err, identity.ErrNotHere)
		}
		if found, err = b.ByIDs(b.ctx, []string{p.ID}); err != nil || len(found[p.ID].Closures) != 0 {
			t.Errorf("Closures after RemoveClosure = %v, %v, want none", found[p.ID].Closures, err)
		}
	})
}
