-- name: EveryRole :many
SELECT r.id, r.account_id, r.role, r.scope, r.scope_id, r.from_day, r.to_day, a.name, a.email, a.state, a.password_hash = '' AS invited,
    a.created_at, a.signed_in_at
FROM identity_role r JOIN identity_account a ON a.id = r.account_id
WHERE (CAST(@any_role AS boolean) OR r.role = @role)
  AND (CAST(@any_scope AS boolean) OR r.scope || ':' || r.scope_id IN (SELECT value FROM json_each(CAST(@scopes AS text))))
ORDER BY r.role, r.scope, r.scope_id, lower(a.name), r.from_day, r.id;

-- name: Referents :many
SELECT r.id, r.account_id, r.from_day, r.to_day FROM identity_role r JOIN identity_account a ON a.id = r.account_id
WHERE r.role = 'managing_body' AND r.scope = 'body' AND r.scope_id = @body_id AND a.state = 'active'
  AND (r.to_day IS NULL OR r.to_day >= @day)
ORDER BY r.from_day, r.id;

-- name: AdministratorsToCome :many
SELECT r.id, r.account_id, r.from_day, r.to_day FROM identity_role r JOIN identity_account a ON a.id = r.account_id
WHERE r.role = 'administrator' AND r.scope = 'network' AND a.state = 'active' AND a.password_hash <> ''
  AND (r.to_day IS NULL OR r.to_day >= @day)
ORDER BY r.from_day, r.id;

-- name: RolesInScope :many
SELECT r.id, r.account_id, r.role, r.scope, r.scope_id, r.from_day, r.to_day, r.granted_by
FROM identity_role r WHERE r.scope = @scope AND r.scope_id = @scope_id ORDER BY r.from_day, r.id;

-- name: SetScope :exec
UPDATE identity_role SET scope_id = @scope_id WHERE id = @id;

-- name: RolesByIDs :many
SELECT r.id, r.account_id, r.role, r.scope, r.scope_id, r.from_day, r.to_day, r.granted_by
FROM identity_role r WHERE r.id IN (SELECT value FROM json_each(CAST(@ids AS text))) ORDER BY r.id;

-- name: InsertReview :exec
INSERT INTO identity_review (id, done_at, done_by, accounts, roles, note) VALUES (@id, @done_at, @done_by, @accounts, @roles, @note);

-- name: Reviews :many
SELECT v.id, v.done_at, v.done_by, v.accounts, v.roles, v.note FROM identity_review v ORDER BY v.done_at DESC, v.id LIMIT @max;

-- name: CountSubjects :one
SELECT (SELECT count(*) FROM identity_account) AS accounts,
    (SELECT count(*) FROM identity_role r WHERE r.from_day <= @day AND (r.to_day IS NULL OR r.to_day >= @day)) AS roles;
