-- name: OpenOfContact :many
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation,
    c.asked, c.asked_at
FROM agenda_contact c JOIN agenda_booking b ON b.contact_id = c.id JOIN agenda_slot s ON s.id = b.slot_id
WHERE ((@phone <> '' AND c.phone = @phone) OR (@email <> '' AND c.email <> '' AND lower(c.email) = @email))
  AND b.state = 'confirmed' AND b.starts_at > @now AND b.together_id IS NULL
ORDER BY b.starts_at, b.id LIMIT @max;

-- name: SetAsked :exec
UPDATE agenda_contact SET asked = @asked, asked_at = @asked_at WHERE id IN (SELECT value FROM json_each(CAST(@ids AS text)));
