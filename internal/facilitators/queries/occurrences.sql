-- name: OccurrencesOfDuties :many
SELECT o.id, o.duty_id, o.day, o.state, o.facilitator_id, o.address_id, o.starts, o.ends FROM facilitators_occurrence o
WHERE o.duty_id IN (SELECT value FROM json_each(CAST(@duties AS text))) AND o.day >= @from_day AND o.day <= @to_day
ORDER BY o.duty_id, o.day;

-- name: SetOccurrence :exec
INSERT INTO facilitators_occurrence (id, duty_id, day, state, facilitator_id, address_id, starts, ends, created_at)
VALUES (@id, @duty_id, @day, @state, @facilitator_id, @address_id, @starts, @ends, @created_at)
ON CONFLICT (duty_id, day) DO UPDATE SET state = excluded.state, facilitator_id = excluded.facilitator_id,
    address_id = excluded.address_id, starts = excluded.starts, ends = excluded.ends;

-- name: DeleteOccurrence :execrows
DELETE FROM facilitators_occurrence WHERE duty_id = @duty_id AND day = @day;

-- name: CarryOccurrences :exec
UPDATE facilitators_occurrence SET duty_id = @kept
WHERE facilitators_occurrence.duty_id = @gone AND facilitators_occurrence.day >= @from_day
  AND (CAST(@every AS boolean) OR facilitators_occurrence.state = 'cancelled' OR facilitators_occurrence.facilitator_id <> @person)
  AND NOT EXISTS (SELECT 1 FROM facilitators_occurrence k WHERE k.duty_id = @kept AND k.day = facilitators_occurrence.day);

-- name: MoveOccurrences :many
UPDATE facilitators_occurrence SET facilitator_id = @kept
WHERE facilitator_id = @gone AND (CAST(@every AS boolean) OR facilitators_occurrence.id IN (SELECT value FROM json_each(CAST(@ids AS text))))
RETURNING id;

-- name: SubstitutesOfDuties :many
SELECT s.id, s.absence_id, s.duty_id, s.day, s.facilitator_id FROM facilitators_substitute s
WHERE s.duty_id IN (SELECT value FROM json_each(CAST(@duties AS text))) AND s.day >= @from_day AND s.day <= @to_day
ORDER BY s.duty_id, s.day, s.id;

-- name: SubstitutesOfAbsences :many
SELECT s.id, s.absence_id, s.duty_id, s.day, s.facilitator_id FROM facilitators_substitute s
WHERE s.absence_id IN (SELECT value FROM json_each(CAST(@absences AS text)))
ORDER BY s.day, s.duty_id;

-- name: SetSubstitute :exec
INSERT INTO facilitators_substitute (id, absence_id, duty_id, day, facilitator_id, created_at)
VALUES (@id, @absence_id, @duty_id, @day, @facilitator_id, @created_at)
ON CONFLICT (duty_id, day, absence_id) DO UPDATE SET facilitator_id = excluded.facilitator_id;

-- name: DeleteSubstitute :execrows
DELETE FROM facilitators_substitute WHERE absence_id = @absence_id AND duty_id = @duty_id AND day = @day;

-- name: CarrySubstitutes :exec
UPDATE facilitators_substitute SET duty_id = @kept
WHERE facilitators_substitute.duty_id = @gone AND facilitators_substitute.day >= @from_day
  AND NOT EXISTS (SELECT 1 FROM facilitators_substitute k
                  WHERE k.duty_id = @kept AND k.day = facilitators_substitute.day AND k.absence_id = facilitators_substitute.absence_id);

-- name: MoveSubstitutes :many
UPDATE facilitators_substitute SET facilitator_id = @kept
WHERE facilitator_id = @gone AND (CAST(@every AS boolean) OR facilitators_substitute.id IN (SELECT value FROM json_each(CAST(@ids AS text))))
RETURNING id;

-- The shifts that people do on some day for another, or otherwise: what they are there for besides their own.

-- name: DutiesInstead :many
SELECT d.id, d.facilitator_id, d.point_id, d.address_id, d.weekday, d.starts, d.ends, d.kind, d.slot_minutes, d.seats, d.from_day, d.to_day, d.every_weeks, d.anchor_day, d.nth
FROM facilitators_duty d
WHERE d.id IN (SELECT o.duty_id FROM facilitators_occurrence o
               WHERE o.facilitator_id IN (SELECT value FROM json_each(CAST(@ids AS text))) AND o.day >= @from_day AND o.day <= @to_day
               UNION SELECT s.duty_id FROM facilitators_substitute s
               WHERE s.facilitator_id IN (SELECT value FROM json_each(CAST(@ids AS text))) AND s.day >= @from_day AND s.day <= @to_day)
ORDER BY d.id;

-- name: Colleagues :many
SELECT f.id FROM facilitators_facilitator f
WHERE f.id <> @id AND f.merged_into IS NULL AND f.state = 'active' AND f.from_day <= @day AND (f.to_day IS NULL OR f.to_day >= @day)
  AND (f.body_id IN (SELECT value FROM json_each(CAST(@bodies AS text)))
       OR EXISTS (SELECT 1 FROM facilitators_point p WHERE p.facilitator_id = f.id AND p.point_id = @point_id
                  AND p.from_day <= @day AND (p.to_day IS NULL OR p.to_day >= @day)))
ORDER BY f.search, f.id;
