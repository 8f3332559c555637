-- +goose Up
-- funding: programmes, the projects of bodies within them, dated targets. Money in cents of euro.
CREATE TABLE funding_programme (
    id               text PRIMARY KEY,
    code             text NOT NULL,
    name             text NOT NULL,
    cup              text NOT NULL DEFAULT '',
    act              text NOT NULL DEFAULT '',
    starts_on        date NOT NULL,
    ends_on          date NOT NULL,
    amount_cents     bigint NOT NULL DEFAULT 0,
    cofunding_cents  bigint NOT NULL DEFAULT 0,
    minors_from      date,
    upload_cutoff    date,
    created_at       timestamptz NOT NULL,
    CONSTRAINT funding_programme_days CHECK (ends_on >= starts_on),
    CONSTRAINT funding_programme_money CHECK (amount_cents >= 0 AND cofunding_cents >= 0)
);
CREATE UNIQUE INDEX funding_programme_code ON funding_programme (code);

CREATE TABLE funding_project (
    id           text PRIMARY KEY,
    programme_id text NOT NULL REFERENCES funding_programme (id),
    body_id      text NOT NULL REFERENCES orgs_body (id),
    code         text NOT NULL,
    name         text NOT NULL,
    cup          text NOT NULL DEFAULT '',
    starts_on    date NOT NULL,
    ends_on      date NOT NULL,
    amount_cents bigint NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL,
    CONSTRAINT funding_project_days CHECK (ends_on >= starts_on),
    CONSTRAINT funding_project_money CHECK (amount_cents >= 0)
);
CREATE UNIQUE INDEX funding_project_code ON funding_project (code);
CREATE INDEX funding_project_body ON funding_project (body_id);

CREATE TABLE funding_target (
    id           text PRIMARY KEY,
    programme_id text NOT NULL REFERENCES funding_programme (id),
    project_id   text REFERENCES funding_project (id),
    kpi          text NOT NULL,
    due_on       date NOT NULL,
    value        integer NOT NULL,
    CONSTRAINT funding_target_kpi CHECK (kpi IN ('points', 'unique_citizens', 'services', 'facilitators')),
    CONSTRAINT funding_target_value CHECK (value >= 0)
);
CREATE UNIQUE INDEX funding_target_programme ON funding_target (programme_id, kpi, due_on) WHERE project_id IS NULL;
CREATE UNIQUE INDEX funding_target_project ON funding_target (project_id, kpi, due_on) WHERE project_id IS NOT NULL;

-- +goose Down
DROP TABLE funding_target;
DROP TABLE funding_project;
DROP TABLE funding_programme;
