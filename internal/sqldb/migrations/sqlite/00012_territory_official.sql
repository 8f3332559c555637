-- +goose Up
-- territory from the official files: what is known of a municipality and who says so, former names, what became of
-- those that ceased, boundaries, road minutes, broadband, public bodies.
CREATE TABLE territory_source (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    reference TEXT CHECK (reference = date(reference)),
    provisional INTEGER NOT NULL DEFAULT 0 CHECK (provisional IN (0, 1)),
    holder TEXT NOT NULL,
    licence TEXT NOT NULL,
    address TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    loaded_at TEXT NOT NULL CHECK (length(loaded_at) = 27),
    loaded_by TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX territory_source_content ON territory_source (sha256, kind);

-- One row: the revision grows with each change, so that other processes know that what they hold is old.
CREATE TABLE territory_state (
    one INTEGER NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    CONSTRAINT territory_state_one CHECK (one = 1)
) STRICT;

ALTER TABLE territory_province ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE territory_province ADD COLUMN uts TEXT NOT NULL DEFAULT '';

ALTER TABLE territory_municipality ADD COLUMN region_capital INTEGER NOT NULL DEFAULT 0 CHECK (region_capital IN (0, 1));
ALTER TABLE territory_municipality ADD COLUMN tax_code TEXT NOT NULL DEFAULT '';
ALTER TABLE territory_municipality ADD COLUMN nuts3 TEXT NOT NULL DEFAULT '';
ALTER TABLE territory_municipality ADD COLUMN listed_by TEXT REFERENCES territory_source (id);
ALTER TABLE territory_municipality ADD COLUMN population_from TEXT REFERENCES territory_source (id);
ALTER TABLE territory_municipality ADD COLUMN young INTEGER NOT NULL DEFAULT 0;
ALTER TABLE territory_municipality ADD COLUMN adult INTEGER NOT NULL DEFAULT 0;
ALTER TABLE territory_municipality ADD COLUMN old INTEGER NOT NULL DEFAULT 0;
ALTER TABLE territory_municipality ADD COLUMN ages_from TEXT REFERENCES territory_source (id);
ALTER TABLE territory_municipality ADD COLUMN area_km2 REAL;
ALTER TABLE territory_municipality ADD COLUMN altitude_m INTEGER;
ALTER TABLE territory_municipality ADD COLUMN altimetric_zone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE territory_municipality ADD COLUMN coastal INTEGER NOT NULL DEFAULT 0 CHECK (coastal IN (0, 1));
ALTER TABLE territory_municipality ADD COLUMN island INTEGER NOT NULL DEFAULT 0 CHECK (island IN (0, 1));
ALTER TABLE territory_municipality ADD COLUMN degurba INTEGER NOT NULL DEFAULT 0;
ALTER TABLE territory_municipality ADD COLUMN classes_from TEXT REFERENCES territory_source (id);
ALTER TABLE territory_municipality ADD COLUMN inner_class TEXT NOT NULL DEFAULT '';
ALTER TABLE territory_municipality ADD COLUMN inner_pole TEXT NOT NULL DEFAULT '';
ALTER TABLE territory_municipality ADD COLUMN inner_from TEXT REFERENCES territory_source (id);
ALTER TABLE territory_municipality ADD COLUMN ceased_on TEXT CHECK (ceased_on = date(ceased_on));

-- What became of a municipality that ceased; position 0 is the one that took most of it.
CREATE TABLE territory_successor (
    belfiore TEXT NOT NULL REFERENCES territory_municipality (belfiore),
    position INTEGER NOT NULL,
    successor TEXT NOT NULL REFERENCES territory_municipality (belfiore),
    PRIMARY KEY (belfiore, position)
) STRICT;

-- Former names, each with its last day.
CREATE TABLE territory_name (
    belfiore TEXT NOT NULL REFERENCES territory_municipality (belfiore),
    name TEXT NOT NULL,
    valid_to TEXT NOT NULL CHECK (valid_to = date(valid_to)),
    PRIMARY KEY (belfiore, name)
) STRICT;

-- Rings of ten-thousandths of a degree, written as steps (see rings.go).
CREATE TABLE territory_boundary (
    belfiore TEXT NOT NULL PRIMARY KEY REFERENCES territory_municipality (belfiore),
    rings TEXT NOT NULL,
    source_id TEXT NOT NULL REFERENCES territory_source (id)
) STRICT;

CREATE TABLE territory_travel (
    from_belfiore TEXT NOT NULL REFERENCES territory_municipality (belfiore),
    to_belfiore TEXT NOT NULL REFERENCES territory_municipality (belfiore),
    minutes REAL NOT NULL,
    km REAL NOT NULL,
    source_id TEXT NOT NULL REFERENCES territory_source (id),
    PRIMARY KEY (from_belfiore, to_belfiore),
    CONSTRAINT territory_travel_positive CHECK (minutes >= 0 AND km >= 0)
) STRICT;

CREATE TABLE territory_broadband (
    belfiore TEXT NOT NULL REFERENCES territory_municipality (belfiore),
    day TEXT NOT NULL CHECK (day = date(day)),
    addresses INTEGER NOT NULL,
    white INTEGER NOT NULL,
    grey INTEGER NOT NULL,
    black INTEGER NOT NULL,
    ftth INTEGER NOT NULL,
    fwa INTEGER NOT NULL,
    source_id TEXT NOT NULL REFERENCES territory_source (id),
    PRIMARY KEY (belfiore, day),
    CONSTRAINT territory_broadband_positive CHECK (addresses >= 0 AND white >= 0 AND grey >= 0 AND black >= 0 AND ftth >= 0 AND fwa >= 0)
) STRICT;

-- Public bodies of the national index; never the names of people.
CREATE TABLE territory_body (
    ipa_code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    search TEXT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL DEFAULT '',
    tax_code TEXT NOT NULL DEFAULT '',
    belfiore TEXT REFERENCES territory_municipality (belfiore),
    pec TEXT NOT NULL DEFAULT '',
    mail TEXT NOT NULL DEFAULT '',
    site TEXT NOT NULL DEFAULT '',
    cap TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    source_id TEXT NOT NULL REFERENCES territory_source (id)
) STRICT;
CREATE INDEX territory_body_search ON territory_body (search);

-- Files sent to the page wait here between the preview and the import, a day at most.
CREATE TABLE territory_staged (
    upload_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    content BLOB NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    PRIMARY KEY (upload_id, position)
) STRICT;

-- +goose Down
DROP TABLE territory_staged;
DROP TABLE territory_body;
DROP TABLE territory_broadband;
DROP TABLE territory_travel;
DROP TABLE territory_boundary;
DROP TABLE territory_name;
DROP TABLE territory_successor;
ALTER TABLE territory_municipality DROP COLUMN ceased_on;
ALTER TABLE territory_municipality DROP COLUMN inner_from;
ALTER TABLE territory_municipality DROP COLUMN inner_pole;
ALTER TABLE territory_municipality DROP COLUMN inner_class;
ALTER TABLE territory_municipality DROP COLUMN classes_from;
ALTER TABLE territory_municipality DROP COLUMN degurba;
ALTER TABLE territory_municipality DROP COLUMN island;
ALTER TABLE territory_municipality DROP COLUMN coastal;
ALTER TABLE territory_municipality DROP COLUMN altimetric_zone;
ALTER TABLE territory_municipality DROP COLUMN altitude_m;
ALTER TABLE territory_municipality DROP COLUMN area_km2;
ALTER TABLE territory_municipality DROP COLUMN ages_from;
ALTER TABLE territory_municipality DROP COLUMN old;
ALTER TABLE territory_municipality DROP COLUMN adult;
ALTER TABLE territory_municipality DROP COLUMN young;
ALTER TABLE territory_municipality DROP COLUMN population_from;
ALTER TABLE territory_municipality DROP COLUMN listed_by;
ALTER TABLE territory_municipality DROP COLUMN nuts3;
ALTER TABLE territory_municipality DROP COLUMN tax_code;
ALTER TABLE territory_municipality DROP COLUMN region_capital;
ALTER TABLE territory_province DROP COLUMN uts;
ALTER TABLE territory_province DROP COLUMN kind;
DROP TABLE territory_state;
DROP TABLE territory_source;
