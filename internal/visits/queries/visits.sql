-- name: InsertRequest :execrows
INSERT INTO visits_request (id, code, request_key, reason, belfiore, point_id, minutes, place, weekdays, part, people, topic, need,
    name, search, phone, email, relation, on_behalf, language, channel, notice_version, created_by, asked_at, answer_by)
VALUES (@id, @code, @request_key, @reason, @belfiore, @point_id, @minutes, @place, @weekdays, @part, @people, @topic, @need,
    @name, @search, @phone, @email, @relation, @on_behalf, @language, @channel, @notice_version, @created_by, @asked_at, @answer_by)
ON CONFLICT DO NOTHING;

-- name: RequestByID :one
SELECT sqlc.embed(r) FROM visits_request r WHERE r.id = @id;

-- name: RequestByCode :one
SELECT sqlc.embed(r) FROM visits_request r WHERE r.code = @code;

-- name: RequestByKey :one
SELECT sqlc.embed(r) FROM visits_request r WHERE r.request_key = @request_key;

-- name: PutRequest :execrows
UPDATE visits_request SET state = @state, point_id = @point_id, minutes = @minutes, taken_at = @taken_at, taken_by = @taken_by,
    planned_at = @planned_at, planned_day = @planned_day, planned_from = @planned_from, planned_to = @planned_to,
    planned_place = @planned_place, facilitator_id = @facilitator_id, booking_id = @booking_id,
    ended_at = @ended_at, helped = @helped, refusal = @refusal, answer = @answer, version = version + 1
WHERE id = @id AND version = @version;

-- name: ListRequests :many
SELECT sqlc.embed(r) FROM visits_request r
WHERE r.state IN (SELECT value FROM json_each(CAST(@states AS text)))
  AND (CAST(@any_town AS boolean) OR r.belfiore IN (SELECT value FROM json_each(CAST(@towns AS text))))
  AND (CAST(@any_reason AS boolean) OR r.reason = @reason)
  AND (CAST(@any_name AS boolean) OR r.search LIKE @pattern OR r.phone = @phone OR r.code = @code)
  AND (NOT CAST(@only_late AS boolean) OR (r.state IN ('new', 'taken') AND r.answer_by < @today))
  AND (CAST(@all_visible AS boolean) OR r.point_id IN (SELECT value FROM json_each(CAST(@points AS text))))
ORDER BY r.ended_at IS NOT NULL, r.answer_by, r.asked_at, r.id
LIMIT @max OFFSET @skip;

-- name: CountRequests :one
SELECT count(*) FROM visits_request r
WHERE r.state IN (SELECT value FROM json_each(CAST(@states AS text)))
  AND (CAST(@any_town AS boolean) OR r.belfiore IN (SELECT value FROM json_each(CAST(@towns AS text))))
  AND (CAST(@any_reason AS boolean) OR r.reason = @reason)
  AND (CAST(@any_name AS boolean) OR r.search LIKE @pattern OR r.phone = @phone OR r.code = @code)
  AND (NOT CAST(@only_late AS boolean) OR (r.state IN ('new', 'taken') AND r.answer_by < @today))
  AND (CAST(@all_visible AS boolean) OR r.point_id IN (SELECT value FROM json_each(CAST(@points AS text))));

-- name: CountByTown :many
SELECT r.belfiore, r.state, r.refusal, count(*) AS n, sum(r.people) AS people,
       sum(CASE WHEN r.state IN ('new', 'taken') AND r.answer_by < @today THEN 1 ELSE 0 END) AS late
FROM visits_request r
WHERE r.asked_at >= @from_at AND r.asked_at < @to_at
  AND (CAST(@all_visible AS boolean) OR r.point_id IN (SELECT value FROM json_each(CAST(@points AS text))))
GROUP BY r.belfiore, r.state, r.refusal
ORDER BY r.belfiore, r.state, r.refusal;

-- name: MoveFacilitator :many
UPDATE visits_request SET facilitator_id = @kept
WHERE facilitator_id = @gone
RETURNING id;

-- name: MoveFacilitatorBack :exec
UPDATE visits_request SET facilitator_id = @gone
WHERE facilitator_id = @kept AND id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: ToForget :many
SELECT r.id FROM visits_request r WHERE r.ended_at < @before AND r.forgotten_on IS NULL ORDER BY r.ended_at LIMIT @max;

-- name: Forget :execrows
UPDATE visits_request SET name = '', search = '', phone = '', email = '', on_behalf = '', place = '', need = '', planned_place = '', answer = '',
    forgotten_on = @today, request_key = NULL
WHERE id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: Setting :many
SELECT s.answer_days FROM visits_setting s WHERE s.id = 1;

-- name: PutSetting :exec
INSERT INTO visits_setting (id, answer_days) VALUES (1, @answer_days)
ON CONFLICT (id) DO UPDATE SET answer_days = excluded.answer_days;

-- name: RequestByBooking :one
SELECT sqlc.embed(r) FROM visits_request r WHERE r.booking_id = @booking_id AND r.state = 'planned';
