-- +goose Up
-- orgs: bodies and what each does in the network.
CREATE TABLE orgs_body (
    id         text PRIMARY KEY,
    name       text NOT NULL,
    short_name text NOT NULL DEFAULT '',
    search     text NOT NULL,
    kind       text NOT NULL,
    ipa_code   text,
    tax_code   text,
    belfiore   text REFERENCES territory_municipality (belfiore),
    email      text NOT NULL DEFAULT '',
    pec        text NOT NULL DEFAULT '',
    phone      text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    ended_on   date,
    CONSTRAINT orgs_body_kind CHECK (kind IN ('region', 'municipality', 'union', 'province', 'third_sector', 'company', 'other'))
);
CREATE UNIQUE INDEX orgs_body_name ON orgs_body (search) WHERE ended_on IS NULL;
CREATE UNIQUE INDEX orgs_body_ipa ON orgs_body (ipa_code) WHERE ended_on IS NULL;
CREATE UNIQUE INDEX orgs_body_tax ON orgs_body (tax_code) WHERE ended_on IS NULL;

CREATE TABLE orgs_role (
    body_id  text NOT NULL REFERENCES orgs_body (id),
    role     text NOT NULL,
    from_day date NOT NULL,
    to_day   date,
    PRIMARY KEY (body_id, role, from_day),
    CONSTRAINT orgs_role_role CHECK (role IN ('implementer', 'sub_implementer', 'delivering_partner', 'host')),
    CONSTRAINT orgs_role_days CHECK (to_day IS NULL OR to_day >= from_day)
);

-- network: the one network that this database holds.
CREATE TABLE network_setting (
    id             integer PRIMARY KEY,
    name           text NOT NULL,
    tagline        text NOT NULL DEFAULT '',
    region_code    text NOT NULL REFERENCES territory_region (code),
    phone          text NOT NULL DEFAULT '',
    phone_hours    text NOT NULL DEFAULT '',
    email          text NOT NULL DEFAULT '',
    horizon_days   integer NOT NULL DEFAULT 60,
    notice_version text NOT NULL,
    invented       boolean NOT NULL DEFAULT FALSE,
    created_at     timestamptz NOT NULL,
    CONSTRAINT network_setting_one CHECK (id = 1),
    CONSTRAINT network_setting_horizon CHECK (horizon_days BETWEEN 7 AND 365)
);

-- +goose Down
DROP TABLE network_setting;
DROP TABLE orgs_role;
DROP TABLE orgs_body;
