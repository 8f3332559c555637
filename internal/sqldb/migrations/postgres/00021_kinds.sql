-- +goose Up
-- kinds: the kinds of appointment that a network, a body or a point offers.
CREATE TABLE kinds_kind (
    id text PRIMARY KEY,
    body_id text REFERENCES orgs_body (id),
    point_id text REFERENCES points_point (id),
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    mode text NOT NULL,
    minutes integer NOT NULL,
    before_minutes integer NOT NULL DEFAULT 0,
    after_minutes integer NOT NULL DEFAULT 0,
    seats integer NOT NULL DEFAULT 1,
    kept integer NOT NULL DEFAULT 0,
    notice_minutes integer NOT NULL DEFAULT 0,
    horizon_days integer NOT NULL DEFAULT 0,
    audience text NOT NULL DEFAULT 'everyone',
    bring text NOT NULL DEFAULT '',
    bring_en text NOT NULL DEFAULT '',
    from_day date NOT NULL,
    to_day date,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CONSTRAINT kinds_kind_place CHECK (body_id IS NULL OR point_id IS NULL),
    CONSTRAINT kinds_kind_mode CHECK (mode IN ('desk', 'group', 'course', 'phone', 'video', 'home', 'village')),
    CONSTRAINT kinds_kind_audience CHECK (audience IN ('everyone', 'partners', 'staff')),
    CONSTRAINT kinds_kind_minutes CHECK (minutes BETWEEN 10 AND 240 AND minutes % 5 = 0),
    CONSTRAINT kinds_kind_pauses CHECK (before_minutes BETWEEN 0 AND 120 AND before_minutes % 5 = 0 AND after_minutes BETWEEN 0 AND 120 AND after_minutes % 5 = 0),
    CONSTRAINT kinds_kind_seats CHECK (seats BETWEEN 1 AND 200 AND (seats = 1 OR mode IN ('group', 'course'))),
    CONSTRAINT kinds_kind_kept CHECK (kept BETWEEN 0 AND 200),
    CONSTRAINT kinds_kind_ahead CHECK (notice_minutes BETWEEN 0 AND 43200 AND horizon_days BETWEEN 0 AND 365),
    CONSTRAINT kinds_kind_days CHECK (to_day IS NULL OR to_day >= from_day)
);
CREATE INDEX kinds_kind_body ON kinds_kind (body_id);
CREATE INDEX kinds_kind_point ON kinds_kind (point_id);

-- What a kind is for, and what its facilitator must know.
CREATE TABLE kinds_tag (
    kind_id text NOT NULL REFERENCES kinds_kind (id),
    tag text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (kind_id, tag, value),
    CONSTRAINT kinds_tag_tag CHECK (tag IN ('topic', 'skill', 'language'))
);

-- agenda: a time is of a kind; busy_from and busy_to are its own minutes with the pauses around them. A time without
-- a kind is the plain appointment of its shift. The defaults close a time that says nothing: nobody books it by mistake.
ALTER TABLE agenda_slot ADD COLUMN kind_id text REFERENCES kinds_kind (id);
ALTER TABLE agenda_slot ADD COLUMN mode text NOT NULL DEFAULT 'desk'
    CONSTRAINT agenda_slot_mode CHECK (mode IN ('desk', 'group', 'course', 'phone', 'video', 'home', 'village'));
ALTER TABLE agenda_slot ADD COLUMN kept integer NOT NULL DEFAULT 0 CONSTRAINT agenda_slot_kept CHECK (kept >= 0 AND kept <= seats);
ALTER TABLE agenda_slot ADD COLUMN audience text NOT NULL DEFAULT 'everyone'
    CONSTRAINT agenda_slot_audience CHECK (audience IN ('everyone', 'partners', 'staff'));
ALTER TABLE agenda_slot ADD COLUMN closes_at timestamptz NOT NULL DEFAULT '0001-01-01T00:00:00.000000Z'
    CONSTRAINT agenda_slot_closes CHECK (closes_at <= starts_at);
ALTER TABLE agenda_slot ADD COLUMN busy_from timestamptz NOT NULL DEFAULT '0001-01-01T00:00:00.000000Z'
    CONSTRAINT agenda_slot_busy_from CHECK (busy_from <= starts_at);
ALTER TABLE agenda_slot ADD COLUMN busy_to timestamptz NOT NULL DEFAULT '9999-12-31T23:59:59.000000Z'
    CONSTRAINT agenda_slot_busy_to CHECK (busy_to >= ends_at);
UPDATE agenda_slot SET closes_at = starts_at, busy_from = starts_at, busy_to = ends_at, mode = CASE kind WHEN 'group' THEN 'group' ELSE 'desk' END;
DROP INDEX agenda_slot_facilitator;
CREATE UNIQUE INDEX agenda_slot_facilitator ON agenda_slot (facilitator_id, starts_at, (coalesce(kind_id, ''))) WHERE state = 'open';
DROP INDEX agenda_slot_first_free;
CREATE INDEX agenda_slot_public ON agenda_slot (point_id, starts_at) WHERE free > kept AND audience = 'everyone';
CREATE INDEX agenda_slot_kind ON agenda_slot (kind_id, day) WHERE kind_id IS NOT NULL;

-- What the nightly check found: the times that differed from the rules, and a few of them in words. until_day is the last
-- day that had to have times that night.
CREATE TABLE agenda_check (
    id text PRIMARY KEY,
    ran_at timestamptz NOT NULL,
    until_day date NOT NULL,
    points integer NOT NULL,
    slots integer NOT NULL,
    differences integer NOT NULL,
    examples jsonb NOT NULL DEFAULT '[]',
    CONSTRAINT agenda_check_counts CHECK (points >= 0 AND slots >= 0 AND differences >= 0)
);
CREATE INDEX agenda_check_ran ON agenda_check (ran_at);

-- +goose Down
DROP TABLE agenda_check;
DROP INDEX agenda_slot_kind;
DROP INDEX agenda_slot_public;
DROP INDEX agenda_slot_facilitator;
DELETE FROM agenda_slot WHERE kind_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM agenda_booking b WHERE b.slot_id = agenda_slot.id);
ALTER TABLE agenda_slot DROP COLUMN busy_to;
ALTER TABLE agenda_slot DROP COLUMN busy_from;
ALTER TABLE agenda_slot DROP COLUMN closes_at;
ALTER TABLE agenda_slot DROP COLUMN audience;
ALTER TABLE agenda_slot DROP COLUMN kept;
ALTER TABLE agenda_slot DROP COLUMN mode;
ALTER TABLE agenda_slot DROP COLUMN kind_id;
CREATE INDEX agenda_slot_first_free ON agenda_slot (point_id, starts_at) WHERE free > 0;
CREATE UNIQUE INDEX agenda_slot_facilitator ON agenda_slot (facilitator_id, starts_at) WHERE state = 'open';
DROP TABLE kinds_tag;
DROP TABLE kinds_kind;
