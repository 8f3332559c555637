-- name: Companions :many
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.together_id = @together_id AND b.state IN ('held', 'confirmed', 'attended', 'absent', 'served')
ORDER BY b.starts_at, b.seat, b.id;

-- name: UntilTogether :one
SELECT b.ends_at FROM agenda_booking b
WHERE b.together_id = @together_id AND b.state NOT IN ('cancelled', 'expired')
ORDER BY b.ends_at DESC LIMIT 1;

-- name: SlotAfter :many
-- The slot of the same person and kind that begins where another ends, or where their pauses meet.
SELECT s.id, s.day, s.starts_at, s.ends_at, s.busy_from, s.busy_to FROM agenda_slot s
WHERE s.facilitator_id = @facilitator_id AND s.day = @day AND s.point_id = @point_id AND s.address_id = @address_id AND s.state = 'open'
  AND s.kind = @kind AND coalesce(s.kind_id, '') = CAST(@kind_id AS text) AND s.starts_at >= @ends_at AND s.busy_from <= @busy_to
ORDER BY s.starts_at LIMIT 1;

-- name: FreeSlots :many
-- The free times of a point one by one, each with its person: to see which ones follow each other.
SELECT s.facilitator_id, s.address_id, CAST(coalesce(s.kind_id, '') AS text) AS kind_id, s.kind, s.mode, s.starts_at, s.ends_at, s.busy_from, s.busy_to,
    s.free - CASE WHEN CAST(@staff AS boolean) THEN 0 ELSE s.kept END AS free
FROM agenda_slot s
WHERE s.point_id = @point_id AND s.day >= @from_day AND s.day <= @to_day AND s.state = 'open' AND s.free > 0 AND s.starts_at > @after
  AND (CAST(@staff AS boolean) OR (s.free > s.kept AND s.closes_at > @now AND (s.audience = 'everyone' OR s.audience = @audience)))
ORDER BY s.starts_at, s.id LIMIT @max;

-- name: SetParty :exec
UPDATE agenda_booking SET party = @party, updated_at = @updated_at, version = version + 1 WHERE id = @id;

-- name: HoldTogether :exec
UPDATE agenda_booking SET held_until = @held_until, updated_at = @updated_at WHERE together_id = @together_id AND state = 'held';

-- name: DetailsTogether :exec
UPDATE agenda_booking
SET topic = @topic, reason = @reason, needs = @needs, language = @language, contact_id = @contact_id, updated_at = @updated_at, version = version + 1
WHERE together_id = @together_id AND state = 'held';

-- name: ConfirmTogether :exec
UPDATE agenda_booking
SET state = 'confirmed', held_until = NULL, client_key = '', notice_version = @notice_version, updated_at = @updated_at, version = version + 1
WHERE together_id = @together_id AND state = 'held';

-- name: EndHolds :exec
-- A hold whose seats somebody takes over, with those of who comes together.
UPDATE agenda_booking SET state = 'expired', held_until = NULL, client_key = '', updated_at = @updated_at, version = version + 1
WHERE (id = @id OR together_id = @id) AND state = 'held';
