package backup

import (
	"context"
	"io"
	"slices"
	"time"

	"capillare/internal/backup/internal/db"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
)

// Status is how copies are doing.
type Status struct {
	Place string
	// Keep is the rule of how many stay.
	Keep Keep
	// Next is when the next copy of the night is due; zero when copies are taken otherwise.
	Next time.Time
	// Copies are those that lie in the place, the newest first. Fault is why they cannot be listed.
	Copies []Copy
	Fault  string
	// Runs are the latest, the newest first.
	Runs []Run
	// LastCopy and LastDrill are the last ones that went well; their State is empty when there is none.
	LastCopy, LastDrill Run
	// FailedDrill says that the last trial failed.
	FailedDrill bool
}

const (
	// pageRuns is how many runs a status tells.
	pageRuns = 40
	// answerFor is how long a status waits for the place of the copies.
	answerFor = 10 * time.Second
)

// Status reads how copies are doing. It asks the place too, which may be far away.
func (s *Service) Status(ctx context.Context, who identity.Actor) (Status, error) {
	if err := who.Require(identity.Maintain, identity.Target{}); err != nil {
		return Status{}, err
	}
	st := Status{Place: s.store.String(), Keep: s.keep}
	if !s.never {
		st.Next = jobs.Daily(s.hour).Next(s.db.Now())
	}
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).Runs(ctx, pageRuns)
		st.Runs = make([]Run, len(rows))
		for i, r := range rows {
			st.Runs[i] = runOf(r)
		}
		return err
	})
	if err != nil {
		return st, err
	}
	if st.LastCopy, _, err = s.Last(ctx, Copying, Done); err != nil {
		return st, err
	}
	if st.LastDrill, _, err = s.Last(ctx, Drilling, Done); err != nil {
		return st, err
	}
	failed, ok, err := s.Last(ctx, Drilling, Failed)
	if err != nil {
		return st, err
	}
	st.FailedDrill = ok && failed.Started.After(st.LastDrill.Started)
	// A store that does not answer must not keep the page waiting.
	asking, cancel := context.WithTimeout(ctx, answerFor)
	defer cancel()
	if st.Copies, err = s.store.List(asking); err != nil {
		st.Fault = FaultOf(err)
	}
	slices.SortFunc(st.Copies, func(a, b Copy) int { return b.At.Compare(a.At) })
	return st, nil
}

// Store returns the place of the copies.
func (s *Service) Store() Store { return s.store }

// Fetch opens a copy of a place by its name; "newest" is the newest at this instant.
func Fetch(ctx context.Context, from Store, name string, now time.Time) (io.ReadCloser, error) {
	if name == Newest {
		copies, err := from.List(ctx)
		if err != nil {
			return nil, err
		}
		newest, err := newestOf(copies, now)
		if err != nil {
			return nil, err
		}
		name = newest.Name
	}
	return from.Get(ctx, name)
}

// Newest asks Fetch for the newest copy.
const Newest = "newest"
