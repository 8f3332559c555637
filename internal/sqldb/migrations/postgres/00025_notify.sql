-- +goose Up
-- messages: when one is of no more use, and whether an attempt was begun whose end nobody knows.
ALTER TABLE messages_message ADD COLUMN expires_at timestamptz;
ALTER TABLE messages_message ADD COLUMN doubtful boolean NOT NULL DEFAULT false;
ALTER TABLE messages_message DROP CONSTRAINT messages_message_state;
ALTER TABLE messages_message ADD CONSTRAINT messages_message_state CHECK (state IN ('queued', 'sent', 'failed', 'late', 'dropped'));

-- notify: what people are told about a booking, a place in the waiting list, a visit asked for, and what became
-- of it. Nothing of what was said nor to whom.
CREATE TABLE notify_notice (
    id text NOT NULL PRIMARY KEY,
    subject text NOT NULL,
    subject_id text NOT NULL,
    version integer NOT NULL,
    purpose text NOT NULL,
    channel text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'planned',
    reason text NOT NULL DEFAULT '',
    message_id text,
    due_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    settled_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT notify_notice_subject CHECK (subject IN ('booking', 'waiting', 'visit')),
    CONSTRAINT notify_notice_channel CHECK (channel IN ('', 'email', 'sms', 'call')),
    CONSTRAINT notify_notice_state CHECK (state IN ('planned', 'queued', 'sent', 'failed', 'late', 'dropped')),
    CONSTRAINT notify_notice_settled CHECK ((state IN ('planned', 'queued')) = (settled_at IS NULL))
);
CREATE UNIQUE INDEX notify_notice_once ON notify_notice (subject, subject_id, version, purpose);
CREATE UNIQUE INDEX notify_notice_message ON notify_notice (message_id);
CREATE INDEX notify_notice_due ON notify_notice (due_at) WHERE state = 'planned';
CREATE INDEX notify_notice_settled_at ON notify_notice (settled_at);

-- The rules of the network: reminders in hours before (0: none), which of them may be an SMS, when nobody is disturbed.
CREATE TABLE notify_setting (
    id integer NOT NULL PRIMARY KEY,
    first_hours integer NOT NULL,
    second_hours integer NOT NULL,
    sms boolean NOT NULL,
    sms_reminder text NOT NULL,
    calls boolean NOT NULL,
    quiet_from integer NOT NULL,
    quiet_to integer NOT NULL,
    CONSTRAINT notify_setting_one CHECK (id = 1),
    CONSTRAINT notify_setting_hours CHECK (first_hours BETWEEN 0 AND 168 AND second_hours BETWEEN 0 AND 24),
    CONSTRAINT notify_setting_sms CHECK (sms_reminder IN ('first', 'second', 'none')),
    CONSTRAINT notify_setting_quiet CHECK (quiet_from BETWEEN 0 AND 1440 AND quiet_to BETWEEN 0 AND 1440)
);

-- calls: people to phone. Name and number go when the call is settled, or when it is of no more use.
CREATE TABLE calls_call (
    id text NOT NULL PRIMARY KEY,
    point_id text NOT NULL REFERENCES points_point (id),
    subject text NOT NULL,
    subject_id text NOT NULL,
    version integer NOT NULL,
    why text NOT NULL,
    name text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    language text NOT NULL,
    about_at timestamptz,
    from_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'to_do',
    tries integer NOT NULL DEFAULT 0,
    tried_at timestamptz,
    settled_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT calls_call_subject CHECK (subject IN ('booking', 'waiting', 'visit')),
    CONSTRAINT calls_call_state CHECK (state IN ('to_do', 'done', 'gone', 'late')),
    CONSTRAINT calls_call_settled CHECK ((state = 'to_do') = (settled_at IS NULL)),
    CONSTRAINT calls_call_forgotten CHECK (state = 'to_do' OR phone = '' AND name = '')
);
CREATE UNIQUE INDEX calls_call_once ON calls_call (subject, subject_id, version, why);
CREATE INDEX calls_call_to_do ON calls_call (point_id, until_at) WHERE state = 'to_do';
CREATE INDEX calls_call_until ON calls_call (until_at) WHERE state = 'to_do';
CREATE INDEX calls_call_settled_at ON calls_call (settled_at);

-- feeds: secret addresses of calendars. Only the hash of a token is kept.
CREATE TABLE feeds_feed (
    id text NOT NULL PRIMARY KEY,
    token_hash text NOT NULL,
    account_id text NOT NULL REFERENCES identity_account (id),
    facilitator_id text REFERENCES facilitators_facilitator (id),
    point_id text REFERENCES points_point (id),
    initials boolean NOT NULL DEFAULT false,
    read_on date,
    renewed_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT feeds_feed_of CHECK ((facilitator_id IS NULL) <> (point_id IS NULL))
);
CREATE UNIQUE INDEX feeds_feed_token ON feeds_feed (token_hash);
CREATE INDEX feeds_feed_account ON feeds_feed (account_id);
CREATE INDEX feeds_feed_facilitator ON feeds_feed (facilitator_id);
CREATE INDEX feeds_feed_point ON feeds_feed (point_id);

-- +goose Down
DROP TABLE feeds_feed;
DROP TABLE calls_call;
DROP TABLE notify_setting;
DROP TABLE notify_notice;
UPDATE messages_message SET state = 'failed' WHERE state IN ('late', 'dropped');
ALTER TABLE messages_message DROP CONSTRAINT messages_message_state;
ALTER TABLE messages_message ADD CONSTRAINT messages_message_state CHECK (state IN ('queued', 'sent', 'failed'));
ALTER TABLE messages_message DROP COLUMN doubtful;
ALTER TABLE messages_message DROP COLUMN expires_at;
