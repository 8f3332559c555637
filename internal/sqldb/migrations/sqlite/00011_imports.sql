-- +goose Up
-- imports: a file read and shown before anything changes; published whole or not at all.
CREATE TABLE imports_batch (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    state TEXT NOT NULL,
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    added INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    wrong INTEGER NOT NULL DEFAULT 0,
    created_by TEXT,
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    applied_at TEXT CHECK (length(applied_at) = 27),
    CONSTRAINT imports_batch_kind CHECK (kind IN ('points', 'facilitators', 'targets')),
    CONSTRAINT imports_batch_state CHECK (state IN ('previewed', 'applied', 'discarded'))
) STRICT;
CREATE INDEX imports_batch_created ON imports_batch (created_at);

-- +goose Down
DROP TABLE imports_batch;
