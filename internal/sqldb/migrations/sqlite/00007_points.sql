-- +goose Up
-- points: the places (Punti Digitale Facile), their addresses, hours, closures.
CREATE TABLE points_point (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    official_name TEXT NOT NULL,
    public_name TEXT NOT NULL,
    search TEXT NOT NULL,
    facilita_name TEXT NOT NULL DEFAULT '',
    facilita_number TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL,
    project_id TEXT REFERENCES funding_project (id),
    managing_body_id TEXT NOT NULL REFERENCES orgs_body (id),
    delivering_body_id TEXT REFERENCES orgs_body (id),
    state TEXT NOT NULL,
    awarded_on TEXT CHECK (awarded_on = date(awarded_on)),
    setting_up_on TEXT CHECK (setting_up_on = date(setting_up_on)),
    opened_on TEXT CHECK (opened_on = date(opened_on)),
    suspended_on TEXT CHECK (suspended_on = date(suspended_on)),
    closed_on TEXT CHECK (closed_on = date(closed_on)),
    phone TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    booking TEXT NOT NULL DEFAULT 'possible',
    source TEXT NOT NULL DEFAULT '',
    weekly_minutes INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    revision INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT points_point_kind CHECK (kind IN ('fixed', 'itinerant')),
    CONSTRAINT points_point_state CHECK (state IN ('awarded', 'setting_up', 'open', 'suspended', 'closed')),
    CONSTRAINT points_point_booking CHECK (booking IN ('required', 'possible', 'none')),
    CONSTRAINT points_point_minutes CHECK (weekly_minutes >= 0)
) STRICT;
CREATE UNIQUE INDEX points_point_code ON points_point (code);
CREATE UNIQUE INDEX points_point_name ON points_point (official_name) WHERE closed_on IS NULL;
CREATE INDEX points_point_project ON points_point (project_id);
CREATE INDEX points_point_managing ON points_point (managing_body_id);
CREATE INDEX points_point_delivering ON points_point (delivering_body_id);

CREATE TABLE points_address (
    id TEXT NOT NULL PRIMARY KEY,
    point_id TEXT NOT NULL REFERENCES points_point (id),
    position INTEGER NOT NULL,
    place TEXT NOT NULL DEFAULT '',
    street TEXT NOT NULL DEFAULT '',
    cap TEXT NOT NULL DEFAULT '',
    belfiore TEXT NOT NULL REFERENCES territory_municipality (belfiore),
    lat REAL,
    lon REAL
) STRICT;
CREATE UNIQUE INDEX points_address_position ON points_address (point_id, position);
CREATE INDEX points_address_belfiore ON points_address (belfiore);

CREATE TABLE points_tag (
    point_id TEXT NOT NULL REFERENCES points_point (id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (point_id, kind, value),
    CONSTRAINT points_tag_kind CHECK (kind IN ('accessibility', 'service', 'language'))
) STRICT;

-- A schedule without days is the ordinary week of an address; one with days (a season) replaces it between them.
CREATE TABLE points_schedule (
    id TEXT NOT NULL PRIMARY KEY,
    address_id TEXT NOT NULL REFERENCES points_address (id),
    name TEXT NOT NULL DEFAULT '',
    from_day TEXT CHECK (from_day = date(from_day)),
    to_day TEXT CHECK (to_day = date(to_day)),
    CONSTRAINT points_schedule_days CHECK ((from_day IS NULL) = (to_day IS NULL) AND (to_day IS NULL OR to_day >= from_day))
) STRICT;
CREATE UNIQUE INDEX points_schedule_ordinary ON points_schedule (address_id) WHERE from_day IS NULL;
CREATE INDEX points_schedule_address ON points_schedule (address_id);

-- Minutes after local midnight; bands of one weekday never overlap.
CREATE TABLE points_band (
    schedule_id TEXT NOT NULL REFERENCES points_schedule (id),
    weekday INTEGER NOT NULL,
    opens INTEGER NOT NULL,
    closes INTEGER NOT NULL,
    PRIMARY KEY (schedule_id, weekday, opens),
    CONSTRAINT points_band_weekday CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT points_band_minutes CHECK (opens >= 0 AND closes <= 1440 AND opens < closes)
) STRICT;

-- The same promise as the exclusion constraint of the other engine, under the same name.
-- +goose StatementBegin
CREATE TRIGGER points_band_overlap_insert BEFORE INSERT ON points_band
WHEN EXISTS (SELECT 1 FROM points_band b WHERE b.schedule_id = NEW.schedule_id AND b.weekday = NEW.weekday
             AND b.opens < NEW.closes AND NEW.opens < b.closes)
BEGIN SELECT RAISE(ABORT, 'points_band_overlap'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER points_band_overlap_update BEFORE UPDATE ON points_band
WHEN EXISTS (SELECT 1 FROM points_band b WHERE b.schedule_id = NEW.schedule_id AND b.weekday = NEW.weekday
             AND b.rowid <> OLD.rowid AND b.opens < NEW.closes AND NEW.opens < b.closes)
BEGIN SELECT RAISE(ABORT, 'points_band_overlap'); END;
-- +goose StatementEnd

CREATE TABLE points_closure (
    id TEXT NOT NULL PRIMARY KEY,
    point_id TEXT NOT NULL REFERENCES points_point (id),
    from_day TEXT NOT NULL CHECK (from_day = date(from_day)),
    to_day TEXT NOT NULL CHECK (to_day = date(to_day)),
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT points_closure_days CHECK (to_day >= from_day)
) STRICT;
CREATE INDEX points_closure_point ON points_closure (point_id, from_day);

-- +goose Down
DROP TABLE points_closure;
DROP TABLE points_band;
DROP TABLE points_schedule;
DROP TABLE points_tag;
DROP TABLE points_address;
DROP TABLE points_point;
