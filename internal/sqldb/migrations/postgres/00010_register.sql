-- +goose Up
-- register: services delivered and to whom; the codice fiscale only as keyed HMAC and ciphertext.
CREATE TABLE register_citizen (
    id                text PRIMARY KEY,
    identified_by     text NOT NULL,
    tax_code_key      text,
    tax_code_cipher   bytea,
    document_kind     text NOT NULL DEFAULT '',
    document_cipher   bytea,
    name_cipher       bytea,
    surname_cipher    bytea,
    gender            text NOT NULL DEFAULT '',
    education         text NOT NULL DEFAULT '',
    occupation        text NOT NULL DEFAULT '',
    citizenship       text NOT NULL DEFAULT '',
    province          text NOT NULL DEFAULT '',
    notice_version    text NOT NULL DEFAULT '',
    notice_given      text NOT NULL DEFAULT 'paper',
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    CONSTRAINT register_citizen_identified CHECK (identified_by IN ('tax_code', 'document', 'none')),
    CONSTRAINT register_citizen_tax CHECK ((identified_by = 'tax_code') = (tax_code_key IS NOT NULL)),
    CONSTRAINT register_citizen_notice CHECK (notice_given IN ('paper', 'online', 'email'))
);
CREATE UNIQUE INDEX register_citizen_tax_code ON register_citizen (tax_code_key);

CREATE TABLE register_record (
    id              text PRIMARY KEY,
    idempotency_key text,
    programme_id    text NOT NULL REFERENCES funding_programme (id),
    project_id      text NOT NULL REFERENCES funding_project (id),
    body_id         text NOT NULL REFERENCES orgs_body (id),
    point_id        text NOT NULL REFERENCES points_point (id),
    address_id      text NOT NULL REFERENCES points_address (id),
    facilitator_id  text NOT NULL REFERENCES facilitators_facilitator (id),
    booking_id      text REFERENCES agenda_booking (id),
    corrects        text REFERENCES register_record (id),
    day             date NOT NULL,
    month           text NOT NULL GENERATED ALWAYS AS (lpad(extract(year FROM day)::integer::text, 4, '0') || '-' || lpad(extract(month FROM day)::integer::text, 2, '0')) STORED,
    starts_at       timestamptz NOT NULL,
    minutes         integer NOT NULL,
    types           text NOT NULL,
    areas           text NOT NULL,
    skills          text NOT NULL,
    domains         text NOT NULL,
    detail          text NOT NULL DEFAULT '',
    outcome         text NOT NULL DEFAULT 'solved',
    autonomy        integer,
    state           text NOT NULL DEFAULT 'active',
    cancel_reason   text NOT NULL DEFAULT '',
    created_by      text,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    CONSTRAINT register_record_minutes CHECK (minutes BETWEEN 1 AND 1439),
    CONSTRAINT register_record_detail CHECK (length(detail) <= 600),
    CONSTRAINT register_record_outcome CHECK (outcome IN ('solved', 'part', 'postponed', 'sent_elsewhere')),
    CONSTRAINT register_record_autonomy CHECK (autonomy IS NULL OR autonomy BETWEEN 0 AND 3),
    CONSTRAINT register_record_state CHECK (state IN ('active', 'cancelled'))
);
CREATE UNIQUE INDEX register_record_idempotency ON register_record (idempotency_key);
CREATE UNIQUE INDEX register_record_booking ON register_record (booking_id) WHERE state = 'active';
CREATE INDEX register_record_point ON register_record (point_id, day);
CREATE INDEX register_record_facilitator ON register_record (facilitator_id, day);
CREATE INDEX register_record_project ON register_record (project_id, day);
CREATE INDEX register_record_day ON register_record (day, starts_at, id);

CREATE TABLE register_attendance (
    record_id   text NOT NULL REFERENCES register_record (id),
    citizen_id  text NOT NULL REFERENCES register_citizen (id),
    countable   boolean NOT NULL,
    age_band    text NOT NULL DEFAULT '',
    gender      text NOT NULL DEFAULT '',
    education   text NOT NULL DEFAULT '',
    occupation  text NOT NULL DEFAULT '',
    citizenship text NOT NULL DEFAULT '',
    province    text NOT NULL DEFAULT '',
    PRIMARY KEY (record_id, citizen_id)
);
CREATE INDEX register_attendance_citizen ON register_attendance (citizen_id);

-- The first service of a person in a programme, by (day, starts_at, record id): the unit that pays (C1).
CREATE TABLE register_first (
    programme_id text NOT NULL REFERENCES funding_programme (id),
    citizen_id   text NOT NULL REFERENCES register_citizen (id),
    record_id    text NOT NULL REFERENCES register_record (id),
    day          date NOT NULL,
    starts_at    timestamptz NOT NULL,
    PRIMARY KEY (programme_id, citizen_id)
);
CREATE INDEX register_first_record ON register_first (record_id);

-- Counters per point, project and month; wider figures are sums at reading.
CREATE TABLE register_count (
    point_id        text NOT NULL REFERENCES points_point (id),
    project_id      text NOT NULL REFERENCES funding_project (id),
    month           text NOT NULL,
    services        integer NOT NULL DEFAULT 0,
    accesses        integer NOT NULL DEFAULT 0,
    unique_accesses integer NOT NULL DEFAULT 0,
    PRIMARY KEY (point_id, project_id, month)
);
CREATE INDEX register_count_project ON register_count (project_id, month);

-- +goose Down
DROP TABLE register_count;
DROP TABLE register_first;
DROP TABLE register_attendance;
DROP TABLE register_record;
DROP TABLE register_citizen;
