-- name: InsertBooking :execrows
INSERT INTO agenda_booking (id, code, secret_hash, idempotency_key, slot_id, seat, point_id, facilitator_id, kind, day, starts_at, ends_at,
    topic, reason, needs, language, state, channel, contact_id, client_key, held_until, held_since, notice_version, created_by, together_id, party, created_at, updated_at)
VALUES (@id, @code, @secret_hash, @idempotency_key, @slot_id, @seat, @point_id, @facilitator_id, @kind, @day, @starts_at, @ends_at,
    @topic, @reason, @needs, @language, @state, @channel, @contact_id, @client_key, @held_until, @held_since, @notice_version, @created_by, @together_id, @party, @created_at, @updated_at)
ON CONFLICT DO NOTHING;

-- name: SeatsTaken :many
SELECT b.seat FROM agenda_booking b
WHERE b.slot_id = @slot_id AND b.state IN ('held', 'confirmed', 'attended', 'absent', 'served')
ORDER BY b.seat;

-- name: CountLiveHolds :one
SELECT count(*) FROM agenda_booking b WHERE b.client_key = @client_key AND b.state = 'held' AND b.held_until >= @now AND b.id <> @except_id;

-- name: StaleHolds :many
SELECT b.id FROM agenda_booking b WHERE b.state = 'held' AND b.held_until < @now ORDER BY b.held_until LIMIT @max;

-- name: StaleHoldsAround :many
SELECT b.id FROM agenda_booking b
WHERE b.state = 'held' AND b.held_until < @now AND b.starts_at < @before AND b.ends_at > @after
ORDER BY b.held_until LIMIT @max;

-- name: CodeExists :one
SELECT count(*) FROM agenda_booking b WHERE b.code = @code;

-- name: BookingByID :one
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.id = @id;

-- name: BookingByCode :one
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.code = @code;

-- name: BookingBySecret :one
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.secret_hash = @secret_hash;

-- name: BookingByKey :one
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.idempotency_key = @idempotency_key;

-- name: BookingsOfFacilitator :many
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.facilitator_id = @facilitator_id AND b.day >= @from_day AND b.day <= @to_day AND b.state IN ('held', 'confirmed', 'attended', 'absent', 'served')
ORDER BY b.starts_at, b.seat, b.id;

-- name: BookingsOfPoint :many
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.point_id = @point_id AND b.day >= @from_day AND b.day <= @to_day AND b.state IN ('held', 'confirmed', 'attended', 'absent', 'served')
ORDER BY b.starts_at, b.seat, b.id;

-- name: CancelledOfPoint :many
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.point_id = @point_id AND b.day = @day AND b.state = 'cancelled' AND b.cancelled_by = @cancelled_by
ORDER BY b.starts_at, b.seat, b.id;

-- name: StrandedBookings :many
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.day >= @from_day AND b.state = 'confirmed' AND s.state = 'withdrawn' AND b.starts_at > @after
  AND (CAST(@all_visible AS boolean) OR b.point_id IN (SELECT value FROM json_each(CAST(@points AS text))))
  AND (CAST(@any_point AS boolean) OR b.point_id = @point_id)
ORDER BY b.starts_at, b.id LIMIT @max;

-- name: FindByContact :many
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_contact c JOIN agenda_booking b ON b.contact_id = c.id JOIN agenda_slot s ON s.id = b.slot_id
WHERE (c.phone = @phone OR c.search LIKE @pattern) AND b.state IN ('confirmed', 'cancelled', 'attended', 'absent', 'served')
  AND (CAST(@all_visible AS boolean) OR b.point_id IN (SELECT value FROM json_each(CAST(@points AS text))))
ORDER BY b.starts_at DESC, b.id LIMIT @max;

-- name: CountWaiting :one
SELECT count(*) FROM agenda_booking b
WHERE b.state = 'confirmed' AND b.day >= @from_day AND b.day <= @to_day
  AND (CAST(@all_visible AS boolean) OR b.point_id IN (SELECT value FROM json_each(CAST(@points AS text))));

-- name: EndBooking :execrows
UPDATE agenda_booking
SET state = @state, cancelled_by = @cancelled_by, held_until = NULL, client_key = '', updated_at = @updated_at, version = version + 1
WHERE id = @id AND state IN ('held', 'confirmed', 'attended', 'absent', 'served');

-- name: SetState :execrows
UPDATE agenda_booking SET state = @state, updated_at = @updated_at, version = version + 1 WHERE id = @id AND state = @was;

-- name: SetHold :execrows
UPDATE agenda_booking SET held_until = @held_until, updated_at = @updated_at WHERE id = @id AND state = 'held';

-- name: SetDetails :exec
UPDATE agenda_booking
SET topic = @topic, reason = @reason, needs = @needs, language = @language, contact_id = @contact_id, updated_at = @updated_at, version = version + 1
WHERE id = @id;

-- name: ConfirmBooking :execrows
UPDATE agenda_booking
SET state = 'confirmed', held_until = NULL, client_key = '', notice_version = @notice_version, idempotency_key = @idempotency_key, updated_at = @updated_at, version = version + 1
WHERE id = @id AND state = 'held';

-- name: PlaceBooking :exec
UPDATE agenda_booking
SET slot_id = @slot_id, seat = @seat, point_id = @point_id, facilitator_id = @facilitator_id, kind = @kind, day = @day, starts_at = @starts_at, ends_at = @ends_at,
    state = @state, held_until = @held_until, held_since = @held_since, client_key = @client_key, updated_at = @updated_at, version = version + 1
WHERE id = @id;

-- name: InsertContact :exec
INSERT INTO agenda_contact (id, name, search, phone, email, on_behalf, relation, delete_after, created_at)
VALUES (@id, @name, @search, @phone, @email, @on_behalf, @relation, @delete_after, @created_at);

-- name: UpdateContact :exec
UPDATE agenda_contact SET name = @name, search = @search, phone = @phone, email = @email, on_behalf = @on_behalf, relation = @relation WHERE id = @id;

-- name: SetDeleteAfter :exec
UPDATE agenda_contact SET delete_after = @delete_after WHERE id = @id;

-- name: ContactsToDelete :many
-- A shorter life of contacts holds at once, a longer one for what is booked from then on: it was promised.
SELECT c.id FROM agenda_contact c
WHERE c.delete_after < @today
   OR EXISTS (SELECT 1 FROM agenda_booking b WHERE b.contact_id = c.id AND b.day < @before AND b.state NOT IN ('held', 'expired'))
ORDER BY c.delete_after LIMIT @max;

-- name: ForgetContacts :exec
UPDATE agenda_booking SET contact_id = NULL, reason = '', needs = '', client_key = ''
WHERE contact_id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: DeleteContacts :execrows
DELETE FROM agenda_contact WHERE id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: DeleteDrafts :execrows
DELETE FROM agenda_booking WHERE state = 'expired' AND contact_id IS NULL AND updated_at < @before;
