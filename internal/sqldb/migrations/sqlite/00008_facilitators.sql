-- +goose Up
-- facilitators: people who help, the points they serve, when they are on duty.
CREATE TABLE facilitators_facilitator (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT REFERENCES identity_account (id),
    body_id TEXT NOT NULL REFERENCES orgs_body (id),
    name TEXT NOT NULL,
    surname TEXT NOT NULL,
    search TEXT NOT NULL,
    tax_code_key TEXT,
    tax_code_cipher BLOB,
    email TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    contract TEXT NOT NULL DEFAULT 'employee',
    state TEXT NOT NULL DEFAULT 'active',
    from_day TEXT NOT NULL CHECK (from_day = date(from_day)),
    to_day TEXT CHECK (to_day = date(to_day)),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT facilitators_facilitator_contract CHECK (contract IN ('employee', 'collaborator', 'volunteer')),
    CONSTRAINT facilitators_facilitator_state CHECK (state IN ('invited', 'active', 'suspended', 'left')),
    CONSTRAINT facilitators_facilitator_days CHECK (to_day IS NULL OR to_day >= from_day)
) STRICT;
CREATE UNIQUE INDEX facilitators_facilitator_account ON facilitators_facilitator (account_id);
CREATE UNIQUE INDEX facilitators_facilitator_tax ON facilitators_facilitator (tax_code_key) WHERE to_day IS NULL;
CREATE INDEX facilitators_facilitator_body ON facilitators_facilitator (body_id);

CREATE TABLE facilitators_tag (
    facilitator_id TEXT NOT NULL REFERENCES facilitators_facilitator (id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (facilitator_id, kind, value),
    CONSTRAINT facilitators_tag_kind CHECK (kind IN ('skill', 'language'))
) STRICT;

CREATE TABLE facilitators_point (
    facilitator_id TEXT NOT NULL REFERENCES facilitators_facilitator (id),
    point_id TEXT NOT NULL REFERENCES points_point (id),
    from_day TEXT NOT NULL CHECK (from_day = date(from_day)),
    to_day TEXT CHECK (to_day = date(to_day)),
    PRIMARY KEY (facilitator_id, point_id, from_day),
    CONSTRAINT facilitators_point_days CHECK (to_day IS NULL OR to_day >= from_day)
) STRICT;
CREATE INDEX facilitators_point_point ON facilitators_point (point_id);

-- A weekly shift: minutes after local midnight, the length of each bookable time, seats in it.
CREATE TABLE facilitators_duty (
    id TEXT NOT NULL PRIMARY KEY,
    facilitator_id TEXT NOT NULL REFERENCES facilitators_facilitator (id),
    point_id TEXT NOT NULL REFERENCES points_point (id),
    address_id TEXT NOT NULL REFERENCES points_address (id),
    weekday INTEGER NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    kind TEXT NOT NULL DEFAULT 'individual',
    slot_minutes INTEGER NOT NULL DEFAULT 30,
    seats INTEGER NOT NULL DEFAULT 1,
    from_day TEXT NOT NULL CHECK (from_day = date(from_day)),
    to_day TEXT CHECK (to_day = date(to_day)),
    CONSTRAINT facilitators_duty_weekday CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT facilitators_duty_minutes CHECK (starts >= 0 AND ends <= 1440 AND starts < ends),
    CONSTRAINT facilitators_duty_kind CHECK (kind IN ('individual', 'group')),
    CONSTRAINT facilitators_duty_slot CHECK (slot_minutes BETWEEN 10 AND 240 AND slot_minutes % 5 = 0),
    CONSTRAINT facilitators_duty_seats CHECK (seats BETWEEN 1 AND 40 AND (kind = 'group' OR seats = 1)),
    CONSTRAINT facilitators_duty_days CHECK (to_day IS NULL OR to_day >= from_day)
) STRICT;
CREATE INDEX facilitators_duty_point ON facilitators_duty (point_id);
CREATE INDEX facilitators_duty_facilitator ON facilitators_duty (facilitator_id);

CREATE TABLE facilitators_absence (
    id TEXT NOT NULL PRIMARY KEY,
    facilitator_id TEXT NOT NULL REFERENCES facilitators_facilitator (id),
    from_day TEXT NOT NULL CHECK (from_day = date(from_day)),
    to_day TEXT NOT NULL CHECK (to_day = date(to_day)),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT facilitators_absence_days CHECK (to_day >= from_day)
) STRICT;
CREATE INDEX facilitators_absence_facilitator ON facilitators_absence (facilitator_id, from_day);

-- +goose Down
DROP TABLE facilitators_absence;
DROP TABLE facilitators_duty;
DROP TABLE facilitators_point;
DROP TABLE facilitators_tag;
DROP TABLE facilitators_facilitator;
