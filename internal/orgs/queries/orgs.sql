-- name: InsertBody :exec
INSERT INTO orgs_body (id, name, short_name, search, kind, ipa_code, tax_code, belfiore, email, pec, phone, created_at)
VALUES (@id, @name, @short_name, @search, @kind, @ipa_code, @tax_code, @belfiore, @email, @pec, @phone, @created_at);

-- name: UpdateBody :execrows
UPDATE orgs_body SET name = @name, short_name = @short_name, search = @search, kind = @kind, ipa_code = @ipa_code,
    tax_code = @tax_code, belfiore = @belfiore, email = @email, pec = @pec, phone = @phone
WHERE id = @id;

-- name: EndBody :execrows
UPDATE orgs_body SET ended_on = @ended_on WHERE id = @id AND ended_on IS NULL;

-- name: BodiesByIDs :many
SELECT b.id, b.name, b.short_name, b.kind, b.ipa_code, b.tax_code, b.belfiore, b.email, b.pec, b.phone, b.ended_on
FROM orgs_body b WHERE b.id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: BodiesBySearch :many
SELECT b.id, b.name, b.short_name, b.kind, b.ipa_code, b.tax_code, b.belfiore, b.email, b.pec, b.phone, b.ended_on
FROM orgs_body b WHERE b.search = @search AND b.ended_on IS NULL;

-- name: ListBodies :many
SELECT b.id, b.name, b.short_name, b.kind, b.ipa_code, b.tax_code, b.belfiore, b.email, b.pec, b.phone, b.ended_on
FROM orgs_body b
WHERE (CAST(@everywhere AS boolean) OR b.id IN (SELECT value FROM json_each(CAST(@ids AS text))))
  AND (CAST(@any_kind AS boolean) OR b.kind = @kind)
  AND (CAST(@any_name AS boolean) OR b.search LIKE @pattern)
  AND (CAST(@with_ended AS boolean) OR b.ended_on IS NULL)
  AND (CAST(@from_start AS boolean) OR b.search > @after_search OR (b.search = @after_search AND b.id > @after_id))
ORDER BY b.search, b.id
LIMIT @max;

-- name: SearchOf :one
SELECT b.search FROM orgs_body b WHERE b.id = @id;

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
