package points

import (
	"context"
	"slices"
	"strings"
	"time"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/files"
	"capillare/internal/identity"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
)

// Step is a state to reach, on a day; zero is today.
type Step struct {
	State string
	On    calendar.Day
	// Act and ActOn are number and day of the act that decided it, when there is one.
	Act   string
	ActOn calendar.Day
	// Why says why a point opens although its check list is not done.
	Why string
}

const (
	longestAct = 100
	longestWhy = 500
)

// TakenStep is a step as it was taken.
type TakenStep struct {
	ID string
	Step
	// FileID is the act itself, when it was sent.
	FileID string
	ByID   string
	At     time.Time
}

// SetState takes a point to another state on a day; zero is today: a fact that others report, for which
// the check list is not asked. It refuses with ErrStateStep, ErrNeedsHours, ErrNeedsPlaces and, at the
// field "on", a day before the last step.
func (s *Service) SetState(ctx context.Context, who identity.Actor, id, state string, on calendar.Day) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.SetStateTx(ctx, tx, who, id, Step{State: state, On: on}) })
}

// SetStateTx is SetState within the transaction of the caller.
func (s *Service) SetStateTx(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id string, to Step) error {
	p, err := s.RequirePoint(ctx, tx, who, identity.EditPoints, id)
	if err != nil {
		return err
	}
	return fault("set state", s.take(ctx, tx, who, p, to, ""))
}

// TakeStep is SetState for who decides it: with the act, which may be empty, and its file, which may be nil. A
// point opens with its check list done, or with a word on why not (the field "why").
func (s *Service) TakeStep(ctx context.Context, who identity.Actor, id string, to Step, act *files.Upload) error {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		p, err := s.RequirePoint(ctx, tx, who, identity.EditPoints, id)
		if err != nil {
			return err
		}
		if to, err = to.normal(); err != nil {
			return err
		}
		if err := s.requireReady(ctx, tx, p, to); err != nil {
			return err
		}
		fileID := ""
		if act != nil {
			kept, err := s.files.Store(ctx, tx, who, *act)
			if err != nil {
				return err
			}
			fileID = kept.ID
		}
		return s.take(ctx, tx, who, p, to, fileID)
	})
	return fault("take a step", err)
}

func (to Step) normal() (Step, error) {
	var problems errs.Problems
	to.Act, to.Why = strings.TrimSpace(to.Act), strings.TrimSpace(to.Why)
	if len(to.Act) > longestAct {
		problems.Add("act", "points.name_long", errs.Args{"max": longestAct})
	}
	if len(to.Why) > longestWhy {
		problems.Add("why", "points.name_long", errs.Args{"max": longestWhy})
	}
	return to, problems.Err()
}

// requireReady refuses to open a point for the first time before its check list is done.
func (s *Service) requireReady(ctx context.Context, tx *sqldb.Tx, p Point, to Step) error {
	if p.State != StateSettingUp || to.State != StateOpen || to.Why != "" {
		return nil
	}
	tasks, err := tasksOf(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	undone := len(slices.DeleteFunc(tasks, Task.Done))
	if undone > 0 {
		return problem("why", "points.tasks_undone", errs.Args{"n": undone})
	}
	return nil
}

func (s *Service) take(ctx context.Context, tx *sqldb.Tx, who identity.Actor, p Point, to Step, fileID string) error {
	today := calendar.DayOf(tx.Now)
	after, err := p.step(to.State, to.On, today)
	if err != nil {
		return err
	}
	if to.On.IsZero() {
		to.On = today
	}
	q := db.New(tx)
	if err := q.UpdateState(ctx, db.UpdateStateParams{
		ID: p.ID, State: after.State, AwardedOn: after.AwardedOn, SettingUpOn: after.SettingUpOn, OpenedOn: after.OpenedOn,
		SuspendedOn: after.SuspendedOn, ClosedOn: after.ClosedOn,
	}); err != nil {
		return taken(err)
	}
	if err := q.InsertStep(ctx, db.InsertStepParams{
		ID: sqldb.NewID(tx.Now), PointID: p.ID, State: to.State, OnDay: to.On, Act: to.Act, ActOn: to.ActOn,
		FileID: sqldb.OptText(fileID), Why: to.Why, ByID: sqldb.OptText(who.AuditID()), At: sqldb.At(tx.Now),
	}); err != nil {
		return err
	}
	detail := audit.Compare(
		step{State: p.State}, step{State: to.State, On: to.On.String(), Act: to.Act, Why: to.Why})
	if err := note(ctx, tx, who, "points.state", p, detail); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, StateChanged{PointID: p.ID})
}

// step is what the history of a point tells of one.
type step struct {
	State string `json:"state"`
	On    string `json:"on"`
	Act   string `json:"act"`
	Why   string `json:"why"`
}

// Reach returns p after a step, as SetState would leave it, or refuses like it: for imports, which say
// beforehand what is wrong.
func (p Point) Reach(to Step, today calendar.Day) (Point, error) {
	return p.step(to.State, to.On, today)
}

// Steps returns the steps of a point that who may see, the first one first.
func (s *Service) Steps(ctx context.Context, who identity.Actor, pointID string) (list []TakenStep, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.RequirePoint(ctx, tx, who, identity.SeePoints, pointID); err != nil {
			return err
		}
		rows, err := db.New(tx).StepsOf(ctx, pointID)
		list = make([]TakenStep, len(rows))
		for i, r := range rows {
			list[i] = TakenStep{
				ID: r.ID, Step: Step{State: r.State, On: r.OnDay, Act: r.Act, ActOn: r.ActOn, Why: r.Why},
				FileID: string(r.FileID), ByID: string(r.ByID), At: r.At.Time,
			}
		}
		return err
	})
	return list, fault("steps", err)
}
