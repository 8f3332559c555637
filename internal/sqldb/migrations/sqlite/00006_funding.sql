-- +goose Up
-- funding: programmes, the projects of bodies within them, dated targets. Money in cents of euro.
CREATE TABLE funding_programme (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    cup TEXT NOT NULL DEFAULT '',
    act TEXT NOT NULL DEFAULT '',
    starts_on TEXT NOT NULL CHECK (starts_on = date(starts_on)),
    ends_on TEXT NOT NULL CHECK (ends_on = date(ends_on)),
    amount_cents INTEGER NOT NULL DEFAULT 0,
    cofunding_cents INTEGER NOT NULL DEFAULT 0,
    minors_from TEXT CHECK (minors_from = date(minors_from)),
    upload_cutoff TEXT CHECK (upload_cutoff = date(upload_cutoff)),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT funding_programme_days CHECK (ends_on >= starts_on),
    CONSTRAINT funding_programme_money CHECK (amount_cents >= 0 AND cofunding_cents >= 0)
) STRICT;
CREATE UNIQUE INDEX funding_programme_code ON funding_programme (code);

CREATE TABLE funding_project (
    id TEXT NOT NULL PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES funding_programme (id),
    body_id TEXT NOT NULL REFERENCES orgs_body (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    cup TEXT NOT NULL DEFAULT '',
    starts_on TEXT NOT NULL CHECK (starts_on = date(starts_on)),
    ends_on TEXT NOT NULL CHECK (ends_on = date(ends_on)),
    amount_cents INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT funding_project_days CHECK (ends_on >= starts_on),
    CONSTRAINT funding_project_money CHECK (amount_cents >= 0)
) STRICT;
CREATE UNIQUE INDEX funding_project_code ON funding_project (code);
CREATE INDEX funding_project_body ON funding_project (body_id);

CREATE TABLE funding_target (
    id TEXT NOT NULL PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES funding_programme (id),
    project_id TEXT REFERENCES funding_project (id),
    kpi TEXT NOT NULL,
    due_on TEXT NOT NULL CHECK (due_on = date(due_on)),
    value INTEGER NOT NULL,
    CONSTRAINT funding_target_kpi CHECK (kpi IN ('points', 'unique_citizens', 'services', 'facilitators')),
    CONSTRAINT funding_target_value CHECK (value >= 0)
) STRICT;
CREATE UNIQUE INDEX funding_target_programme ON funding_target (programme_id, kpi, due_on) WHERE project_id IS NULL;
CREATE UNIQUE INDEX funding_target_project ON funding_target (project_id, kpi, due_on) WHERE project_id IS NOT NULL;

-- +goose Down
DROP TABLE funding_target;
DROP TABLE funding_project;
DROP TABLE funding_programme;
