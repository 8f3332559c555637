-- Rows go in by thousands: each is an array in one JSON text.

-- name: PutRegions :exec
INSERT INTO territory_region (code, name)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
FROM json_each(CAST(@rows AS text)) WHERE true
ON CONFLICT (code) DO UPDATE SET name = excluded.name;

-- name: PutProvinces :exec
INSERT INTO territory_province (code, abbr, name, region_code, kind, uts)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'),
    json_extract(value, '$[4]'), json_extract(value, '$[5]')
FROM json_each(CAST(@rows AS text)) WHERE true
ON CONFLICT (code) DO UPDATE SET abbr = excluded.abbr, name = excluded.name, region_code = excluded.region_code,
    kind = excluded.kind, uts = excluded.uts;

-- name: InsertSource :exec
INSERT INTO territory_source (id, kind, file_name, title, reference, provisional, holder, licence, address, row_count, sha256, loaded_at, loaded_by)
VALUES (@id, @kind, @file_name, @title, @reference, CAST(@provisional AS boolean), @holder, @licence, @address, @row_count, @sha256, @loaded_at, @loaded_by);

-- name: PutMunicipalities :exec
INSERT INTO territory_municipality (belfiore, name, name_other, search, province_code, region_code, capital, region_capital,
    tax_code, nuts3, listed_by, population, population_from, young, adult, old, ages_from, lat, lon, area_km2, altitude_m,
    altimetric_zone, coastal, island, degurba, classes_from, inner_class, inner_pole, inner_from, ceased_on)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'),
    json_extract(value, '$[4]'), json_extract(value, '$[5]'),
    CAST(json_extract(value, '$[6]') AS boolean), CAST(json_extract(value, '$[7]') AS boolean),
    json_extract(value, '$[8]'), json_extract(value, '$[9]'), json_extract(value, '$[10]'),
    CAST(json_extract(value, '$[11]') AS integer), json_extract(value, '$[12]'),
    CAST(json_extract(value, '$[13]') AS integer), CAST(json_extract(value, '$[14]') AS integer), CAST(json_extract(value, '$[15]') AS integer),
    json_extract(value, '$[16]'),
    CAST(json_extract(value, '$[17]') AS double precision), CAST(json_extract(value, '$[18]') AS double precision),
    CAST(json_extract(value, '$[19]') AS double precision), CAST(json_extract(value, '$[20]') AS integer),
    CAST(json_extract(value, '$[21]') AS integer), CAST(json_extract(value, '$[22]') AS boolean), CAST(json_extract(value, '$[23]') AS boolean),
    CAST(json_extract(value, '$[24]') AS integer), json_extract(value, '$[25]'), json_extract(value, '$[26]'),
    json_extract(value, '$[27]'), json_extract(value, '$[28]'), date(json_extract(value, '$[29]'))
FROM json_each(CAST(@rows AS text)) WHERE true
ON CONFLICT (belfiore) DO UPDATE SET name = excluded.name, name_other = excluded.name_other, search = excluded.search,
    province_code = excluded.province_code, region_code = excluded.region_code, capital = excluded.capital,
    region_capital = excluded.region_capital, tax_code = excluded.tax_code, nuts3 = excluded.nuts3, listed_by = excluded.listed_by,
    population = excluded.population, population_from = excluded.population_from, young = excluded.young,
    adult = excluded.adult, old = excluded.old, ages_from = excluded.ages_from, lat = excluded.lat, lon = excluded.lon,
    area_km2 = excluded.area_km2, altitude_m = excluded.altitude_m, altimetric_zone = excluded.altimetric_zone,
    coastal = excluded.coastal, island = excluded.island, degurba = excluded.degurba, classes_from = excluded.classes_from,
    inner_class = excluded.inner_class, inner_pole = excluded.inner_pole, inner_from = excluded.inner_from, ceased_on = excluded.ceased_on;

-- name: DeleteISTAT :exec
DELETE FROM territory_istat WHERE belfiore IN (SELECT value FROM json_each(CAST(@belfiore AS text)));

-- name: PutISTAT :exec
INSERT INTO territory_istat (istat, valid_from, valid_to, belfiore)
SELECT json_extract(value, '$[0]'), date(json_extract(value, '$[1]')), date(json_extract(value, '$[2]')), json_extract(value, '$[3]')
FROM json_each(CAST(@rows AS text));

-- name: DeleteNames :exec
DELETE FROM territory_name WHERE belfiore IN (SELECT value FROM json_each(CAST(@belfiore AS text)));

