-- +goose Up
-- waiting: who wants an earlier time, at which points, and the times offered to them one after the other.
CREATE TABLE waiting_entry (
    id text PRIMARY KEY,
    code text NOT NULL,
    request_key text,
    booking_id text REFERENCES agenda_booking (id),
    point_id text NOT NULL REFERENCES points_point (id),
    minutes integer NOT NULL,
    kind text NOT NULL,
    kind_id text REFERENCES kinds_kind (id),
    lasts integer NOT NULL DEFAULT 0,
    before_at timestamptz,
    from_day date NOT NULL,
    until_day date NOT NULL,
    weekdays integer NOT NULL DEFAULT 127,
    part text NOT NULL DEFAULT '',
    topic text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    search text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    on_behalf text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'it',
    channel text NOT NULL,
    client_key text NOT NULL DEFAULT '',
    notice_version text NOT NULL DEFAULT '',
    created_by text,
    state text NOT NULL DEFAULT 'waiting',
    missed integer NOT NULL DEFAULT 0,
    asked_at timestamptz NOT NULL,
    ended_at timestamptz,
    forgotten_on date,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT waiting_entry_minutes CHECK (minutes BETWEEN 0 AND 120),
    CONSTRAINT waiting_entry_kind CHECK (kind IN ('individual', 'group')),
    CONSTRAINT waiting_entry_days CHECK (until_day >= from_day),
    CONSTRAINT waiting_entry_weekdays CHECK (weekdays BETWEEN 1 AND 127),
    CONSTRAINT waiting_entry_part CHECK (part IN ('', 'morning', 'afternoon')),
    CONSTRAINT waiting_entry_channel CHECK (channel IN ('web', 'phone', 'mail', 'desk', 'municipality')),
    CONSTRAINT waiting_entry_state CHECK (state IN ('waiting', 'satisfied', 'left', 'unanswered', 'over', 'stopped')),
    CONSTRAINT waiting_entry_ended CHECK ((state = 'waiting') = (ended_at IS NULL)),
    CONSTRAINT waiting_entry_missed CHECK (missed >= 0),
    CONSTRAINT waiting_entry_booking_before CHECK (booking_id IS NOT NULL OR before_at IS NULL)
);
CREATE UNIQUE INDEX waiting_entry_code ON waiting_entry (code);
CREATE UNIQUE INDEX waiting_entry_request ON waiting_entry (request_key);
CREATE UNIQUE INDEX waiting_entry_booking ON waiting_entry (booking_id) WHERE state = 'waiting';
CREATE INDEX waiting_entry_waiting ON waiting_entry (asked_at, id) WHERE state = 'waiting';
CREATE INDEX waiting_entry_before ON waiting_entry (before_at) WHERE state = 'waiting';
CREATE INDEX waiting_entry_client ON waiting_entry (client_key) WHERE state = 'waiting';
CREATE INDEX waiting_entry_point ON waiting_entry (point_id, asked_at);
CREATE INDEX waiting_entry_forget ON waiting_entry (ended_at) WHERE forgotten_on IS NULL;

-- The points near enough, with the estimated minutes of travel; kept in step every night.
CREATE TABLE waiting_place (
    entry_id text NOT NULL REFERENCES waiting_entry (id),
    point_id text NOT NULL REFERENCES points_point (id),
    minutes integer NOT NULL,
    PRIMARY KEY (entry_id, point_id)
);
CREATE INDEX waiting_place_point ON waiting_place (point_id);

-- held_id is a draft of the agenda: when nobody takes the offer the draft is deleted, this row stays. sealed
-- is the secret of that draft, while it may be needed.
CREATE TABLE waiting_offer (
    id text PRIMARY KEY,
    entry_id text NOT NULL REFERENCES waiting_entry (id),
    secret_hash text NOT NULL,
    held_id text NOT NULL,
    sealed bytea,
    point_id text NOT NULL REFERENCES points_point (id),
    address_id text NOT NULL REFERENCES points_address (id),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'open',
    made_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    answered_at timestamptz,
    answered_by text,
    CONSTRAINT waiting_offer_state CHECK (state IN ('open', 'accepted', 'refused', 'missed', 'withdrawn')),
    CONSTRAINT waiting_offer_answered CHECK ((state = 'open') = (answered_at IS NULL)),
    CONSTRAINT waiting_offer_sealed CHECK ((state = 'open') = (sealed IS NOT NULL)),
    CONSTRAINT waiting_offer_until CHECK (until_at > made_at AND until_at <= starts_at)
);
CREATE UNIQUE INDEX waiting_offer_secret ON waiting_offer (secret_hash);
CREATE UNIQUE INDEX waiting_offer_held ON waiting_offer (held_id);
CREATE UNIQUE INDEX waiting_offer_open ON waiting_offer (entry_id) WHERE state = 'open';
CREATE INDEX waiting_offer_until ON waiting_offer (until_at) WHERE state = 'open';
CREATE INDEX waiting_offer_entry ON waiting_offer (entry_id, made_at);

