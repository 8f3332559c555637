-- +goose Up
-- backup: what was copied, what was tried out, when somebody was told. move: how far a move into this database came.
CREATE TABLE backup_run (
    id          text PRIMARY KEY,
    kind        text NOT NULL,
    state       text NOT NULL,
    asked_by    text,
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    place       text NOT NULL,
    name        text NOT NULL,
    bytes       bigint NOT NULL DEFAULT 0,
    row_count   bigint NOT NULL DEFAULT 0,
    table_count integer NOT NULL DEFAULT 0,
    fault       text NOT NULL DEFAULT '',
    detail      text NOT NULL DEFAULT '',
    CONSTRAINT backup_run_kind CHECK (kind IN ('copy', 'drill')),
    CONSTRAINT backup_run_state CHECK (state IN ('running', 'done', 'failed')),
    CONSTRAINT backup_run_ended CHECK ((state = 'running') = (ended_at IS NULL))
);
CREATE INDEX backup_run_started ON backup_run (started_at);

CREATE TABLE backup_alarm (
    id    text PRIMARY KEY,
    fault text NOT NULL,
    at    timestamptz NOT NULL
);
CREATE INDEX backup_alarm_fault ON backup_alarm (fault, at);

CREATE TABLE move_table (
    name     text PRIMARY KEY,
    source   text NOT NULL,
    last_key text NOT NULL DEFAULT '',
    copied   bigint NOT NULL DEFAULT 0,
    state    text NOT NULL DEFAULT 'copying',
    CONSTRAINT move_table_state CHECK (state IN ('copying', 'copied', 'verified')),
    CONSTRAINT move_table_copied CHECK (copied >= 0)
);

-- +goose Down
DROP TABLE move_table;
DROP TABLE backup_alarm;
DROP TABLE backup_run;
