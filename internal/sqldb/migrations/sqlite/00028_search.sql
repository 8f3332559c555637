-- +goose Up
-- agenda: the part of the day in which a time begins, on the clock of Rome (0 morning, 1 from 13, 2 from 18), so that
-- "in the evening" is sought and not sifted. The clock goes forward on the last Sunday of March, back on that of October.
ALTER TABLE agenda_slot ADD COLUMN part INTEGER NOT NULL DEFAULT 0 CONSTRAINT agenda_slot_part CHECK (part BETWEEN 0 AND 2);
UPDATE agenda_slot SET part = (
    SELECT CASE WHEN l.clock < '13:00' THEN 0 WHEN l.clock < '18:00' THEN 1 ELSE 2 END
    FROM (SELECT strftime('%H:%M', starts_at, CASE WHEN starts_at >= date(substr(starts_at, 1, 4) || '-04-01', 'weekday 0', '-7 days') || 'T01'
        AND starts_at < date(substr(starts_at, 1, 4) || '-11-01', 'weekday 0', '-7 days') || 'T01' THEN '+2 hours' ELSE '+1 hour' END) AS clock) l);
CREATE INDEX agenda_slot_part ON agenda_slot (point_id, part, starts_at) WHERE free > 0;

-- agenda: who is expected from a day to a day, and who lost the time, among all that was ever booked.
CREATE INDEX agenda_booking_expected ON agenda_booking (day) WHERE state = 'confirmed';

-- points: whether anything has changed is asked by every search.
CREATE INDEX points_point_revision ON points_point (revision);

-- +goose Down
DROP INDEX points_point_revision;
DROP INDEX agenda_booking_expected;
DROP INDEX agenda_slot_part;
ALTER TABLE agenda_slot DROP COLUMN part;
