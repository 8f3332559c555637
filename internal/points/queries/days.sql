-- name: ExceptionsOf :many
SELECT e.id, e.address_id, e.day, e.reason
FROM points_exception e JOIN points_address a ON a.id = e.address_id
WHERE CAST(@everything AS boolean) OR a.point_id IN (SELECT value FROM json_each(CAST(@point_ids AS text)))
ORDER BY e.address_id, e.day;

-- name: ExceptionBandsOf :many
SELECT b.exception_id, b.opens, b.closes
FROM points_exception_band b JOIN points_exception e ON e.id = b.exception_id JOIN points_address a ON a.id = e.address_id
WHERE CAST(@everything AS boolean) OR a.point_id IN (SELECT value FROM json_each(CAST(@point_ids AS text)))
ORDER BY b.exception_id, b.opens;

-- name: PutException :one
INSERT INTO points_exception (id, address_id, day, reason, created_at) VALUES (@id, @address_id, @day, @reason, @created_at)
ON CONFLICT (address_id, day) DO UPDATE SET reason = excluded.reason
RETURNING id;

-- name: InsertExceptionBand :exec
INSERT INTO points_exception_band (exception_id, opens, closes) VALUES (@exception_id, @opens, @closes);

-- name: DeleteExceptionBands :exec
DELETE FROM points_exception_band WHERE exception_id = @exception_id;

-- name: DeleteException :execrows
DELETE FROM points_exception WHERE id = @id;

-- name: ExceptionIDsOfAddress :many
SELECT e.id FROM points_exception e WHERE e.address_id = @address_id ORDER BY e.day;

-- name: AddressOfException :one
SELECT e.address_id FROM points_exception e WHERE e.id = @id;

-- name: WideClosures :many
SELECT w.id, w.body_id, w.from_day, w.to_day, w.reason FROM points_wide_closure w ORDER BY w.from_day, w.id;

-- name: InsertWideClosure :exec
INSERT INTO points_wide_closure (id, body_id, from_day, to_day, reason, created_at)
VALUES (@id, @body_id, @from_day, @to_day, @reason, @created_at);

-- name: DeleteWideClosure :execrows
DELETE FROM points_wide_closure WHERE id = @id;

-- name: IDsManagedBy :many
SELECT p.id FROM points_point p
WHERE (CAST(@everybody AS boolean) OR p.managing_body_id = @body_id) AND p.state IN ('open', 'suspended', 'setting_up', 'awarded')
ORDER BY p.id;

-- name: IDsIn :many
SELECT DISTINCT a.point_id FROM points_address a WHERE a.belfiore = @belfiore ORDER BY a.point_id;
