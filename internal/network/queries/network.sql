-- name: Setting :one
SELECT s.name, s.tagline, s.region_code, s.phone, s.phone_hours, s.email, s.horizon_days, s.notice_version, s.invented,
       s.palette, s.mail_sender, s.sms_sender, s.funding_it, s.funding_en, s.min_weekly_minutes, s.open_on_holidays
FROM network_setting s WHERE s.id = 1;

-- name: PutSetting :exec
INSERT INTO network_setting (id, name, tagline, region_code, phone, phone_hours, email, horizon_days, notice_version, invented,
    palette, mail_sender, sms_sender, funding_it, funding_en, min_weekly_minutes, open_on_holidays, created_at)
VALUES (1, @name, @tagline, @region_code, @phone, @phone_hours, @email, @horizon_days, @notice_version, CAST(@invented AS boolean),
    @palette, @mail_sender, @sms_sender, @funding_it, @funding_en, @min_weekly_minutes, CAST(@open_on_holidays AS boolean), @created_at)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, tagline = excluded.tagline, region_code = excluded.region_code, phone = excluded.phone,
    phone_hours = excluded.phone_hours, email = excluded.email, horizon_days = excluded.horizon_days,
    notice_version = excluded.notice_version, invented = excluded.invented, palette = excluded.palette,
    mail_sender = excluded.mail_sender, sms_sender = excluded.sms_sender, funding_it = excluded.funding_it,
    funding_en = excluded.funding_en, min_weekly_minutes = excluded.min_weekly_minutes, open_on_holidays = excluded.open_on_holidays;

-- name: Bands :many
SELECT b.weekday, b.opens, b.closes FROM network_band b ORDER BY b.weekday, b.opens;

-- name: AddBand :exec
INSERT INTO network_band (weekday, opens, closes) VALUES (@weekday, @opens, @closes);

-- name: DeleteBands :exec
DELETE FROM network_band;

-- name: ClosedDays :many
SELECT c.from_day, c.to_day FROM network_closed c ORDER BY c.from_day;

-- name: AddClosed :exec
INSERT INTO network_closed (from_day, to_day) VALUES (@from_day, @to_day);

-- name: DeleteClosed :exec
DELETE FROM network_closed;

-- name: Pictures :many
SELECT p.file_id, p.role FROM network_picture p ORDER BY p.role, p.position, p.file_id;

-- name: AddPicture :exec
INSERT INTO network_picture (file_id, role, position)
VALUES (@file_id, @role, (SELECT coalesce(max(p.position), 0) + 1 FROM network_picture p));

-- name: DeletePicture :execrows
DELETE FROM network_picture WHERE file_id = @file_id;

-- name: Texts :many
SELECT t.kind, t.number, t.state, t.published_on, t.created_at FROM network_text t ORDER BY t.kind, t.number DESC;

-- name: Text :one
SELECT t.kind, t.number, t.state, t.body_it, t.body_en, t.published_on, t.created_at FROM network_text t
WHERE t.kind = @kind AND t.number = @number;

-- name: NextNumber :one
SELECT CAST(coalesce(max(t.number), 1) + 1 AS integer) AS n FROM network_text t WHERE t.kind = @kind;

-- name: AddText :exec
INSERT INTO network_text (kind, number, state, body_it, body_en, created_at)
VALUES (@kind, @number, 'draft', @body_it, @body_en, @created_at);

-- name: EditDraft :execrows
UPDATE network_text SET body_it = @body_it, body_en = @body_en WHERE kind = @kind AND state = 'draft';

-- name: PublishDraft :execrows
UPDATE network_text SET state = 'published', published_on = @published_on WHERE kind = @kind AND number = @number AND state = 'draft';

-- name: DeleteDraft :execrows
DELETE FROM network_text WHERE kind = @kind AND state = 'draft';

-- name: Retention :many
SELECT r.class, r.days FROM network_retention r ORDER BY r.class;

-- name: PutRetention :exec
INSERT INTO network_retention (class, days) VALUES (@class, @days)
ON CONFLICT (class) DO UPDATE SET days = excluded.days;
