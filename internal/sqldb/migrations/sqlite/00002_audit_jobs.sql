-- +goose Up
-- audit: who did what to what; appended in the transaction of the change, never updated.
CREATE TABLE audit_entry (
    id TEXT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL CHECK (length(at) = 27),
    actor_id TEXT,
    actor_role TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    body_id TEXT,
    point_id TEXT,
    request_id TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL CHECK (json_valid(detail))
) STRICT;
CREATE INDEX audit_entry_at ON audit_entry (at);
CREATE INDEX audit_entry_subject ON audit_entry (subject, subject_id, at);

-- jobs: work for later, enqueued in the transaction that needs it.
CREATE TABLE jobs_job (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    unique_key TEXT,
    run_at TEXT NOT NULL CHECK (length(run_at) = 27),
    attempts INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT CHECK (length(locked_until) = 27),
    last_error TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'waiting',
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    done_at TEXT CHECK (length(done_at) = 27),
    CONSTRAINT jobs_job_state CHECK (state IN ('waiting', 'done', 'failed'))
) STRICT;
CREATE UNIQUE INDEX jobs_job_once ON jobs_job (unique_key) WHERE state = 'waiting';
CREATE INDEX jobs_job_due ON jobs_job (run_at, id) WHERE state = 'waiting';

-- +goose Down
DROP TABLE jobs_job;
DROP TABLE audit_entry;
