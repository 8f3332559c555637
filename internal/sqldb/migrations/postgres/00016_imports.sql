-- +goose Up
-- imports: bodies and duty plans; large files wait in parts, are looked at and applied by jobs, and can be stopped.
ALTER TABLE imports_batch DROP CONSTRAINT imports_batch_kind;
ALTER TABLE imports_batch DROP CONSTRAINT imports_batch_state;
-- Previews of the earlier layout are thrown away with their rows: the file is still with who sent it.
UPDATE imports_batch SET state = 'discarded', payload = '{"report":{}}' WHERE state = 'previewed';
ALTER TABLE imports_batch
    ADD COLUMN total integer NOT NULL DEFAULT 0,
    ADD COLUMN done integer NOT NULL DEFAULT 0,
    ADD COLUMN phase_at timestamptz,
    ADD COLUMN touched_at timestamptz,
    ADD CONSTRAINT imports_batch_kind CHECK (kind IN ('points', 'bodies', 'facilitators', 'duties', 'targets')),
    ADD CONSTRAINT imports_batch_state CHECK (state IN ('staging', 'checking', 'stopped', 'previewed', 'applying', 'applied', 'discarded'));

CREATE TABLE imports_part (
    batch_id text NOT NULL REFERENCES imports_batch (id),
    part     integer NOT NULL,
    cells    jsonb NOT NULL,
    problems jsonb NOT NULL,
    wrong    integer NOT NULL DEFAULT 0,
    PRIMARY KEY (batch_id, part)
);

-- +goose Down
DROP TABLE imports_part;
DELETE FROM imports_batch WHERE kind IN ('bodies', 'duties');
UPDATE imports_batch SET state = 'discarded' WHERE state NOT IN ('applied', 'discarded');
ALTER TABLE imports_batch
    DROP CONSTRAINT imports_batch_kind,
    DROP CONSTRAINT imports_batch_state,
    DROP COLUMN total,
    DROP COLUMN done,
    DROP COLUMN phase_at,
    DROP COLUMN touched_at,
    ADD CONSTRAINT imports_batch_kind CHECK (kind IN ('points', 'facilitators', 'targets')),
    ADD CONSTRAINT imports_batch_state CHECK (state IN ('previewed', 'applied', 'discarded'));
