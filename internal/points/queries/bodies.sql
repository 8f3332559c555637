-- name: NeedsBody :one
SELECT count(*) FROM points_point p
WHERE p.state <> 'closed' AND (p.managing_body_id = @body_id OR p.delivering_body_id = @body_id);

-- name: NeedsProject :one
SELECT count(*) FROM points_point p WHERE p.state <> 'closed' AND p.project_id = @project_id;

-- name: MoveManaged :many
UPDATE points_point SET managing_body_id = @into_id, version = version + 1, revision = revision + 1
WHERE managing_body_id = @from_id RETURNING id;

-- name: MoveManagedBack :many
UPDATE points_point SET managing_body_id = @from_id, version = version + 1, revision = revision + 1
WHERE managing_body_id = @into_id AND id IN (SELECT value FROM json_each(CAST(@ids AS text))) RETURNING id;

-- name: MoveDelivered :many
UPDATE points_point SET delivering_body_id = @into_id, version = version + 1, revision = revision + 1
WHERE delivering_body_id = @from_id RETURNING id;

-- name: MoveDeliveredBack :many
UPDATE points_point SET delivering_body_id = @from_id, version = version + 1, revision = revision + 1
WHERE delivering_body_id = @into_id AND id IN (SELECT value FROM json_each(CAST(@ids AS text))) RETURNING id;

-- name: MoveWide :many
UPDATE points_wide_closure SET body_id = @into_id WHERE body_id = @from_id RETURNING id;

-- name: MoveWideBack :many
UPDATE points_wide_closure SET body_id = @from_id
WHERE body_id = @into_id AND id IN (SELECT value FROM json_each(CAST(@ids AS text))) RETURNING id;
