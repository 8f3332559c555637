-- name: InService :many
SELECT f.id, f.tax_code_key FROM facilitators_facilitator f WHERE f.to_day IS NULL OR f.to_day >= @today ORDER BY f.id;

-- name: DutiesOfPeople :many
SELECT d.id, d.facilitator_id, d.point_id, d.address_id, d.weekday, d.starts, d.ends, d.kind, d.slot_minutes, d.seats, d.from_day, d.to_day, d.every_weeks, d.anchor_day, d.nth
FROM facilitators_duty d
WHERE d.facilitator_id IN (SELECT value FROM json_each(CAST(@ids AS text))) AND (d.to_day IS NULL OR d.to_day >= @from_day)
ORDER BY d.facilitator_id, d.weekday, d.starts, d.id;

-- Shifts go in by thousands: each is an array in one JSON text.

-- name: InsertDuties :exec
INSERT INTO facilitators_duty (id, facilitator_id, point_id, address_id, weekday, starts, ends, kind, slot_minutes, seats, from_day, to_day,
    every_weeks, anchor_day, nth)
SELECT json_extract(d.value, '$[0]'), json_extract(d.value, '$[1]'), json_extract(d.value, '$[2]'), json_extract(d.value, '$[3]'),
    CAST(json_extract(d.value, '$[4]') AS integer), CAST(json_extract(d.value, '$[5]') AS integer), CAST(json_extract(d.value, '$[6]') AS integer),
    json_extract(d.value, '$[7]'), CAST(json_extract(d.value, '$[8]') AS integer), CAST(json_extract(d.value, '$[9]') AS integer),
    date(json_extract(d.value, '$[10]')), date(json_extract(d.value, '$[11]')),
    CAST(json_extract(d.value, '$[12]') AS integer), date(json_extract(d.value, '$[13]')), CAST(json_extract(d.value, '$[14]') AS integer)
FROM json_each(CAST(@duties AS text)) d;
