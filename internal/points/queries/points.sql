-- name: InsertPoint :exec
INSERT INTO points_point (id, code, official_name, public_name, search, facilita_name, facilita_number, kind, project_id,
    managing_body_id, delivering_body_id, state, awarded_on, setting_up_on, opened_on, suspended_on, closed_on,
    phone, email, booking, source, weekly_minutes, open_on_patron, created_at)
VALUES (@id, @code, @official_name, @public_name, @search, @facilita_name, @facilita_number, @kind, @project_id,
    @managing_body_id, @delivering_body_id, @state, @awarded_on, @setting_up_on, @opened_on, @suspended_on, @closed_on,
    @phone, @email, @booking, @source, @weekly_minutes, @open_on_patron, @created_at);

-- name: UpdatePoint :execrows
UPDATE points_point SET code = @code, official_name = @official_name, public_name = @public_name, search = @search,
    facilita_name = @facilita_name, facilita_number = @facilita_number, kind = @kind, project_id = @project_id,
    managing_body_id = @managing_body_id, delivering_body_id = @delivering_body_id,
    phone = @phone, email = @email, booking = @booking, source = @source, open_on_patron = @open_on_patron,
    version = version + 1, revision = revision + 1
WHERE id = @id AND version = @version;

-- name: UpdateState :exec
UPDATE points_point SET state = @state, awarded_on = @awarded_on, setting_up_on = @setting_up_on, opened_on = @opened_on,
    suspended_on = @suspended_on, closed_on = @closed_on, version = version + 1, revision = revision + 1
WHERE id = @id;

-- name: Touch :exec
UPDATE points_point SET revision = revision + 1 WHERE id = @id;

-- name: TouchAll :exec
UPDATE points_point SET revision = revision + 1 WHERE id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: NextHours :execrows
UPDATE points_point SET revision = revision + 1, hours_version = hours_version + 1 WHERE id = @id AND (hours_version = @seen OR CAST(@unseen AS boolean));

-- name: UpdateMinutes :exec
UPDATE points_point SET revision = revision + 1, weekly_minutes = (
    SELECT CAST(coalesce(sum(b.closes - b.opens), 0) AS integer)
    FROM points_address a JOIN points_schedule s ON s.address_id = a.id JOIN points_band b ON b.schedule_id = s.id
    WHERE a.point_id = points_point.id AND s.from_day IS NULL)
WHERE points_point.id = @id;

-- name: Revision :one
SELECT count(*) AS points, CAST(coalesce(sum(p.revision), 0) AS bigint) AS changes FROM points_point p;

-- name: PointsByIDs :many
SELECT p.id, p.code, p.official_name, p.public_name, p.facilita_name, p.facilita_number, p.kind, p.project_id,
    p.managing_body_id, p.delivering_body_id, p.state, p.awarded_on, p.setting_up_on, p.opened_on, p.suspended_on, p.closed_on,
    p.phone, p.email, p.booking, p.source, p.weekly_minutes, p.open_on_patron, p.version, p.hours_version
FROM points_point p
WHERE CAST(@everything AS boolean) OR p.id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: AddressesOf :many
SELECT a.id, a.point_id, a.position, a.place, a.street, a.cap, a.belfiore, a.lat, a.lon
FROM points_address a
WHERE CAST(@everything AS boolean) OR a.point_id IN (SELECT value FROM json_each(CAST(@point_ids AS text)))
ORDER BY a.point_id, a.position;

-- name: TagsOf :many
SELECT t.point_id, t.kind, t.value FROM points_tag t
WHERE CAST(@everything AS boolean) OR t.point_id IN (SELECT value FROM json_each(CAST(@point_ids AS text)))
ORDER BY t.point_id, t.kind, t.value;

-- name: SchedulesOf :many
SELECT s.id, s.address_id, s.name, s.from_day, s.to_day
FROM points_schedule s JOIN points_address a ON a.id = s.address_id
WHERE CAST(@everything AS boolean) OR a.point_id IN (SELECT value FROM json_each(CAST(@point_ids AS text)))
ORDER BY s.address_id, s.from_day, s.id;

-- name: BandsOf :many
SELECT b.schedule_id, b.weekday, b.opens, b.closes
FROM points_band b JOIN points_schedule s ON s.id = b.schedule_id JOIN points_address a ON a.id = s.address_id
WHERE CAST(@everything AS boolean) OR a.point_id IN (SELECT value FROM json_each(CAST(@point_ids AS text)))
ORDER BY b.schedule_id, b.weekday, b.opens;

-- name: ClosuresOf :many
SELECT c.id, c.point_id, c.from_day, c.to_day, c.reason FROM points_closure c
WHERE CAST(@everything AS boolean) OR c.point_id IN (SELECT value FROM json_each(CAST(@point_ids AS text)))
ORDER BY c.point_id, c.from_day, c.id;

-- name: PointOfAddress :one
SELECT a.point_id FROM points_address a WHERE a.id = @id;

-- name: PointOfClosure :one
SELECT c.point_id FROM points_closure c WHERE c.id = @id;

-- name: IDByCode :one
SELECT p.id FROM points_point p WHERE p.code = @code;

-- name: CodesLike :many
SELECT p.code FROM points_point p WHERE p.code LIKE @pattern;

