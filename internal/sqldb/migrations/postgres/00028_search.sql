-- +goose Up
-- agenda: the part of the day in which a time begins, on the clock of Rome (0 morning, 1 from 13, 2 from 18), so that
-- "in the evening" is sought and not sifted.
ALTER TABLE agenda_slot ADD COLUMN part integer NOT NULL DEFAULT 0 CONSTRAINT agenda_slot_part CHECK (part BETWEEN 0 AND 2);
UPDATE agenda_slot SET part = CASE
    WHEN extract(hour FROM starts_at AT TIME ZONE 'Europe/Rome') < 13 THEN 0
    WHEN extract(hour FROM starts_at AT TIME ZONE 'Europe/Rome') < 18 THEN 1
    ELSE 2 END;
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
