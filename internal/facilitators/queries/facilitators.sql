-- name: InsertFacilitator :exec
INSERT INTO facilitators_facilitator (id, account_id, body_id, name, surname, search, tax_code_key, tax_code_cipher, email, phone, contract, state, from_day, to_day, created_at)
VALUES (@id, @account_id, @body_id, @name, @surname, @search, @tax_code_key, @tax_code_cipher, @email, @phone, @contract, @state, @from_day, @to_day, @created_at);

-- name: UpdateFacilitator :exec
UPDATE facilitators_facilitator
SET account_id = @account_id, body_id = @body_id, name = @name, surname = @surname, search = @search, email = @email, phone = @phone,
    contract = @contract, state = @state, from_day = @from_day, to_day = @to_day
WHERE id = @id;

-- name: UpdateTaxCode :exec
UPDATE facilitators_facilitator SET tax_code_key = @tax_code_key, tax_code_cipher = @tax_code_cipher WHERE id = @id;

-- name: Facilitators :many
SELECT f.id, f.account_id, f.body_id, f.name, f.surname, f.tax_code_key, f.tax_code_cipher, f.email, f.phone, f.contract, f.state, f.from_day, f.to_day, f.merged_into
FROM facilitators_facilitator f
WHERE f.id IN (SELECT value FROM json_each(CAST(@ids AS text)))
ORDER BY f.search, f.id;

-- name: FacilitatorOfAccount :one
SELECT f.id FROM facilitators_facilitator f WHERE f.account_id = @account_id;

-- name: WithoutAccount :many
SELECT f.id FROM facilitators_facilitator f
WHERE lower(f.email) = @email AND f.email <> '' AND f.account_id IS NULL AND f.merged_into IS NULL
  AND f.state <> 'left' AND (f.to_day IS NULL OR f.to_day >= @today)
ORDER BY f.search, f.id;

-- name: FacilitatorOfTaxCode :one
SELECT f.id FROM facilitators_facilitator f WHERE f.tax_code_key = @tax_code_key AND f.to_day IS NULL;

-- name: FacilitatorsOfBody :many
SELECT f.id, f.name, f.surname FROM facilitators_facilitator f WHERE f.body_id = @body_id AND f.to_day IS NULL ORDER BY f.search, f.id;

-- name: ListFacilitators :many
SELECT f.id FROM facilitators_facilitator f
WHERE (CAST(@all_visible AS boolean)
       OR f.body_id IN (SELECT value FROM json_each(CAST(@bodies AS text)))
       OR EXISTS (SELECT 1 FROM facilitators_point v WHERE v.facilitator_id = f.id AND v.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))))
  AND (CAST(@any_body AS boolean) OR f.body_id = @body_id)
  AND f.merged_into IS NULL
  AND (CAST(@any_state AS boolean) OR CASE WHEN f.to_day < @today THEN 'left' ELSE f.state END = CAST(@state AS text))
  AND (CAST(@any_language AS boolean) OR EXISTS (SELECT 1 FROM facilitators_tag l WHERE l.facilitator_id = f.id AND l.kind = 'language' AND l.value = @language))
  AND (CAST(@any_duty AS boolean) OR f.id IN (SELECT value FROM json_each(CAST(@on_duty AS text))))
  AND (CAST(@any_point AS boolean) OR EXISTS (SELECT 1 FROM facilitators_point p WHERE p.facilitator_id = f.id AND p.point_id = @point_id
       AND p.from_day <= @today AND (p.to_day IS NULL OR p.to_day >= @today)))
  AND f.search LIKE @pattern
ORDER BY f.search, f.id
LIMIT @max OFFSET @skip;

-- name: CountFacilitators :one
SELECT count(*) FROM facilitators_facilitator f
WHERE (CAST(@all_visible AS boolean)
       OR f.body_id IN (SELECT value FROM json_each(CAST(@bodies AS text)))
       OR EXISTS (SELECT 1 FROM facilitators_point v WHERE v.facilitator_id = f.id AND v.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))))
  AND (CAST(@any_body AS boolean) OR f.body_id = @body_id)
  AND f.merged_into IS NULL
  AND (CAST(@any_state AS boolean) OR CASE WHEN f.to_day < @today THEN 'left' ELSE f.state END = CAST(@state AS text))
  AND (CAST(@any_language AS boolean) OR EXISTS (SELECT 1 FROM facilitators_tag l WHERE l.facilitator_id = f.id AND l.kind = 'language' AND l.value = @language))
  AND (CAST(@any_duty AS boolean) OR f.id IN (SELECT value FROM json_each(CAST(@on_duty AS text))))
  AND (CAST(@any_point AS boolean) OR EXISTS (SELECT 1 FROM facilitators_point p WHERE p.facilitator_id = f.id AND p.point_id = @point_id
       AND p.from_day <= @today AND (p.to_day IS NULL OR p.to_day >= @today)))
  AND f.search LIKE @pattern;

-- name: CountActive :one
SELECT count(*) FROM facilitators_facilitator f
WHERE f.state = 'active' AND f.from_day <= @today AND (f.to_day IS NULL OR f.to_day >= @today);

-- name: Tags :many
SELECT t.facilitator_id, t.kind, t.value FROM facilitators_tag t
WHERE t.facilitator_id IN (SELECT value FROM json_each(CAST(@ids AS text)))
ORDER BY t.facilitator_id, t.kind, t.value;

-- name: DeleteTags :exec
DELETE FROM facilitators_tag WHERE facilitator_id = @facilitator_id;

-- name: InsertTag :exec
INSERT INTO facilitators_tag (facilitator_id, kind, value) VALUES (@facilitator_id, @kind, @value) ON CONFLICT DO NOTHING;

-- name: UnlinkAccount :exec
UPDATE facilitators_facilitator SET account_id = NULL WHERE account_id = CAST(@account_id AS text);

-- name: LinkAccount :exec
UPDATE facilitators_facilitator SET account_id = CAST(@account_id AS text) WHERE id = @id;
