-- name: AddCall :execrows
-- A time may be lost, come back and be lost again without any change of the booking: only that is asked for again.
INSERT INTO calls_call (id, point_id, subject, subject_id, version, why, name, phone, language, about_at, from_at, until_at, created_at)
VALUES (@id, @point_id, @subject, @subject_id, @version, @why, @name, @phone, @language, @about_at, @from_at, @until_at, @created_at)
ON CONFLICT (subject, subject_id, version, why) DO UPDATE SET id = excluded.id, name = excluded.name, phone = excluded.phone,
    state = 'to_do', tries = 0, tried_at = NULL, settled_at = NULL, from_at = excluded.from_at, until_at = excluded.until_at, created_at = excluded.created_at
WHERE calls_call.state = 'gone' AND calls_call.why = 'stranded';

-- name: CallByID :one
SELECT sqlc.embed(c) FROM calls_call c WHERE c.id = @id;

-- name: ToDo :many
SELECT sqlc.embed(c) FROM calls_call c
WHERE c.state = 'to_do' AND c.from_at <= @now AND c.until_at > @now
  AND (CAST(@all_visible AS boolean) OR c.point_id IN (SELECT value FROM json_each(CAST(@points AS text))))
  AND (CAST(@any_point AS boolean) OR c.point_id = @point_id)
ORDER BY c.until_at, c.id LIMIT @max;

-- name: CountToDo :one
SELECT count(*) FROM calls_call c
WHERE c.state = 'to_do' AND c.from_at <= @now AND c.until_at > @now
  AND (CAST(@all_visible AS boolean) OR c.point_id IN (SELECT value FROM json_each(CAST(@points AS text))));

-- name: ToDoOf :many
SELECT sqlc.embed(c) FROM calls_call c WHERE c.subject = @subject AND c.subject_id = @subject_id AND c.state = 'to_do' ORDER BY c.id;

-- name: Overdue :many
SELECT sqlc.embed(c) FROM calls_call c WHERE c.state = 'to_do' AND c.until_at <= @now ORDER BY c.until_at LIMIT @max;

-- name: Settle :execrows
UPDATE calls_call SET state = @state, settled_at = @settled_at, name = '', phone = '' WHERE id = @id AND state = 'to_do';

-- name: Tried :execrows
UPDATE calls_call SET tries = tries + 1, tried_at = @tried_at WHERE id = @id AND state = 'to_do';

-- name: Forget :execrows
DELETE FROM calls_call WHERE settled_at < @before;