CREATE TABLE waiting_setting (
    id integer PRIMARY KEY,
    answer_minutes integer NOT NULL,
    missed_at_most integer NOT NULL,
    CONSTRAINT waiting_setting_one CHECK (id = 1),
    CONSTRAINT waiting_setting_answer CHECK (answer_minutes BETWEEN 30 AND 1440),
    CONSTRAINT waiting_setting_missed CHECK (missed_at_most BETWEEN 1 AND 10)
);

-- visits: who asks that somebody comes, home or to the village.
CREATE TABLE visits_request (
    id text PRIMARY KEY,
    code text NOT NULL,
    request_key text,
    reason text NOT NULL,
    belfiore text NOT NULL REFERENCES territory_municipality (belfiore),
    point_id text REFERENCES points_point (id),
    minutes integer NOT NULL DEFAULT 0,
    place text NOT NULL DEFAULT '',
    weekdays integer NOT NULL DEFAULT 127,
    part text NOT NULL DEFAULT '',
    people integer NOT NULL DEFAULT 1,
    topic text NOT NULL DEFAULT '',
    need text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    search text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    relation text NOT NULL DEFAULT '',
    on_behalf text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'it',
    channel text NOT NULL,
    notice_version text NOT NULL DEFAULT '',
    created_by text,
    state text NOT NULL DEFAULT 'new',
    asked_at timestamptz NOT NULL,
    answer_by date NOT NULL,
    taken_at timestamptz,
    taken_by text,
    planned_at timestamptz,
    planned_day date,
    planned_from integer NOT NULL DEFAULT 0,
    planned_to integer NOT NULL DEFAULT 0,
    planned_place text NOT NULL DEFAULT '',
    facilitator_id text REFERENCES facilitators_facilitator (id),
    booking_id text REFERENCES agenda_booking (id),
    ended_at timestamptz,
    helped integer NOT NULL DEFAULT 0,
    refusal text NOT NULL DEFAULT '',
    answer text NOT NULL DEFAULT '',
    forgotten_on date,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT visits_request_reason CHECK (reason IN ('mobility', 'distance', 'group')),
    CONSTRAINT visits_request_weekdays CHECK (weekdays BETWEEN 1 AND 127),
    CONSTRAINT visits_request_part CHECK (part IN ('', 'morning', 'afternoon')),
    CONSTRAINT visits_request_people CHECK (people BETWEEN 1 AND 500 AND helped BETWEEN 0 AND 500),
    CONSTRAINT visits_request_relation CHECK (relation IN ('', 'relative', 'association', 'municipality', 'other')),
    CONSTRAINT visits_request_channel CHECK (channel IN ('web', 'phone', 'mail', 'desk', 'municipality')),
    CONSTRAINT visits_request_state CHECK (state IN ('new', 'taken', 'planned', 'done', 'refused')),
    CONSTRAINT visits_request_taken CHECK (state IN ('new', 'refused') OR taken_at IS NOT NULL),
    CONSTRAINT visits_request_planned CHECK ((planned_day IS NULL) = (planned_at IS NULL) AND (state <> 'planned' OR planned_day IS NOT NULL)),
    CONSTRAINT visits_request_times CHECK (planned_from >= 0 AND planned_to >= planned_from AND planned_to <= 1440),
    CONSTRAINT visits_request_ended CHECK ((state IN ('done', 'refused')) = (ended_at IS NOT NULL)),
    CONSTRAINT visits_request_refusal CHECK (refusal IN ('', 'nobody_free', 'too_far', 'not_ours', 'unreachable', 'elsewhere', 'withdrawn', 'other')
        AND (state = 'refused') = (refusal <> ''))
);
CREATE UNIQUE INDEX visits_request_code ON visits_request (code);
CREATE UNIQUE INDEX visits_request_key ON visits_request (request_key);
CREATE INDEX visits_request_state ON visits_request (state, answer_by);
CREATE INDEX visits_request_point ON visits_request (point_id, state);
CREATE INDEX visits_request_town ON visits_request (belfiore, state);
CREATE INDEX visits_request_booking ON visits_request (booking_id);
CREATE INDEX visits_request_forget ON visits_request (ended_at) WHERE forgotten_on IS NULL;

CREATE TABLE visits_setting (
    id integer PRIMARY KEY,
    answer_days integer NOT NULL,
    CONSTRAINT visits_setting_one CHECK (id = 1),
    CONSTRAINT visits_setting_days CHECK (answer_days BETWEEN 1 AND 60)
);

-- +goose Down
DROP TABLE visits_setting;
DROP TABLE visits_request;
DROP TABLE waiting_setting;
DROP TABLE waiting_offer;
DROP TABLE waiting_place;
DROP TABLE waiting_entry;
