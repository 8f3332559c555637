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

-- +goose Down
DROP TABLE messages_message;
