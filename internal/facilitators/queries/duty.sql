-- name: ServedPoints :many
SELECT p.facilitator_id, p.point_id, p.from_day, p.to_day FROM facilitators_point p
WHERE p.facilitator_id IN (SELECT value FROM json_each(CAST(@ids AS text)))
ORDER BY p.facilitator_id, p.from_day, p.point_id;

-- name: InsertServed :exec
INSERT INTO facilitators_point (facilitator_id, point_id, from_day, to_day) VALUES (@facilitator_id, @point_id, @from_day, @to_day);

-- name: EndServed :execrows
UPDATE facilitators_point SET to_day = @to_day
WHERE facilitator_id = @facilitator_id AND point_id = @point_id AND from_day <= @to_day AND (to_day IS NULL OR to_day > @to_day);

-- name: DeleteServedAfter :execrows
DELETE FROM facilitators_point WHERE facilitator_id = @facilitator_id AND point_id = @point_id AND from_day > @on_day;

-- name: InsertDuty :exec
INSERT INTO facilitators_duty (id, facilitator_id, point_id, address_id, weekday, starts, ends, kind, slot_minutes, seats, from_day, to_day, every_weeks, anchor_day, nth)
VALUES (@id, @facilitator_id, @point_id, @address_id, @weekday, @starts, @ends, @kind, @slot_minutes, @seats, @from_day, @to_day,
    @every_weeks, @anchor_day, @nth);

-- name: InsertDutyKinds :exec
INSERT INTO facilitators_duty_kind (duty_id, kind_id)
SELECT CAST(@duty_id AS text), k.value FROM json_each(CAST(@kinds AS text)) k;

-- name: DutyKinds :many
SELECT k.duty_id, k.kind_id FROM facilitators_duty_kind k
WHERE k.duty_id IN (SELECT value FROM json_each(CAST(@duties AS text)))
ORDER BY k.duty_id, k.kind_id;

-- name: PointsOfKind :many
SELECT DISTINCT d.point_id FROM facilitators_duty d JOIN facilitators_duty_kind k ON k.duty_id = d.id
WHERE k.kind_id = @kind_id AND (d.to_day IS NULL OR d.to_day >= @today) ORDER BY d.point_id;

-- name: DutyByID :one
SELECT d.id, d.facilitator_id, d.point_id, d.address_id, d.weekday, d.starts, d.ends, d.kind, d.slot_minutes, d.seats, d.from_day, d.to_day, d.every_weeks, d.anchor_day, d.nth
FROM facilitators_duty d WHERE d.id = @id;

-- name: DutiesOfFacilitator :many
SELECT d.id, d.facilitator_id, d.point_id, d.address_id, d.weekday, d.starts, d.ends, d.kind, d.slot_minutes, d.seats, d.from_day, d.to_day, d.every_weeks, d.anchor_day, d.nth
FROM facilitators_duty d
WHERE d.facilitator_id = @facilitator_id AND (d.to_day IS NULL OR d.to_day >= @from_day)
ORDER BY d.weekday, d.starts, d.id;

-- name: DutiesOfPoints :many
SELECT d.id, d.facilitator_id, d.point_id, d.address_id, d.weekday, d.starts, d.ends, d.kind, d.slot_minutes, d.seats, d.from_day, d.to_day, d.every_weeks, d.anchor_day, d.nth
FROM facilitators_duty d
WHERE d.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))
  AND d.from_day <= @to_day AND (d.to_day IS NULL OR d.to_day >= @from_day)
ORDER BY d.point_id, d.weekday, d.starts, d.id;

-- name: DutiesOnDay :many
SELECT d.id, d.facilitator_id, d.point_id, d.address_id, d.weekday, d.starts, d.ends, d.kind, d.slot_minutes, d.seats, d.from_day, d.to_day, d.every_weeks, d.anchor_day, d.nth
FROM facilitators_duty d
WHERE d.weekday = @weekday AND d.from_day <= @day AND (d.to_day IS NULL OR d.to_day >= @day)
ORDER BY d.id;

-- name: SetDutyEnd :exec
UPDATE facilitators_duty SET to_day = @to_day WHERE id = @id;

-- name: DeleteDuty :exec
DELETE FROM facilitators_duty WHERE id = @id;

-- name: PointsWithDuty :many
SELECT DISTINCT d.point_id FROM facilitators_duty d WHERE d.to_day IS NULL OR d.to_day >= @today ORDER BY d.point_id;

-- name: InsertAbsence :exec
INSERT INTO facilitators_absence (id, facilitator_id, from_day, to_day, starts, ends, reason, created_at)
VALUES (@id, @facilitator_id, @from_day, @to_day, @starts, @ends, @reason, @created_at);

-- name: AbsenceByID :one
SELECT a.id, a.facilitator_id, a.from_day, a.to_day, a.starts, a.ends, a.reason FROM facilitators_absence a WHERE a.id = @id;

-- name: DeleteAbsence :exec
DELETE FROM facilitators_absence WHERE id = @id;

-- name: Absences :many
SELECT a.id, a.facilitator_id, a.from_day, a.to_day, a.starts, a.ends, a.reason FROM facilitators_absence a
WHERE a.facilitator_id IN (SELECT value FROM json_each(CAST(@ids AS text))) AND a.from_day <= @to_day AND a.to_day >= @from_day
ORDER BY a.facilitator_id, a.from_day, a.id;

-- name: ServedAfter :many
SELECT p.facilitator_id, p.point_id, p.from_day, p.to_day FROM facilitators_point p
WHERE p.facilitator_id = @facilitator_id AND (p.to_day IS NULL OR p.to_day > @day)
ORDER BY p.point_id, p.from_day;

-- name: SetServedEnd :exec
UPDATE facilitators_point SET to_day = @to_day WHERE facilitator_id = @facilitator_id AND point_id = @point_id AND from_day = @from_day;

-- name: DeleteServed :exec
DELETE FROM facilitators_point WHERE facilitator_id = @facilitator_id AND point_id = @point_id AND from_day = @from_day;

-- name: AbsencesOf :many
SELECT a.id FROM facilitators_absence a WHERE a.facilitator_id = @facilitator_id ORDER BY a.id;

-- name: DutiesOf :many
SELECT d.id FROM facilitators_duty d WHERE d.facilitator_id = @facilitator_id ORDER BY d.id;

-- name: MoveDuties :many
UPDATE facilitators_duty SET facilitator_id = @kept
WHERE facilitator_id = @gone AND facilitators_duty.id IN (SELECT value FROM json_each(CAST(@ids AS text)))
RETURNING id;

-- name: MoveAbsences :many
UPDATE facilitators_absence SET facilitator_id = @kept
WHERE facilitator_id = @gone AND facilitators_absence.id IN (SELECT value FROM json_each(CAST(@ids AS text)))
RETURNING id;

-- name: Helpers :many
SELECT p.point_id, p.facilitator_id,
    EXISTS (SELECT 1 FROM facilitators_duty d WHERE d.facilitator_id = p.facilitator_id AND d.point_id = p.point_id
            AND d.from_day <= @day AND (d.to_day IS NULL OR d.to_day >= @day)) AS on_duty
FROM facilitators_point p JOIN facilitators_facilitator f ON f.id = p.facilitator_id
WHERE p.point_id IN (SELECT value FROM json_each(CAST(@points AS text)))
  AND p.from_day <= @day AND (p.to_day IS NULL OR p.to_day >= @day)
  AND f.merged_into IS NULL AND f.state = 'active' AND f.from_day <= @day AND (f.to_day IS NULL OR f.to_day >= @day)
ORDER BY p.point_id, p.facilitator_id;
