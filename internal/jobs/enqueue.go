package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"capillare/internal/jobs/internal/db"
	"capillare/internal/sqldb"
)

// Job is work for later. Its exported fields travel as JSON: ids and numbers, never personal data.
type Job interface {
	// Kind names the work, "agenda.extend"; it is the same for every value of the type.
	Kind() string
}

// Options say when a job runs and whether it may stand in the queue twice.
type Options struct {
	// At is the first instant at which the job may run; zero is as soon as possible.
	At time.Time
	// UniqueKey, when not empty, keeps the job out of the queue while another with the same key waits
	// there. A job that is running waits no more: what changed meanwhile gets another run.
	UniqueKey string
}

// Enqueue adds job to the queue, if and when the transaction commits.
func Enqueue(ctx context.Context, tx *sqldb.Tx, job Job, opts ...Options) error {
	var o Options
	if len(opts) > 0 {
		o = opts[0]
	}
	if o.At.IsZero() {
		o.At = tx.Now
	}
	payload, err := json.Marshal(job)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", job.Kind(), err)
	}
	_, err = db.New(tx).InsertJob(ctx, db.InsertJobParams{
		ID: sqldb.NewID(tx.Now), Kind: job.Kind(), Payload: sqldb.RawJSON(payload),
		UniqueKey: sqldb.OptText(o.UniqueKey), RunAt: sqldb.At(o.At), CreatedAt: sqldb.At(tx.Now),
	})
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", job.Kind(), err)
	}
	return nil
}
