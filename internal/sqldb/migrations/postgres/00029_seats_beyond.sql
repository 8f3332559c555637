-- +goose Up
-- agenda: how many seats of a time are there only because they were given before the rule had fewer: the next that are
-- given up are nobody's.
ALTER TABLE agenda_slot ADD COLUMN beyond INTEGER NOT NULL DEFAULT 0 CONSTRAINT agenda_slot_beyond CHECK (beyond >= 0);

-- +goose Down
ALTER TABLE agenda_slot DROP COLUMN beyond;
