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

-- +goose Down
DROP TABLE messages_message;
