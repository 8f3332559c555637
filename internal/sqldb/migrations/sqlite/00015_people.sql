-- +goose Up
-- identity: one-time links by which a person chooses a password (an invitation, or a forgotten one). Only the hash is kept.
CREATE TABLE identity_link (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES identity_account (id),
    kind TEXT NOT NULL,
    created_by TEXT,
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    expires_at TEXT NOT NULL CHECK (length(expires_at) = 27),
    used_at TEXT CHECK (length(used_at) = 27),
    withdrawn_at TEXT CHECK (length(withdrawn_at) = 27),
    CONSTRAINT identity_link_kind CHECK (kind IN ('invite', 'reset')),
    CONSTRAINT identity_link_ended CHECK (used_at IS NULL OR withdrawn_at IS NULL)
) STRICT;
CREATE UNIQUE INDEX identity_link_token ON identity_link (token_hash);
-- An account has one link of a kind that still opens: a new one takes the place of the old.
CREATE UNIQUE INDEX identity_link_live ON identity_link (account_id, kind) WHERE used_at IS NULL AND withdrawn_at IS NULL;

-- The yearly review of who may do what: that it was done, when, by whom, over how much.
CREATE TABLE identity_review (
    id TEXT NOT NULL PRIMARY KEY,
    done_at TEXT NOT NULL CHECK (length(done_at) = 27),
    done_by TEXT NOT NULL REFERENCES identity_account (id),
    accounts INTEGER NOT NULL,
    roles INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX identity_review_at ON identity_review (done_at);

-- facilitators: of a person entered twice, the record that was merged names the one that stays.
ALTER TABLE facilitators_facilitator ADD COLUMN merged_into TEXT;
CREATE INDEX facilitators_facilitator_merged ON facilitators_facilitator (merged_into);

-- was: what an undo needs of both records, ids and days only.
CREATE TABLE facilitators_merge (
    id TEXT NOT NULL PRIMARY KEY,
    gone_id TEXT NOT NULL REFERENCES facilitators_facilitator (id),
    kept_id TEXT NOT NULL REFERENCES facilitators_facilitator (id),
    merged_at TEXT NOT NULL CHECK (length(merged_at) = 27),
    merged_by TEXT,
    undone_at TEXT CHECK (length(undone_at) = 27),
    undone_by TEXT,
    was TEXT NOT NULL CHECK (json_valid(was)),
    CONSTRAINT facilitators_merge_two CHECK (gone_id <> kept_id)
) STRICT;
CREATE UNIQUE INDEX facilitators_merge_gone ON facilitators_merge (gone_id) WHERE undone_at IS NULL;
CREATE INDEX facilitators_merge_kept ON facilitators_merge (kept_id);

-- What followed a person into the other record, in the words of its package, so that an undo finds it.
CREATE TABLE facilitators_moved (
    merge_id TEXT NOT NULL REFERENCES facilitators_merge (id),
    what TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (merge_id, what, id)
) STRICT;

-- +goose Down
DROP TABLE facilitators_moved;
DROP TABLE facilitators_merge;
DROP INDEX facilitators_facilitator_merged;
ALTER TABLE facilitators_facilitator DROP COLUMN merged_into;
DROP TABLE identity_review;
DROP TABLE identity_link;
