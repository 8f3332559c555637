-- name: Rules :many
SELECT r.name, r.number FROM agenda_rule r ORDER BY r.name;

-- name: PutRule :exec
INSERT INTO agenda_rule (name, number) VALUES (@name, @number)
ON CONFLICT (name) DO UPDATE SET number = excluded.number;

-- name: DeleteRule :exec
DELETE FROM agenda_rule WHERE name = @name;

-- name: BookingsOfContact :many
-- The bookings from a day on of who has this phone or this mail, or only this name.
SELECT b.id, b.kind, b.day, b.starts_at, b.ends_at, b.state, c.search, c.on_behalf
FROM agenda_contact c JOIN agenda_booking b ON b.contact_id = c.id
WHERE c.phone = @phone AND @phone <> '' AND b.day >= @from_day AND b.together_id IS NULL AND b.state IN ('confirmed', 'attended', 'served')
UNION
SELECT b.id, b.kind, b.day, b.starts_at, b.ends_at, b.state, c.search, c.on_behalf
FROM agenda_contact c JOIN agenda_booking b ON b.contact_id = c.id
WHERE lower(c.email) = @email AND c.email <> '' AND b.day >= @from_day AND b.together_id IS NULL AND b.state IN ('confirmed', 'attended', 'served')
UNION
SELECT b.id, b.kind, b.day, b.starts_at, b.ends_at, b.state, c.search, c.on_behalf
FROM agenda_contact c JOIN agenda_booking b ON b.contact_id = c.id
WHERE c.search = @search AND c.phone = '' AND c.email = '' AND b.day >= @from_day AND b.together_id IS NULL AND b.state IN ('confirmed', 'attended', 'served')
ORDER BY starts_at;
