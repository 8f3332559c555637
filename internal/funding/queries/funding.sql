-- name: InsertProgramme :exec
INSERT INTO funding_programme (id, code, name, cup, act, starts_on, ends_on, amount_cents, cofunding_cents, minors_from, upload_cutoff,
    min_weekly_minutes, opening_days, created_at)
VALUES (@id, @code, @name, @cup, @act, @starts_on, @ends_on, @amount_cents, @cofunding_cents, @minors_from, @upload_cutoff,
    @min_weekly_minutes, @opening_days, @created_at);

-- name: UpdateProgramme :execrows
UPDATE funding_programme SET code = @code, name = @name, cup = @cup, act = @act, starts_on = @starts_on, ends_on = @ends_on,
    amount_cents = @amount_cents, cofunding_cents = @cofunding_cents, minors_from = @minors_from, upload_cutoff = @upload_cutoff,
    min_weekly_minutes = @min_weekly_minutes, opening_days = @opening_days, version = version + 1
WHERE id = @id;

-- name: ProgrammesByIDs :many
SELECT p.id, p.code, p.name, p.cup, p.act, p.starts_on, p.ends_on, p.amount_cents, p.cofunding_cents, p.minors_from, p.upload_cutoff,
    p.min_weekly_minutes, p.opening_days, p.ended_on, p.version
FROM funding_programme p WHERE p.id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: ProgrammeByCode :many
SELECT p.id, p.code, p.name, p.cup, p.act, p.starts_on, p.ends_on, p.amount_cents, p.cofunding_cents, p.minors_from, p.upload_cutoff,
    p.min_weekly_minutes, p.opening_days, p.ended_on, p.version
FROM funding_programme p WHERE p.code = @code;

-- name: ListProgrammes :many
SELECT p.id, p.code, p.name, p.cup, p.act, p.starts_on, p.ends_on, p.amount_cents, p.cofunding_cents, p.minors_from, p.upload_cutoff,
    p.min_weekly_minutes, p.opening_days, p.ended_on, p.version
FROM funding_programme p
WHERE CAST(@everywhere AS boolean)
   OR p.id IN (SELECT value FROM json_each(CAST(@programmes AS text)))
   OR EXISTS (SELECT 1 FROM funding_project j WHERE j.programme_id = p.id
              AND (j.id IN (SELECT value FROM json_each(CAST(@projects AS text)))
                OR j.body_id IN (SELECT value FROM json_each(CAST(@bodies AS text)))))
ORDER BY p.starts_on DESC, p.code;

-- name: InsertProject :exec
INSERT INTO funding_project (id, programme_id, body_id, code, name, cup, starts_on, ends_on, amount_cents, created_at)
VALUES (@id, @programme_id, @body_id, @code, @name, @cup, @starts_on, @ends_on, @amount_cents, @created_at);

-- name: UpdateProject :execrows
UPDATE funding_project SET body_id = @body_id, code = @code, name = @name, cup = @cup, starts_on = @starts_on, ends_on = @ends_on,
    amount_cents = @amount_cents, version = version + 1
WHERE id = @id;

-- name: ProjectsByIDs :many
SELECT j.id, j.programme_id, j.body_id, j.code, j.name, j.cup, j.starts_on, j.ends_on, j.amount_cents, j.ended_on, j.version
FROM funding_project j WHERE j.id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: ProjectByCode :many
SELECT j.id, j.programme_id, j.body_id, j.code, j.name, j.cup, j.starts_on, j.ends_on, j.amount_cents, j.ended_on, j.version
FROM funding_project j WHERE j.code = @code;

-- name: ProjectIDsOfProgrammes :many
SELECT j.id FROM funding_project j WHERE j.programme_id IN (SELECT value FROM json_each(CAST(@programmes AS text)));

-- name: ListProjects :many
SELECT j.id, j.programme_id, j.body_id, j.code, j.name, j.cup, j.starts_on, j.ends_on, j.amount_cents, j.ended_on, j.version
FROM funding_project j
WHERE (CAST(@everywhere AS boolean)
       OR j.programme_id IN (SELECT value FROM json_each(CAST(@programmes AS text)))
       OR j.id IN (SELECT value FROM json_each(CAST(@projects AS text)))
       OR j.body_id IN (SELECT value FROM json_each(CAST(@bodies AS text))))
  AND (CAST(@any_programme AS boolean) OR j.programme_id = @programme_id)
  AND (CAST(@any_body AS boolean) OR j.body_id = @body_id)
ORDER BY j.code, j.id;

-- name: ProjectSpan :many
SELECT j.starts_on, j.ends_on FROM funding_project j WHERE j.programme_id = @programme_id;

-- name: PutProgrammeTarget :exec
INSERT INTO funding_target (id, programme_id, project_id, kpi, due_on, value)
VALUES (@id, @programme_id, NULL, @kpi, @due_on, @value)
ON CONFLICT (programme_id, kpi, due_on) WHERE project_id IS NULL DO UPDATE SET value = excluded.value;

-- name: PutProjectTarget :exec
INSERT INTO funding_target (id, programme_id, project_id, kpi, due_on, value)
VALUES (@id, @programme_id, @project_id, @kpi, @due_on, @value)
ON CONFLICT (project_id, kpi, due_on) WHERE project_id IS NOT NULL DO UPDATE SET value = excluded.value;

-- name: DeleteTarget :execrows
DELETE FROM funding_target
WHERE programme_id = @programme_id AND kpi = @kpi AND due_on = @due_on
  AND (project_id = @project_id OR (CAST(@of_programme AS boolean) AND project_id IS NULL));

-- name: TargetsOf :many
SELECT t.programme_id, t.project_id, t.kpi, t.due_on, t.value
FROM funding_target t WHERE t.programme_id = @programme_id
ORDER BY t.project_id, t.kpi, t.due_on;

-- name: TargetValue :many
SELECT t.value FROM funding_target t
WHERE t.programme_id = @programme_id AND t.kpi = @kpi AND t.due_on = @due_on
  AND (t.project_id = @project_id OR (CAST(@of_programme AS boolean) AND t.project_id IS NULL));

-- name: EndProgramme :exec
UPDATE funding_programme SET ended_on = @ended_on WHERE id = @id;

-- name: EndProject :exec
UPDATE funding_project SET ended_on = @ended_on WHERE id = @id;

-- name: ProjectsOfProgramme :many
SELECT j.id, j.programme_id, j.body_id, j.code, j.name, j.cup, j.starts_on, j.ends_on, j.amount_cents, j.ended_on, j.version
FROM funding_project j WHERE j.programme_id = @programme_id;

-- name: ProjectsOfBody :many
SELECT j.id, j.programme_id, j.body_id, j.code, j.name, j.cup, j.starts_on, j.ends_on, j.amount_cents, j.ended_on, j.version
FROM funding_project j WHERE j.body_id = @body_id;

-- name: MoveProjects :many
UPDATE funding_project SET body_id = @into_id, version = version + 1 WHERE body_id = @from_id RETURNING id;

-- name: MoveProjectsBack :many
UPDATE funding_project SET body_id = @from_id, version = version + 1
WHERE body_id = @into_id AND id IN (SELECT value FROM json_each(CAST(@ids AS text))) RETURNING id;
