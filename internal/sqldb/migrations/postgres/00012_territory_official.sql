-- +goose Up
-- territory from the official files: what is known of a municipality and who says so, former names, what became of
-- those that ceased, boundaries, road minutes, broadband, public bodies.

-- json_extract gives one cell of an array, by a path such as $[2], as SQLite's function does: many rows go in as one text.
-- +goose StatementBegin
CREATE FUNCTION json_extract(document text, path text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT document::jsonb ->> CAST(btrim(path, '$[]') AS integer) $$;
-- +goose StatementEnd
CREATE TABLE territory_source (
    id text PRIMARY KEY,
    kind text NOT NULL,
    file_name text NOT NULL,
    title text NOT NULL DEFAULT '',
    reference date,
    provisional boolean NOT NULL DEFAULT false,
    holder text NOT NULL,
    licence text NOT NULL,
    address text NOT NULL,
    row_count integer NOT NULL,
    sha256 text NOT NULL,
    loaded_at timestamptz NOT NULL,
    loaded_by text NOT NULL
);
CREATE UNIQUE INDEX territory_source_content ON territory_source (sha256, kind);

-- One row: the revision grows with each change, so that other processes know that what they hold is old.
CREATE TABLE territory_state (
    one integer NOT NULL PRIMARY KEY,
    revision integer NOT NULL,
    CONSTRAINT territory_state_one CHECK (one = 1)
);

ALTER TABLE territory_province ADD COLUMN kind text NOT NULL DEFAULT '';
ALTER TABLE territory_province ADD COLUMN uts text NOT NULL DEFAULT '';

ALTER TABLE territory_municipality ADD COLUMN region_capital boolean NOT NULL DEFAULT false;
ALTER TABLE territory_municipality ADD COLUMN tax_code text NOT NULL DEFAULT '';
ALTER TABLE territory_municipality ADD COLUMN nuts3 text NOT NULL DEFAULT '';
ALTER TABLE territory_municipality ADD COLUMN listed_by text REFERENCES territory_source (id);
ALTER TABLE territory_municipality ADD COLUMN population_from text REFERENCES territory_source (id);
ALTER TABLE territory_municipality ADD COLUMN young integer NOT NULL DEFAULT 0;
ALTER TABLE territory_municipality ADD COLUMN adult integer NOT NULL DEFAULT 0;
ALTER TABLE territory_municipality ADD COLUMN old integer NOT NULL DEFAULT 0;
ALTER TABLE territory_municipality ADD COLUMN ages_from text REFERENCES territory_source (id);
ALTER TABLE territory_municipality ADD COLUMN area_km2 double precision;
ALTER TABLE territory_municipality ADD COLUMN altitude_m integer;
ALTER TABLE territory_municipality ADD COLUMN altimetric_zone integer NOT NULL DEFAULT 0;
ALTER TABLE territory_municipality ADD COLUMN coastal boolean NOT NULL DEFAULT false;
ALTER TABLE territory_municipality ADD COLUMN island boolean NOT NULL DEFAULT false;
ALTER TABLE territory_municipality ADD COLUMN degurba integer NOT NULL DEFAULT 0;
ALTER TABLE territory_municipality ADD COLUMN classes_from text REFERENCES territory_source (id);
ALTER TABLE territory_municipality ADD COLUMN inner_class text NOT NULL DEFAULT '';
ALTER TABLE territory_municipality ADD COLUMN inner_pole text NOT NULL DEFAULT '';
ALTER TABLE territory_municipality ADD COLUMN inner_from text REFERENCES territory_source (id);
ALTER TABLE territory_municipality ADD COLUMN ceased_on date;

-- What became of a municipality that ceased; position 0 is the one that took most of it.
CREATE TABLE territory_successor (
    belfiore text NOT NULL REFERENCES territory_municipality (belfiore),
    position integer NOT NULL,
    successor text NOT NULL REFERENCES territory_municipality (belfiore),
    PRIMARY KEY (belfiore, position)
);

-- Former names, each with its last day.
CREATE TABLE territory_name (
    belfiore text NOT NULL REFERENCES territory_municipality (belfiore),
    name text NOT NULL,
    valid_to date NOT NULL,
    PRIMARY KEY (belfiore, name)
);

-- Rings of ten-thousandths of a degree, written as steps (see rings.go).
CREATE TABLE territory_boundary (
    belfiore text PRIMARY KEY REFERENCES territory_municipality (belfiore),
    rings text NOT NULL,
    source_id text NOT NULL REFERENCES territory_source (id)
);

CREATE TABLE territory_travel (
    from_belfiore text NOT NULL REFERENCES territory_municipality (belfiore),
    to_belfiore text NOT NULL REFERENCES territory_municipality (belfiore),
    minutes double precision NOT NULL,
    km double precision NOT NULL,
    source_id text NOT NULL REFERENCES territory_source (id),
    PRIMARY KEY (from_belfiore, to_belfiore),
    CONSTRAINT territory_travel_positive CHECK (minutes >= 0 AND km >= 0)
);

CREATE TABLE territory_broadband (
    belfiore text NOT NULL REFERENCES territory_municipality (belfiore),
    day date NOT NULL,
    addresses integer NOT NULL,
    white integer NOT NULL,
    grey integer NOT NULL,
    black integer NOT NULL,
    ftth integer NOT NULL,
    fwa integer NOT NULL,
    source_id text NOT NULL REFERENCES territory_source (id),
    PRIMARY KEY (belfiore, day),
    CONSTRAINT territory_broadband_positive CHECK (addresses >= 0 AND white >= 0 AND grey >= 0 AND black >= 0 AND ftth >= 0 AND fwa >= 0)
);

-- Public bodies of the national index; never the names of people.
CREATE TABLE territory_body (
    ipa_code text PRIMARY KEY,
    name text NOT NULL,
    search text NOT NULL,
    kind text NOT NULL,
    category text NOT NULL DEFAULT '',
    tax_code text NOT NULL DEFAULT '',
    belfiore text REFERENCES territory_municipality (belfiore),
    pec text NOT NULL DEFAULT '',
    mail text NOT NULL DEFAULT '',
    site text NOT NULL DEFAULT '',
    cap text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    source_id text NOT NULL REFERENCES territory_source (id)
);
CREATE INDEX territory_body_search ON territory_body (search);

-- Files sent to the page wait here between the preview and the import, a day at most.
CREATE TABLE territory_staged (
    upload_id text NOT NULL,
    position integer NOT NULL,
    file_name text NOT NULL,
    content bytea NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (upload_id, position)
);

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
DROP FUNCTION json_extract(text, text);
