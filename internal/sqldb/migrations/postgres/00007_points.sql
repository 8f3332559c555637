-- +goose Up
-- points: the places (Punti Digitale Facile), their addresses, hours, closures.
CREATE TABLE points_point (
    id                 text PRIMARY KEY,
    code               text NOT NULL,
    official_name      text NOT NULL,
    public_name        text NOT NULL,
    search             text NOT NULL,
    facilita_name      text NOT NULL DEFAULT '',
    facilita_number    text NOT NULL DEFAULT '',
    kind               text NOT NULL,
    project_id         text REFERENCES funding_project (id),
    managing_body_id   text NOT NULL REFERENCES orgs_body (id),
    delivering_body_id text REFERENCES orgs_body (id),
    state              text NOT NULL,
    awarded_on         date,
    setting_up_on      date,
    opened_on          date,
    suspended_on       date,
    closed_on          date,
    phone              text NOT NULL DEFAULT '',
    email              text NOT NULL DEFAULT '',
    booking            text NOT NULL DEFAULT 'possible',
    source             text NOT NULL DEFAULT '',
    weekly_minutes     integer NOT NULL DEFAULT 0,
    version            integer NOT NULL DEFAULT 1,
    revision           integer NOT NULL DEFAULT 0,
    created_at         timestamptz NOT NULL,
    CONSTRAINT points_point_kind CHECK (kind IN ('fixed', 'itinerant')),
    CONSTRAINT points_point_state CHECK (state IN ('awarded', 'setting_up', 'open', 'suspended', 'closed')),
    CONSTRAINT points_point_booking CHECK (booking IN ('required', 'possible', 'none')),
    CONSTRAINT points_point_minutes CHECK (weekly_minutes >= 0)
);
CREATE UNIQUE INDEX points_point_code ON points_point (code);
CREATE UNIQUE INDEX points_point_name ON points_point (official_name) WHERE closed_on IS NULL;
CREATE INDEX points_point_project ON points_point (project_id);
CREATE INDEX points_point_managing ON points_point (managing_body_id);
CREATE INDEX points_point_delivering ON points_point (delivering_body_id);

CREATE TABLE points_address (
    id        text PRIMARY KEY,
    point_id  text NOT NULL REFERENCES points_point (id),
    position  integer NOT NULL,
    place     text NOT NULL DEFAULT '',
    street    text NOT NULL DEFAULT '',
    cap       text NOT NULL DEFAULT '',
    belfiore  text NOT NULL REFERENCES territory_municipality (belfiore),
    lat       double precision,
    lon       double precision
);
CREATE UNIQUE INDEX points_address_position ON points_address (point_id, position);
CREATE INDEX points_address_belfiore ON points_address (belfiore);

CREATE TABLE points_tag (
    point_id text NOT NULL REFERENCES points_point (id),
    kind     text NOT NULL,
    value    text NOT NULL,
    PRIMARY KEY (point_id, kind, value),
    CONSTRAINT points_tag_kind CHECK (kind IN ('accessibility', 'service', 'language'))
);

-- A schedule without days is the ordinary week of an address; one with days (a season) replaces it between them.
CREATE TABLE points_schedule (
    id         text PRIMARY KEY,
    address_id text NOT NULL REFERENCES points_address (id),
    name       text NOT NULL DEFAULT '',
    from_day   date,
    to_day     date,
    CONSTRAINT points_schedule_days CHECK ((from_day IS NULL) = (to_day IS NULL) AND (to_day IS NULL OR to_day >= from_day))
);
CREATE UNIQUE INDEX points_schedule_ordinary ON points_schedule (address_id) WHERE from_day IS NULL;
CREATE INDEX points_schedule_address ON points_schedule (address_id);

-- Minutes after local midnight; bands of one weekday never overlap.
CREATE TABLE points_band (
    schedule_id text NOT NULL REFERENCES points_schedule (id),
    weekday     integer NOT NULL,
    opens       integer NOT NULL,
    closes      integer NOT NULL,
    PRIMARY KEY (schedule_id, weekday, opens),
    CONSTRAINT points_band_weekday CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT points_band_minutes CHECK (opens >= 0 AND closes <= 1440 AND opens < closes),
    CONSTRAINT points_band_overlap EXCLUDE USING gist (schedule_id WITH =, weekday WITH =, int4range(opens, closes) WITH &&)
);

CREATE TABLE points_closure (
    id         text PRIMARY KEY,
    point_id   text NOT NULL REFERENCES points_point (id),
    from_day   date NOT NULL,
    to_day     date NOT NULL,
    reason     text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT points_closure_days CHECK (to_day >= from_day)
);
CREATE INDEX points_closure_point ON points_closure (point_id, from_day);

-- +goose Down
DROP TABLE points_closure;
DROP TABLE points_band;
DROP TABLE points_schedule;
DROP TABLE points_tag;
DROP TABLE points_address;
DROP TABLE points_point;