-- name: PutNames :exec
INSERT INTO territory_name (belfiore, name, valid_to)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), date(json_extract(value, '$[2]'))
FROM json_each(CAST(@rows AS text));

-- name: DeleteSuccessors :exec
DELETE FROM territory_successor WHERE belfiore IN (SELECT value FROM json_each(CAST(@belfiore AS text)));

-- name: PutSuccessors :exec
INSERT INTO territory_successor (belfiore, position, successor)
SELECT json_extract(value, '$[0]'), CAST(json_extract(value, '$[1]') AS integer), json_extract(value, '$[2]')
FROM json_each(CAST(@rows AS text));

-- name: AllBoundaries :many
SELECT b.belfiore, b.rings, b.source_id FROM territory_boundary b;

-- name: PutBoundaries :exec
INSERT INTO territory_boundary (belfiore, rings, source_id)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
FROM json_each(CAST(@rows AS text)) WHERE true
ON CONFLICT (belfiore) DO UPDATE SET rings = excluded.rings, source_id = excluded.source_id;

-- name: PutTravel :exec
INSERT INTO territory_travel (from_belfiore, to_belfiore, minutes, km, source_id)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), CAST(json_extract(value, '$[2]') AS double precision),
    CAST(json_extract(value, '$[3]') AS double precision), json_extract(value, '$[4]')
FROM json_each(CAST(@rows AS text)) WHERE true
ON CONFLICT (from_belfiore, to_belfiore) DO UPDATE SET minutes = excluded.minutes, km = excluded.km, source_id = excluded.source_id;

-- name: AllBroadband :many
SELECT b.belfiore, b.day, b.addresses, b.white, b.grey, b.black, b.ftth, b.fwa, b.source_id FROM territory_broadband b;

-- name: PutBroadband :exec
INSERT INTO territory_broadband (belfiore, day, addresses, white, grey, black, ftth, fwa, source_id)
SELECT json_extract(value, '$[0]'), date(json_extract(value, '$[1]')), CAST(json_extract(value, '$[2]') AS integer),
    CAST(json_extract(value, '$[3]') AS integer), CAST(json_extract(value, '$[4]') AS integer), CAST(json_extract(value, '$[5]') AS integer),
    CAST(json_extract(value, '$[6]') AS integer), CAST(json_extract(value, '$[7]') AS integer), json_extract(value, '$[8]')
FROM json_each(CAST(@rows AS text)) WHERE true
ON CONFLICT (belfiore, day) DO UPDATE SET addresses = excluded.addresses, white = excluded.white, grey = excluded.grey,
    black = excluded.black, ftth = excluded.ftth, fwa = excluded.fwa, source_id = excluded.source_id;

-- name: AllBodies :many
SELECT b.ipa_code, b.name, b.kind, b.category, b.tax_code, b.belfiore, b.pec, b.mail, b.site, b.cap, b.address, b.source_id
FROM territory_body b;

-- name: PutBodies :exec
INSERT INTO territory_body (ipa_code, name, search, kind, category, tax_code, belfiore, pec, mail, site, cap, address, source_id)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'),
    json_extract(value, '$[4]'), json_extract(value, '$[5]'), json_extract(value, '$[6]'), json_extract(value, '$[7]'),
    json_extract(value, '$[8]'), json_extract(value, '$[9]'), json_extract(value, '$[10]'), json_extract(value, '$[11]'), json_extract(value, '$[12]')
FROM json_each(CAST(@rows AS text)) WHERE true
ON CONFLICT (ipa_code) DO UPDATE SET name = excluded.name, search = excluded.search, kind = excluded.kind, category = excluded.category,
    tax_code = excluded.tax_code, belfiore = excluded.belfiore, pec = excluded.pec, mail = excluded.mail, site = excluded.site,
    cap = excluded.cap, address = excluded.address, source_id = excluded.source_id;

-- name: InsertStaged :exec
INSERT INTO territory_staged (upload_id, position, file_name, content, created_by, created_at)
VALUES (@upload_id, @position, @file_name, @content, @created_by, @created_at);

-- name: StagedFiles :many
SELECT s.position, s.file_name, s.created_by, s.created_at FROM territory_staged s
WHERE s.upload_id = @upload_id ORDER BY s.position;

-- name: StagedContent :one
SELECT s.content FROM territory_staged s WHERE s.upload_id = @upload_id AND s.position = @position;

-- name: DeleteStaged :exec
DELETE FROM territory_staged WHERE upload_id = @upload_id OR created_at < @before;
