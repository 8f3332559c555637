-- name: CitizensByKeys :many
SELECT c.id, c.tax_code_key, c.gender, c.education, c.occupation, c.citizenship, c.province,
       CAST(c.name_cipher IS NOT NULL AS boolean) AS has_name, c.updated_at
FROM register_citizen c
WHERE c.tax_code_key IN (SELECT value FROM json_each(CAST(@keys AS text)));

-- name: CitizenByKey :many
-- One key at a time reads one index entry. A list may be answered, on PostgreSQL, by reading the whole
-- table, which makes every writer a rival of every other.
SELECT c.id, c.tax_code_key, c.gender, c.education, c.occupation, c.citizenship, c.province,
       CAST(c.name_cipher IS NOT NULL AS boolean) AS has_name, c.updated_at
FROM register_citizen c
WHERE c.tax_code_key = @tax_code_key;

-- name: CitizensOfRecord :many
SELECT c.id, c.identified_by, c.tax_code_key, c.gender, c.education, c.occupation, c.citizenship, c.province,
       c.tax_code_cipher, CAST(c.name_cipher IS NOT NULL AS boolean) AS has_name
FROM register_citizen c
JOIN register_attendance a ON a.citizen_id = c.id
WHERE a.record_id = @record_id;

-- name: InsertCitizen :execrows
INSERT INTO register_citizen (id, identified_by, tax_code_key, tax_code_cipher, document_kind, document_cipher,
    name_cipher, surname_cipher, gender, education, occupation, citizenship, province,
    notice_version, notice_given, created_at, updated_at)
VALUES (@id, @identified_by, @tax_code_key, @tax_code_cipher, @document_kind, @document_cipher,
    @name_cipher, @surname_cipher, @gender, @education, @occupation, @citizenship, @province,
    @notice_version, @notice_given, @now, @now)
ON CONFLICT (tax_code_key) DO NOTHING;

-- name: UpdateCitizen :exec
UPDATE register_citizen
SET education = @education, occupation = @occupation, citizenship = @citizenship, province = @province, updated_at = @now
WHERE id = @id;

-- name: UpdateCitizenName :exec
UPDATE register_citizen SET name_cipher = @name_cipher, surname_cipher = @surname_cipher, updated_at = @now WHERE id = @id;

-- name: LastSeen :one
SELECT r.day
FROM register_record r
JOIN register_attendance a ON a.record_id = r.id
WHERE a.citizen_id = @citizen_id AND r.state = 'active'
ORDER BY r.day DESC LIMIT 1;

-- name: CitizensToForget :many
-- Those with a name who have been served last before a day, and whose row has not changed since.
SELECT c.id FROM register_citizen c
WHERE c.id > @after AND c.name_cipher IS NOT NULL AND c.updated_at < @changed_before
  AND NOT EXISTS (SELECT 1 FROM register_attendance a JOIN register_record r ON r.id = a.record_id
                  WHERE a.citizen_id = c.id AND r.day >= @day)
ORDER BY c.id LIMIT @max;

-- name: ForgetNames :execrows
UPDATE register_citizen SET name_cipher = NULL, surname_cipher = NULL
WHERE id IN (SELECT value FROM json_each(CAST(@ids AS text)));
