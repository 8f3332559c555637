-- +goose Up
-- campaigns: extra times and places for a peak. A turn is a person at a place on some weekdays; what it made (shifts, exceptional
-- openings) is written down so that ending it gives back what was there before.
CREATE TABLE campaigns_campaign (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL DEFAULT '',
    body_id TEXT REFERENCES orgs_body (id),
    kind_id TEXT NOT NULL REFERENCES kinds_kind (id),
    wanted INTEGER NOT NULL,
    from_day TEXT NOT NULL CHECK (from_day = date(from_day)),
    to_day TEXT NOT NULL CHECK (to_day = date(to_day)),
    ended_on TEXT CHECK (ended_on = date(ended_on)),
    version INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT campaigns_campaign_days CHECK (to_day >= from_day AND (ended_on IS NULL OR ended_on <= to_day)),
    CONSTRAINT campaigns_campaign_wanted CHECK (wanted BETWEEN 1 AND 100000)
) STRICT;
CREATE UNIQUE INDEX campaigns_campaign_code ON campaigns_campaign (code);
CREATE INDEX campaigns_campaign_body ON campaigns_campaign (body_id);

-- weekdays: a bit for each, Monday is 1. place, street, cap, belfiore are those of a place made for the campaign; address_id is empty until then.
CREATE TABLE campaigns_turn (
    id TEXT NOT NULL PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaigns_campaign (id),
    facilitator_id TEXT NOT NULL REFERENCES facilitators_facilitator (id),
    point_id TEXT NOT NULL REFERENCES points_point (id),
    address_id TEXT REFERENCES points_address (id),
    place TEXT NOT NULL DEFAULT '',
    street TEXT NOT NULL DEFAULT '',
    cap TEXT NOT NULL DEFAULT '',
    belfiore TEXT NOT NULL DEFAULT '',
    weekdays INTEGER NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    from_day TEXT NOT NULL CHECK (from_day = date(from_day)),
    to_day TEXT NOT NULL CHECK (to_day = date(to_day)),
    state TEXT NOT NULL DEFAULT 'planned',
    CONSTRAINT campaigns_turn_place CHECK (address_id IS NOT NULL OR place <> ''),
    CONSTRAINT campaigns_turn_weekdays CHECK (weekdays BETWEEN 1 AND 127),
    CONSTRAINT campaigns_turn_minutes CHECK (starts >= 0 AND ends <= 1440 AND starts < ends),
    CONSTRAINT campaigns_turn_days CHECK (to_day >= from_day),
    CONSTRAINT campaigns_turn_state CHECK (state IN ('planned', 'made', 'ended') AND (state = 'planned' OR address_id IS NOT NULL))
) STRICT;
CREATE INDEX campaigns_turn_campaign ON campaigns_turn (campaign_id);
CREATE INDEX campaigns_turn_point ON campaigns_turn (point_id);
CREATE INDEX campaigns_turn_facilitator ON campaigns_turn (facilitator_id);

-- duty_id is not a foreign key: a shift that ends before it begins is taken away.
CREATE TABLE campaigns_duty (
    turn_id TEXT NOT NULL REFERENCES campaigns_turn (id),
    duty_id TEXT NOT NULL,
    PRIMARY KEY (turn_id, duty_id)
) STRICT;

-- An exceptional opening of the campaign; hours_before and reason_before are those of the one that was there, empty when there was none.
CREATE TABLE campaigns_opening (
    campaign_id TEXT NOT NULL REFERENCES campaigns_campaign (id),
    address_id TEXT NOT NULL REFERENCES points_address (id),
    day TEXT NOT NULL CHECK (day = date(day)),
    point_id TEXT NOT NULL REFERENCES points_point (id),
    hours_before TEXT NOT NULL DEFAULT '',
    reason_before TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (campaign_id, address_id, day)
) STRICT;
CREATE INDEX campaigns_opening_point ON campaigns_opening (point_id);

-- +goose Down
DROP TABLE campaigns_opening;
DROP TABLE campaigns_duty;
DROP TABLE campaigns_turn;
DROP TABLE campaigns_campaign;
