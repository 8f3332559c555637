-- +goose Up
-- messages: e-mail and SMS to send. What was to be sent is sealed, and goes as soon as the message is settled.
CREATE TABLE messages_message (
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
CREATE INDEX messages_message_state ON messages_message (state, created_at);

-- network: how the network looks, who its messages come from, who pays for it.
ALTER TABLE network_setting ADD COLUMN palette TEXT NOT NULL DEFAULT '';
ALTER TABLE network_setting ADD COLUMN mail_sender TEXT NOT NULL DEFAULT '';
ALTER TABLE network_setting ADD COLUMN sms_sender TEXT NOT NULL DEFAULT '';
ALTER TABLE network_setting ADD COLUMN funding_it TEXT NOT NULL DEFAULT '';
ALTER TABLE network_setting ADD COLUMN funding_en TEXT NOT NULL DEFAULT '';
ALTER TABLE network_setting ADD COLUMN min_weekly_minutes INTEGER NOT NULL DEFAULT 1440
    CONSTRAINT network_setting_weekly CHECK (min_weekly_minutes BETWEEN 0 AND 10080);
ALTER TABLE network_setting ADD COLUMN open_on_holidays INTEGER NOT NULL DEFAULT 0 CHECK (open_on_holidays IN (0, 1));

-- When somebody answers the phone: the week, and the days when nobody does.
CREATE TABLE network_band (
    weekday INTEGER NOT NULL,
    opens INTEGER NOT NULL,
    closes INTEGER NOT NULL,
    PRIMARY KEY (weekday, opens),
    CONSTRAINT network_band_weekday CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT network_band_minutes CHECK (opens >= 0 AND closes <= 1440 AND opens < closes)
) STRICT;
CREATE TABLE network_closed (
    from_day TEXT NOT NULL PRIMARY KEY CHECK (from_day = date(from_day)),
    to_day TEXT NOT NULL CHECK (to_day = date(to_day)),
    CONSTRAINT network_closed_days CHECK (to_day >= from_day)
) STRICT;

-- The logo of the network and the emblems of who pays, in the order in which they are shown.
CREATE TABLE network_picture (
    file_id TEXT NOT NULL PRIMARY KEY REFERENCES files_file (id),
    role TEXT NOT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT network_picture_role CHECK (role IN ('logo', 'funder'))
) STRICT;
CREATE UNIQUE INDEX network_picture_logo ON network_picture (role) WHERE role = 'logo';

-- The legal texts. What was published never changes; number 1 is the text that comes with the program.
CREATE TABLE network_text (
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    body_it TEXT NOT NULL,
    body_en TEXT NOT NULL DEFAULT '',
    published_on TEXT CHECK (published_on = date(published_on)),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    PRIMARY KEY (kind, number),
    CONSTRAINT network_text_kind CHECK (kind IN ('privacy', 'legal', 'accessibility', 'terms')),
    CONSTRAINT network_text_number CHECK (number >= 2),
    CONSTRAINT network_text_state CHECK (state IN ('draft', 'published') AND (state = 'published') = (published_on IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX network_text_draft ON network_text (kind) WHERE state = 'draft';

-- For how many days things are kept, by class; a class that is not here has its default.
CREATE TABLE network_retention (
    class TEXT NOT NULL PRIMARY KEY,
    days INTEGER NOT NULL,
    CONSTRAINT network_retention_days CHECK (days > 0)
) STRICT;

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
