-- +goose Up
-- messages: when one is of no more use, and whether an attempt was begun whose end nobody knows. A changed CHECK
-- asks for a new table; nothing refers to the old one.
CREATE TABLE messages_message_new (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    language TEXT NOT NULL,
    masked TEXT NOT NULL,
    sealed BLOB,
    state TEXT NOT NULL DEFAULT 'queued',
    attempts INTEGER NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT '',
    code TEXT NOT NULL DEFAULT '',
    next_at TEXT CHECK (length(next_at) = 27),
    settled_at TEXT CHECK (length(settled_at) = 27),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    expires_at TEXT CHECK (length(expires_at) = 27),
    doubtful INTEGER NOT NULL DEFAULT 0 CHECK (doubtful IN (0, 1)),
    CONSTRAINT messages_message_channel CHECK (channel IN ('email', 'sms')),
    CONSTRAINT messages_message_state CHECK (state IN ('queued', 'sent', 'failed', 'late', 'dropped')),
    CONSTRAINT messages_message_settled CHECK ((state = 'queued') = (settled_at IS NULL) AND (state = 'queued') = (sealed IS NOT NULL)
        AND (state = 'queued') = (next_at IS NOT NULL))
) STRICT;
INSERT INTO messages_message_new (id, kind, channel, language, masked, sealed, state, attempts, trouble, code, next_at, settled_at, created_at)
SELECT id, kind, channel, language, masked, sealed, state, attempts, trouble, code, next_at, settled_at, created_at FROM messages_message;
DROP TABLE messages_message;
ALTER TABLE messages_message_new RENAME TO messages_message;
CREATE INDEX messages_message_state ON messages_message (state, created_at);

