-- name: FreeAhead :many
SELECT s.id, s.point_id, s.address_id, s.facilitator_id, s.kind, CAST(coalesce(s.kind_id, '') AS text) AS kind_id, s.mode,
    s.starts_at, s.ends_at, s.free, s.kept, s.audience, s.closes_at
FROM agenda_slot s
WHERE s.state = 'open' AND s.free > 0 AND s.day >= @from_day AND s.day <= @to_day AND s.starts_at > @after
  AND s.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))
ORDER BY s.starts_at, s.id LIMIT @max;

-- name: AwaitedOfPerson :many
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.facilitator_id = @facilitator_id AND b.day = @day AND b.state = 'confirmed' AND b.starts_at > @after
ORDER BY b.starts_at, b.seat, b.id;

-- name: AwaitedAtPoints :many
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.point_id IN (SELECT value FROM json_each(CAST(@points AS text))) AND b.day = @day AND b.state = 'confirmed' AND b.starts_at > @after
ORDER BY b.starts_at, b.seat, b.id;

-- name: StrandedByID :many
-- Those whose own time is gone, or that of somebody who comes with them.
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.id IN (SELECT value FROM json_each(CAST(@ids AS text))) AND b.state = 'confirmed' AND b.starts_at > @after
  AND (s.state = 'withdrawn' OR b.party > 1 AND EXISTS (
    SELECT 1 FROM agenda_booking o JOIN agenda_slot t ON t.id = o.slot_id
    WHERE o.together_id = b.id AND o.state = 'confirmed' AND t.state = 'withdrawn'))
ORDER BY b.starts_at, b.id;

-- name: InsertClosing :exec
INSERT INTO agenda_closing (id, day, facilitator_id, created_at) VALUES (@id, @day, @facilitator_id, @created_at);

-- name: InsertClosingPoint :exec
INSERT INTO agenda_closing_point (closing_id, point_id) VALUES (@closing_id, @point_id);

-- name: InsertClosingBooking :exec
INSERT INTO agenda_closing_booking (closing_id, booking_id, was_point_id, was_starts_at, fate)
VALUES (@closing_id, @booking_id, @was_point_id, @was_starts_at, @fate);

-- name: ClosingByID :one
SELECT c.id, c.day, c.facilitator_id, c.created_at FROM agenda_closing c WHERE c.id = @id;

-- name: ClosingPoints :many
SELECT p.point_id FROM agenda_closing_point p WHERE p.closing_id = @closing_id ORDER BY p.point_id;

-- name: ClosingBookings :many
SELECT x.was_point_id, x.was_starts_at, x.fate, sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_closing_booking x JOIN agenda_booking b ON b.id = x.booking_id JOIN agenda_slot s ON s.id = b.slot_id
LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE x.closing_id = @closing_id
ORDER BY x.was_starts_at, x.booking_id;

-- name: ClosingsSince :many
SELECT c.id, c.day, c.facilitator_id, c.created_at FROM agenda_closing c
WHERE c.day >= @from_day AND (CAST(@all_visible AS boolean) OR EXISTS (SELECT 1 FROM agenda_closing_point p
    WHERE p.closing_id = c.id AND p.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))))
ORDER BY c.created_at DESC, c.id LIMIT @max;

-- name: BusyCells :many
SELECT s.point_id, count(*) AS n FROM agenda_slot s JOIN agenda_cell c ON c.slot_id = s.id
WHERE s.day >= @from_day AND s.day <= @to_day AND s.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))
GROUP BY s.point_id ORDER BY s.point_id;

-- name: SeatsGiven :many
SELECT b.point_id, count(*) AS n FROM agenda_booking b
WHERE b.day >= @from_day AND b.day <= @to_day AND b.state IN ('held', 'confirmed', 'attended', 'absent', 'served')
  AND b.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))
GROUP BY b.point_id ORDER BY b.point_id;

-- name: TwiceBooked :many
SELECT a.facilitator_id, a.day, a.id AS first_id, b.id AS second_id
FROM agenda_booking a JOIN agenda_booking b
  ON b.facilitator_id = a.facilitator_id AND b.day = a.day AND b.slot_id > a.slot_id AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at
WHERE a.day >= @from_day AND a.day <= @to_day
  AND a.state IN ('held', 'confirmed', 'attended', 'absent', 'served') AND b.state IN ('held', 'confirmed', 'attended', 'absent', 'served')
  AND a.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))
ORDER BY a.day, a.id LIMIT @max;
