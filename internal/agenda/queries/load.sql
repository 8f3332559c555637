-- name: LoadOfKind :many
SELECT s.point_id, s.day, CAST(count(*) AS bigint) AS times, CAST(sum(s.seats) AS bigint) AS seats, CAST(sum(s.free) AS bigint) AS free,
    CAST(sum(coalesce(t.taken, 0)) AS bigint) AS taken
FROM agenda_slot s LEFT JOIN (
    SELECT b.slot_id, count(*) AS taken FROM agenda_booking b
    WHERE b.day >= @from_day AND b.day <= @to_day AND b.state IN ('confirmed', 'attended', 'absent', 'served')
      AND b.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))
    GROUP BY b.slot_id) t ON t.slot_id = s.id
WHERE s.kind_id = @kind_id AND s.day >= @from_day AND s.day <= @to_day AND (s.state = 'open' OR t.taken > 0)
  AND s.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))
GROUP BY s.point_id, s.day ORDER BY s.day, s.point_id;

-- name: BookedSince :one
SELECT count(*) FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id
WHERE s.kind_id = @kind_id AND b.day >= @from_day AND b.day <= @to_day AND b.created_at >= @since AND b.state IN ('confirmed', 'attended', 'absent', 'served')
  AND b.point_id IN (SELECT value FROM json_each(CAST(@points AS text)));

-- name: LoadSlots :many
SELECT s.point_id, s.day, s.facilitator_id, s.starts_at, s.ends_at, s.seats, s.free, s.state,
    (SELECT count(*) FROM agenda_booking b WHERE b.slot_id = s.id AND b.state IN ('confirmed', 'attended', 'absent', 'served')) AS taken
FROM agenda_slot s
WHERE s.day >= @from_day AND s.day <= @to_day AND s.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))
ORDER BY s.point_id, s.day, s.facilitator_id, s.starts_at, s.ends_at;
