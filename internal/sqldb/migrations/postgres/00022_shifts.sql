-- +goose Up
-- facilitators: shifts that come every some weeks or on the nth weekday of a month, the kinds of appointment they
-- offer, one time of them that goes otherwise, hours of absence and who stands in.
-- A shift is one stretch of one weekday; what people enter together is read together.
ALTER TABLE facilitators_duty ADD COLUMN every_weeks integer NOT NULL DEFAULT 1
    CONSTRAINT facilitators_duty_every CHECK (every_weeks BETWEEN 1 AND 52);
ALTER TABLE facilitators_duty ADD COLUMN anchor_day date
    CONSTRAINT facilitators_duty_anchor CHECK (every_weeks = 1 OR anchor_day IS NOT NULL);
ALTER TABLE facilitators_duty ADD COLUMN nth integer NOT NULL DEFAULT 0
    CONSTRAINT facilitators_duty_nth CHECK (nth BETWEEN -1 AND 4);

CREATE TABLE facilitators_duty_kind (
    duty_id text NOT NULL REFERENCES facilitators_duty (id) ON DELETE CASCADE,
    kind_id text NOT NULL REFERENCES kinds_kind (id),
    PRIMARY KEY (duty_id, kind_id)
);
CREATE INDEX facilitators_duty_kind_kind ON facilitators_duty_kind (kind_id);

-- One time of a shift that does not go as the others: all of it as it is on that day.
CREATE TABLE facilitators_occurrence (
    id text PRIMARY KEY,
    duty_id text NOT NULL REFERENCES facilitators_duty (id) ON DELETE CASCADE,
    day date NOT NULL,
    state text NOT NULL,
    facilitator_id text NOT NULL REFERENCES facilitators_facilitator (id),
    address_id text NOT NULL REFERENCES points_address (id),
    starts integer NOT NULL,
    ends integer NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT facilitators_occurrence_state CHECK (state IN ('changed', 'cancelled')),
    CONSTRAINT facilitators_occurrence_minutes CHECK (starts >= 0 AND ends <= 1440 AND starts < ends)
);
CREATE UNIQUE INDEX facilitators_occurrence_day ON facilitators_occurrence (duty_id, day);
CREATE INDEX facilitators_occurrence_facilitator ON facilitators_occurrence (facilitator_id, day);

-- An absence of some hours lies on one day. Why somebody is away is a class, never words.
ALTER TABLE facilitators_absence ADD COLUMN starts integer NOT NULL DEFAULT 0;
ALTER TABLE facilitators_absence ADD COLUMN ends integer NOT NULL DEFAULT 1440
    CONSTRAINT facilitators_absence_minutes CHECK (starts >= 0 AND ends <= 1440 AND starts < ends);
ALTER TABLE facilitators_absence ADD COLUMN reason text NOT NULL DEFAULT 'other'
    CONSTRAINT facilitators_absence_reason CHECK (reason IN ('holiday', 'illness', 'training', 'other'));

-- Who stands in, for one time of a shift, during an absence.
CREATE TABLE facilitators_substitute (
    id text PRIMARY KEY,
    absence_id text NOT NULL REFERENCES facilitators_absence (id) ON DELETE CASCADE,
    duty_id text NOT NULL REFERENCES facilitators_duty (id) ON DELETE CASCADE,
    day date NOT NULL,
    facilitator_id text NOT NULL REFERENCES facilitators_facilitator (id),
    created_at timestamptz NOT NULL
);
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
