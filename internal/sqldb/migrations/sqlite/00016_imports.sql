-- +goose Up
-- imports: bodies and duty plans; large files wait in parts, are looked at and applied by jobs, and can be stopped.
CREATE TABLE imports_batch_new (
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
    total INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    phase_at TEXT CHECK (length(phase_at) = 27),
    touched_at TEXT CHECK (length(touched_at) = 27),
    CONSTRAINT imports_batch_kind CHECK (kind IN ('points', 'bodies', 'facilitators', 'duties', 'targets')),
    CONSTRAINT imports_batch_state CHECK (state IN ('staging', 'checking', 'stopped', 'previewed', 'applying', 'applied', 'discarded'))
) STRICT;
-- Previews of the earlier layout are thrown away with their rows: the file is still with who sent it.
INSERT INTO imports_batch_new (id, kind, file_name, state, payload, added, changed, unchanged, wrong, created_by, created_at, applied_at)
SELECT id, kind, file_name, CASE state WHEN 'previewed' THEN 'discarded' ELSE state END,
    CASE state WHEN 'previewed' THEN '{"report":{}}' ELSE payload END, added, changed, unchanged, wrong, created_by, created_at, applied_at
FROM imports_batch;
DROP TABLE imports_batch;
ALTER TABLE imports_batch_new RENAME TO imports_batch;
CREATE INDEX imports_batch_created ON imports_batch (created_at);

CREATE TABLE imports_part (
    batch_id TEXT NOT NULL REFERENCES imports_batch (id),
    part INTEGER NOT NULL,
    cells TEXT NOT NULL CHECK (json_valid(cells)),
    problems TEXT NOT NULL CHECK (json_valid(problems)),
    wrong INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (batch_id, part)
) STRICT;

-- +goose Down
DROP TABLE imports_part;
CREATE TABLE imports_batch_old (
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
INSERT INTO imports_batch_old SELECT id, kind, file_name, CASE state WHEN 'applied' THEN 'applied' ELSE 'discarded' END,
    payload, added, changed, unchanged, wrong, created_by, created_at, applied_at
FROM imports_batch WHERE kind IN ('points', 'facilitators', 'targets');
DROP TABLE imports_batch;
ALTER TABLE imports_batch_old RENAME TO imports_batch;
CREATE INDEX imports_batch_created ON imports_batch (created_at);
