-- +goose Up
-- funding: what a programme asks of its points, and the day from which a programme or project is over before its time.
ALTER TABLE funding_programme ADD COLUMN min_weekly_minutes integer NOT NULL DEFAULT 0
    CONSTRAINT funding_programme_weekly CHECK (min_weekly_minutes BETWEEN 0 AND 10080);
ALTER TABLE funding_programme ADD COLUMN opening_days integer NOT NULL DEFAULT 0
    CONSTRAINT funding_programme_opening CHECK (opening_days BETWEEN 0 AND 3650);
ALTER TABLE funding_programme ADD COLUMN ended_on date;
ALTER TABLE funding_project ADD COLUMN ended_on date;

-- orgs: two records of the same body become one. The one merged (from_id) stays, ended, and leads to the
-- one kept (into_id) until it is undone.
CREATE TABLE orgs_merge (
    id         text PRIMARY KEY,
    from_id    text NOT NULL REFERENCES orgs_body (id),
    into_id    text NOT NULL REFERENCES orgs_body (id),
    merged_at  timestamptz NOT NULL,
    merged_by  text NOT NULL DEFAULT '',
    undo_until timestamptz NOT NULL,
    undone_at  timestamptz,
    CONSTRAINT orgs_merge_two CHECK (from_id <> into_id)
);
CREATE UNIQUE INDEX orgs_merge_once ON orgs_merge (from_id) WHERE undone_at IS NULL;
CREATE INDEX orgs_merge_into ON orgs_merge (into_id);

-- The details that the merge changed on the body that was kept.
CREATE TABLE orgs_merge_field (
    merge_id text NOT NULL REFERENCES orgs_merge (id),
    field    text NOT NULL,
    was      text NOT NULL,
    became   text NOT NULL,
    PRIMARY KEY (merge_id, field)
);

-- What moved from one to the other: records of this and of other packages, each under its own word.
CREATE TABLE orgs_merge_move (
    merge_id  text NOT NULL REFERENCES orgs_merge (id),
    what      text NOT NULL,
    record_id text NOT NULL,
    PRIMARY KEY (merge_id, what, record_id)
);

-- +goose Down
DROP TABLE orgs_merge_move;
DROP TABLE orgs_merge_field;
DROP TABLE orgs_merge;
ALTER TABLE funding_project DROP COLUMN ended_on;
ALTER TABLE funding_programme DROP COLUMN ended_on;
ALTER TABLE funding_programme DROP COLUMN opening_days;
ALTER TABLE funding_programme DROP COLUMN min_weekly_minutes;
