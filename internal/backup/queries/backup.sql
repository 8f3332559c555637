-- name: StartRun :exec
INSERT INTO backup_run (id, kind, state, asked_by, started_at, place, name)
VALUES (@id, @kind, 'running', @asked_by, @started_at, @place, @name);

-- name: EndRun :execrows
UPDATE backup_run SET state = @state, ended_at = @ended_at, name = @name, bytes = @bytes, row_count = @row_count,
       table_count = @table_count, fault = @fault, detail = @detail
WHERE id = @id AND state = 'running';

-- name: EndLeftRuns :execrows
-- Whoever asks holds the lock of the copies, so a run of a kind that began before and has not ended was left by one that stopped.
UPDATE backup_run SET state = 'failed', ended_at = @now, fault = 'interrupted' WHERE kind = @kind AND state = 'running';

-- name: Runs :many
SELECT r.id, r.kind, r.state, r.asked_by, r.started_at, r.ended_at, r.place, r.name, r.bytes, r.row_count, r.table_count, r.fault, r.detail
FROM backup_run r ORDER BY r.started_at DESC, r.id DESC LIMIT @max;

-- name: LastRun :one
-- A run of a day that has not come is one of a wrong clock.
SELECT r.id, r.kind, r.state, r.asked_by, r.started_at, r.ended_at, r.place, r.name, r.bytes, r.row_count, r.table_count, r.fault, r.detail
FROM backup_run r WHERE r.kind = @kind AND r.state = @state AND r.started_at <= @until ORDER BY r.started_at DESC, r.id DESC LIMIT 1;

-- name: CopyNamed :one
SELECT r.id, r.kind, r.state, r.asked_by, r.started_at, r.ended_at, r.place, r.name, r.bytes, r.row_count, r.table_count, r.fault, r.detail
FROM backup_run r WHERE r.kind = 'copy' AND r.state = 'done' AND r.name = @name ORDER BY r.started_at DESC, r.id DESC LIMIT 1;

-- name: FirstRunAt :one
SELECT r.started_at FROM backup_run r ORDER BY r.started_at, r.id LIMIT 1;

-- name: DeleteRunsBefore :execrows
DELETE FROM backup_run WHERE started_at < @before;

-- name: AlarmsSince :one
SELECT count(*) FROM backup_alarm a WHERE a.fault = @fault AND a.at >= @since;

-- name: InsertAlarm :exec
INSERT INTO backup_alarm (id, fault, at) VALUES (@id, @fault, @at);

-- name: DeleteAlarmsBefore :execrows
DELETE FROM backup_alarm WHERE at < @before;
