-- name: InsertEntry :execrows
INSERT INTO waiting_entry (id, code, request_key, booking_id, point_id, minutes, kind, kind_id, lasts, before_at, from_day, until_day, weekdays, part,
    topic, name, search, phone, email, on_behalf, language, channel, client_key, notice_version, created_by, asked_at)
VALUES (@id, @code, @request_key, @booking_id, @point_id, @minutes, @kind, @kind_id, @lasts, @before_at, @from_day, @until_day, @weekdays, @part,
    @topic, @name, @search, @phone, @email, @on_behalf, @language, @channel, @client_key, @notice_version, @created_by, @asked_at)
ON CONFLICT DO NOTHING;

-- name: EntryByID :one
SELECT sqlc.embed(e) FROM waiting_entry e WHERE e.id = @id;

-- name: EntryByCode :one
SELECT sqlc.embed(e) FROM waiting_entry e WHERE e.code = @code;

-- name: EntryByKey :one
SELECT sqlc.embed(e) FROM waiting_entry e WHERE e.request_key = @request_key;

-- name: EntryBySecret :one
SELECT sqlc.embed(e) FROM waiting_offer o JOIN waiting_entry e ON e.id = o.entry_id WHERE o.secret_hash = @secret_hash;

-- name: EntryOfBooking :one
SELECT sqlc.embed(e) FROM waiting_entry e WHERE e.booking_id = @booking_id AND e.state = 'waiting';

-- name: CountOfClient :one
SELECT count(*) FROM waiting_entry e
WHERE e.state = 'waiting' AND (e.client_key = @client_key AND e.client_key <> '' OR e.phone = @phone AND e.phone <> '' OR e.email = @email AND e.email <> '');

-- name: CountBefore :one
SELECT count(*) FROM waiting_place p JOIN waiting_entry e ON e.id = p.entry_id
WHERE p.point_id = @point_id AND e.state = 'waiting' AND (e.asked_at < @asked_at OR e.asked_at = @asked_at AND e.id < @id);

-- name: PutPlace :exec
INSERT INTO waiting_place (entry_id, point_id, minutes) VALUES (@entry_id, @point_id, @minutes)
ON CONFLICT (entry_id, point_id) DO UPDATE SET minutes = excluded.minutes;

-- name: DeletePlaces :exec
DELETE FROM waiting_place WHERE entry_id = @entry_id;

-- name: PlacesOf :many
SELECT p.point_id, p.minutes FROM waiting_place p WHERE p.entry_id = @entry_id ORDER BY p.minutes, p.point_id;

-- name: AnyoneAt :one
SELECT count(*) FROM (
    SELECT 1 AS one FROM waiting_place p JOIN waiting_entry e ON e.id = p.entry_id
    WHERE p.point_id = @point_id AND e.state = 'waiting' LIMIT 1) anyone;

-- name: PointsWanted :many
SELECT DISTINCT p.point_id FROM waiting_place p JOIN waiting_entry e ON e.id = p.entry_id
WHERE e.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM waiting_offer o WHERE o.entry_id = e.id AND o.state = 'open')
ORDER BY p.point_id;

-- name: QueueAt :many
SELECT sqlc.embed(e) FROM waiting_place p JOIN waiting_entry e ON e.id = p.entry_id
WHERE p.point_id = @point_id AND e.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM waiting_offer o WHERE o.entry_id = e.id AND o.state = 'open')
ORDER BY e.asked_at, e.id LIMIT @max;

-- name: TriedAt :many
SELECT o.entry_id, o.starts_at FROM waiting_offer o JOIN waiting_entry e ON e.id = o.entry_id
WHERE o.point_id = @point_id AND o.starts_at > @after AND e.state = 'waiting';

-- name: InsertOffer :execrows
INSERT INTO waiting_offer (id, entry_id, secret_hash, held_id, sealed, point_id, address_id, starts_at, ends_at, made_at, until_at)
VALUES (@id, @entry_id, @secret_hash, @held_id, @sealed, @point_id, @address_id, @starts_at, @ends_at, @made_at, @until_at)
ON CONFLICT DO NOTHING;

