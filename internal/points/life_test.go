package points

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/files"
	"capillare/internal/identity"
)

func upload(t *testing.T, rules files.Rules) files.Upload {
	t.Helper()
	raw := []byte("%PDF-1.4\nstartxref\n0\n%%EOF")
	if rules.MaxSide > 0 {
		var out bytes.Buffer
		check(t, png.Encode(&out, image.NewRGBA(image.Rect(0, 0, 4, 3))))
		raw = out.Bytes()
	}
	u, err := files.Read("prova", bytes.NewReader(raw), rules)
	check(t, err)
	return u
}

// awarded is a point of the second programme, still to set up.
func (b *bench) awarded(t *testing.T, code string, on calendar.Day) Point {
	t.Helper()
	p := b.point(code)
	p.State, p.OpenedOn, p.AwardedOn = StateAwarded, calendar.Day{}, on
	p.ManagingBodyID, p.ProjectID = b.bodies[1], b.projects[1]
	return b.add(t, p)
}

func TestLifeOfAPoint(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.awarded(t, "A", day(2026, 9, 1))
		act := upload(t, files.Document())
		check(t, b.TakeStep(b.ctx, system, p.ID, Step{State: StateSettingUp, On: day(2026, 9, 10), Act: " det. 12 ", ActOn: day(2026, 9, 9)}, &act))
		open := Step{State: StateOpen}
		if err := b.TakeStep(b.ctx, system, p.ID, open, nil); err == nil || !strings.Contains(err.Error(), "why points.tasks_undone") {
			t.Errorf("TakeStep(open, nothing done) = %v, want why points.tasks_undone", err)
		}
		for i, item := range Tasks() {
			check(t, b.SetTask(b.ctx, system, p.ID, Task{Item: item, DoneOn: day(2026, 11, 1+i), Note: " ok "}))
		}
		check(t, b.SetTask(b.ctx, system, p.ID, Task{Item: "line"}))
		if err := b.TakeStep(b.ctx, system, p.ID, open, nil); err == nil {
			t.Error("TakeStep(open, one undone) = nil, want a refusal")
		}
		check(t, b.SetTask(b.ctx, system, p.ID, Task{Item: "line", DoneOn: day(2026, 11, 24)}))
		check(t, b.TakeStep(b.ctx, system, p.ID, open, nil))
		if got := b.get(t, p.ID); got.State != StateOpen || got.OpenedOn != day(2026, 11, 24) {
			t.Errorf("after TakeStep(open): %s on %v", got.State, got.OpenedOn)
		}
		steps, err := b.Steps(b.ctx, system, p.ID)
		check(t, err)
		if len(steps) != 2 || steps[0].Act != "det. 12" || steps[0].ActOn != day(2026, 9, 9) || steps[0].FileID == "" || steps[1].State != StateOpen {
			t.Errorf("Steps = %+v, want the two taken", steps)
		}
		check(t, b.RequireFile(b.ctx, system, p.ID, steps[0].FileID))
		other := b.awarded(t, "B", day(2026, 9, 1))
		if err := b.RequireFile(b.ctx, system, other.ID, steps[0].FileID); !errors.Is(err, files.ErrNoFile) {
			t.Errorf("RequireFile(of another point) = %v, want %v", err, files.ErrNoFile)
		}
		rows, err := b.History(b.ctx, system, p.ID)
		check(t, err)
		if got := told(rows); !strings.Contains(got, "points.state state=setting_up>open") || !strings.Contains(got, "points.task task_room=>2026-11-01 ok") {
			t.Errorf("History = %s, want the step and the tasks", got)
		}
	})
}

// told is the history in one line each.
func told(rows []audit.Row) string {
	var lines []string
	for _, r := range rows {
		line := r.Action
		for _, c := range r.Changes() {
			line += fmt.Sprintf(" %s=%s>%s", c.Field, c.From, c.To)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestOpeningWithAReason(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.awarded(t, "A", day(2026, 9, 1))
		check(t, b.TakeStep(b.ctx, system, p.ID, Step{State: StateSettingUp}, nil))
		check(t, b.TakeStep(b.ctx, system, p.ID, Step{State: StateOpen, Why: "i cartelli arrivano lunedì"}, nil))
		// Suspended and open again: the list was for the first time.
		check(t, b.TakeStep(b.ctx, system, p.ID, Step{State: StateSuspended}, nil))
		check(t, b.TakeStep(b.ctx, system, p.ID, Step{State: StateOpen}, nil))
		tests := []struct {
			task Task
			want string
		}{
			{Task{Item: "roof", DoneOn: day(2026, 11, 1)}, "item points.task_unknown"},
			{Task{Item: "room", DoneOn: day(2026, 11, 25)}, "done_on points.task_future"},
			{Task{Item: "room", DoneOn: day(2026, 11, 1), Note: strings.Repeat("x", 501)}, "note points.name_long"},
		}
		for _, tt := range tests {
			if err := b.SetTask(b.ctx, system, p.ID, tt.task); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("SetTask(%+v) = %v, want %s", tt.task, err, tt.want)
			}
		}
	})
}

