-- name: InsertRating :exec
INSERT INTO agenda_rating (id, month, stars, reason, words) VALUES (@id, @month, @stars, @reason, @words);

-- name: CountRatings :many
SELECT r.month, r.stars, r.reason, count(*) AS n FROM agenda_rating r
WHERE r.month >= @from_month
GROUP BY r.month, r.stars, r.reason ORDER BY r.month DESC, r.stars DESC, r.reason;

-- name: RatingWords :many
SELECT r.month, r.stars, r.reason, r.words FROM agenda_rating r
WHERE r.month >= @from_month AND r.words <> ''
ORDER BY r.month DESC, r.stars, r.id LIMIT @max;