-- name: SettleOffer :execrows
UPDATE waiting_offer SET state = @state, sealed = NULL, answered_at = @answered_at, answered_by = @answered_by
WHERE id = @id AND state = 'open';

-- name: OffersOf :many
SELECT sqlc.embed(o) FROM waiting_offer o WHERE o.entry_id = @entry_id
ORDER BY CASE WHEN o.state = 'open' THEN 0 ELSE 1 END, o.made_at DESC, o.id DESC LIMIT @max;

-- name: OpenOffers :many
SELECT sqlc.embed(o) FROM waiting_offer o
WHERE o.state = 'open' AND o.entry_id IN (SELECT value FROM json_each(CAST(@entries AS text)));

-- name: DueOffers :many
SELECT sqlc.embed(o) FROM waiting_offer o WHERE o.state = 'open' AND o.until_at < @now ORDER BY o.until_at LIMIT @max;

-- name: DueEntries :many
SELECT sqlc.embed(e) FROM waiting_entry e
WHERE e.state = 'waiting' AND (e.until_day < @today OR e.before_at <= @now)
ORDER BY e.asked_at, e.id LIMIT @max;

-- name: EndEntry :execrows
UPDATE waiting_entry SET state = @state, ended_at = @ended_at, version = version + 1
WHERE id = @id AND state = 'waiting';

-- name: SetBooking :exec
UPDATE waiting_entry SET booking_id = @booking_id WHERE id = @id;

-- name: SetMissed :exec
UPDATE waiting_entry SET missed = @missed, version = version + 1 WHERE id = @id;

-- name: SetBefore :exec
UPDATE waiting_entry SET before_at = @before_at, version = version + 1 WHERE id = @id;

-- name: ListEntries :many
SELECT sqlc.embed(e) FROM waiting_entry e
WHERE (CAST(@any_state AS boolean) OR e.state = @state)
  AND (CAST(@any_point AS boolean) OR e.point_id = @point_id)
  AND (CAST(@any_name AS boolean) OR e.search LIKE @pattern OR e.phone = @phone OR e.code = @code)
  AND (NOT CAST(@only_offered AS boolean) OR EXISTS (SELECT 1 FROM waiting_offer o WHERE o.entry_id = e.id AND o.state = 'open'))
  AND (CAST(@all_visible AS boolean) OR e.point_id IN (SELECT value FROM json_each(CAST(@points AS text))))
ORDER BY e.ended_at IS NOT NULL, e.asked_at, e.id LIMIT @max OFFSET @skip;

-- name: CountEntries :one
SELECT count(*) FROM waiting_entry e
WHERE (CAST(@any_state AS boolean) OR e.state = @state)
  AND (CAST(@any_point AS boolean) OR e.point_id = @point_id)
  AND (CAST(@any_name AS boolean) OR e.search LIKE @pattern OR e.phone = @phone OR e.code = @code)
  AND (NOT CAST(@only_offered AS boolean) OR EXISTS (SELECT 1 FROM waiting_offer o WHERE o.entry_id = e.id AND o.state = 'open'))
  AND (CAST(@all_visible AS boolean) OR e.point_id IN (SELECT value FROM json_each(CAST(@points AS text))));

-- name: WaitingAfter :many
SELECT e.id, e.point_id, e.minutes FROM waiting_entry e WHERE e.state = 'waiting' AND e.id > @after_id ORDER BY e.id LIMIT @max;

-- name: ToForget :many
SELECT e.id FROM waiting_entry e WHERE e.ended_at < @before AND e.forgotten_on IS NULL ORDER BY e.ended_at LIMIT @max;

-- name: Forget :execrows
UPDATE waiting_entry SET name = '', search = '', phone = '', email = '', on_behalf = '', client_key = '', request_key = NULL, forgotten_on = @today
WHERE id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: Setting :many
SELECT s.answer_minutes, s.missed_at_most FROM waiting_setting s WHERE s.id = 1;

-- name: PutSetting :exec
INSERT INTO waiting_setting (id, answer_minutes, missed_at_most) VALUES (1, @answer_minutes, @missed_at_most)
ON CONFLICT (id) DO UPDATE SET answer_minutes = excluded.answer_minutes, missed_at_most = excluded.missed_at_most;
