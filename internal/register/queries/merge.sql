-- name: MoveRecordsOf :many
UPDATE register_record SET facilitator_id = @kept WHERE facilitator_id = @gone RETURNING id;

-- name: MoveRecordsBack :many
UPDATE register_record SET facilitator_id = @gone
WHERE facilitator_id = @kept AND register_record.id IN (SELECT value FROM json_each(CAST(@ids AS text)))
RETURNING id;
