-- name: WaitingAt :many
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.day >= @from_day AND b.state = 'confirmed' AND s.state = 'open' AND b.starts_at > @after
  AND b.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))
ORDER BY b.starts_at, b.id LIMIT @max;

-- name: FreeAt :many
SELECT s.point_id, s.address_id, s.kind, s.starts_at, s.ends_at, s.free
FROM agenda_slot s
WHERE s.state = 'open' AND s.free > 0 AND s.day >= @from_day AND s.starts_at > @after
  AND s.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))
ORDER BY s.starts_at, s.id LIMIT @max;
