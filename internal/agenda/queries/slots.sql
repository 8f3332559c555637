-- name: FutureSlots :many
SELECT s.id, s.point_id, s.address_id, s.facilitator_id, s.kind, s.day, s.starts_at, s.ends_at, s.seats, s.free, s.state,
    (SELECT count(*) FROM agenda_booking b WHERE b.slot_id = s.id AND b.state IN ('held', 'confirmed', 'attended', 'absent', 'served')) AS taken,
    (SELECT count(*) FROM agenda_booking e WHERE e.slot_id = s.id) AS ever
FROM agenda_slot s
WHERE s.point_id = @point_id AND s.day >= @today AND s.starts_at > @after
ORDER BY s.starts_at, s.id;

-- name: InsertSlot :execrows
INSERT INTO agenda_slot (id, point_id, address_id, facilitator_id, kind, day, starts_at, ends_at, seats, free)
VALUES (@id, @point_id, @address_id, @facilitator_id, @kind, @day, @starts_at, @ends_at, @seats, @free)
ON CONFLICT DO NOTHING;

-- name: DeleteSlots :exec
DELETE FROM agenda_slot WHERE id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: WithdrawSlots :exec
UPDATE agenda_slot SET state = 'withdrawn', free = 0 WHERE id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: OfferSlot :execrows
UPDATE agenda_slot SET state = 'open', seats = @seats, free = @free
WHERE agenda_slot.id = @id AND NOT EXISTS (
    SELECT 1 FROM agenda_slot o
    WHERE o.facilitator_id = @facilitator_id AND o.starts_at = @starts_at AND o.state = 'open' AND o.id <> @id);

-- name: CellsOf :many
SELECT c.facilitator_id, c.cell, c.slot_id FROM agenda_cell c
WHERE c.facilitator_id IN (SELECT value FROM json_each(CAST(@ids AS text))) AND c.cell >= @from_cell;

-- name: CountCells :one
SELECT count(*) FROM agenda_cell c WHERE c.facilitator_id = @facilitator_id AND c.cell >= @from_cell AND c.cell < @to_cell;

-- name: InsertCells :execrows
INSERT INTO agenda_cell (facilitator_id, cell, slot_id)
SELECT CAST(@facilitator_id AS text), CAST(j.value AS bigint), CAST(@slot_id AS text) FROM json_each(CAST(@cells AS text)) j
WHERE CAST(j.value AS bigint) > 0
ON CONFLICT DO NOTHING;

-- name: DeleteCells :exec
DELETE FROM agenda_cell WHERE slot_id = @slot_id;

-- name: TakeSeat :one
UPDATE agenda_slot SET free = free - 1
WHERE id = @id AND free > 0 AND state = 'open'
RETURNING seats, free;

-- name: SetFree :exec
UPDATE agenda_slot SET free = @free WHERE id = @id AND state = 'open';

-- name: FreeSeat :exec
UPDATE agenda_slot SET free = free + 1 WHERE id = @id AND state = 'open' AND free < seats;

-- name: SlotByID :one
SELECT s.id, s.point_id, s.address_id, s.facilitator_id, s.kind, s.day, s.starts_at, s.ends_at, s.seats, s.free, s.state
FROM agenda_slot s WHERE s.id = @id;

-- name: Overlapping :many
SELECT s.id, s.starts_at, s.ends_at, s.seats, s.free FROM agenda_slot s
WHERE s.facilitator_id = @facilitator_id AND s.day = @day AND s.state = 'open' AND s.id <> @id AND s.starts_at < @ends_at AND s.ends_at > @starts_at;

-- name: Candidates :many
SELECT s.id, s.facilitator_id, s.address_id, s.day, s.starts_at, s.ends_at,
    (SELECT count(*) FROM agenda_booking d WHERE d.facilitator_id = s.facilitator_id AND d.day = s.day
        AND d.state IN ('held', 'confirmed', 'attended', 'absent', 'served')) AS day_load,
    (SELECT count(*) FROM agenda_booking w WHERE w.facilitator_id = s.facilitator_id AND w.day >= @week_from AND w.day <= @week_to
        AND w.state IN ('held', 'confirmed', 'attended', 'absent', 'served')) AS week_load
FROM agenda_slot s
WHERE s.point_id = @point_id AND s.starts_at = @starts_at AND s.free > 0 AND s.state = 'open' AND s.kind = @kind
  AND (CAST(@any_address AS boolean) OR s.address_id = @address_id)
  AND (CAST(@any_facilitator AS boolean) OR s.facilitator_id = @facilitator_id)
ORDER BY day_load, week_load, s.id;

-- name: Times :many
SELECT s.starts_at, s.ends_at, s.kind, s.address_id, CAST(sum(s.free) AS bigint) AS free FROM agenda_slot s
WHERE s.point_id = @point_id AND s.free > 0 AND s.starts_at > @after AND s.starts_at < @before
  AND (CAST(@any_kind AS boolean) OR s.kind = @kind)
GROUP BY s.starts_at, s.ends_at, s.kind, s.address_id
ORDER BY s.starts_at, s.kind, s.address_id
LIMIT @max;

-- name: TimesBefore :many
SELECT s.starts_at, s.ends_at, s.kind, s.address_id, CAST(sum(s.free) AS bigint) AS free FROM agenda_slot s
WHERE s.point_id = @point_id AND s.free > 0 AND s.starts_at > @after AND s.starts_at < @before AND s.kind = @kind
GROUP BY s.starts_at, s.ends_at, s.kind, s.address_id
ORDER BY s.starts_at DESC, s.kind, s.address_id
LIMIT @max;

-- name: FirstFree :many
SELECT CAST(p.value AS text) AS point_id,
    (SELECT s.starts_at FROM agenda_slot s WHERE s.point_id = p.value AND s.free > 0 AND s.starts_at > @after ORDER BY s.starts_at LIMIT 1) AS starts_at
FROM json_each(CAST(@points AS text)) p;

-- name: PointsWithSlots :many
SELECT DISTINCT s.point_id FROM agenda_slot s WHERE s.day >= @today ORDER BY s.point_id;

-- name: SlotsOfDay :many
SELECT s.id, s.point_id, s.address_id, s.facilitator_id, s.kind, s.day, s.starts_at, s.ends_at, s.seats, s.free, s.state FROM agenda_slot s
WHERE s.facilitator_id = @facilitator_id AND s.day >= @from_day AND s.day <= @to_day
ORDER BY s.starts_at, s.id;

-- name: SlotsOfPoint :many
SELECT s.id, s.point_id, s.address_id, s.facilitator_id, s.kind, s.day, s.starts_at, s.ends_at, s.seats, s.free, s.state FROM agenda_slot s
WHERE s.point_id = @point_id AND s.day = @day
ORDER BY s.starts_at, s.id;

-- name: BlockOverlapping :exec
UPDATE agenda_slot SET free = 0
WHERE facilitator_id = @facilitator_id AND day = @day AND state = 'open' AND free > 0 AND id <> @id AND starts_at < @ends_at AND ends_at > @starts_at;
