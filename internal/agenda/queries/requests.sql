-- name: RequestedBooking :one
SELECT r.booking_id FROM agenda_request r WHERE r.key_hash = @key_hash;

-- name: InsertRequest :exec
INSERT INTO agenda_request (key_hash, booking_id, created_at) VALUES (@key_hash, @booking_id, @created_at);

-- name: DeleteRequests :exec
DELETE FROM agenda_request WHERE created_at < @before;
