-- name: InsertBody :exec
INSERT INTO orgs_body (id, name, short_name, search, kind, ipa_code, tax_code, belfiore, email, pec, phone, created_at)
VALUES (@id, @name, @short_name, @search, @kind, @ipa_code, @tax_code, @belfiore, @email, @pec, @phone, @created_at);

-- name: UpdateBody :execrows
UPDATE orgs_body SET name = @name, short_name = @short_name, search = @search, kind = @kind, ipa_code = @ipa_code,
    tax_code = @tax_code, belfiore = @belfiore, email = @email, pec = @pec, phone = @phone, version = version + 1
WHERE id = @id;

-- name: EndBody :execrows
UPDATE orgs_body SET ended_on = @ended_on WHERE id = @id AND ended_on IS NULL;

-- name: ReopenBody :execrows
UPDATE orgs_body SET ended_on = NULL WHERE id = @id AND ended_on IS NOT NULL;

-- name: BodiesByIDs :many
SELECT b.id, b.name, b.short_name, b.kind, b.ipa_code, b.tax_code, b.belfiore, b.email, b.pec, b.phone, b.ended_on, b.version, m.into_id
FROM orgs_body b LEFT JOIN orgs_merge m ON m.from_id = b.id AND m.undone_at IS NULL
WHERE b.id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: BodiesBySearch :many
SELECT b.id, b.name, b.short_name, b.kind, b.ipa_code, b.tax_code, b.belfiore, b.email, b.pec, b.phone, b.ended_on, b.version
FROM orgs_body b WHERE b.search = @search AND b.ended_on IS NULL;

-- name: Twins :many
SELECT b.id, b.name, b.short_name, b.kind, b.ipa_code, b.tax_code, b.belfiore, b.email, b.pec, b.phone, b.ended_on, b.version
FROM orgs_body b LEFT JOIN orgs_merge m ON m.from_id = b.id AND m.undone_at IS NULL
WHERE b.id <> @id AND m.id IS NULL AND (b.search = @search OR b.ipa_code = @ipa_code OR b.tax_code = @tax_code)
ORDER BY b.search, b.id;

-- name: ListBodies :many
SELECT b.id, b.name, b.short_name, b.kind, b.ipa_code, b.tax_code, b.belfiore, b.email, b.pec, b.phone, b.ended_on, b.version
FROM orgs_body b
WHERE (CAST(@everywhere AS boolean) OR b.id IN (SELECT value FROM json_each(CAST(@ids AS text))))
  AND (CAST(@any_kind AS boolean) OR b.kind = @kind)
  AND (CAST(@any_name AS boolean) OR b.search LIKE @pattern OR b.ipa_code = @code OR b.tax_code = @code)
  AND (CAST(@any_place AS boolean) OR b.belfiore IN (SELECT value FROM json_each(CAST(@belfiore AS text))))
  AND (CAST(@any_body AS boolean) OR b.id IN (SELECT value FROM json_each(CAST(@chosen AS text))))
  AND (CAST(@any_role AS boolean) OR EXISTS (SELECT 1 FROM orgs_role r WHERE r.body_id = b.id AND r.role = @role
       AND r.from_day <= @today AND (r.to_day IS NULL OR r.to_day >= @today)))
  AND ((CAST(@with_living AS boolean) AND (b.ended_on IS NULL OR b.ended_on > @today))
    OR (CAST(@with_ended AS boolean) AND b.ended_on <= @today))
  AND NOT EXISTS (SELECT 1 FROM orgs_merge m WHERE m.from_id = b.id AND m.undone_at IS NULL)
ORDER BY b.search, b.id
LIMIT @max OFFSET @skip;

-- name: CountList :one
SELECT count(*)
FROM orgs_body b
WHERE (CAST(@everywhere AS boolean) OR b.id IN (SELECT value FROM json_each(CAST(@ids AS text))))
  AND (CAST(@any_kind AS boolean) OR b.kind = @kind)
  AND (CAST(@any_name AS boolean) OR b.search LIKE @pattern OR b.ipa_code = @code OR b.tax_code = @code)
  AND (CAST(@any_place AS boolean) OR b.belfiore IN (SELECT value FROM json_each(CAST(@belfiore AS text))))
  AND (CAST(@any_body AS boolean) OR b.id IN (SELECT value FROM json_each(CAST(@chosen AS text))))
  AND (CAST(@any_role AS boolean) OR EXISTS (SELECT 1 FROM orgs_role r WHERE r.body_id = b.id AND r.role = @role
       AND r.from_day <= @today AND (r.to_day IS NULL OR r.to_day >= @today)))
  AND ((CAST(@with_living AS boolean) AND (b.ended_on IS NULL OR b.ended_on > @today))
    OR (CAST(@with_ended AS boolean) AND b.ended_on <= @today))
  AND NOT EXISTS (SELECT 1 FROM orgs_merge m WHERE m.from_id = b.id AND m.undone_at IS NULL);

-- name: CountBodies :one
SELECT count(*) FROM orgs_body b WHERE b.ended_on IS NULL;

-- name: InsertRole :exec
INSERT INTO orgs_role (body_id, role, from_day, to_day) VALUES (@body_id, @role, @from_day, @to_day);

-- name: EndRole :execrows
UPDATE orgs_role SET to_day = @to_day WHERE body_id = @body_id AND role = @role AND from_day = @from_day;

-- name: RolesOf :many
SELECT r.body_id, r.role, r.from_day, r.to_day FROM orgs_role r
WHERE r.body_id IN (SELECT value FROM json_each(CAST(@body_ids AS text)))
ORDER BY r.body_id, r.from_day, r.role;
