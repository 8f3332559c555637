-- name: AddMessage :exec
INSERT INTO messages_message (id, kind, channel, language, masked, sealed, next_at, expires_at, created_at)
VALUES (@id, @kind, @channel, @language, @masked, @sealed, @next_at, @expires_at, @created_at);

-- name: Queued :one
SELECT m.id, m.kind, m.channel, m.language, m.sealed, m.attempts, m.next_at, m.expires_at, m.doubtful FROM messages_message m
WHERE m.id = @id AND m.state = 'queued';

-- name: Begin :execrows
-- From here until somebody writes how it ended, the message may have left.
UPDATE messages_message SET doubtful = true WHERE id = @id AND state = 'queued';

-- name: Drop :execrows
UPDATE messages_message SET state = 'dropped', settled_at = @settled_at, sealed = NULL, next_at = NULL
WHERE id = @id AND state = 'queued';

-- name: Settle :execrows
UPDATE messages_message SET state = @state, attempts = attempts + 1, trouble = @trouble, code = @code,
    settled_at = @settled_at, sealed = NULL, next_at = NULL
WHERE id = @id AND state = 'queued';

-- name: Postpone :execrows
UPDATE messages_message SET attempts = attempts + 1, trouble = @trouble, code = @code, next_at = @next_at, doubtful = @doubtful
WHERE id = @id AND state = 'queued';

-- name: Delivery :one
SELECT m.id, m.kind, m.channel, m.masked, m.state, m.attempts, m.trouble, m.code, m.next_at, m.settled_at, m.created_at
FROM messages_message m WHERE m.id = @id;

-- name: Latest :many
SELECT m.id, m.kind, m.channel, m.masked, m.state, m.attempts, m.trouble, m.code, m.next_at, m.settled_at, m.created_at
FROM messages_message m WHERE CAST(@state AS text) = '' OR m.state = CAST(@state AS text)
ORDER BY m.created_at DESC, m.id DESC LIMIT CAST(@n AS integer);

-- name: CountStates :many
SELECT m.state, count(*) AS n FROM messages_message m GROUP BY m.state;

-- name: DeleteSettled :execrows
DELETE FROM messages_message WHERE settled_at < @before;
