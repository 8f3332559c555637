-- +goose Up
-- orgs, funding: which edit a form was opened on, so that nobody saves over another unseen.
ALTER TABLE orgs_body ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE funding_programme ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE funding_project ADD COLUMN version integer NOT NULL DEFAULT 1;

-- +goose Down
ALTER TABLE funding_project DROP COLUMN version;
ALTER TABLE funding_programme DROP COLUMN version;
ALTER TABLE orgs_body DROP COLUMN version;
