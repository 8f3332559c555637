-- name: InsertRecord :execrows
INSERT INTO register_record (id, idempotency_key, programme_id, project_id, body_id, point_id, address_id, facilitator_id,
    booking_id, corrects, day, starts_at, minutes, types, areas, skills, domains, detail, outcome, autonomy,
    created_by, created_at, updated_at)
VALUES (@id, @idempotency_key, @programme_id, @project_id, @body_id, @point_id, @address_id, @facilitator_id,
    @booking_id, @corrects, @day, @starts_at, @minutes, @types, @areas, @skills, @domains, @detail, @outcome, @autonomy,
    @created_by, @now, @now)
ON CONFLICT (idempotency_key) DO NOTHING;

-- name: InsertAttendance :exec
INSERT INTO register_attendance (record_id, citizen_id, countable, age_band, gender, education, occupation, citizenship, province)
VALUES (@record_id, @citizen_id, CAST(@countable AS boolean), @age_band, @gender, @education, @occupation, @citizenship, @province);

-- name: RecordsByKeys :many
SELECT r.*
FROM register_record r
WHERE r.idempotency_key IN (SELECT value FROM json_each(CAST(@keys AS text)));

-- name: RecordByKey :many
SELECT r.* FROM register_record r WHERE r.idempotency_key = @idempotency_key;

-- name: RecordByID :one
SELECT r.* FROM register_record r WHERE r.id = @id;

-- name: CancelRecord :execrows
UPDATE register_record
SET state = 'cancelled', cancel_reason = @reason, updated_at = @now, version = version + 1
WHERE id = @id AND state = 'active' AND version = @version;

-- name: Attendances :many
SELECT a.record_id, a.citizen_id, a.countable, a.age_band, a.gender, a.education, a.occupation, a.citizenship, a.province,
       c.identified_by, c.tax_code_cipher, c.document_kind, c.name_cipher, c.surname_cipher, c.notice_given
FROM register_attendance a
JOIN register_citizen c ON c.id = a.citizen_id
WHERE a.record_id IN (SELECT value FROM json_each(CAST(@ids AS text)))
ORDER BY a.record_id, a.citizen_id;

-- name: Headcounts :many
SELECT a.record_id, count(*) AS people, count(*) FILTER (WHERE a.countable) AS countable,
       (SELECT count(*) FROM register_first f WHERE f.record_id = a.record_id) AS firsts
FROM register_attendance a
WHERE a.record_id IN (SELECT value FROM json_each(CAST(@ids AS text)))
GROUP BY a.record_id;

-- name: ListRecords :many
SELECT r.*
FROM register_record r
WHERE (CAST(@every_point AS boolean) OR r.point_id IN (SELECT value FROM json_each(CAST(@points AS text))))
  AND (CAST(@any_point AS boolean) OR r.point_id = @point_id)
  AND (CAST(@any_project AS boolean) OR r.project_id = @project_id)
  AND (CAST(@any_facilitator AS boolean) OR r.facilitator_id = @facilitator_id)
  AND r.day >= @from_day AND r.day <= @to_day
  AND (CAST(@with_cancelled AS boolean) OR r.state = 'active')
  AND (CAST(@any_after AS boolean) OR r.starts_at < @after_at OR (r.starts_at = @after_at AND r.id < @after_id))
ORDER BY r.day DESC, r.starts_at DESC, r.id DESC
LIMIT @max;

-- name: ListForExport :many
SELECT r.*
FROM register_record r
WHERE r.project_id = @project_id AND r.day >= @from_day AND r.day <= @to_day AND r.state = 'active'
  AND (CAST(@every_point AS boolean) OR r.point_id IN (SELECT value FROM json_each(CAST(@points AS text))))
ORDER BY r.day, r.starts_at, r.id;

-- name: Involved :many
SELECT DISTINCT r.point_id, r.facilitator_id
FROM register_record r
WHERE r.project_id = @project_id AND r.day >= @from_day AND r.day <= @to_day AND r.state = 'active'
ORDER BY r.point_id, r.facilitator_id;
