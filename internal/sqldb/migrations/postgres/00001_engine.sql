-- +goose Up
-- What PostgreSQL lacks so that one query text serves both engines.
-- json_each gives the elements of a JSON array as text, as SQLite's table function does.
-- +goose StatementBegin
CREATE FUNCTION json_each(list text) RETURNS TABLE (value text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT jsonb_array_elements_text(list::jsonb) $$;
-- +goose StatementEnd
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- +goose Down
DROP FUNCTION json_each(text);
