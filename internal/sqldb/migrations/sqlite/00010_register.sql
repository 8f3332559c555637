-- +goose Up
-- register: services delivered and to whom; the codice fiscale only as keyed HMAC and ciphertext.
CREATE TABLE register_citizen (
    id TEXT NOT NULL PRIMARY KEY,
    identified_by TEXT NOT NULL,
    tax_code_key TEXT,
    tax_code_cipher BLOB,
    document_kind TEXT NOT NULL DEFAULT '',
    document_cipher BLOB,
    name_cipher BLOB,
    surname_cipher BLOB,
    gender TEXT NOT NULL DEFAULT '',
    education TEXT NOT NULL DEFAULT '',
    occupation TEXT NOT NULL DEFAULT '',
    citizenship TEXT NOT NULL DEFAULT '',
    province TEXT NOT NULL DEFAULT '',
    notice_version TEXT NOT NULL DEFAULT '',
    notice_given TEXT NOT NULL DEFAULT 'paper',
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    updated_at TEXT NOT NULL CHECK (length(updated_at) = 27),
    CONSTRAINT register_citizen_identified CHECK (identified_by IN ('tax_code', 'document', 'none')),
    CONSTRAINT register_citizen_tax CHECK ((identified_by = 'tax_code') = (tax_code_key IS NOT NULL)),
    CONSTRAINT register_citizen_notice CHECK (notice_given IN ('paper', 'online', 'email'))
) STRICT;
CREATE UNIQUE INDEX register_citizen_tax_code ON register_citizen (tax_code_key);

CREATE TABLE register_record (
    id TEXT NOT NULL PRIMARY KEY,
    idempotency_key TEXT,
    programme_id TEXT NOT NULL REFERENCES funding_programme (id),
    project_id TEXT NOT NULL REFERENCES funding_project (id),
    body_id TEXT NOT NULL REFERENCES orgs_body (id),
    point_id TEXT NOT NULL REFERENCES points_point (id),
    address_id TEXT NOT NULL REFERENCES points_address (id),
    facilitator_id TEXT NOT NULL REFERENCES facilitators_facilitator (id),
    booking_id TEXT REFERENCES agenda_booking (id),
    corrects TEXT REFERENCES register_record (id),
    day TEXT NOT NULL CHECK (day = date(day)),
    month TEXT NOT NULL GENERATED ALWAYS AS (substr(day, 1, 7)) STORED,
    starts_at TEXT NOT NULL CHECK (length(starts_at) = 27),
    minutes INTEGER NOT NULL,
    types TEXT NOT NULL,
    areas TEXT NOT NULL,
    skills TEXT NOT NULL,
    domains TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT 'solved',
    autonomy INTEGER,
    state TEXT NOT NULL DEFAULT 'active',
    cancel_reason TEXT NOT NULL DEFAULT '',
    created_by TEXT,
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    updated_at TEXT NOT NULL CHECK (length(updated_at) = 27),
    version INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT register_record_minutes CHECK (minutes BETWEEN 1 AND 1439),
    CONSTRAINT register_record_detail CHECK (length(detail) <= 600),
    CONSTRAINT register_record_outcome CHECK (outcome IN ('solved', 'part', 'postponed', 'sent_elsewhere')),
    CONSTRAINT register_record_autonomy CHECK (autonomy IS NULL OR autonomy BETWEEN 0 AND 3),
    CONSTRAINT register_record_state CHECK (state IN ('active', 'cancelled'))
) STRICT;
CREATE UNIQUE INDEX register_record_idempotency ON register_record (idempotency_key);
CREATE UNIQUE INDEX register_record_booking ON register_record (booking_id) WHERE state = 'active';
CREATE INDEX register_record_point ON register_record (point_id, day);
CREATE INDEX register_record_facilitator ON register_record (facilitator_id, day);
CREATE INDEX register_record_project ON register_record (project_id, day);
CREATE INDEX register_record_day ON register_record (day, starts_at, id);

CREATE TABLE register_attendance (
    record_id TEXT NOT NULL REFERENCES register_record (id),
    citizen_id TEXT NOT NULL REFERENCES register_citizen (id),
    countable INTEGER NOT NULL CHECK (countable IN (0, 1)),
    age_band TEXT NOT NULL DEFAULT '',
    gender TEXT NOT NULL DEFAULT '',
    education TEXT NOT NULL DEFAULT '',
    occupation TEXT NOT NULL DEFAULT '',
    citizenship TEXT NOT NULL DEFAULT '',
    province TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (record_id, citizen_id)
) STRICT;
CREATE INDEX register_attendance_citizen ON register_attendance (citizen_id);

-- The first service of a person in a programme, by (day, starts_at, record id): the unit that pays (C1).
CREATE TABLE register_first (
    programme_id TEXT NOT NULL REFERENCES funding_programme (id),
    citizen_id TEXT NOT NULL REFERENCES register_citizen (id),
    record_id TEXT NOT NULL REFERENCES register_record (id),
    day TEXT NOT NULL CHECK (day = date(day)),
    starts_at TEXT NOT NULL CHECK (length(starts_at) = 27),
    PRIMARY KEY (programme_id, citizen_id)
) STRICT;
CREATE INDEX register_first_record ON register_first (record_id);

-- Counters per point, project and month; wider figures are sums at reading.
CREATE TABLE register_count (
    point_id TEXT NOT NULL REFERENCES points_point (id),
    project_id TEXT NOT NULL REFERENCES funding_project (id),
    month TEXT NOT NULL,
    services INTEGER NOT NULL DEFAULT 0,
    accesses INTEGER NOT NULL DEFAULT 0,
    unique_accesses INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (point_id, project_id, month)
) STRICT;
CREATE INDEX register_count_project ON register_count (project_id, month);

-- +goose Down
DROP TABLE register_count;
DROP TABLE register_first;
DROP TABLE register_attendance;
DROP TABLE register_record;
DROP TABLE register_citizen;
