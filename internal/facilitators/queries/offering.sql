-- name: PointsOffering :many
SELECT DISTINCT d.point_id FROM facilitators_duty_kind k JOIN facilitators_duty d ON d.id = k.duty_id
WHERE k.kind_id = @kind_id AND (d.to_day IS NULL OR d.to_day >= @today)
ORDER BY d.point_id;
