-- +goose Up
-- files: documents and photographs, kept with the rest so that a backup carries them.
CREATE TABLE files_file (
    id text PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL,
    size integer NOT NULL,
    width integer NOT NULL DEFAULT 0,
    height integer NOT NULL DEFAULT 0,
    alt text NOT NULL DEFAULT '',
    sha256 text NOT NULL,
    content bytea NOT NULL,
    created_by text,
    created_at timestamptz NOT NULL,
    CONSTRAINT files_file_kind CHECK (kind IN ('jpeg', 'png', 'pdf')),
    CONSTRAINT files_file_size CHECK (size > 0),
    CONSTRAINT files_file_sha256 CHECK (length(sha256) = 64)
);

-- points: what stays open on the patron's day, and how often the hours were changed.
ALTER TABLE points_point ADD COLUMN open_on_patron boolean NOT NULL DEFAULT false;
ALTER TABLE points_point ADD COLUMN hours_version integer NOT NULL DEFAULT 1;

-- An exceptional opening is a day of an address with bands of its own, whatever else that day is.
CREATE TABLE points_exception (
    id text PRIMARY KEY,
    address_id text NOT NULL REFERENCES points_address (id),
    day date NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX points_exception_day ON points_exception (address_id, day);

CREATE TABLE points_exception_band (
    exception_id text NOT NULL REFERENCES points_exception (id),
    opens integer NOT NULL,
    closes integer NOT NULL,
    PRIMARY KEY (exception_id, opens),
    CONSTRAINT points_exception_minutes CHECK (opens >= 0 AND closes <= 1440 AND opens < closes),
    CONSTRAINT points_exception_overlap EXCLUDE USING gist (exception_id WITH =, int4range(opens, closes) WITH &&)
);

-- A wide closure shuts all the points that a body manages, or without a body the whole network.
CREATE TABLE points_wide_closure (
    id text PRIMARY KEY,
    body_id text REFERENCES orgs_body (id),
    from_day date NOT NULL,
    to_day date NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT points_wide_closure_days CHECK (to_day >= from_day)
);
CREATE INDEX points_wide_closure_body ON points_wide_closure (body_id);

-- Each step of the life of a point, with the act that decided it.
CREATE TABLE points_step (
    id text PRIMARY KEY,
    point_id text NOT NULL REFERENCES points_point (id),
    state text NOT NULL,
    on_day date NOT NULL,
    act text NOT NULL DEFAULT '',
    act_on date,
    file_id text REFERENCES files_file (id),
    why text NOT NULL DEFAULT '',
    by_id text,
    at timestamptz NOT NULL,
    CONSTRAINT points_step_state CHECK (state IN ('awarded', 'setting_up', 'open', 'suspended', 'closed'))
);
CREATE INDEX points_step_point ON points_step (point_id, at);
CREATE INDEX points_step_file ON points_step (file_id);

-- What is ready of the four things that a point needs before it opens.
CREATE TABLE points_task (
    point_id text NOT NULL REFERENCES points_point (id),
    item text NOT NULL,
    done_on date NOT NULL,
    note text NOT NULL DEFAULT '',
    by_id text,
    at timestamptz NOT NULL,
    PRIMARY KEY (point_id, item),
    CONSTRAINT points_task_item CHECK (item IN ('room', 'line', 'posters', 'people'))
);

CREATE TABLE points_photo (
    id text PRIMARY KEY,
    point_id text NOT NULL REFERENCES points_point (id),
    file_id text NOT NULL REFERENCES files_file (id),
    moment text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT points_photo_moment CHECK (moment IN ('before', 'after', 'posters', 'other'))
);
CREATE INDEX points_photo_point ON points_photo (point_id, at);
CREATE UNIQUE INDEX points_photo_file ON points_photo (file_id);

-- +goose Down
DROP TABLE points_photo;
DROP TABLE points_task;
DROP TABLE points_step;
DROP TABLE points_wide_closure;
DROP TABLE points_exception_band;
DROP TABLE points_exception;
ALTER TABLE points_point DROP COLUMN hours_version;
ALTER TABLE points_point DROP COLUMN open_on_patron;
DROP TABLE files_file;
