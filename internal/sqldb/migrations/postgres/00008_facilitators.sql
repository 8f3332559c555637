-- +goose Up
-- facilitators: people who help, the points they serve, when they are on duty.
CREATE TABLE facilitators_facilitator (
    id              text PRIMARY KEY,
    account_id      text REFERENCES identity_account (id),
    body_id         text NOT NULL REFERENCES orgs_body (id),
    name            text NOT NULL,
    surname         text NOT NULL,
    search          text NOT NULL,
    tax_code_key    text,
    tax_code_cipher bytea,
    email           text NOT NULL DEFAULT '',
    phone           text NOT NULL DEFAULT '',
    contract        text NOT NULL DEFAULT 'employee',
    state           text NOT NULL DEFAULT 'active',
    from_day        date NOT NULL,
    to_day          date,
    created_at      timestamptz NOT NULL,
    CONSTRAINT facilitators_facilitator_contract CHECK (contract IN ('employee', 'collaborator', 'volunteer')),
    CONSTRAINT facilitators_facilitator_state CHECK (state IN ('invited', 'active', 'suspended', 'left')),
    CONSTRAINT facilitators_facilitator_days CHECK (to_day IS NULL OR to_day >= from_day)
);
CREATE UNIQUE INDEX facilitators_facilitator_account ON facilitators_facilitator (account_id);
CREATE UNIQUE INDEX facilitators_facilitator_tax ON facilitators_facilitator (tax_code_key) WHERE to_day IS NULL;
CREATE INDEX facilitators_facilitator_body ON facilitators_facilitator (body_id);

CREATE TABLE facilitators_tag (
    facilitator_id text NOT NULL REFERENCES facilitators_facilitator (id),
    kind           text NOT NULL,
    value          text NOT NULL,
    PRIMARY KEY (facilitator_id, kind, value),
    CONSTRAINT facilitators_tag_kind CHECK (kind IN ('skill', 'language'))
);

CREATE TABLE facilitators_point (
    facilitator_id text NOT NULL REFERENCES facilitators_facilitator (id),
    point_id       text NOT NULL REFERENCES points_point (id),
    from_day       date NOT NULL,
    to_day         date,
    PRIMARY KEY (facilitator_id, point_id, from_day),
    CONSTRAINT facilitators_point_days CHECK (to_day IS NULL OR to_day >= from_day)
);
CREATE INDEX facilitators_point_point ON facilitators_point (point_id);

-- A weekly shift: minutes after local midnight, the length of each bookable time, seats in it.
CREATE TABLE facilitators_duty (
    id             text PRIMARY KEY,
    facilitator_id text NOT NULL REFERENCES facilitators_facilitator (id),
    point_id       text NOT NULL REFERENCES points_point (id),
    address_id     text NOT NULL REFERENCES points_address (id),
    weekday        integer NOT NULL,
    starts         integer NOT NULL,
    ends           integer NOT NULL,
    kind           text NOT NULL DEFAULT 'individual',
    slot_minutes   integer NOT NULL DEFAULT 30,
    seats          integer NOT NULL DEFAULT 1,
    from_day       date NOT NULL,
    to_day         date,
    CONSTRAINT facilitators_duty_weekday CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT facilitators_duty_minutes CHECK (starts >= 0 AND ends <= 1440 AND starts < ends),
    CONSTRAINT facilitators_duty_kind CHECK (kind IN ('individual', 'group')),
    CONSTRAINT facilitators_duty_slot CHECK (slot_minutes BETWEEN 10 AND 240 AND slot_minutes % 5 = 0),
    CONSTRAINT facilitators_duty_seats CHECK (seats BETWEEN 1 AND 40 AND (kind = 'group' OR seats = 1)),
    CONSTRAINT facilitators_duty_days CHECK (to_day IS NULL OR to_day >= from_day)
);
CREATE INDEX facilitators_duty_point ON facilitators_duty (point_id);
CREATE INDEX facilitators_duty_facilitator ON facilitators_duty (facilitator_id);

CREATE TABLE facilitators_absence (
    id             text PRIMARY KEY,
    facilitator_id text NOT NULL REFERENCES facilitators_facilitator (id),
    from_day       date NOT NULL,
    to_day         date NOT NULL,
    created_at     timestamptz NOT NULL,
    CONSTRAINT facilitators_absence_days CHECK (to_day >= from_day)
);
CREATE INDEX facilitators_absence_facilitator ON facilitators_absence (facilitator_id, from_day);

-- +goose Down
DROP TABLE facilitators_absence;
DROP TABLE facilitators_duty;
DROP TABLE facilitators_point;
DROP TABLE facilitators_tag;
DROP TABLE facilitators_facilitator;
