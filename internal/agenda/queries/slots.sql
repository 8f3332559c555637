-- name: FutureSlots :many
SELECT sqlc.embed(s),
    (SELECT count(*) FROM agenda_booking b WHERE b.slot_id = s.id AND b.state IN ('held', 'confirmed', 'attended', 'absent', 'served')) AS taken,
    (SELECT count(*) FROM agenda_booking e WHERE e.slot_id = s.id) AS ever
FROM agenda_slot s
WHERE s.point_id = @point_id AND s.day >= @today AND s.starts_at > @after
ORDER BY s.starts_at, s.id;

-- name: InsertSlot :execrows
INSERT INTO agenda_slot (id, point_id, address_id, facilitator_id, kind, day, starts_at, ends_at, seats, free,
    kind_id, mode, kept, audience, closes_at, busy_from, busy_to, part)
VALUES (@id, @point_id, @address_id, @facilitator_id, @kind, @day, @starts_at, @ends_at, @seats, @free,
    @kind_id, @mode, @kept, @audience, @closes_at, @busy_from, @busy_to, @part)
ON CONFLICT DO NOTHING;

-- name: DeleteSlots :exec
DELETE FROM agenda_slot WHERE id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: WithdrawSlots :exec
UPDATE agenda_slot SET state = 'withdrawn', free = 0 WHERE id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: OfferSlot :execrows
UPDATE agenda_slot SET state = 'open', seats = @seats, free = @free, beyond = @beyond, mode = @mode, kept = @kept, audience = @audience,
    closes_at = @closes_at, busy_from = @busy_from, busy_to = @busy_to
WHERE agenda_slot.id = @id AND NOT EXISTS (
    SELECT 1 FROM agenda_slot o
    WHERE o.facilitator_id = @facilitator_id AND o.starts_at = @starts_at AND o.state = 'open' AND o.id <> @id
      AND coalesce(o.kind_id, '') = coalesce(agenda_slot.kind_id, ''));

-- name: CellsOf :many
SELECT c.facilitator_id, c.cell, c.slot_id FROM agenda_cell c
WHERE c.facilitator_id IN (SELECT value FROM json_each(CAST(@ids AS text))) AND c.cell >= @from_cell;

-- name: CellsBetween :many
SELECT c.cell, c.slot_id FROM agenda_cell c
WHERE c.facilitator_id = @facilitator_id AND c.cell >= @from_cell AND c.cell < @to_cell;

-- name: InsertCells :execrows
INSERT INTO agenda_cell (facilitator_id, cell, slot_id)
SELECT CAST(@facilitator_id AS text), CAST(j.value AS bigint), CAST(@slot_id AS text) FROM json_each(CAST(@cells AS text)) j
WHERE CAST(j.value AS bigint) > 0
ON CONFLICT DO NOTHING;

-- name: DeleteCells :many
DELETE FROM agenda_cell WHERE slot_id = @slot_id RETURNING cell;

-- name: TakeSeat :one
-- Asked again here what Candidates asked: between the two somebody may have taken the last seat, or changed the rules.
UPDATE agenda_slot SET free = free - 1
WHERE id = @id AND state = 'open' AND free > 0
  AND (CAST(@staff AS boolean) OR (free > kept AND closes_at > @now AND (audience = 'everyone' OR audience = @audience)))
RETURNING seats, free;

-- name: SetFree :exec
UPDATE agenda_slot SET free = @free WHERE id = @id AND state = 'open';

-- name: FreeSeat :exec
-- A seat that the rule no longer has is gone when it is given up.
UPDATE agenda_slot SET free = CASE WHEN beyond > 0 THEN free ELSE free + 1 END,
    seats = CASE WHEN beyond > 0 THEN seats - 1 ELSE seats END, beyond = CASE WHEN beyond > 0 THEN beyond - 1 ELSE 0 END
WHERE id = @id AND state = 'open' AND free < seats;

-- name: SlotByID :one
SELECT s.*
FROM agenda_slot s WHERE s.id = @id;

-- name: Overlapping :many
SELECT s.id, s.free, s.busy_from, s.busy_to FROM agenda_slot s
WHERE s.facilitator_id = @facilitator_id AND s.day >= @from_day AND s.day <= @to_day AND s.state = 'open' AND s.id <> @id
  AND s.busy_from < @busy_to AND s.busy_to > @busy_from;

-- name: NoSeats :exec
UPDATE agenda_slot SET free = 0 WHERE id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: SeatsAgain :exec
UPDATE agenda_slot SET free = seats WHERE state = 'open' AND id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: Candidates :many
SELECT s.id, s.facilitator_id, s.address_id, CAST(coalesce(s.kind_id, '') AS text) AS kind_id, s.day, s.starts_at, s.ends_at, s.busy_from, s.busy_to
FROM agenda_slot s
WHERE s.point_id = @point_id AND s.starts_at = @starts_at AND s.free > s.kept AND s.audience = 'everyone' AND s.closes_at > @now AND s.state = 'open' AND s.kind = @kind
  AND (CAST(@any_kind_id AS boolean) OR coalesce(s.kind_id, '') = CAST(@kind_id AS text))
  AND (CAST(@any_address AS boolean) OR s.address_id = @address_id)
  AND (CAST(@any_facilitator AS boolean) OR s.facilitator_id = @facilitator_id)
ORDER BY s.id;

