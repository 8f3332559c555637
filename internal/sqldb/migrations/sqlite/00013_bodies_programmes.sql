-- +goose Up
-- funding: what a programme asks of its points, and the day from which a programme or project is over before its time.
ALTER TABLE funding_programme ADD COLUMN min_weekly_minutes INTEGER NOT NULL DEFAULT 0
    CONSTRAINT funding_programme_weekly CHECK (min_weekly_minutes BETWEEN 0 AND 10080);
ALTER TABLE funding_programme ADD COLUMN opening_days INTEGER NOT NULL DEFAULT 0
    CONSTRAINT funding_programme_opening CHECK (opening_days BETWEEN 0 AND 3650);
ALTER TABLE funding_programme ADD COLUMN ended_on TEXT CHECK (ended_on = date(ended_on));
ALTER TABLE funding_project ADD COLUMN ended_on TEXT CHECK (ended_on = date(ended_on));

-- orgs: two records of the same body become one. The one merged (from_id) stays, ended, and leads to the
-- one kept (into_id) until it is undone.
CREATE TABLE orgs_merge (
    id TEXT NOT NULL PRIMARY KEY,
    from_id TEXT NOT NULL REFERENCES orgs_body (id),
    into_id TEXT NOT NULL REFERENCES orgs_body (id),
    merged_at TEXT NOT NULL CHECK (length(merged_at) = 27),
    merged_by TEXT NOT NULL DEFAULT '',
    undo_until TEXT NOT NULL CHECK (length(undo_until) = 27),
    undone_at TEXT CHECK (length(undone_at) = 27),
    CONSTRAINT orgs_merge_two CHECK (from_id <> into_id)
) STRICT;
CREATE UNIQUE INDEX orgs_merge_once ON orgs_merge (from_id) WHERE undone_at IS NULL;
CREATE INDEX orgs_merge_into ON orgs_merge (into_id);

-- The details that the merge changed on the body that was kept.
CREATE TABLE orgs_merge_field (
    merge_id TEXT NOT NULL REFERENCES orgs_merge (id),
    field TEXT NOT NULL,
    was TEXT NOT NULL,
    became TEXT NOT NULL,
    PRIMARY KEY (merge_id, field)
) STRICT;

-- What moved from one to the other: records of this and of other packages, each under its own word.
CREATE TABLE orgs_merge_move (
    merge_id TEXT NOT NULL REFERENCES orgs_merge (id),
    what TEXT NOT NULL,
    record_id TEXT NOT NULL,
    PRIMARY KEY (merge_id, what, record_id)
) STRICT;

-- +goose Down
DROP TABLE orgs_merge_move;
DROP TABLE orgs_merge_field;
DROP TABLE orgs_merge;
ALTER TABLE funding_project DROP COLUMN ended_on;
ALTER TABLE funding_programme DROP COLUMN ended_on;
ALTER TABLE funding_programme DROP COLUMN opening_days;
ALTER TABLE funding_programme DROP COLUMN min_weekly_minutes;