func TestPhotos(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		own, other := twoPoints(t, b)
		who := actor(identity.ManagingBody, identity.ScopeBody, b.bodies[0])
		u := upload(t, files.Photo())
		if _, err := b.AddPhoto(b.ctx, who, own.ID, "dawn", u); err == nil || !strings.Contains(err.Error(), "moment points.moment_unknown") || !strings.Contains(err.Error(), "alt points.photo_alt") {
			t.Errorf("AddPhoto(without words) = %v, want moment and alt refused", err)
		}
		u.Alt = "La sala con quattro tavoli"
		id, err := b.AddPhoto(b.ctx, who, own.ID, "after", u)
		check(t, err)
		if _, err := b.AddPhoto(b.ctx, who, other.ID, "after", u); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("AddPhoto(of another's point) = %v, want %v", err, identity.ErrNotHere)
		}
		list, err := b.Photos(b.ctx, who, own.ID)
		if err != nil || len(list) != 1 || list[0].ID != id || list[0].Moment != "after" || list[0].File.Alt != u.Alt || list[0].File.Width != 4 {
			t.Fatalf("Photos = %+v, %v, want the one added", list, err)
		}
		if err := b.RemovePhoto(b.ctx, system, other.ID, list[0].ID); !errors.Is(err, ErrNoPhoto) {
			t.Errorf("RemovePhoto(of another point) = %v, want %v", err, ErrNoPhoto)
		}
		check(t, b.RemovePhoto(b.ctx, who, own.ID, list[0].ID))
		if _, err := b.files.ByID(b.ctx, list[0].File.ID); !errors.Is(err, files.ErrNoFile) {
			t.Errorf("the file of a removed photo = %v, want %v", err, files.ErrNoFile)
		}
	})
}

func TestListByTerms(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		b.add(t, b.point("FREE"))
		b.awarded(t, "LATE", day(2026, 9, 1))
		b.awarded(t, "YOUNG", day(2026, 11, 1))
		full := b.point("FULL")
		full.ManagingBodyID, full.ProjectID, full.Addresses[0].Schedules[0].Bands = b.bodies[1], b.projects[1], bands("lun-sab 9-13")
		b.add(t, full)
		own := actor(identity.ManagingBody, identity.ScopeBody, b.bodies[0])
		for _, tt := range []struct {
			name string
			who  identity.Actor
			f    Filter
			want string
		}{
			{"late", system, Filter{Late: true}, "LATE"},
			{"below the minimum", system, Filter{BelowMinimum: true}, "LATE YOUNG"},
			{"of a programme", system, Filter{ProgrammeID: b.programmes[1]}, "FULL LATE YOUNG"},
			{"of a programme, in a state", system, Filter{ProgrammeID: b.programmes[1], State: StateOpen}, "FULL"},
			{"fixed", system, Filter{Kind: Fixed}, "FREE FULL LATE YOUNG"},
			{"itinerant", system, Filter{Kind: Itinerant}, ""},
			{"late, of others", own, Filter{Late: true}, ""},
		} {
			list, total, err := b.List(b.ctx, tt.who, tt.f)
			var got []string
			for _, p := range list {
				got = append(got, p.Code)
			}
			if err != nil || strings.Join(got, " ") != tt.want || total != len(got) {
				t.Errorf("List(%s) = %v, %d, %v, want %s", tt.name, got, total, err, tt.want)
			}
		}
	})
}

// Two open one point at once: one of them does.
func TestRivalsOpen(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, b *bench) {
		p := b.awarded(t, "A", day(2026, 9, 1))
		check(t, b.TakeStep(b.ctx, system, p.ID, Step{State: StateSettingUp}, nil))
		results := make(chan error, 8)
		for range cap(results) {
			go func() { results <- b.TakeStep(b.ctx, system, p.ID, Step{State: StateOpen, Why: "x"}, nil) }()
		}
		won := 0
		for range cap(results) {
			if err := <-results; err == nil {
				won++
			} else if !errors.Is(err, ErrStateStep) {
				t.Errorf("TakeStep among rivals = %v, want %v", err, ErrStateStep)
			}
		}
		if steps, err := b.Steps(b.ctx, system, p.ID); err != nil || won != 1 || len(steps) != 2 {
			t.Errorf("%d rivals opened it, %d steps, %v, want 1 and 2", won, len(steps), err)
		}
	})
}
