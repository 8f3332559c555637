-- name: InService :many
SELECT f.id, f.tax_code_key FROM facilitators_facilitator f WHERE f.to_day IS NULL OR f.to_day >= @today ORDER BY f.id;

-- name: DutiesOfPeople :many
SELECT d.id, d.facilitator_id, d.point_id, d.address_id, d.weekday, d.starts, d.ends, d.kind, d.slot_minutes, d.seats, d.from_day, d.to_day
FROM facilitators_duty d
WHERE d.facilitator_id IN (SELECT value FROM json_each(CAST(@ids AS text))) AND (d.to_day IS NULL OR d.to_day >= @from_day)
ORDER BY d.facilitator_id, d.weekday, d.starts, d.id;
