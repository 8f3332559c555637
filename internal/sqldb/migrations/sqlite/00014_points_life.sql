-- +goose Up
-- files: documents and photographs, kept with the rest so that a backup carries them.
CREATE TABLE files_file (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    width INTEGER NOT NULL DEFAULT 0,
    height INTEGER NOT NULL DEFAULT 0,
    alt TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL,
    content BLOB NOT NULL,
    created_by TEXT,
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT files_file_kind CHECK (kind IN ('jpeg', 'png', 'pdf')),
    CONSTRAINT files_file_size CHECK (size > 0),
    CONSTRAINT files_file_sha256 CHECK (length(sha256) = 64)
) STRICT;

-- points: what stays open on the patron's day, and how often the hours were changed.
ALTER TABLE points_point ADD COLUMN open_on_patron INTEGER NOT NULL DEFAULT 0 CHECK (open_on_patron IN (0, 1));
ALTER TABLE points_point ADD COLUMN hours_version INTEGER NOT NULL DEFAULT 1;

-- An exceptional opening is a day of an address with bands of its own, whatever else that day is.
CREATE TABLE points_exception (
    id TEXT NOT NULL PRIMARY KEY,
    address_id TEXT NOT NULL REFERENCES points_address (id),
    day TEXT NOT NULL CHECK (day = date(day)),
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL CHECK (length(created_at) = 27)
) STRICT;
CREATE UNIQUE INDEX points_exception_day ON points_exception (address_id, day);

CREATE TABLE points_exception_band (
    exception_id TEXT NOT NULL REFERENCES points_exception (id),
    opens INTEGER NOT NULL,
    closes INTEGER NOT NULL,
    PRIMARY KEY (exception_id, opens),
    CONSTRAINT points_exception_minutes CHECK (opens >= 0 AND closes <= 1440 AND opens < closes)
) STRICT;

-- The same promise as the exclusion constraint of the other engine, under the same name.
-- +goose StatementBegin
CREATE TRIGGER points_exception_overlap_insert BEFORE INSERT ON points_exception_band
WHEN EXISTS (SELECT 1 FROM points_exception_band b WHERE b.exception_id = NEW.exception_id
             AND b.opens < NEW.closes AND NEW.opens < b.closes)
BEGIN SELECT RAISE(ABORT, 'points_exception_overlap'); END;
-- +goose StatementEnd

-- A wide closure shuts all the points that a body manages, or without a body the whole network.
CREATE TABLE points_wide_closure (
    id TEXT NOT NULL PRIMARY KEY,
    body_id TEXT REFERENCES orgs_body (id),
    from_day TEXT NOT NULL CHECK (from_day = date(from_day)),
    to_day TEXT NOT NULL CHECK (to_day = date(to_day)),
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT points_wide_closure_days CHECK (to_day >= from_day)
) STRICT;
CREATE INDEX points_wide_closure_body ON points_wide_closure (body_id);

-- Each step of the life of a point, with the act that decided it.
CREATE TABLE points_step (
    id TEXT NOT NULL PRIMARY KEY,
    point_id TEXT NOT NULL REFERENCES points_point (id),
    state TEXT NOT NULL,
    on_day TEXT NOT NULL CHECK (on_day = date(on_day)),
    act TEXT NOT NULL DEFAULT '',
    act_on TEXT CHECK (act_on = date(act_on)),
    file_id TEXT REFERENCES files_file (id),
    why TEXT NOT NULL DEFAULT '',
    by_id TEXT,
    at TEXT NOT NULL CHECK (length(at) = 27),
    CONSTRAINT points_step_state CHECK (state IN ('awarded', 'setting_up', 'open', 'suspended', 'closed'))
) STRICT;
CREATE INDEX points_step_point ON points_step (point_id, at);
CREATE INDEX points_step_file ON points_step (file_id);

-- What is ready of the four things that a point needs before it opens.
CREATE TABLE points_task (
    point_id TEXT NOT NULL REFERENCES points_point (id),
    item TEXT NOT NULL,
    done_on TEXT NOT NULL CHECK (done_on = date(done_on)),
    note TEXT NOT NULL DEFAULT '',
    by_id TEXT,
    at TEXT NOT NULL CHECK (length(at) = 27),
    PRIMARY KEY (point_id, item),
    CONSTRAINT points_task_item CHECK (item IN ('room', 'line', 'posters', 'people'))
) STRICT;

CREATE TABLE points_photo (
    id TEXT NOT NULL PRIMARY KEY,
    point_id TEXT NOT NULL REFERENCES points_point (id),
    file_id TEXT NOT NULL REFERENCES files_file (id),
    moment TEXT NOT NULL,
    at TEXT NOT NULL CHECK (length(at) = 27),
    CONSTRAINT points_photo_moment CHECK (moment IN ('before', 'after', 'posters', 'other'))
) STRICT;
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
