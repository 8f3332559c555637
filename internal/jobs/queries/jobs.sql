-- name: InsertJob :execrows
INSERT INTO jobs_job (id, kind, payload, unique_key, run_at, created_at)
VALUES (@id, @kind, @payload, @unique_key, @run_at, @created_at)
ON CONFLICT DO NOTHING;

-- name: CountDue :one
SELECT count(*) FROM jobs_job j
WHERE j.state = 'waiting' AND j.run_at <= @now AND (j.locked_until IS NULL OR j.locked_until < @now);

-- name: ClaimJob :one
-- The unique key is given up here, so that what changes while the job runs can ask for another run.
UPDATE jobs_job SET locked_until = @until, attempts = attempts + 1, unique_key = NULL
WHERE id = (SELECT j.id FROM jobs_job j
            WHERE j.state = 'waiting' AND j.run_at <= @now AND (j.locked_until IS NULL OR j.locked_until < @now)
            ORDER BY j.run_at, j.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, payload, attempts;

-- name: FinishJob :execrows
UPDATE jobs_job SET state = 'done', done_at = @done_at, locked_until = NULL, last_error = ''
WHERE id = @id AND attempts = @attempts AND state = 'waiting';

-- name: RetryJob :execrows
UPDATE jobs_job SET run_at = @run_at, locked_until = NULL, last_error = @last_error
WHERE id = @id AND attempts = @attempts AND state = 'waiting';

-- name: FailJob :execrows
UPDATE jobs_job SET state = 'failed', done_at = @done_at, locked_until = NULL, last_error = @last_error
WHERE id = @id AND attempts = @attempts AND state = 'waiting';

-- name: KeepLonger :execrows
UPDATE jobs_job SET locked_until = @until WHERE id = @id AND attempts = @attempts AND state = 'waiting';

-- name: DeleteOver :execrows
DELETE FROM jobs_job WHERE state = @state AND done_at < @before;

-- name: OldestDue :one
-- The longest wait among the jobs that nobody has taken: recurring ones wait for their time, not for a worker.
SELECT j.run_at FROM jobs_job j
WHERE j.state = 'waiting' AND (j.locked_until IS NULL OR j.locked_until < @now)
ORDER BY j.run_at, j.id LIMIT 1;

-- name: CountStates :many
SELECT j.state, count(*) AS n FROM jobs_job j GROUP BY j.state ORDER BY j.state;

-- name: LastFailed :many
SELECT j.id, j.kind, j.attempts, j.last_error, j.done_at FROM jobs_job j
WHERE j.state = 'failed' ORDER BY j.done_at DESC, j.id DESC LIMIT @max;

-- name: RecurringKeys :many
SELECT j.unique_key FROM jobs_job j WHERE j.state = 'waiting' AND j.unique_key LIKE 'every:%';
