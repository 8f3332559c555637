-- name: AddFeed :exec
INSERT INTO feeds_feed (id, token_hash, account_id, facilitator_id, point_id, initials, renewed_at, created_at)
VALUES (@id, @token_hash, @account_id, @facilitator_id, @point_id, @initials, @renewed_at, @created_at);

-- name: FeedsOfAccount :many
SELECT sqlc.embed(f) FROM feeds_feed f WHERE f.account_id = @account_id ORDER BY f.created_at, f.id;

-- name: FeedByID :one
SELECT sqlc.embed(f) FROM feeds_feed f WHERE f.id = @id;

-- name: FeedByToken :one
SELECT sqlc.embed(f) FROM feeds_feed f WHERE f.token_hash = @token_hash;

-- name: Renew :execrows
UPDATE feeds_feed SET token_hash = @token_hash, renewed_at = @renewed_at WHERE id = @id;

-- name: SetInitials :execrows
UPDATE feeds_feed SET initials = @initials WHERE id = @id;

-- name: NoteRead :execrows
UPDATE feeds_feed SET read_on = @read_on WHERE id = @id AND (read_on IS NULL OR read_on < @read_on);

-- name: DeleteFeed :execrows
DELETE FROM feeds_feed WHERE id = @id;

-- name: FeedsOfFacilitator :many
SELECT f.id FROM feeds_feed f WHERE f.facilitator_id = @facilitator_id ORDER BY f.id;

-- name: MoveFeeds :exec
UPDATE feeds_feed SET facilitator_id = @kept WHERE facilitator_id = @gone AND id IN (SELECT value FROM json_each(CAST(@ids AS text)));
