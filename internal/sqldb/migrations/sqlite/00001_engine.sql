-- +goose Up
-- SQLite has json_each of its own; this migration keeps the numbers of both folders alike.
SELECT 1;

-- +goose Down
SELECT 1;