-- notify: what people are told about a booking, a place in the waiting list, a visit asked for, and what became
-- of it. Nothing of what was said nor to whom.
CREATE TABLE notify_notice (
    id TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    channel TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'planned',
    reason TEXT NOT NULL DEFAULT '',
    message_id TEXT,
    due_at TEXT NOT NULL CHECK (length(due_at) = 27),
    expires_at TEXT NOT NULL CHECK (length(expires_at) = 27),
    settled_at TEXT CHECK (length(settled_at) = 27),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT notify_notice_subject CHECK (subject IN ('booking', 'waiting', 'visit')),
    CONSTRAINT notify_notice_channel CHECK (channel IN ('', 'email', 'sms', 'call')),
    CONSTRAINT notify_notice_state CHECK (state IN ('planned', 'queued', 'sent', 'failed', 'late', 'dropped')),
    CONSTRAINT notify_notice_settled CHECK ((state IN ('planned', 'queued')) = (settled_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX notify_notice_once ON notify_notice (subject, subject_id, version, purpose);
CREATE UNIQUE INDEX notify_notice_message ON notify_notice (message_id);
CREATE INDEX notify_notice_due ON notify_notice (due_at) WHERE state = 'planned';
CREATE INDEX notify_notice_settled_at ON notify_notice (settled_at);

-- The rules of the network: reminders in hours before (0: none), which of them may be an SMS, when nobody is disturbed.
CREATE TABLE notify_setting (
    id INTEGER NOT NULL PRIMARY KEY,
    first_hours INTEGER NOT NULL,
    second_hours INTEGER NOT NULL,
    sms INTEGER NOT NULL CHECK (sms IN (0, 1)),
    sms_reminder TEXT NOT NULL,
    calls INTEGER NOT NULL CHECK (calls IN (0, 1)),
    quiet_from INTEGER NOT NULL,
    quiet_to INTEGER NOT NULL,
    CONSTRAINT notify_setting_one CHECK (id = 1),
    CONSTRAINT notify_setting_hours CHECK (first_hours BETWEEN 0 AND 168 AND second_hours BETWEEN 0 AND 24),
    CONSTRAINT notify_setting_sms CHECK (sms_reminder IN ('first', 'second', 'none')),
    CONSTRAINT notify_setting_quiet CHECK (quiet_from BETWEEN 0 AND 1440 AND quiet_to BETWEEN 0 AND 1440)
) STRICT;

-- calls: people to phone. Name and number go when the call is settled, or when it is of no more use.
CREATE TABLE calls_call (
    id TEXT NOT NULL PRIMARY KEY,
    point_id TEXT NOT NULL REFERENCES points_point (id),
    subject TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    why TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL,
    about_at TEXT CHECK (length(about_at) = 27),
    from_at TEXT NOT NULL CHECK (length(from_at) = 27),
    until_at TEXT NOT NULL CHECK (length(until_at) = 27),
    state TEXT NOT NULL DEFAULT 'to_do',
    tries INTEGER NOT NULL DEFAULT 0,
    tried_at TEXT CHECK (length(tried_at) = 27),
    settled_at TEXT CHECK (length(settled_at) = 27),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT calls_call_subject CHECK (subject IN ('booking', 'waiting', 'visit')),
    CONSTRAINT calls_call_state CHECK (state IN ('to_do', 'done', 'gone', 'late')),
    CONSTRAINT calls_call_settled CHECK ((state = 'to_do') = (settled_at IS NULL)),
    CONSTRAINT calls_call_forgotten CHECK (state = 'to_do' OR phone = '' AND name = '')
) STRICT;
CREATE UNIQUE INDEX calls_call_once ON calls_call (subject, subject_id, version, why);
CREATE INDEX calls_call_to_do ON calls_call (point_id, until_at) WHERE state = 'to_do';
CREATE INDEX calls_call_until ON calls_call (until_at) WHERE state = 'to_do';
CREATE INDEX calls_call_settled_at ON calls_call (settled_at);

-- feeds: secret addresses of calendars. Only the hash of a token is kept.
CREATE TABLE feeds_feed (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES identity_account (id),
    facilitator_id TEXT REFERENCES facilitators_facilitator (id),
    point_id TEXT REFERENCES points_point (id),
    initials INTEGER NOT NULL DEFAULT 0 CHECK (initials IN (0, 1)),
    read_on TEXT CHECK (read_on = date(read_on)),
    renewed_at TEXT NOT NULL CHECK (length(renewed_at) = 27),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT feeds_feed_of CHECK ((facilitator_id IS NULL) <> (point_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX feeds_feed_token ON feeds_feed (token_hash);
CREATE INDEX feeds_feed_account ON feeds_feed (account_id);
CREATE INDEX feeds_feed_facilitator ON feeds_feed (facilitator_id);
CREATE INDEX feeds_feed_point ON feeds_feed (point_id);

-- +goose Down
DROP TABLE feeds_feed;
DROP TABLE calls_call;
DROP TABLE notify_setting;
DROP TABLE notify_notice;
CREATE TABLE messages_message_old (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    language TEXT NOT NULL,
    masked TEXT NOT NULL,
    sealed BLOB,
    state TEXT NOT NULL DEFAULT 'queued',
    attempts INTEGER NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT '',
    code TEXT NOT NULL DEFAULT '',
    next_at TEXT CHECK (length(next_at) = 27),
    settled_at TEXT CHECK (length(settled_at) = 27),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT messages_message_channel CHECK (channel IN ('email', 'sms')),
    CONSTRAINT messages_message_state CHECK (state IN ('queued', 'sent', 'failed')),
    CONSTRAINT messages_message_settled CHECK ((state = 'queued') = (settled_at IS NULL) AND (state = 'queued') = (sealed IS NOT NULL)
        AND (state = 'queued') = (next_at IS NOT NULL))
) STRICT;
INSERT INTO messages_message_old (id, kind, channel, language, masked, sealed, state, attempts, trouble, code, next_at, settled_at, created_at)
SELECT id, kind, channel, language, masked, sealed, CASE state WHEN 'late' THEN 'failed' WHEN 'dropped' THEN 'failed' ELSE state END,
    attempts, trouble, code, next_at, settled_at, created_at FROM messages_message;
DROP TABLE messages_message;
ALTER TABLE messages_message_old RENAME TO messages_message;
CREATE INDEX messages_message_state ON messages_message (state, created_at);