-- name: CandidatesInside :many
-- Of the day, because the index of free times knows only those of citizens.
SELECT s.id, s.facilitator_id, s.address_id, CAST(coalesce(s.kind_id, '') AS text) AS kind_id, s.day, s.starts_at, s.ends_at, s.busy_from, s.busy_to
FROM agenda_slot s
WHERE s.point_id = @point_id AND s.starts_at = @starts_at AND s.day = @on_day AND s.free > 0
  AND (CAST(@staff AS boolean) OR (s.free > s.kept AND s.closes_at > @now AND s.audience <> 'staff')) AND s.state = 'open' AND s.kind = @kind
  AND (CAST(@any_kind_id AS boolean) OR coalesce(s.kind_id, '') = CAST(@kind_id AS text))
  AND (CAST(@any_address AS boolean) OR s.address_id = @address_id)
  AND (CAST(@any_facilitator AS boolean) OR s.facilitator_id = @facilitator_id)
ORDER BY s.id;

-- name: Loads :many
SELECT b.facilitator_id, CAST(sum(CASE WHEN b.day = @on_day THEN 1 ELSE 0 END) AS bigint) AS on_day, count(*) AS in_week
FROM agenda_booking b
WHERE b.facilitator_id IN (SELECT value FROM json_each(CAST(@facilitators AS text))) AND b.day >= @week_from AND b.day <= @week_to
  AND b.state IN ('held', 'confirmed', 'attended', 'absent', 'served')
GROUP BY b.facilitator_id;

-- name: Times :many
SELECT s.starts_at, s.ends_at, s.kind, CAST(coalesce(s.kind_id, '') AS text) AS kind_id, s.mode, s.address_id, CAST(sum(s.free - s.kept) AS bigint) AS free
FROM agenda_slot s
WHERE s.point_id = @point_id AND s.free > s.kept AND s.audience = 'everyone' AND s.closes_at > @now
  AND s.starts_at > @after AND s.starts_at < @before AND (CAST(@any_kind AS boolean) OR s.kind = @kind)
  AND (CAST(@any_kind_id AS boolean) OR coalesce(s.kind_id, '') = CAST(@kind_id AS text))
GROUP BY s.starts_at, s.ends_at, s.kind, s.kind_id, s.mode, s.address_id
ORDER BY s.starts_at, s.kind, s.kind_id, s.address_id
LIMIT @max;

-- name: TimesInside :many
SELECT s.starts_at, s.ends_at, s.kind, CAST(coalesce(s.kind_id, '') AS text) AS kind_id, s.mode, s.address_id,
    CAST(sum(s.free - CASE WHEN CAST(@staff AS boolean) THEN 0 ELSE s.kept END) AS bigint) AS free
FROM agenda_slot s
WHERE s.point_id = @point_id AND s.day >= @from_day AND s.day <= @to_day AND s.state = 'open' AND s.free > 0
  AND (CAST(@staff AS boolean) OR (s.free > s.kept AND s.closes_at > @now AND s.audience <> 'staff'))
  AND s.starts_at > @after AND (CAST(@any_kind AS boolean) OR s.kind = @kind)
  AND (CAST(@any_kind_id AS boolean) OR coalesce(s.kind_id, '') = CAST(@kind_id AS text))
GROUP BY s.starts_at, s.ends_at, s.kind, s.kind_id, s.mode, s.address_id
ORDER BY s.starts_at, s.kind, s.kind_id, s.address_id
LIMIT @max;

-- name: TimesBefore :many
SELECT s.starts_at, s.ends_at, s.kind, CAST(coalesce(s.kind_id, '') AS text) AS kind_id, s.mode, s.address_id, CAST(sum(s.free - s.kept) AS bigint) AS free
FROM agenda_slot s
WHERE s.point_id = @point_id AND s.free > s.kept AND s.audience = 'everyone' AND s.closes_at > @now
  AND s.starts_at > @after AND s.starts_at < @before AND (CAST(@any_kind AS boolean) OR s.kind = @kind)
  AND (CAST(@any_kind_id AS boolean) OR coalesce(s.kind_id, '') = CAST(@kind_id AS text))
GROUP BY s.starts_at, s.ends_at, s.kind, s.kind_id, s.mode, s.address_id
ORDER BY s.starts_at DESC, s.kind, s.kind_id, s.address_id
LIMIT @max;

-- name: PointsWithSlots :many
SELECT DISTINCT s.point_id FROM agenda_slot s WHERE s.day >= @today ORDER BY s.point_id;

-- name: PointsWithKind :many
SELECT DISTINCT s.point_id FROM agenda_slot s WHERE s.kind_id = @kind_id AND s.day >= @today ORDER BY s.point_id;

-- name: SlotsOfDay :many
SELECT s.* FROM agenda_slot s
WHERE s.facilitator_id = @facilitator_id AND s.day >= @from_day AND s.day <= @to_day
ORDER BY s.starts_at, s.id;

-- name: SlotsOfPoint :many
SELECT s.* FROM agenda_slot s
WHERE s.point_id = @point_id AND s.day = @day
ORDER BY s.starts_at, s.id;

-- name: BlockOverlapping :exec
-- Not those with bookings: their pauses may lie over a time that was promised before the pauses came.
UPDATE agenda_slot SET free = 0
WHERE facilitator_id = @facilitator_id AND day >= @from_day AND day <= @to_day AND state = 'open' AND free = seats AND id <> @id
  AND busy_from < @busy_to AND busy_to > @busy_from;
