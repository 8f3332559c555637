-- name: Setting :one
SELECT s.first_hours, s.second_hours, s.sms, s.sms_reminder, s.calls, s.quiet_from, s.quiet_to FROM notify_setting s WHERE s.id = 1;

-- name: PutSetting :exec
INSERT INTO notify_setting (id, first_hours, second_hours, sms, sms_reminder, calls, quiet_from, quiet_to)
VALUES (1, @first_hours, @second_hours, @sms, @sms_reminder, @calls, @quiet_from, @quiet_to)
ON CONFLICT (id) DO UPDATE SET first_hours = excluded.first_hours, second_hours = excluded.second_hours, sms = excluded.sms,
    sms_reminder = excluded.sms_reminder, calls = excluded.calls, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to;

-- name: AddNotice :execrows
-- A time may be lost, come back and be lost again without any change of the booking: only that is told again.
INSERT INTO notify_notice (id, subject, subject_id, version, purpose, channel, state, reason, message_id, due_at, expires_at, settled_at, created_at)
VALUES (@id, @subject, @subject_id, @version, @purpose, @channel, @state, @reason, @message_id, @due_at, @expires_at, @settled_at, @created_at)
ON CONFLICT (subject, subject_id, version, purpose) DO UPDATE SET id = excluded.id, channel = excluded.channel, state = excluded.state,
    reason = excluded.reason, message_id = excluded.message_id, due_at = excluded.due_at, expires_at = excluded.expires_at,
    settled_at = excluded.settled_at, created_at = excluded.created_at
WHERE notify_notice.state = 'dropped' AND notify_notice.purpose = 'stranded';

-- name: NoticeByID :one
SELECT sqlc.embed(n) FROM notify_notice n WHERE n.id = @id;

-- name: NoticeByMessage :one
SELECT sqlc.embed(n) FROM notify_notice n WHERE n.message_id = @message_id;

-- name: NoticesOf :many
SELECT sqlc.embed(n) FROM notify_notice n WHERE n.subject = @subject AND n.subject_id = @subject_id ORDER BY n.created_at, n.version, n.due_at, n.purpose;

-- name: OpenNotices :many
SELECT sqlc.embed(n) FROM notify_notice n
WHERE n.subject = @subject AND n.subject_id = @subject_id AND n.state IN ('planned', 'queued') ORDER BY n.id;

-- name: StrandedCalls :many
SELECT n.subject_id FROM notify_notice n
WHERE n.subject = 'booking' AND n.purpose = 'stranded' AND n.channel = 'call' AND n.state = 'queued' ORDER BY n.id;

-- name: Due :many
SELECT n.id FROM notify_notice n WHERE n.state = 'planned' AND n.due_at <= @now ORDER BY n.due_at, n.id LIMIT @max;

-- name: Queue :execrows
UPDATE notify_notice SET state = 'queued', channel = @channel, message_id = @message_id WHERE id = @id AND state = 'planned';

-- name: SettleNotice :execrows
UPDATE notify_notice SET state = @state, reason = @reason, settled_at = @settled_at WHERE id = @id AND state IN ('planned', 'queued');

-- name: ForgetNotices :execrows
DELETE FROM notify_notice WHERE settled_at < @before;
