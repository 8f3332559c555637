package points

import (
	"context"
	"slices"
	"strings"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
)

// Tasks lists what a point needs before it opens; "points.task." + item is the word.
func Tasks() []string { return []string{"room", "line", "posters", "people"} }

// Task is one line of the check list of a point.
type Task struct {
	Item string
	// DoneOn is zero while it is to do.
	DoneOn calendar.Day
	Note   string
	ByID   string
	At     time.Time
}

// Done reports whether the line is done.
func (t Task) Done() bool { return !t.DoneOn.IsZero() }

// TasksOf returns the check list of a point that who may see, in the order of Tasks.
func (s *Service) TasksOf(ctx context.Context, who identity.Actor, pointID string) (list []Task, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.RequirePoint(ctx, tx, who, identity.SeePoints, pointID); err != nil {
			return err
		}
		list, err = tasksOf(ctx, tx, pointID)
		return err
	})
	return list, fault("tasks", err)
}

func tasksOf(ctx context.Context, tx *sqldb.Tx, pointID string) ([]Task, error) {
	rows, err := db.New(tx).TasksDone(ctx, pointID)
	list := make([]Task, len(Tasks()))
	for i, item := range Tasks() {
		list[i] = Task{Item: item}
		for _, r := range rows {
			if r.Item == item {
				list[i] = Task{Item: item, DoneOn: r.DoneOn, Note: r.Note, ByID: string(r.ByID), At: r.At.Time}
			}
		}
	}
	return list, err
}

// SetTask says that a line of the check list is done on a day, or with a zero day that it is not. It
// refuses with the fields item, done_on and note.
func (s *Service) SetTask(ctx context.Context, who identity.Actor, pointID string, t Task) error {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		p, err := s.RequirePoint(ctx, tx, who, identity.EditPoints, pointID)
		if err != nil {
			return err
		}
		if t, err = t.normal(calendar.DayOf(tx.Now)); err != nil {
			return err
		}
		before, err := tasksOf(ctx, tx, pointID)
		if err != nil {
			return err
		}
		old := before[slices.Index(Tasks(), t.Item)]
		q := db.New(tx)
		if t.Done() {
			err = q.PutTask(ctx, db.PutTaskParams{
				PointID: pointID, Item: t.Item, DoneOn: t.DoneOn, Note: t.Note, ByID: sqldb.OptText(who.AuditID()), At: sqldb.At(tx.Now),
			})
		} else {
			err = q.DeleteTask(ctx, db.DeleteTaskParams{PointID: pointID, Item: t.Item})
		}
		if err != nil || old.text() == t.text() {
			return err
		}
		return note(ctx, tx, who, "points.task", p, changed("task_"+t.Item, old.text(), t.text()))
	})
	return fault("set a task", err)
}

func (t Task) normal(today calendar.Day) (Task, error) {
	var problems errs.Problems
	t.Note = strings.TrimSpace(t.Note)
	if !slices.Contains(Tasks(), t.Item) {
		problems.Add("item", "points.task_unknown")
	}
	if t.DoneOn.After(today) {
		problems.Add("done_on", "points.task_future")
	}
	if len(t.Note) > longestWhy {
		problems.Add("note", "points.name_long", errs.Args{"max": longestWhy})
	}
	return t, problems.Err()
}

func (t Task) text() string {
	if !t.Done() {
		return ""
	}
	return strings.TrimSpace(t.DoneOn.String() + " " + t.Note)
}
