-- A place is the id of a point and the id of one of its addresses, 36 characters each. Who is not staff sees no time
-- that is kept back, closed or for others.

-- name: FirstPublic :many
SELECT CAST(p.value AS text) AS place, (
    SELECT x.starts_at FROM agenda_slot x
    WHERE x.point_id = substr(p.value, 1, 36) AND x.address_id = substr(p.value, 37) AND x.free > x.kept AND x.audience = 'everyone'
      AND x.starts_at > @after AND x.starts_at < @before AND x.closes_at > @now
      AND (CAST(@any_shape AS boolean) OR x.kind = @shape) AND (CAST(@any_mode AS boolean) OR x.mode = @mode)
      AND (CAST(@any_kind AS boolean) OR coalesce(x.kind_id, '') = CAST(@kind_id AS text))
      AND (CAST(@any_topic AS boolean) OR x.kind_id IS NULL OR x.kind_id IN (SELECT value FROM json_each(CAST(@serving AS text))))
      AND (CAST(@anybody AS boolean) OR x.facilitator_id IN (SELECT value FROM json_each(CAST(@people AS text))))
    ORDER BY x.starts_at LIMIT 1) AS starts_at
FROM json_each(CAST(@places AS text)) p;

-- name: FirstOfParts :many
SELECT CAST(p.value AS text) AS place, (
    SELECT x.starts_at FROM agenda_slot x
    WHERE x.point_id = substr(p.value, 1, 36) AND x.address_id = substr(p.value, 37) AND x.free > 0 AND x.part = CAST(t.value AS bigint)
      AND (CAST(@staff AS boolean) OR (x.free > x.kept AND x.closes_at > @now AND (x.audience = 'everyone' OR x.audience = @audience)))
      AND x.starts_at > @after AND x.starts_at < @before
      AND (CAST(@any_shape AS boolean) OR x.kind = @shape) AND (CAST(@any_mode AS boolean) OR x.mode = @mode)
      AND (CAST(@any_kind AS boolean) OR coalesce(x.kind_id, '') = CAST(@kind_id AS text))
      AND (CAST(@any_topic AS boolean) OR x.kind_id IS NULL OR x.kind_id IN (SELECT value FROM json_each(CAST(@serving AS text))))
      AND (CAST(@anybody AS boolean) OR x.facilitator_id IN (SELECT value FROM json_each(CAST(@people AS text))))
    ORDER BY x.starts_at LIMIT 1) AS starts_at
FROM json_each(CAST(@places AS text)) p, json_each(CAST(@parts AS text)) t;

-- name: TimesOfPlace :many
SELECT x.starts_at, x.ends_at, x.kind, CAST(coalesce(x.kind_id, '') AS text) AS kind_id, x.mode, x.address_id,
    CAST(sum(x.free - CASE WHEN CAST(@staff AS boolean) THEN 0 ELSE x.kept END) AS bigint) AS free
FROM agenda_slot x
WHERE x.point_id = @point_id AND x.address_id = @address_id AND x.free > 0 AND x.part >= @from_part AND x.part <= @to_part
  AND (CAST(@staff AS boolean) OR (x.free > x.kept AND x.closes_at > @now AND (x.audience = 'everyone' OR x.audience = @audience)))
  AND x.starts_at > @after AND x.starts_at < @before
  AND (CAST(@any_shape AS boolean) OR x.kind = @shape) AND (CAST(@any_mode AS boolean) OR x.mode = @mode)
  AND (CAST(@any_kind AS boolean) OR coalesce(x.kind_id, '') = CAST(@kind_id AS text))
  AND (CAST(@any_topic AS boolean) OR x.kind_id IS NULL OR x.kind_id IN (SELECT value FROM json_each(CAST(@serving AS text))))
  AND (CAST(@anybody AS boolean) OR x.facilitator_id IN (SELECT value FROM json_each(CAST(@people AS text))))
GROUP BY x.starts_at, x.ends_at, x.kind, x.kind_id, x.mode, x.address_id
ORDER BY x.starts_at, x.kind, coalesce(x.kind_id, '')
LIMIT @max;

-- name: DaysWithTimes :many
SELECT x.day, count(DISTINCT x.starts_at) AS times, CAST(sum(x.free - CASE WHEN CAST(@staff AS boolean) THEN 0 ELSE x.kept END) AS bigint) AS free
FROM agenda_slot x
WHERE x.point_id = @point_id AND x.free > 0 AND x.day >= @from_day AND x.day <= @to_day AND x.starts_at > @now
  AND (CAST(@staff AS boolean) OR (x.free > x.kept AND x.closes_at > @now AND (x.audience = 'everyone' OR x.audience = @audience)))
  AND (CAST(@any_address AS boolean) OR x.address_id = @address_id)
  AND (CAST(@any_shape AS boolean) OR x.kind = @shape)
  AND (CAST(@any_kind AS boolean) OR coalesce(x.kind_id, '') = CAST(@kind_id AS text))
  AND (CAST(@any_facilitator AS boolean) OR x.facilitator_id = @facilitator_id)
GROUP BY x.day
ORDER BY x.day;
