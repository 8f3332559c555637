-- name: Tables :many
SELECT m.name, m.source, m.last_key, m.copied, m.state FROM move_table m ORDER BY m.name;

-- name: AddTable :exec
INSERT INTO move_table (name, source) VALUES (@name, @source);

-- name: Advance :execrows
UPDATE move_table SET last_key = @last_key, copied = copied + @added WHERE name = @name AND copied = @before;

-- name: SetState :execrows
UPDATE move_table SET state = @state WHERE name = @name;

-- name: Forget :execrows
DELETE FROM move_table;
