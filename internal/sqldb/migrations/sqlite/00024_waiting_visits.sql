-- +goose Up
-- waiting: who wants an earlier time, at which points, and the times offered to them one after the other.
CREATE TABLE waiting_entry (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    request_key TEXT,
    booking_id TEXT REFERENCES agenda_booking (id),
    point_id TEXT NOT NULL REFERENCES points_point (id),
    minutes INTEGER NOT NULL,
    kind TEXT NOT NULL,
    kind_id TEXT REFERENCES kinds_kind (id),
    lasts INTEGER NOT NULL DEFAULT 0,
    before_at TEXT CHECK (length(before_at) = 27),
    from_day TEXT NOT NULL CHECK (from_day = date(from_day)),
    until_day TEXT NOT NULL CHECK (until_day = date(until_day)),
    weekdays INTEGER NOT NULL DEFAULT 127,
    part TEXT NOT NULL DEFAULT '',
    topic TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    on_behalf TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT 'it',
    channel TEXT NOT NULL,
    client_key TEXT NOT NULL DEFAULT '',
    notice_version TEXT NOT NULL DEFAULT '',
    created_by TEXT,
    state TEXT NOT NULL DEFAULT 'waiting',
    missed INTEGER NOT NULL DEFAULT 0,
    asked_at TEXT NOT NULL CHECK (length(asked_at) = 27),
    ended_at TEXT CHECK (length(ended_at) = 27),
    forgotten_on TEXT CHECK (forgotten_on = date(forgotten_on)),
    version INTEGER NOT NULL DEFAULT 1,
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
) STRICT;
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
    entry_id TEXT NOT NULL REFERENCES waiting_entry (id),
    point_id TEXT NOT NULL REFERENCES points_point (id),
    minutes INTEGER NOT NULL,
    PRIMARY KEY (entry_id, point_id)
) STRICT;
CREATE INDEX waiting_place_point ON waiting_place (point_id);

-- held_id is a draft of the agenda: when nobody takes the offer the draft is deleted, this row stays. sealed
-- is the secret of that draft, while it may be needed.
CREATE TABLE waiting_offer (
    id TEXT NOT NULL PRIMARY KEY,
    entry_id TEXT NOT NULL REFERENCES waiting_entry (id),
    secret_hash TEXT NOT NULL,
    held_id TEXT NOT NULL,
    sealed BLOB,
    point_id TEXT NOT NULL REFERENCES points_point (id),
    address_id TEXT NOT NULL REFERENCES points_address (id),
    starts_at TEXT NOT NULL CHECK (length(starts_at) = 27),
    ends_at TEXT NOT NULL CHECK (length(ends_at) = 27),
    state TEXT NOT NULL DEFAULT 'open',
    made_at TEXT NOT NULL CHECK (length(made_at) = 27),
    until_at TEXT NOT NULL CHECK (length(until_at) = 27),
    answered_at TEXT CHECK (length(answered_at) = 27),
    answered_by TEXT,
    CONSTRAINT waiting_offer_state CHECK (state IN ('open', 'accepted', 'refused', 'missed', 'withdrawn')),
    CONSTRAINT waiting_offer_answered CHECK ((state = 'open') = (answered_at IS NULL)),
    CONSTRAINT waiting_offer_sealed CHECK ((state = 'open') = (sealed IS NOT NULL)),
    CONSTRAINT waiting_offer_until CHECK (until_at > made_at AND until_at <= starts_at)
) STRICT;
CREATE UNIQUE INDEX waiting_offer_secret ON waiting_offer (secret_hash);
CREATE UNIQUE INDEX waiting_offer_held ON waiting_offer (held_id);
CREATE UNIQUE INDEX waiting_offer_open ON waiting_offer (entry_id) WHERE state = 'open';
CREATE INDEX waiting_offer_until ON waiting_offer (until_at) WHERE state = 'open';
CREATE INDEX waiting_offer_entry ON waiting_offer (entry_id, made_at);

CREATE TABLE waiting_setting (
    id INTEGER NOT NULL PRIMARY KEY,
    answer_minutes INTEGER NOT NULL,
    missed_at_most INTEGER NOT NULL,
    CONSTRAINT waiting_setting_one CHECK (id = 1),
    CONSTRAINT waiting_setting_answer CHECK (answer_minutes BETWEEN 30 AND 1440),
    CONSTRAINT waiting_setting_missed CHECK (missed_at_most BETWEEN 1 AND 10)
) STRICT;

-- visits: who asks that somebody comes, home or to the village.
CREATE TABLE visits_request (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    request_key TEXT,
    reason TEXT NOT NULL,
    belfiore TEXT NOT NULL REFERENCES territory_municipality (belfiore),
    point_id TEXT REFERENCES points_point (id),
    minutes INTEGER NOT NULL DEFAULT 0,
    place TEXT NOT NULL DEFAULT '',
    weekdays INTEGER NOT NULL DEFAULT 127,
    part TEXT NOT NULL DEFAULT '',
    people INTEGER NOT NULL DEFAULT 1,
    topic TEXT NOT NULL DEFAULT '',
    need TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    relation TEXT NOT NULL DEFAULT '',
    on_behalf TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT 'it',
    channel TEXT NOT NULL,
    notice_version TEXT NOT NULL DEFAULT '',
    created_by TEXT,
    state TEXT NOT NULL DEFAULT 'new',
    asked_at TEXT NOT NULL CHECK (length(asked_at) = 27),
    answer_by TEXT NOT NULL CHECK (answer_by = date(answer_by)),
    taken_at TEXT CHECK (length(taken_at) = 27),
    taken_by TEXT,
    planned_at TEXT CHECK (length(planned_at) = 27),
    planned_day TEXT CHECK (planned_day = date(planned_day)),
    planned_from INTEGER NOT NULL DEFAULT 0,
    planned_to INTEGER NOT NULL DEFAULT 0,
    planned_place TEXT NOT NULL DEFAULT '',
    facilitator_id TEXT REFERENCES facilitators_facilitator (id),
    booking_id TEXT REFERENCES agenda_booking (id),
    ended_at TEXT CHECK (length(ended_at) = 27),
    helped INTEGER NOT NULL DEFAULT 0,
    refusal TEXT NOT NULL DEFAULT '',
    answer TEXT NOT NULL DEFAULT '',
    forgotten_on TEXT CHECK (forgotten_on = date(forgotten_on)),
    version INTEGER NOT NULL DEFAULT 1,
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
) STRICT;
CREATE UNIQUE INDEX visits_request_code ON visits_request (code);
CREATE UNIQUE INDEX visits_request_key ON visits_request (request_key);
CREATE INDEX visits_request_state ON visits_request (state, answer_by);
CREATE INDEX visits_request_point ON visits_request (point_id, state);
CREATE INDEX visits_request_town ON visits_request (belfiore, state);
CREATE INDEX visits_request_booking ON visits_request (booking_id);
CREATE INDEX visits_request_forget ON visits_request (ended_at) WHERE forgotten_on IS NULL;

CREATE TABLE visits_setting (
    id INTEGER NOT NULL PRIMARY KEY,
    answer_days INTEGER NOT NULL,
    CONSTRAINT visits_setting_one CHECK (id = 1),
    CONSTRAINT visits_setting_days CHECK (answer_days BETWEEN 1 AND 60)
) STRICT;

-- +goose Down
DROP TABLE visits_setting;
DROP TABLE visits_request;
DROP TABLE waiting_setting;
DROP TABLE waiting_offer;
DROP TABLE waiting_place;
DROP TABLE waiting_entry;
