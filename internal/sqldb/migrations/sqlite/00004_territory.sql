-- +goose Up
-- territory: regions, provinces, municipalities. The Belfiore code is the key; ISTAT codes have a history.
CREATE TABLE territory_region (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;
CREATE TABLE territory_province (
    code TEXT NOT NULL PRIMARY KEY,
    abbr TEXT NOT NULL,
    name TEXT NOT NULL,
    region_code TEXT NOT NULL REFERENCES territory_region (code)
) STRICT;
CREATE TABLE territory_municipality (
    belfiore TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_other TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL,
    province_code TEXT NOT NULL REFERENCES territory_province (code),
    region_code TEXT NOT NULL REFERENCES territory_region (code),
    population INTEGER NOT NULL DEFAULT 0,
    lat REAL,
    lon REAL,
    capital INTEGER NOT NULL DEFAULT 0 CHECK (capital IN (0, 1)),
    patron_day TEXT NOT NULL DEFAULT '',
    CONSTRAINT territory_municipality_place CHECK ((lat IS NULL) = (lon IS NULL))
) STRICT;
CREATE INDEX territory_municipality_region ON territory_municipality (region_code, name);
CREATE INDEX territory_municipality_search ON territory_municipality (search);
CREATE TABLE territory_istat (
    istat TEXT NOT NULL,
    valid_from TEXT NOT NULL CHECK (valid_from = date(valid_from)),
    valid_to TEXT CHECK (valid_to = date(valid_to)),
    belfiore TEXT NOT NULL REFERENCES territory_municipality (belfiore),
    PRIMARY KEY (istat, valid_from)
) STRICT;
CREATE INDEX territory_istat_belfiore ON territory_istat (belfiore);
CREATE TABLE territory_cap (
    cap TEXT NOT NULL,
    belfiore TEXT NOT NULL REFERENCES territory_municipality (belfiore),
    PRIMARY KEY (cap, belfiore)
) STRICT;

-- +goose Down
DROP TABLE territory_cap;
DROP TABLE territory_istat;
DROP TABLE territory_municipality;
DROP TABLE territory_province;
DROP TABLE territory_region;
