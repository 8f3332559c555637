-- +goose Up
-- backup: what was copied, what was tried out, when somebody was told. move: how far a move into this database came.
CREATE TABLE backup_run (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_by TEXT,
    started_at TEXT NOT NULL CHECK (length(started_at) = 27),
    ended_at TEXT CHECK (length(ended_at) = 27),
    place TEXT NOT NULL,
    name TEXT NOT NULL,
    bytes INTEGER NOT NULL DEFAULT 0,
    row_count INTEGER NOT NULL DEFAULT 0,
    table_count INTEGER NOT NULL DEFAULT 0,
    fault TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',
    CONSTRAINT backup_run_kind CHECK (kind IN ('copy', 'drill')),
    CONSTRAINT backup_run_state CHECK (state IN ('running', 'done', 'failed')),
    CONSTRAINT backup_run_ended CHECK ((state = 'running') = (ended_at IS NULL))
) STRICT;
CREATE INDEX backup_run_started ON backup_run (started_at);

CREATE TABLE backup_alarm (
    id TEXT NOT NULL PRIMARY KEY,
    fault TEXT NOT NULL,
    at TEXT NOT NULL CHECK (length(at) = 27)
) STRICT;
CREATE INDEX backup_alarm_fault ON backup_alarm (fault, at);

CREATE TABLE move_table (
    name TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    last_key TEXT NOT NULL DEFAULT '',
    copied INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'copying',
    CONSTRAINT move_table_state CHECK (state IN ('copying', 'copied', 'verified')),
    CONSTRAINT move_table_copied CHECK (copied >= 0)
) STRICT;

-- +goose Down
DROP TABLE move_table;
DROP TABLE backup_alarm;
DROP TABLE backup_run;
