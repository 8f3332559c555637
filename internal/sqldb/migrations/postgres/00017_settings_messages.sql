-- +goose Up
-- messages: e-mail and SMS to send. What was to be sent is sealed, and goes as soon as the message is settled.
CREATE TABLE messages_message (
    id         text PRIMARY KEY,
    kind       text NOT NULL,
    channel    text NOT NULL,
    language   text NOT NULL,
    masked     text NOT NULL,
    sealed     bytea,
    state      text NOT NULL DEFAULT 'queued',
    attempts   integer NOT NULL DEFAULT 0,
    trouble    text NOT NULL DEFAULT '',
    code       text NOT NULL DEFAULT '',
    next_at    timestamptz,
    settled_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT messages_message_channel CHECK (channel IN ('email', 'sms')),
    CONSTRAINT messages_message_state CHECK (state IN ('queued', 'sent', 'failed')),
    CONSTRAINT messages_message_settled CHECK ((state = 'queued') = (settled_at IS NULL) AND (state = 'queued') = (sealed IS NOT NULL)
        AND (state = 'queued') = (next_at IS NOT NULL))
);
CREATE INDEX messages_message_state ON messages_message (state, created_at);

-- network: how the network looks, who its messages come from, who pays for it.
ALTER TABLE network_setting ADD COLUMN palette text NOT NULL DEFAULT '';
ALTER TABLE network_setting ADD COLUMN mail_sender text NOT NULL DEFAULT '';
ALTER TABLE network_setting ADD COLUMN sms_sender text NOT NULL DEFAULT '';
ALTER TABLE network_setting ADD COLUMN funding_it text NOT NULL DEFAULT '';
ALTER TABLE network_setting ADD COLUMN funding_en text NOT NULL DEFAULT '';
ALTER TABLE network_setting ADD COLUMN min_weekly_minutes integer NOT NULL DEFAULT 1440
    CONSTRAINT network_setting_weekly CHECK (min_weekly_minutes BETWEEN 0 AND 10080);
ALTER TABLE network_setting ADD COLUMN open_on_holidays boolean NOT NULL DEFAULT false;

-- When somebody answers the phone: the week, and the days when nobody does.
CREATE TABLE network_band (
    weekday integer NOT NULL,
    opens integer NOT NULL,
    closes integer NOT NULL,
    PRIMARY KEY (weekday, opens),
    CONSTRAINT network_band_weekday CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT network_band_minutes CHECK (opens >= 0 AND closes <= 1440 AND opens < closes)
);
CREATE TABLE network_closed (
    from_day date NOT NULL PRIMARY KEY,
    to_day date NOT NULL,
    CONSTRAINT network_closed_days CHECK (to_day >= from_day)
);

-- The logo of the network and the emblems of who pays, in the order in which they are shown.
CREATE TABLE network_picture (
    file_id text NOT NULL PRIMARY KEY REFERENCES files_file (id),
    role text NOT NULL,
    position integer NOT NULL,
    CONSTRAINT network_picture_role CHECK (role IN ('logo', 'funder'))
);
CREATE UNIQUE INDEX network_picture_logo ON network_picture (role) WHERE role = 'logo';

-- The legal texts. What was published never changes; number 1 is the text that comes with the program.
CREATE TABLE network_text (
    kind text NOT NULL,
    number integer NOT NULL,
    state text NOT NULL,
    body_it text NOT NULL,
    body_en text NOT NULL DEFAULT '',
    published_on date,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (kind, number),
    CONSTRAINT network_text_kind CHECK (kind IN ('privacy', 'legal', 'accessibility', 'terms')),
    CONSTRAINT network_text_number CHECK (number >= 2),
    CONSTRAINT network_text_state CHECK (state IN ('draft', 'published') AND (state = 'published') = (published_on IS NOT NULL))
);
CREATE UNIQUE INDEX network_text_draft ON network_text (kind) WHERE state = 'draft';

-- For how many days things are kept, by class; a class that is not here has its default.
CREATE TABLE network_retention (
    class text NOT NULL PRIMARY KEY,
    days integer NOT NULL,
    CONSTRAINT network_retention_days CHECK (days > 0)
);

-- +goose Down
DROP TABLE network_retention;
DROP TABLE network_text;
DROP TABLE network_picture;
DROP TABLE network_closed;
DROP TABLE network_band;
ALTER TABLE network_setting DROP COLUMN open_on_holidays;
ALTER TABLE network_setting DROP COLUMN min_weekly_minutes;
ALTER TABLE network_setting DROP COLUMN funding_en;
ALTER TABLE network_setting DROP COLUMN funding_it;
ALTER TABLE network_setting DROP COLUMN sms_sender;
ALTER TABLE network_setting DROP COLUMN mail_sender;
ALTER TABLE network_setting DROP COLUMN palette;
DROP TABLE messages_message;
