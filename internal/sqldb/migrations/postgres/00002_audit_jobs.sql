-- +goose Up
-- audit: who did what to what; appended in the transaction of the change, never updated.
CREATE TABLE audit_entry (
    id          text PRIMARY KEY,
    at          timestamptz NOT NULL,
    actor_id    text,
    actor_role  text NOT NULL,
    action      text NOT NULL,
    subject     text NOT NULL,
    subject_id  text NOT NULL,
    body_id     text,
    point_id    text,
    request_id  text NOT NULL DEFAULT '',
    detail      jsonb NOT NULL
);
CREATE INDEX audit_entry_at ON audit_entry (at);
CREATE INDEX audit_entry_subject ON audit_entry (subject, subject_id, at);

-- jobs: work for later, enqueued in the transaction that needs it.
CREATE TABLE jobs_job (
    id           text PRIMARY KEY,
    kind         text NOT NULL,
    payload      jsonb NOT NULL,
    unique_key   text,
    run_at       timestamptz NOT NULL,
    attempts     integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    last_error   text NOT NULL DEFAULT '',
    state        text NOT NULL DEFAULT 'waiting',
    created_at   timestamptz NOT NULL,
    done_at      timestamptz,
    CONSTRAINT jobs_job_state CHECK (state IN ('waiting', 'done', 'failed'))
);
CREATE UNIQUE INDEX jobs_job_once ON jobs_job (unique_key) WHERE state = 'waiting';
CREATE INDEX jobs_job_due ON jobs_job (run_at, id) WHERE state = 'waiting';

-- +goose Down
DROP TABLE jobs_job;
DROP TABLE audit_entry;
