-- +goose Up
-- identity: accounts of those who work in the network, the roles they hold in a scope, their sessions.
CREATE TABLE identity_account (
    id             text PRIMARY KEY,
    email          text NOT NULL,
    name           text NOT NULL,
    password_hash  text NOT NULL,
    state          text NOT NULL DEFAULT 'active',
    must_change    boolean NOT NULL DEFAULT FALSE,
    created_at     timestamptz NOT NULL,
    signed_in_at   timestamptz,
    CONSTRAINT identity_account_state CHECK (state IN ('active', 'disabled'))
);
CREATE UNIQUE INDEX identity_account_email ON identity_account (email);

CREATE TABLE identity_role (
    id         text PRIMARY KEY,
    account_id text NOT NULL REFERENCES identity_account (id),
    role       text NOT NULL,
    scope      text NOT NULL,
    scope_id   text NOT NULL DEFAULT '',
    from_day   date NOT NULL,
    to_day     date,
    granted_by text,
    CONSTRAINT identity_role_role CHECK (role IN ('region', 'managing_body', 'delivering_partner', 'facilitator', 'operator', 'auditor', 'administrator')),
    CONSTRAINT identity_role_scope CHECK (scope IN ('network', 'programme', 'body', 'project', 'point')),
    CONSTRAINT identity_role_scope_id CHECK ((scope = 'network') = (scope_id = '')),
    CONSTRAINT identity_role_days CHECK (to_day IS NULL OR to_day >= from_day)
);
CREATE UNIQUE INDEX identity_role_once ON identity_role (account_id, role, scope, scope_id, from_day);

CREATE TABLE identity_session (
    token_hash text PRIMARY KEY,
    account_id text NOT NULL REFERENCES identity_account (id),
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX identity_session_account ON identity_session (account_id);

CREATE TABLE identity_throttle (
    key_hash   text PRIMARY KEY,
    failures   integer NOT NULL,
    until      timestamptz NOT NULL
);

-- +goose Down
DROP TABLE identity_throttle;
DROP TABLE identity_session;
DROP TABLE identity_role;
DROP TABLE identity_account;
