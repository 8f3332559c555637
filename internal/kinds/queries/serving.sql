-- name: Serving :many
SELECT k.id FROM kinds_kind k
WHERE EXISTS (SELECT 1 FROM kinds_tag t WHERE t.kind_id = k.id AND t.tag = 'topic' AND t.value = @topic)
   OR NOT EXISTS (SELECT 1 FROM kinds_tag n WHERE n.kind_id = k.id AND n.tag = 'topic')
ORDER BY k.id;
