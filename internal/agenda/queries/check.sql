-- name: SlotsToCheck :many
SELECT s.* FROM agenda_slot s WHERE s.point_id = @point_id AND s.day >= @from_day AND s.starts_at > @after ORDER BY s.starts_at, s.id;

-- name: GivenToCheck :many
-- How many seats of each slot were ever booked, and how many are now.
SELECT b.slot_id, count(*) AS ever, CAST(sum(CASE WHEN b.state IN ('held', 'confirmed', 'attended', 'absent', 'served') THEN 1 ELSE 0 END) AS bigint) AS given
FROM agenda_booking b WHERE b.point_id = @point_id AND b.day >= @from_day GROUP BY b.slot_id;

-- name: CellsToCheck :many
SELECT c.facilitator_id, c.cell, c.slot_id, s.point_id, s.facilitator_id AS of_facilitator, s.starts_at, s.ends_at, s.busy_from, s.busy_to,
    (SELECT count(*) FROM agenda_booking b WHERE b.slot_id = s.id AND b.state IN ('held', 'confirmed', 'attended', 'absent', 'served')) AS given
FROM agenda_cell c JOIN agenda_slot s ON s.id = c.slot_id
WHERE c.cell >= @from_cell AND c.facilitator_id IN (SELECT value FROM json_each(CAST(@people AS text)))
ORDER BY c.facilitator_id, c.cell;

-- name: DeleteCell :exec
DELETE FROM agenda_cell WHERE facilitator_id = @facilitator_id AND cell = @cell;

-- name: PutFree :exec
UPDATE agenda_slot SET free = @free WHERE id = @id AND state = 'open';

-- name: InsertCheck :exec
INSERT INTO agenda_check (id, ran_at, until_day, points, slots, differences, examples)
VALUES (@id, @ran_at, @until_day, @points, @slots, @differences, @examples);

-- name: LastCheck :many
SELECT k.id, k.ran_at, k.until_day, k.points, k.slots, k.differences, k.examples FROM agenda_check k ORDER BY k.ran_at DESC, k.id DESC LIMIT 1;

-- name: DeleteChecks :exec
DELETE FROM agenda_check WHERE ran_at < @before;
