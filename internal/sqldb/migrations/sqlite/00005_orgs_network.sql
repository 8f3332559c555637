-- +goose Up
-- orgs: bodies and what each does in the network.
CREATE TABLE orgs_body (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL,
    kind TEXT NOT NULL,
    ipa_code TEXT,
    tax_code TEXT,
    belfiore TEXT REFERENCES territory_municipality (belfiore),
    email TEXT NOT NULL DEFAULT '',
    pec TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    ended_on TEXT CHECK (ended_on = date(ended_on)),
    CONSTRAINT orgs_body_kind CHECK (kind IN ('region', 'municipality', 'union', 'province', 'third_sector', 'company', 'other'))
) STRICT;
CREATE UNIQUE INDEX orgs_body_name ON orgs_body (search) WHERE ended_on IS NULL;
CREATE UNIQUE INDEX orgs_body_ipa ON orgs_body (ipa_code) WHERE ended_on IS NULL;
CREATE UNIQUE INDEX orgs_body_tax ON orgs_body (tax_code) WHERE ended_on IS NULL;

CREATE TABLE orgs_role (
    body_id TEXT NOT NULL REFERENCES orgs_body (id),
    role TEXT NOT NULL,
    from_day TEXT NOT NULL CHECK (from_day = date(from_day)),
    to_day TEXT CHECK (to_day = date(to_day)),
    PRIMARY KEY (body_id, role, from_day),
    CONSTRAINT orgs_role_role CHECK (role IN ('implementer', 'sub_implementer', 'delivering_partner', 'host')),
    CONSTRAINT orgs_role_days CHECK (to_day IS NULL OR to_day >= from_day)
) STRICT;

-- network: the one network that this database holds.
CREATE TABLE network_setting (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    tagline TEXT NOT NULL DEFAULT '',
    region_code TEXT NOT NULL REFERENCES territory_region (code),
    phone TEXT NOT NULL DEFAULT '',
    phone_hours TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    horizon_days INTEGER NOT NULL DEFAULT 60,
    notice_version TEXT NOT NULL,
    invented INTEGER NOT NULL DEFAULT 0 CHECK (invented IN (0, 1)),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT network_setting_one CHECK (id = 1),
    CONSTRAINT network_setting_horizon CHECK (horizon_days BETWEEN 7 AND 365)
) STRICT;

-- +goose Down
DROP TABLE network_setting;
DROP TABLE orgs_role;
DROP TABLE orgs_body;
