-- name: InsertAccount :exec
INSERT INTO identity_account (id, email, name, password_hash, must_change, created_at)
VALUES (@id, @email, @name, @password_hash, @must_change, @created_at);

-- name: AccountByID :one
SELECT a.id, a.email, a.name, a.password_hash, a.state, a.must_change, a.created_at, a.signed_in_at
FROM identity_account a WHERE a.id = @id;

-- name: AccountByEmail :one
SELECT a.id, a.email, a.name, a.password_hash, a.state, a.must_change, a.created_at, a.signed_in_at
FROM identity_account a WHERE a.email = @email;

-- name: AccountsByIDs :many
SELECT a.id, a.email, a.name, a.password_hash, a.state, a.must_change, a.created_at, a.signed_in_at
FROM identity_account a WHERE a.id IN (SELECT value FROM json_each(CAST(@ids AS text))) ORDER BY a.name, a.id;

-- name: ListAccounts :many
SELECT a.id, a.email, a.name, a.password_hash, a.state, a.must_change, a.created_at, a.signed_in_at
FROM identity_account a
WHERE (CAST(@everybody AS boolean) OR lower(a.name) LIKE CAST(@pattern AS text) ESCAPE '\' OR a.email LIKE CAST(@pattern AS text) ESCAPE '\')
  AND (CAST(@any_state AS boolean) OR CASE WHEN a.state = 'disabled' THEN 'disabled' WHEN a.password_hash = '' THEN 'invited' ELSE 'active' END = CAST(@state AS text))
ORDER BY lower(a.name), a.id LIMIT @max OFFSET @skip;

-- name: CountAccounts :one
SELECT count(*) FROM identity_account a
WHERE (CAST(@everybody AS boolean) OR lower(a.name) LIKE CAST(@pattern AS text) ESCAPE '\' OR a.email LIKE CAST(@pattern AS text) ESCAPE '\')
  AND (CAST(@any_state AS boolean) OR CASE WHEN a.state = 'disabled' THEN 'disabled' WHEN a.password_hash = '' THEN 'invited' ELSE 'active' END = CAST(@state AS text));

-- name: SetPassword :exec
UPDATE identity_account SET password_hash = @password_hash, must_change = @must_change WHERE id = @id;

-- name: SetNameAndEmail :exec
UPDATE identity_account SET name = @name, email = @email WHERE id = @id;

-- name: SetState :exec
UPDATE identity_account SET state = @state WHERE id = @id;

-- name: SetSignedIn :exec
UPDATE identity_account SET signed_in_at = @at WHERE id = @id;

-- name: InsertRole :exec
INSERT INTO identity_role (id, account_id, role, scope, scope_id, from_day, to_day, granted_by)
VALUES (@id, @account_id, @role, @scope, @scope_id, @from_day, @to_day, @granted_by);

-- name: RoleByID :one
SELECT r.id, r.account_id, r.role, r.scope, r.scope_id, r.from_day, r.to_day, r.granted_by
FROM identity_role r WHERE r.id = @id;

-- name: SetRoleAccount :exec
UPDATE identity_role SET account_id = @account_id WHERE id = @id;

-- name: EndRole :exec
UPDATE identity_role SET to_day = @to_day WHERE id = @id;

-- name: DeleteRole :exec
DELETE FROM identity_role WHERE id = @id;

-- name: RolesOfAccounts :many
SELECT r.id, r.account_id, r.role, r.scope, r.scope_id, r.from_day, r.to_day, r.granted_by
FROM identity_role r WHERE r.account_id IN (SELECT value FROM json_each(CAST(@ids AS text)))
ORDER BY r.account_id, r.from_day, r.id;

-- name: RolesOn :many
SELECT r.id, r.account_id, r.role, r.scope, r.scope_id, r.from_day, r.to_day, r.granted_by
FROM identity_role r
WHERE r.account_id = @account_id AND r.from_day <= @day AND (r.to_day IS NULL OR r.to_day >= @day)
ORDER BY r.from_day, r.id;

-- name: Holders :many
SELECT r.id, r.account_id, a.name, a.email, a.state, r.role, r.scope, r.scope_id, r.from_day, r.to_day
FROM identity_role r JOIN identity_account a ON a.id = r.account_id
WHERE (CAST(@any_role AS boolean) OR r.role = @role)
  AND r.from_day <= @day AND (r.to_day IS NULL OR r.to_day >= @day) AND a.state = 'active'
ORDER BY r.role, r.scope, r.scope_id, lower(a.name), r.id LIMIT @max OFFSET @skip;

-- name: CountHolders :one
SELECT count(*) FROM identity_role r JOIN identity_account a ON a.id = r.account_id
WHERE (CAST(@any_role AS boolean) OR r.role = @role)
  AND r.from_day <= @day AND (r.to_day IS NULL OR r.to_day >= @day) AND a.state = 'active';

-- name: CountAdministrators :one
SELECT count(*) FROM identity_role r WHERE r.role = 'administrator';

-- name: InsertSession :exec
INSERT INTO identity_session (token_hash, account_id, created_at, seen_at, expires_at)
VALUES (@token_hash, @account_id, @created_at, @seen_at, @expires_at);

-- name: SessionByToken :one
SELECT s.token_hash, s.account_id, s.created_at, s.seen_at, s.expires_at, a.name, a.email, a.must_change
FROM identity_session s JOIN identity_account a ON a.id = s.account_id
WHERE s.token_hash = @token_hash AND s.expires_at > @now AND s.seen_at > @idle_since AND a.state = 'active';

-- name: TouchSession :exec
UPDATE identity_session SET seen_at = @seen_at WHERE token_hash = @token_hash AND seen_at < @seen_at;

-- name: DeleteSession :execrows
DELETE FROM identity_session WHERE token_hash = @token_hash;

-- name: DeleteSessionsOf :exec
DELETE FROM identity_session WHERE account_id = @account_id;

-- name: DeleteOldSessions :execrows
DELETE FROM identity_session WHERE expires_at <= @now OR seen_at <= @idle_since;

-- name: ThrottleByKey :one
SELECT t.failures, t.until FROM identity_throttle t WHERE t.key_hash = @key_hash;

-- name: SetThrottle :exec
INSERT INTO identity_throttle (key_hash, failures, until) VALUES (@key_hash, @failures, @until)
ON CONFLICT (key_hash) DO UPDATE SET failures = excluded.failures, until = excluded.until;

-- name: DeleteThrottle :exec
DELETE FROM identity_throttle WHERE key_hash = @key_hash;

-- name: DeleteOldThrottles :execrows
DELETE FROM identity_throttle WHERE until < @before;
