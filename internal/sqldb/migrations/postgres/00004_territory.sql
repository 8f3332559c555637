-- +goose Up
-- territory: regions, provinces, municipalities. The Belfiore code is the key; ISTAT codes have a history.
CREATE TABLE territory_region (
    code text PRIMARY KEY,
    name text NOT NULL
);
CREATE TABLE territory_province (
    code        text PRIMARY KEY,
    abbr        text NOT NULL,
    name        text NOT NULL,
    region_code text NOT NULL REFERENCES territory_region (code)
);
CREATE TABLE territory_municipality (
    belfiore      text PRIMARY KEY,
    name          text NOT NULL,
    name_other    text NOT NULL DEFAULT '',
    search        text NOT NULL,
    province_code text NOT NULL REFERENCES territory_province (code),
    region_code   text NOT NULL REFERENCES territory_region (code),
    population    integer NOT NULL DEFAULT 0,
    lat           double precision,
    lon           double precision,
    capital       boolean NOT NULL DEFAULT FALSE,
    patron_day    text NOT NULL DEFAULT '',
    CONSTRAINT territory_municipality_place CHECK ((lat IS NULL) = (lon IS NULL))
);
CREATE INDEX territory_municipality_region ON territory_municipality (region_code, name);
CREATE INDEX territory_municipality_search ON territory_municipality (search);
CREATE TABLE territory_istat (
    istat      text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    belfiore   text NOT NULL REFERENCES territory_municipality (belfiore),
    PRIMARY KEY (istat, valid_from)
);
CREATE INDEX territory_istat_belfiore ON territory_istat (belfiore);
CREATE TABLE territory_cap (
    cap      text NOT NULL,
    belfiore text NOT NULL REFERENCES territory_municipality (belfiore),
    PRIMARY KEY (cap, belfiore)
);

-- +goose Down
DROP TABLE territory_cap;
DROP TABLE territory_istat;
DROP TABLE territory_municipality;
DROP TABLE territory_province;
DROP TABLE territory_region;
