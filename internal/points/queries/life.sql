-- name: InsertStep :exec
INSERT INTO points_step (id, point_id, state, on_day, act, act_on, file_id, why, by_id, at)
VALUES (@id, @point_id, @state, @on_day, @act, @act_on, @file_id, @why, @by_id, @at);

-- name: StepsOf :many
SELECT s.id, s.state, s.on_day, s.act, s.act_on, s.file_id, s.why, s.by_id, s.at
FROM points_step s WHERE s.point_id = @point_id ORDER BY s.on_day, s.at, s.id;

-- name: TasksDone :many
SELECT t.item, t.done_on, t.note, t.by_id, t.at FROM points_task t WHERE t.point_id = @point_id ORDER BY t.item;

-- name: PutTask :exec
INSERT INTO points_task (point_id, item, done_on, note, by_id, at) VALUES (@point_id, @item, @done_on, @note, @by_id, @at)
ON CONFLICT (point_id, item) DO UPDATE SET done_on = excluded.done_on, note = excluded.note, by_id = excluded.by_id, at = excluded.at;

-- name: DeleteTask :exec
DELETE FROM points_task WHERE point_id = @point_id AND item = @item;

-- name: InsertPhoto :exec
INSERT INTO points_photo (id, point_id, file_id, moment, at) VALUES (@id, @point_id, @file_id, @moment, @at);

-- name: PhotosOf :many
SELECT p.id, p.file_id, p.moment, p.at FROM points_photo p WHERE p.point_id = @point_id ORDER BY p.at, p.id;

-- name: DeletePhoto :execrows
DELETE FROM points_photo WHERE id = @id AND point_id = @point_id;

-- name: CountFile :one
SELECT (SELECT count(*) FROM points_step s WHERE s.point_id = @point_id AND s.file_id = @file_id)
     + (SELECT count(*) FROM points_photo f WHERE f.point_id = @point_id AND f.file_id = @file_id) AS n;
