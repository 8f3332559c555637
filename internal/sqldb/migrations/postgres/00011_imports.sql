-- +goose Up
-- imports: a file read and shown before anything changes; published whole or not at all.
CREATE TABLE imports_batch (
    id         text PRIMARY KEY,
    kind       text NOT NULL,
    file_name  text NOT NULL,
    state      text NOT NULL,
    payload    jsonb NOT NULL,
    added      integer NOT NULL DEFAULT 0,
    changed    integer NOT NULL DEFAULT 0,
    unchanged  integer NOT NULL DEFAULT 0,
    wrong      integer NOT NULL DEFAULT 0,
    created_by text,
    created_at timestamptz NOT NULL,
    applied_at timestamptz,
    CONSTRAINT imports_batch_kind CHECK (kind IN ('points', 'facilitators', 'targets')),
    CONSTRAINT imports_batch_state CHECK (state IN ('previewed', 'applied', 'discarded'))
);
CREATE INDEX imports_batch_created ON imports_batch (created_at);

-- +goose Down
DROP TABLE imports_batch;
