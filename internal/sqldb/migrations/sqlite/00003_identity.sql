-- +goose Up
-- identity: accounts of those who work in the network, the roles they hold in a scope, their sessions.
CREATE TABLE identity_account (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'active',
    must_change INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    signed_in_at TEXT CHECK (length(signed_in_at) = 27),
    CONSTRAINT identity_account_state CHECK (state IN ('active', 'disabled'))
) STRICT;
CREATE UNIQUE INDEX identity_account_email ON identity_account (email);

CREATE TABLE identity_role (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES identity_account (id),
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    scope_id TEXT NOT NULL DEFAULT '',
    from_day TEXT NOT NULL CHECK (from_day = date(from_day)),
    to_day TEXT CHECK (to_day = date(to_day)),
    granted_by TEXT,
    CONSTRAINT identity_role_role CHECK (role IN ('region', 'managing_body', 'delivering_partner', 'facilitator', 'operator', 'auditor', 'administrator')),
    CONSTRAINT identity_role_scope CHECK (scope IN ('network', 'programme', 'body', 'project', 'point')),
    CONSTRAINT identity_role_scope_id CHECK ((scope = 'network') = (scope_id = '')),
    CONSTRAINT identity_role_days CHECK (to_day IS NULL OR to_day >= from_day)
) STRICT;
CREATE UNIQUE INDEX identity_role_once ON identity_role (account_id, role, scope, scope_id, from_day);

CREATE TABLE identity_session (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES identity_account (id),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    seen_at TEXT NOT NULL CHECK (length(seen_at) = 27),
    expires_at TEXT NOT NULL CHECK (length(expires_at) = 27)
) STRICT;
CREATE INDEX identity_session_account ON identity_session (account_id);

CREATE TABLE identity_throttle (
    key_hash TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    until TEXT NOT NULL CHECK (length(until) = 27)
) STRICT;

-- +goose Down
DROP TABLE identity_throttle;
DROP TABLE identity_session;
DROP TABLE identity_role;
DROP TABLE identity_account;
