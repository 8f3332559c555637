-- +goose Up
-- identity: one-time links by which a person chooses a password (an invitation, or a forgotten one). Only the hash is kept.
CREATE TABLE identity_link (
    id text PRIMARY KEY,
    token_hash text NOT NULL,
    account_id text NOT NULL REFERENCES identity_account (id),
    kind text NOT NULL,
    created_by text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    withdrawn_at timestamptz,
    CONSTRAINT identity_link_kind CHECK (kind IN ('invite', 'reset')),
    CONSTRAINT identity_link_ended CHECK (used_at IS NULL OR withdrawn_at IS NULL)
);
CREATE UNIQUE INDEX identity_link_token ON identity_link (token_hash);
-- An account has one link of a kind that still opens: a new one takes the place of the old.
CREATE UNIQUE INDEX identity_link_live ON identity_link (account_id, kind) WHERE used_at IS NULL AND withdrawn_at IS NULL;

-- The yearly review of who may do what: that it was done, when, by whom, over how much.
CREATE TABLE identity_review (
    id text PRIMARY KEY,
    done_at timestamptz NOT NULL,
    done_by text NOT NULL REFERENCES identity_account (id),
    accounts integer NOT NULL,
    roles integer NOT NULL,
    note text NOT NULL DEFAULT ''
);
CREATE INDEX identity_review_at ON identity_review (done_at);

-- facilitators: of a person entered twice, the record that was merged names the one that stays.
ALTER TABLE facilitators_facilitator ADD COLUMN merged_into text;
CREATE INDEX facilitators_facilitator_merged ON facilitators_facilitator (merged_into);

-- was: what an undo needs of both records, ids and days only.
CREATE TABLE facilitators_merge (
    id text PRIMARY KEY,
    gone_id text NOT NULL REFERENCES facilitators_facilitator (id),
    kept_id text NOT NULL REFERENCES facilitators_facilitator (id),
    merged_at timestamptz NOT NULL,
    merged_by text,
    undone_at timestamptz,
    undone_by text,
    was jsonb NOT NULL,
    CONSTRAINT facilitators_merge_two CHECK (gone_id <> kept_id)
);
CREATE UNIQUE INDEX facilitators_merge_gone ON facilitators_merge (gone_id) WHERE undone_at IS NULL;
CREATE INDEX facilitators_merge_kept ON facilitators_merge (kept_id);

-- What followed a person into the other record, in the words of its package, so that an undo finds it.
CREATE TABLE facilitators_moved (
    merge_id text NOT NULL REFERENCES facilitators_merge (id),
    what text NOT NULL,
    id text NOT NULL,
    PRIMARY KEY (merge_id, what, id)
);

-- +goose Down
DROP TABLE facilitators_moved;
DROP TABLE facilitators_merge;
DROP INDEX facilitators_facilitator_merged;
ALTER TABLE facilitators_facilitator DROP COLUMN merged_into;
DROP TABLE identity_review;
DROP TABLE identity_link;
