-- +goose Up
-- facilitators: shifts that come every some weeks or on the nth weekday of a month, the kinds of appointment they
-- offer, one time of them that goes otherwise, hours of absence and who stands in.
-- A shift is one stretch of one weekday; what people enter together is read together.
ALTER TABLE facilitators_duty ADD COLUMN every_weeks INTEGER NOT NULL DEFAULT 1
    CONSTRAINT facilitators_duty_every CHECK (every_weeks BETWEEN 1 AND 52);
ALTER TABLE facilitators_duty ADD COLUMN anchor_day TEXT
    CONSTRAINT facilitators_duty_anchor CHECK (anchor_day = date(anchor_day) AND (every_weeks = 1 OR anchor_day IS NOT NULL));
ALTER TABLE facilitators_duty ADD COLUMN nth INTEGER NOT NULL DEFAULT 0
    CONSTRAINT facilitators_duty_nth CHECK (nth BETWEEN -1 AND 4);

CREATE TABLE facilitators_duty_kind (
    duty_id TEXT NOT NULL REFERENCES facilitators_duty (id) ON DELETE CASCADE,
    kind_id TEXT NOT NULL REFERENCES kinds_kind (id),
    PRIMARY KEY (duty_id, kind_id)
) STRICT;
CREATE INDEX facilitators_duty_kind_kind ON facilitators_duty_kind (kind_id);

-- One time of a shift that does not go as the others: all of it as it is on that day.
CREATE TABLE facilitators_occurrence (
    id TEXT NOT NULL PRIMARY KEY,
    duty_id TEXT NOT NULL REFERENCES facilitators_duty (id) ON DELETE CASCADE,
    day TEXT NOT NULL CHECK (day = date(day)),
    state TEXT NOT NULL,
    facilitator_id TEXT NOT NULL REFERENCES facilitators_facilitator (id),
    address_id TEXT NOT NULL REFERENCES points_address (id),
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT facilitators_occurrence_state CHECK (state IN ('changed', 'cancelled')),
    CONSTRAINT facilitators_occurrence_minutes CHECK (starts >= 0 AND ends <= 1440 AND starts < ends)
) STRICT;
CREATE UNIQUE INDEX facilitators_occurrence_day ON facilitators_occurrence (duty_id, day);
CREATE INDEX facilitators_occurrence_facilitator ON facilitators_occurrence (facilitator_id, day);

-- An absence of some hours lies on one day. Why somebody is away is a class, never words.
ALTER TABLE facilitators_absence ADD COLUMN starts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE facilitators_absence ADD COLUMN ends INTEGER NOT NULL DEFAULT 1440
    CONSTRAINT facilitators_absence_minutes CHECK (starts >= 0 AND ends <= 1440 AND starts < ends);
ALTER TABLE facilitators_absence ADD COLUMN reason TEXT NOT NULL DEFAULT 'other'
    CONSTRAINT facilitators_absence_reason CHECK (reason IN ('holiday', 'illness', 'training', 'other'));

-- Who stands in, for one time of a shift, during an absence.
CREATE TABLE facilitators_substitute (
    id TEXT NOT NULL PRIMARY KEY,
    absence_id TEXT NOT NULL REFERENCES facilitators_absence (id) ON DELETE CASCADE,
    duty_id TEXT NOT NULL REFERENCES facilitators_duty (id) ON DELETE CASCADE,
    day TEXT NOT NULL CHECK (day = date(day)),
    facilitator_id TEXT NOT NULL REFERENCES facilitators_facilitator (id),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27)
) STRICT;
CREATE UNIQUE INDEX facilitators_substitute_day ON facilitators_substitute (duty_id, day, absence_id);
CREATE INDEX facilitators_substitute_absence ON facilitators_substitute (absence_id);
CREATE INDEX facilitators_substitute_facilitator ON facilitators_substitute (facilitator_id, day);

-- +goose Down
DROP TABLE facilitators_substitute;
ALTER TABLE facilitators_absence DROP COLUMN reason;
ALTER TABLE facilitators_absence DROP COLUMN ends;
ALTER TABLE facilitators_absence DROP COLUMN starts;
DROP TABLE facilitators_occurrence;
DROP TABLE facilitators_duty_kind;
ALTER TABLE facilitators_duty DROP COLUMN nth;
ALTER TABLE facilitators_duty DROP COLUMN anchor_day;
ALTER TABLE facilitators_duty DROP COLUMN every_weeks;
