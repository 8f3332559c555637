-- name: InsertBatch :exec
INSERT INTO imports_batch (id, kind, file_name, state, payload, total, created_by, created_at, phase_at, touched_at)
VALUES (@id, @kind, @file_name, 'staging', @payload, @total, @created_by, @created_at, @created_at, @created_at);

-- name: BatchByID :one
SELECT id, kind, file_name, state, payload, added, changed, unchanged, wrong, created_by, created_at, applied_at, total, done, phase_at, touched_at
FROM imports_batch WHERE id = @id;

-- name: ListBatches :many
SELECT id, kind, file_name, state, added, changed, unchanged, wrong, created_by, created_at, applied_at, total, done, phase_at, touched_at
FROM imports_batch ORDER BY created_at DESC, id DESC LIMIT @max;

-- name: StaleBatches :many
SELECT id, state, created_by FROM imports_batch
WHERE state IN ('checking', 'applying') AND touched_at < @before ORDER BY id;

-- name: OldBatches :many
SELECT id FROM imports_batch
WHERE state IN ('staging', 'checking', 'stopped', 'previewed') AND created_at < @before ORDER BY id;

-- name: BeginPhase :execrows
UPDATE imports_batch SET state = @state, done = 0, phase_at = @at, touched_at = @at
WHERE id = @id AND state IN (SELECT value FROM json_each(CAST(@from_states AS text)));

-- name: TouchBatch :execrows
UPDATE imports_batch SET done = @done, touched_at = @at WHERE id = @id AND state = @state;

-- name: StopBatch :execrows
UPDATE imports_batch SET state = @state, done = 0 WHERE id = @id AND state = @from_state;

-- name: CheckedBatch :execrows
UPDATE imports_batch SET state = 'previewed', payload = @payload, added = @added, changed = @changed, unchanged = @unchanged,
    wrong = @wrong, total = @total, done = @total
WHERE id = @id AND state IN (SELECT value FROM json_each(CAST(@from_states AS text)));

-- name: FinishBatch :execrows
UPDATE imports_batch SET state = 'applied', payload = @payload, added = @added, changed = @changed,
    unchanged = @unchanged, wrong = 0, done = total, applied_at = @applied_at
WHERE id = @id AND state = 'applying';

-- name: DiscardBatch :execrows
UPDATE imports_batch SET state = 'discarded', payload = @payload
WHERE id = @id AND state IN ('staging', 'checking', 'stopped', 'previewed');

-- name: InsertPart :exec
INSERT INTO imports_part (batch_id, part, cells, problems) VALUES (@batch_id, @part, @cells, @problems);

-- name: PartOf :one
SELECT cells FROM imports_part WHERE batch_id = @batch_id AND part = @part;

-- name: PartsWithWrong :many
SELECT part, problems, wrong FROM imports_part WHERE batch_id = @batch_id AND wrong > 0 ORDER BY part;

-- name: SetCells :exec
UPDATE imports_part SET cells = @cells WHERE batch_id = @batch_id AND part = @part;

-- name: SetProblems :exec
UPDATE imports_part SET problems = @problems, wrong = @wrong WHERE batch_id = @batch_id AND part = @part;

-- name: CountParts :one
SELECT count(*) FROM imports_part WHERE batch_id = @batch_id;

-- name: DeleteParts :exec
DELETE FROM imports_part WHERE batch_id = @batch_id;

-- name: SetPayload :execrows
UPDATE imports_batch SET payload = @payload, total = @total WHERE id = @id AND state IN ('previewed', 'stopped');

-- name: DeleteBatch :exec
DELETE FROM imports_batch WHERE id = @id AND state IN ('staging', 'stopped');
