-- name: FirstsOf :many
SELECT f.programme_id, f.citizen_id, f.record_id, f.day, f.starts_at, r.point_id, r.project_id, r.month
FROM register_first f
JOIN register_record r ON r.id = f.record_id
WHERE f.programme_id = @programme_id AND f.citizen_id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: FirstsOfOne :many
SELECT f.programme_id, f.citizen_id, f.record_id, f.day, f.starts_at, r.point_id, r.project_id, r.month
FROM register_first f
JOIN register_record r ON r.id = f.record_id
WHERE f.programme_id = @programme_id AND f.citizen_id = @citizen_id;

-- name: SetFirst :exec
INSERT INTO register_first (programme_id, citizen_id, record_id, day, starts_at)
VALUES (@programme_id, @citizen_id, @record_id, @day, @starts_at)
ON CONFLICT (programme_id, citizen_id) DO UPDATE
SET record_id = excluded.record_id, day = excluded.day, starts_at = excluded.starts_at;

-- name: DeleteFirst :exec
DELETE FROM register_first WHERE programme_id = @programme_id AND citizen_id = @citizen_id;

-- name: EarliestOf :one
SELECT r.id, r.day, r.starts_at, r.point_id, r.project_id, r.month
FROM register_attendance a
JOIN register_record r ON r.id = a.record_id
WHERE a.citizen_id = @citizen_id AND a.countable AND r.programme_id = @programme_id AND r.state = 'active'
ORDER BY r.day, r.starts_at, r.id
LIMIT 1;

-- name: AddCount :exec
INSERT INTO register_count (point_id, project_id, month, services, accesses, unique_accesses)
VALUES (@point_id, @project_id, @month, @services, @accesses, @unique_accesses)
ON CONFLICT (point_id, project_id, month) DO UPDATE
SET services = register_count.services + excluded.services,
    accesses = register_count.accesses + excluded.accesses,
    unique_accesses = register_count.unique_accesses + excluded.unique_accesses;

-- name: CountsBetween :many
SELECT n.point_id, n.project_id, n.month, n.services, n.accesses, n.unique_accesses
FROM register_count n
WHERE (CAST(@every_point AS boolean) OR n.point_id IN (SELECT value FROM json_each(CAST(@points AS text))))
  AND (CAST(@any_point AS boolean) OR n.point_id = @point_id)
  AND (CAST(@any_project AS boolean) OR n.project_id = @project_id)
  AND n.month >= CAST(@from_month AS text) AND n.month <= CAST(@to_month AS text)
ORDER BY n.point_id, n.project_id, n.month;

-- name: CountsBetweenDays :many
SELECT r.point_id, r.project_id, r.month,
       count(DISTINCT a.record_id) AS services, count(a.citizen_id) AS accesses, count(f.citizen_id) AS unique_accesses
FROM register_record r
JOIN register_attendance a ON a.record_id = r.id AND a.countable
LEFT JOIN register_first f ON f.programme_id = r.programme_id AND f.citizen_id = a.citizen_id AND f.record_id = r.id
WHERE r.state = 'active' AND r.day >= @from_day AND r.day <= @to_day
  AND (CAST(@every_point AS boolean) OR r.point_id IN (SELECT value FROM json_each(CAST(@points AS text))))
  AND (CAST(@any_point AS boolean) OR r.point_id = @point_id)
  AND (CAST(@any_project AS boolean) OR r.project_id = @project_id)
  AND (CAST(@any_facilitator AS boolean) OR r.facilitator_id = @facilitator_id)
GROUP BY r.point_id, r.project_id, r.month
ORDER BY r.point_id, r.project_id, r.month;

-- name: DistinctPeople :one
SELECT count(DISTINCT a.citizen_id) AS people
FROM register_record r
JOIN register_attendance a ON a.record_id = r.id AND a.countable
WHERE r.state = 'active' AND r.day >= @from_day AND r.day <= @to_day
  AND (CAST(@every_point AS boolean) OR r.point_id IN (SELECT value FROM json_each(CAST(@points AS text))))
  AND (CAST(@any_point AS boolean) OR r.point_id = @point_id)
  AND (CAST(@any_project AS boolean) OR r.project_id = @project_id)
  AND (CAST(@any_body AS boolean) OR r.project_id IN (SELECT value FROM json_each(CAST(@body_projects AS text))))
  AND (CAST(@any_programme AS boolean) OR r.programme_id = @programme_id);

-- name: StoredCounts :many
SELECT n.point_id, n.project_id, n.month, n.services, n.accesses, n.unique_accesses
FROM register_count n
WHERE n.services <> 0 OR n.accesses <> 0 OR n.unique_accesses <> 0
ORDER BY n.point_id, n.project_id, n.month;

-- name: TrueCounts :many
WITH met AS (
    SELECT r.programme_id, r.project_id, r.point_id, r.month, r.id AS record_id, a.citizen_id,
           row_number() OVER (PARTITION BY r.programme_id, a.citizen_id ORDER BY r.day, r.starts_at, r.id) AS turn
    FROM register_record r
    JOIN register_attendance a ON a.record_id = r.id AND a.countable
    WHERE r.state = 'active'
)
SELECT m.point_id, m.project_id, m.month,
       count(DISTINCT m.record_id) AS services, count(*) AS accesses, count(*) FILTER (WHERE m.turn = 1) AS unique_accesses
FROM met m
GROUP BY m.point_id, m.project_id, m.month
ORDER BY m.point_id, m.project_id, m.month;

-- name: WrongFirsts :many
WITH met AS (
    SELECT r.programme_id, r.id AS record_id, a.citizen_id,
           row_number() OVER (PARTITION BY r.programme_id, a.citizen_id ORDER BY r.day, r.starts_at, r.id) AS turn
    FROM register_record r
    JOIN register_attendance a ON a.record_id = r.id AND a.countable
    WHERE r.state = 'active'
)
SELECT m.programme_id, m.record_id
FROM met m
LEFT JOIN register_first f ON f.programme_id = m.programme_id AND f.citizen_id = m.citizen_id AND f.record_id = m.record_id
WHERE m.turn = 1 AND f.record_id IS NULL
UNION ALL
SELECT f.programme_id, f.record_id
FROM register_first f
LEFT JOIN met m ON m.programme_id = f.programme_id AND m.citizen_id = f.citizen_id AND m.record_id = f.record_id AND m.turn = 1
WHERE m.record_id IS NULL;
