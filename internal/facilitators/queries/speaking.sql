-- name: Speaking :many
SELECT t.facilitator_id FROM facilitators_tag t
WHERE t.kind = 'language' AND t.value IN (SELECT value FROM json_each(CAST(@languages AS text)))
GROUP BY t.facilitator_id
HAVING count(*) >= CAST(@n AS bigint)
ORDER BY t.facilitator_id;

-- name: Languages :many
SELECT DISTINCT t.value FROM facilitators_tag t WHERE t.kind = 'language' ORDER BY t.value;
