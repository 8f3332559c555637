-- +goose Up
-- agenda: people who come together, who books for whom, the same request twice, limits, opinions.
-- together_id: the booking of the first of several people; party: how many come, said on the first one only.
ALTER TABLE agenda_booking ADD COLUMN together_id TEXT REFERENCES agenda_booking (id);
ALTER TABLE agenda_booking ADD COLUMN party INTEGER NOT NULL DEFAULT 1
    CONSTRAINT agenda_booking_party CHECK (party BETWEEN 1 AND 4);
CREATE INDEX agenda_booking_together ON agenda_booking (together_id) WHERE together_id IS NOT NULL;

-- relation: what ties who books to the person whom the appointment is for.
-- asked_at, asked: when the code was last sent again, and how often on that day.
ALTER TABLE agenda_contact ADD COLUMN relation TEXT NOT NULL DEFAULT ''
    CONSTRAINT agenda_contact_relation CHECK (relation IN ('', 'relative', 'association', 'municipality', 'other'));
ALTER TABLE agenda_contact ADD COLUMN asked_at TEXT CHECK (length(asked_at) = 27);
ALTER TABLE agenda_contact ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
CREATE INDEX agenda_contact_email ON agenda_contact (lower(email)) WHERE email <> '';
CREATE INDEX agenda_contact_search ON agenda_contact (search);

-- What a move or a cancellation was asked with, for a day: the same click twice is one.
CREATE TABLE agenda_request (
    key_hash TEXT NOT NULL PRIMARY KEY,
    booking_id TEXT NOT NULL REFERENCES agenda_booking (id),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27)
) STRICT;
CREATE INDEX agenda_request_booking ON agenda_request (booking_id);
CREATE INDEX agenda_request_created ON agenda_request (created_at);

-- The limits of the network on what one person may book; one that is not here is no limit.
CREATE TABLE agenda_rule (
    name TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    CONSTRAINT agenda_rule_number CHECK (number > 0)
) STRICT;

-- What people say of booking on line. Nothing leads from a row to who wrote it, not even the order of
-- the rows: the id is random, the month is all that is known of the time.
CREATE TABLE agenda_rating (
    id TEXT NOT NULL PRIMARY KEY,
    month TEXT NOT NULL CHECK (month = date(month)),
    stars INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    words TEXT NOT NULL DEFAULT '',
    CONSTRAINT agenda_rating_stars CHECK (stars BETWEEN 1 AND 5)
) STRICT, WITHOUT ROWID;
CREATE INDEX agenda_rating_month ON agenda_rating (month);

-- +goose Down
DROP TABLE agenda_rating;
DROP TABLE agenda_rule;
DROP TABLE agenda_request;
DROP INDEX agenda_contact_search;
DROP INDEX agenda_contact_email;
ALTER TABLE agenda_contact DROP COLUMN asked;
ALTER TABLE agenda_contact DROP COLUMN asked_at;
ALTER TABLE agenda_contact DROP COLUMN relation;
DROP INDEX agenda_booking_together;
ALTER TABLE agenda_booking DROP COLUMN party;
ALTER TABLE agenda_booking DROP COLUMN together_id;
