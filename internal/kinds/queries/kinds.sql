-- name: InsertKind :exec
INSERT INTO kinds_kind (id, body_id, point_id, name, name_en, mode, minutes, before_minutes, after_minutes, seats, kept,
    notice_minutes, horizon_days, audience, bring, bring_en, from_day, to_day, created_at)
VALUES (@id, @body_id, @point_id, @name, @name_en, @mode, @minutes, @before_minutes, @after_minutes, @seats, @kept,
    @notice_minutes, @horizon_days, @audience, @bring, @bring_en, @from_day, @to_day, @created_at);

-- name: UpdateKind :execrows
UPDATE kinds_kind SET name = @name, name_en = @name_en, mode = @mode, minutes = @minutes, before_minutes = @before_minutes,
    after_minutes = @after_minutes, seats = @seats, kept = @kept, notice_minutes = @notice_minutes, horizon_days = @horizon_days,
    audience = @audience, bring = @bring, bring_en = @bring_en, from_day = @from_day, to_day = @to_day, version = version + 1
WHERE id = @id AND version = @version;

-- name: EndKind :exec
UPDATE kinds_kind SET to_day = @to_day, version = version + 1 WHERE id = @id;

-- name: InsertTag :exec
INSERT INTO kinds_tag (kind_id, tag, value) VALUES (@kind_id, @tag, @value);

-- name: DeleteTags :exec
DELETE FROM kinds_tag WHERE kind_id = @kind_id;

-- name: KindsByIDs :many
SELECT sqlc.embed(k) FROM kinds_kind k WHERE k.id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: AllKinds :many
SELECT sqlc.embed(k) FROM kinds_kind k ORDER BY k.name, k.id;

-- name: KindsAt :many
SELECT sqlc.embed(k) FROM kinds_kind k
WHERE (k.to_day IS NULL OR k.to_day >= @on_day)
  AND ((k.body_id IS NULL AND k.point_id IS NULL) OR k.body_id = @body_id OR k.point_id = @point_id)
ORDER BY k.name, k.id;

-- name: TagsOf :many
SELECT t.kind_id, t.tag, t.value FROM kinds_tag t
WHERE t.kind_id IN (SELECT value FROM json_each(CAST(@ids AS text)))
ORDER BY t.kind_id, t.tag, t.value;

-- name: MoveKinds :many
UPDATE kinds_kind SET body_id = CAST(@into_id AS text) WHERE body_id = CAST(@from_id AS text) RETURNING id;

-- name: MoveKindsBack :many
UPDATE kinds_kind SET body_id = CAST(@from_id AS text)
WHERE body_id = CAST(@into_id AS text) AND id IN (SELECT value FROM json_each(CAST(@ids AS text)))
RETURNING id;
