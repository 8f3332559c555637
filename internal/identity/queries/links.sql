-- name: InsertLink :exec
INSERT INTO identity_link (id, token_hash, account_id, kind, created_by, created_at, expires_at)
VALUES (@id, @token_hash, @account_id, @kind, @created_by, @created_at, @expires_at);

-- name: LinkByToken :one
SELECT l.id, l.account_id, l.kind, l.created_at, l.expires_at, l.used_at, l.withdrawn_at
FROM identity_link l WHERE l.token_hash = @token_hash;

-- name: UseLink :execrows
UPDATE identity_link SET used_at = @at WHERE id = @id AND used_at IS NULL AND withdrawn_at IS NULL;

-- name: WithdrawLinks :execrows
UPDATE identity_link SET withdrawn_at = @at WHERE account_id = @account_id AND kind = @kind AND used_at IS NULL AND withdrawn_at IS NULL;

-- name: WithdrawEveryLink :exec
UPDATE identity_link SET withdrawn_at = @at WHERE account_id = @account_id AND used_at IS NULL AND withdrawn_at IS NULL;

-- name: LiveLinks :many
SELECT l.id, l.account_id, l.kind, l.created_at, l.expires_at FROM identity_link l
WHERE l.account_id IN (SELECT value FROM json_each(CAST(@accounts AS text))) AND l.kind = @kind AND l.used_at IS NULL AND l.withdrawn_at IS NULL;

-- name: DeleteOldLinks :execrows
DELETE FROM identity_link WHERE expires_at < @before;
