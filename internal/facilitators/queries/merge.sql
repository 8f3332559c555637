-- name: InsertMerge :exec
INSERT INTO facilitators_merge (id, gone_id, kept_id, merged_at, merged_by, was)
VALUES (@id, @gone_id, @kept_id, @merged_at, @merged_by, @was);

-- name: MergeByID :one
SELECT m.id, m.gone_id, m.kept_id, m.merged_at, m.merged_by, m.undone_at, m.was FROM facilitators_merge m WHERE m.id = @id;

-- name: MergesInto :many
SELECT m.id, m.gone_id, m.kept_id, m.merged_at, m.merged_by, m.undone_at, m.was FROM facilitators_merge m
WHERE m.kept_id = @kept_id AND m.undone_at IS NULL ORDER BY m.merged_at DESC, m.id;

-- name: EndMerge :execrows
UPDATE facilitators_merge SET undone_at = @at, undone_by = @undone_by WHERE id = @id AND undone_at IS NULL;

-- name: InsertMoved :exec
INSERT INTO facilitators_moved (merge_id, what, id) VALUES (@merge_id, @what, @id);

-- name: Moved :many
SELECT m.what, m.id FROM facilitators_moved m WHERE m.merge_id = @merge_id ORDER BY m.what, m.id;

-- name: SetMerged :exec
UPDATE facilitators_facilitator SET merged_into = @merged_into, account_id = @account_id, state = @state, to_day = @to_day WHERE id = @id;

-- name: SetFilled :exec
UPDATE facilitators_facilitator SET account_id = @account_id, email = @email, phone = @phone, state = @state, from_day = @from_day, to_day = @to_day WHERE id = @id;

-- name: SetBody :many
UPDATE facilitators_facilitator SET body_id = @kept
WHERE body_id = @gone AND (CAST(@every AS boolean) OR facilitators_facilitator.id IN (SELECT value FROM json_each(CAST(@ids AS text))))
RETURNING id;

-- name: Lookalikes :many
SELECT f.id FROM facilitators_facilitator f
WHERE f.merged_into IS NULL AND f.id <> @id
  AND (f.search = @search OR (f.email <> '' AND lower(f.email) = @email) OR (f.phone <> '' AND f.phone = @phone))
ORDER BY f.search, f.id LIMIT 10;
