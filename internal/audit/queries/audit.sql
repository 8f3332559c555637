-- name: InsertEntry :exec
INSERT INTO audit_entry (id, at, actor_id, actor_role, action, subject, subject_id, body_id, point_id, request_id, detail)
VALUES (@id, @at, @actor_id, @actor_role, @action, @subject, @subject_id, @body_id, @point_id, @request_id, @detail);

-- name: ListEntries :many
SELECT e.id, e.at, e.actor_id, e.actor_role, e.action, e.subject, e.subject_id, e.body_id, e.point_id, e.request_id, e.detail
FROM audit_entry e
WHERE (CAST(@any_subject AS boolean) OR (e.subject = @subject AND e.subject_id = @subject_id))
  AND e.at < @before
ORDER BY e.at DESC, e.id DESC
LIMIT @max;

-- name: DeleteOlder :execrows
DELETE FROM audit_entry WHERE id IN (SELECT e.id FROM audit_entry e WHERE e.at < @before ORDER BY e.at LIMIT @max);
