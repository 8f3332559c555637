-- name: InsertFile :exec
INSERT INTO files_file (id, name, kind, size, width, height, alt, sha256, content, created_by, created_at)
VALUES (@id, @name, @kind, @size, @width, @height, @alt, @sha256, @content, @created_by, @created_at);

-- name: FilesByIDs :many
SELECT f.id, f.name, f.kind, f.size, f.width, f.height, f.alt, f.sha256, f.created_by, f.created_at
FROM files_file f WHERE f.id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: ContentOf :one
SELECT f.content FROM files_file f WHERE f.id = @id;

-- name: DeleteFile :execrows
DELETE FROM files_file WHERE id = @id;
