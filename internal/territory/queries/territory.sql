-- The seed: what is there stays as it is. Each row is an array in one JSON text.

-- name: SeedRegions :exec
INSERT INTO territory_region (code, name)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
FROM json_each(CAST(@rows AS text)) WHERE true ON CONFLICT DO NOTHING;

-- name: SeedProvinces :exec
INSERT INTO territory_province (code, abbr, name, region_code)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]')
FROM json_each(CAST(@rows AS text)) WHERE true ON CONFLICT DO NOTHING;

-- name: SeedMunicipalities :execrows
INSERT INTO territory_municipality (belfiore, name, name_other, search, province_code, region_code, population, lat, lon, capital)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'),
    json_extract(value, '$[4]'), json_extract(value, '$[5]'), CAST(json_extract(value, '$[6]') AS integer),
    CAST(json_extract(value, '$[7]') AS double precision), CAST(json_extract(value, '$[8]') AS double precision),
    CAST(json_extract(value, '$[9]') AS boolean)
FROM json_each(CAST(@rows AS text)) WHERE true ON CONFLICT DO NOTHING;

-- name: SeedISTAT :exec
INSERT INTO territory_istat (istat, valid_from, belfiore)
SELECT json_extract(value, '$[0]'), date(json_extract(value, '$[1]')), json_extract(value, '$[2]')
FROM json_each(CAST(@rows AS text)) WHERE true ON CONFLICT DO NOTHING;

-- name: SeedCAPs :exec
INSERT INTO territory_cap (cap, belfiore)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
FROM json_each(CAST(@rows AS text)) WHERE true ON CONFLICT DO NOTHING;

-- name: AllRegions :many
SELECT r.code, r.name FROM territory_region r ORDER BY r.code;

-- name: AllProvinces :many
SELECT p.code, p.abbr, p.name, p.region_code, p.kind, p.uts FROM territory_province p ORDER BY p.code;

-- name: AllMunicipalities :many
SELECT m.belfiore, m.name, m.name_other, m.province_code, m.region_code, m.population, m.lat, m.lon, m.capital,
    m.region_capital, m.tax_code, m.nuts3, m.listed_by, m.population_from, m.young, m.adult, m.old, m.ages_from,
    m.area_km2, m.altitude_m, m.altimetric_zone, m.coastal, m.island, m.degurba, m.classes_from,
    m.inner_class, m.inner_pole, m.inner_from, m.ceased_on, m.patron_day
FROM territory_municipality m ORDER BY m.belfiore;

-- name: AllBelfiore :many
SELECT m.belfiore FROM territory_municipality m;

-- name: AllISTAT :many
SELECT i.istat, i.valid_from, i.valid_to, i.belfiore FROM territory_istat i ORDER BY i.istat, i.valid_from;

-- name: AllCAPs :many
SELECT c.cap, c.belfiore FROM territory_cap c ORDER BY c.cap, c.belfiore;

-- name: AllSuccessors :many
SELECT s.belfiore, s.successor FROM territory_successor s ORDER BY s.belfiore, s.position;

-- name: AllNames :many
SELECT n.belfiore, n.name, n.valid_to FROM territory_name n ORDER BY n.belfiore, n.valid_to, n.name;

-- name: Revision :one
SELECT CAST(COALESCE(max(s.revision), 0) AS integer) AS revision FROM territory_state s;

-- name: Grow :exec
INSERT INTO territory_state (one, revision) VALUES (1, 1)
ON CONFLICT (one) DO UPDATE SET revision = territory_state.revision + 1;

-- name: PatronDay :one
SELECT m.patron_day FROM territory_municipality m WHERE m.belfiore = @belfiore;

-- name: PatronDays :many
-- The day of a municipality that has merged is that of the new one, once it has one.
SELECT m.belfiore, CAST(CASE WHEN h.patron_day <> '' THEN h.patron_day ELSE m.patron_day END AS text) AS patron_day
FROM territory_municipality m
LEFT JOIN territory_successor s ON s.belfiore = m.belfiore AND s.position = 0
LEFT JOIN territory_municipality h ON h.belfiore = s.successor
WHERE m.belfiore IN (SELECT value FROM json_each(CAST(@belfiore AS text)));

-- name: SetPatronDay :execrows
UPDATE territory_municipality SET patron_day = @patron_day WHERE belfiore = @belfiore;

-- name: AllSources :many
SELECT s.id, s.kind, s.file_name, s.title, s.reference, s.provisional, s.holder, s.licence, s.address, s.row_count,
    s.sha256, s.loaded_at, s.loaded_by
FROM territory_source s ORDER BY s.loaded_at, s.id;

-- name: SourcesInUse :many
SELECT DISTINCT b.source_id FROM territory_boundary b
UNION SELECT DISTINCT t.source_id FROM territory_travel t
UNION SELECT DISTINCT c.source_id FROM territory_broadband c
UNION SELECT DISTINCT y.source_id FROM territory_body y;

-- name: Boundaries :many
SELECT b.belfiore, b.rings FROM territory_boundary b
WHERE b.belfiore IN (SELECT value FROM json_each(CAST(@belfiore AS text))) ORDER BY b.belfiore;

-- name: AllTravel :many
SELECT t.from_belfiore, t.to_belfiore, t.minutes, t.km, t.source_id FROM territory_travel t;

-- name: LatestBroadband :many
SELECT b.belfiore, b.day, b.addresses, b.white, b.grey, b.black, b.ftth, b.fwa, b.source_id FROM territory_broadband b
WHERE b.day = (SELECT max(o.day) FROM territory_broadband o WHERE o.belfiore = b.belfiore) ORDER BY b.belfiore;

-- name: FindBodies :many
SELECT b.ipa_code, b.name, b.kind, b.category, b.tax_code, b.belfiore, b.pec, b.mail, b.site, b.cap, b.address
FROM territory_body b
WHERE b.search LIKE CAST(@pattern AS text) OR b.ipa_code = @exact OR b.tax_code = @exact
ORDER BY b.search, b.ipa_code LIMIT @max;

-- name: BodyByIPA :one
SELECT b.ipa_code, b.name, b.kind, b.category, b.tax_code, b.belfiore, b.pec, b.mail, b.site, b.cap, b.address
FROM territory_body b WHERE b.ipa_code = @ipa_code;
