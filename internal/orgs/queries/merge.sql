-- name: InsertMerge :exec
INSERT INTO orgs_merge (id, from_id, into_id, merged_at, merged_by, undo_until)
VALUES (@id, @from_id, @into_id, @merged_at, @merged_by, @undo_until);

-- name: InsertMergeField :exec
INSERT INTO orgs_merge_field (merge_id, field, was, became) VALUES (@merge_id, @field, @was, @became);

-- name: InsertMergeMove :exec
INSERT INTO orgs_merge_move (merge_id, what, record_id) VALUES (@merge_id, @what, @record_id);

-- name: MergeByID :many
SELECT m.id, m.from_id, m.into_id, m.merged_at, m.merged_by, m.undo_until, m.undone_at FROM orgs_merge m WHERE m.id = @id;

-- name: MergesInto :many
SELECT m.id, m.from_id, m.into_id, m.merged_at, m.merged_by, m.undo_until, m.undone_at
FROM orgs_merge m WHERE m.into_id = @into_id AND m.undone_at IS NULL ORDER BY m.merged_at DESC, m.id;

-- name: MergeFields :many
SELECT f.field, f.was, f.became FROM orgs_merge_field f WHERE f.merge_id = @merge_id ORDER BY f.field;

-- name: MergeMoves :many
SELECT v.what, v.record_id FROM orgs_merge_move v WHERE v.merge_id = @merge_id ORDER BY v.what, v.record_id;

-- name: SetUndone :execrows
UPDATE orgs_merge SET undone_at = @undone_at WHERE id = @id AND undone_at IS NULL;

-- name: MoveRoles :many
UPDATE orgs_role SET body_id = @into_id
WHERE orgs_role.body_id = @from_id AND NOT EXISTS (
    SELECT 1 FROM orgs_role k WHERE k.body_id = @into_id AND k.role = orgs_role.role AND k.from_day = orgs_role.from_day)
RETURNING orgs_role.role, orgs_role.from_day;

-- name: MoveRoleBack :execrows
UPDATE orgs_role SET body_id = @from_id WHERE body_id = @into_id AND role = @role AND from_day = @from_day;
