-- name: Setting :one
SELECT s.name, s.tagline, s.region_code, s.phone, s.phone_hours, s.email, s.horizon_days, s.notice_version, s.invented
FROM network_setting s WHERE s.id = 1;

-- name: PutSetting :exec
INSERT INTO network_setting (id, name, tagline, region_code, phone, phone_hours, email, horizon_days, notice_version, invented, created_at)
VALUES (1, @name, @tagline, @region_code, @phone, @phone_hours, @email, @horizon_days, @notice_version, CAST(@invented AS boolean), @created_at)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, tagline = excluded.tagline, region_code = excluded.region_code, phone = excluded.phone,
    phone_hours = excluded.phone_hours, email = excluded.email, horizon_days = excluded.horizon_days,
    notice_version = excluded.notice_version, invented = excluded.invented;