-- name: InsertAddress :exec
INSERT INTO points_address (id, point_id, position, place, street, cap, belfiore, lat, lon)
VALUES (@id, @point_id, @position, @place, @street, @cap, @belfiore, @lat, @lon);

-- name: UpdateAddress :execrows
UPDATE points_address SET position = @position, place = @place, street = @street, cap = @cap, belfiore = @belfiore, lat = @lat, lon = @lon
WHERE id = @id AND point_id = @point_id;

-- name: LiftAddresses :exec
UPDATE points_address SET position = -1 - position WHERE point_id = @point_id;

-- name: DeleteAddressBands :exec
DELETE FROM points_band WHERE schedule_id IN (SELECT s.id FROM points_schedule s WHERE s.address_id = @address_id);

-- name: DeleteAddressSchedules :exec
DELETE FROM points_schedule WHERE address_id = @address_id;

-- name: DeleteAddress :exec
DELETE FROM points_address WHERE id = @id;

-- name: InsertTag :exec
INSERT INTO points_tag (point_id, kind, value) VALUES (@point_id, @kind, @value) ON CONFLICT DO NOTHING;

-- name: DeleteTags :exec
DELETE FROM points_tag WHERE point_id = @point_id;

-- name: PutOrdinary :one
INSERT INTO points_schedule (id, address_id, name) VALUES (@id, @address_id, @name)
ON CONFLICT (address_id) WHERE from_day IS NULL DO UPDATE SET name = excluded.name
RETURNING id;

-- name: InsertSeason :exec
INSERT INTO points_schedule (id, address_id, name, from_day, to_day) VALUES (@id, @address_id, @name, @from_day, @to_day);

-- name: UpdateSeason :exec
UPDATE points_schedule SET name = @name, from_day = @from_day, to_day = @to_day WHERE id = @id;

-- name: SchedulesOfAddress :many
SELECT s.id, s.name, s.from_day, s.to_day FROM points_schedule s WHERE s.address_id = @address_id ORDER BY s.from_day, s.id;

-- name: DeleteBands :exec
DELETE FROM points_band WHERE schedule_id = @schedule_id;

-- name: DeleteSchedule :exec
DELETE FROM points_schedule WHERE id = @id;

-- name: InsertBand :exec
INSERT INTO points_band (schedule_id, weekday, opens, closes) VALUES (@schedule_id, @weekday, @opens, @closes);

-- name: InsertClosure :exec
INSERT INTO points_closure (id, point_id, from_day, to_day, reason, created_at)
VALUES (@id, @point_id, @from_day, @to_day, @reason, @created_at);

-- name: DeleteClosure :execrows
DELETE FROM points_closure WHERE id = @id;

-- name: VisibleIDs :many
SELECT p.id FROM points_point p
WHERE p.id IN (SELECT value FROM json_each(CAST(@points AS text)))
   OR p.project_id IN (SELECT value FROM json_each(CAST(@projects AS text)))
   OR p.managing_body_id IN (SELECT value FROM json_each(CAST(@bodies AS text)))
   OR p.delivering_body_id IN (SELECT value FROM json_each(CAST(@bodies AS text)))
ORDER BY p.id;

-- name: ListIDs :many
SELECT p.id FROM points_point p
WHERE (CAST(@any_id AS boolean) OR p.id IN (SELECT value FROM json_each(CAST(@ids AS text))))
  AND (CAST(@everywhere AS boolean) OR p.id IN (SELECT value FROM json_each(CAST(@visible AS text))))
  AND (CAST(@any_name AS boolean) OR p.search LIKE @pattern)
  AND (CAST(@any_state AS boolean) OR p.state = @state)
  AND (CAST(@any_body AS boolean) OR p.managing_body_id = @body_id OR p.delivering_body_id = @body_id)
  AND (CAST(@any_project AS boolean) OR p.project_id = @project_id)
  AND (CAST(@with_hours AS boolean) OR p.weekly_minutes = 0)
  AND (CAST(@any_place AS boolean) OR EXISTS (SELECT 1 FROM points_address a WHERE a.point_id = p.id
       AND a.belfiore IN (SELECT value FROM json_each(CAST(@belfiore AS text)))))
ORDER BY p.search, p.id
LIMIT @max OFFSET @skip;

-- name: CountList :one
SELECT count(*) FROM points_point p
WHERE (CAST(@any_id AS boolean) OR p.id IN (SELECT value FROM json_each(CAST(@ids AS text))))
  AND (CAST(@everywhere AS boolean) OR p.id IN (SELECT value FROM json_each(CAST(@visible AS text))))
  AND (CAST(@any_name AS boolean) OR p.search LIKE @pattern)
  AND (CAST(@any_state AS boolean) OR p.state = @state)
  AND (CAST(@any_body AS boolean) OR p.managing_body_id = @body_id OR p.delivering_body_id = @body_id)
  AND (CAST(@any_project AS boolean) OR p.project_id = @project_id)
  AND (CAST(@with_hours AS boolean) OR p.weekly_minutes = 0)
  AND (CAST(@any_place AS boolean) OR EXISTS (SELECT 1 FROM points_address a WHERE a.point_id = p.id
       AND a.belfiore IN (SELECT value FROM json_each(CAST(@belfiore AS text)))));

-- name: CountStates :many
SELECT p.state, count(*) AS n FROM points_point p GROUP BY p.state ORDER BY p.state;
