-- name: InsertBatch :exec
INSERT INTO imports_batch (id, kind, file_name, state, payload, added, changed, unchanged, wrong, created_by, created_at)
VALUES (@id, @kind, @file_name, 'previewed', @payload, @added, @changed, @unchanged, @wrong, @created_by, @created_at);

-- name: BatchByID :one
SELECT id, kind, file_name, state, payload, added, changed, unchanged, wrong, created_by, created_at, applied_at
FROM imports_batch WHERE id = @id;

-- name: ListBatches :many
SELECT id, kind, file_name, state, added, changed, unchanged, wrong, created_by, created_at, applied_at
FROM imports_batch ORDER BY created_at DESC, id DESC LIMIT @max;

-- name: FinishBatch :execrows
UPDATE imports_batch SET state = 'applied', payload = @payload, added = @added, changed = @changed,
    unchanged = @unchanged, wrong = 0, applied_at = @applied_at
WHERE id = @id AND state = 'previewed';

-- name: DiscardBatch :execrows
UPDATE imports_batch SET state = 'discarded', payload = @payload WHERE id = @id AND state = 'previewed';

-- name: DiscardOld :exec
UPDATE imports_batch SET state = 'discarded', payload = @payload WHERE state = 'previewed' AND created_at < @before;

-- name: RefreshBatch :exec
UPDATE imports_batch SET payload = @payload, added = @added, changed = @changed, unchanged = @unchanged, wrong = @wrong
WHERE id = @id AND state = 'previewed';
