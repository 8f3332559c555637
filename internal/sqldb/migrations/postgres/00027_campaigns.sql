-- +goose Up
-- campaigns: extra times and places for a peak. A turn is a person at a place on some weekdays; what it made (shifts, exceptional
-- openings) is written down so that ending it gives back what was there before.
CREATE TABLE campaigns_campaign (
    id text PRIMARY KEY,
    code text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    body_id text REFERENCES orgs_body (id),
    kind_id text NOT NULL REFERENCES kinds_kind (id),
    wanted integer NOT NULL,
    from_day date NOT NULL,
    to_day date NOT NULL,
    ended_on date,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CONSTRAINT campaigns_campaign_days CHECK (to_day >= from_day AND (ended_on IS NULL OR ended_on <= to_day)),
    CONSTRAINT campaigns_campaign_wanted CHECK (wanted BETWEEN 1 AND 100000)
);
CREATE UNIQUE INDEX campaigns_campaign_code ON campaigns_campaign (code);
CREATE INDEX campaigns_campaign_body ON campaigns_campaign (body_id);

-- weekdays: a bit for each, Monday is 1. place, street, cap, belfiore are those of a place made for the campaign; address_id is empty until then.
CREATE TABLE campaigns_turn (
    id text PRIMARY KEY,
    campaign_id text NOT NULL REFERENCES campaigns_campaign (id),
    facilitator_id text NOT NULL REFERENCES facilitators_facilitator (id),
    point_id text NOT NULL REFERENCES points_point (id),
    address_id text REFERENCES points_address (id),
    place text NOT NULL DEFAULT '',
    street text NOT NULL DEFAULT '',
    cap text NOT NULL DEFAULT '',
    belfiore text NOT NULL DEFAULT '',
    weekdays integer NOT NULL,
    starts integer NOT NULL,
    ends integer NOT NULL,
    from_day date NOT NULL,
    to_day date NOT NULL,
    state text NOT NULL DEFAULT 'planned',
    CONSTRAINT campaigns_turn_place CHECK (address_id IS NOT NULL OR place <> ''),
    CONSTRAINT campaigns_turn_weekdays CHECK (weekdays BETWEEN 1 AND 127),
    CONSTRAINT campaigns_turn_minutes CHECK (starts >= 0 AND ends <= 1440 AND starts < ends),
    CONSTRAINT campaigns_turn_days CHECK (to_day >= from_day),
    CONSTRAINT campaigns_turn_state CHECK (state IN ('planned', 'made', 'ended') AND (state = 'planned' OR address_id IS NOT NULL))
);
CREATE INDEX campaigns_turn_campaign ON campaigns_turn (campaign_id);
CREATE INDEX campaigns_turn_point ON campaigns_turn (point_id);
CREATE INDEX campaigns_turn_facilitator ON campaigns_turn (facilitator_id);

-- duty_id is not a foreign key: a shift that ends before it begins is taken away.
CREATE TABLE campaigns_duty (
    turn_id text NOT NULL REFERENCES campaigns_turn (id),
    duty_id text NOT NULL,
    PRIMARY KEY (turn_id, duty_id)
);

-- An exceptional opening of the campaign; hours_before and reason_before are those of the one that was there, empty when there was none.
CREATE TABLE campaigns_opening (
    campaign_id text NOT NULL REFERENCES campaigns_campaign (id),
    address_id text NOT NULL REFERENCES points_address (id),
    day date NOT NULL,
    point_id text NOT NULL REFERENCES points_point (id),
    hours_before text NOT NULL DEFAULT '',
    reason_before text NOT NULL DEFAULT '',
    PRIMARY KEY (campaign_id, address_id, day)
);
CREATE INDEX campaigns_opening_point ON campaigns_opening (point_id);

-- +goose Down
DROP TABLE campaigns_opening;
DROP TABLE campaigns_duty;
DROP TABLE campaigns_turn;
DROP TABLE campaigns_campaign;
