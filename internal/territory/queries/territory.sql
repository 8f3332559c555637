-- name: InsertRegion :exec
INSERT INTO territory_region (code, name) VALUES (@code, @name) ON CONFLICT DO NOTHING;

-- name: InsertProvince :exec
INSERT INTO territory_province (code, abbr, name, region_code)
VALUES (@code, @abbr, @name, @region_code) ON CONFLICT DO NOTHING;

-- name: InsertMunicipality :execrows
INSERT INTO territory_municipality (belfiore, name, name_other, search, province_code, region_code, population, lat, lon, capital)
VALUES (@belfiore, @name, @name_other, @search, @province_code, @region_code, @population, @lat, @lon, CAST(@capital AS boolean))
ON CONFLICT DO NOTHING;

-- name: InsertISTAT :exec
INSERT INTO territory_istat (istat, valid_from, belfiore) VALUES (@istat, @valid_from, @belfiore) ON CONFLICT DO NOTHING;

-- name: InsertCAP :exec
INSERT INTO territory_cap (cap, belfiore) VALUES (@cap, @belfiore) ON CONFLICT DO NOTHING;

-- name: AllRegions :many
SELECT r.code, r.name FROM territory_region r ORDER BY r.code;

-- name: AllProvinces :many
SELECT p.code, p.abbr, p.name, p.region_code FROM territory_province p ORDER BY p.code;

-- name: AllMunicipalities :many
SELECT m.belfiore, m.name, m.name_other, m.province_code, m.region_code, m.population, m.lat, m.lon, m.capital
FROM territory_municipality m ORDER BY m.belfiore;

-- name: AllBelfiore :many
SELECT m.belfiore FROM territory_municipality m;

-- name: AllISTAT :many
SELECT i.istat, i.valid_from, i.valid_to, i.belfiore FROM territory_istat i ORDER BY i.istat, i.valid_from;

-- name: AllCAPs :many
SELECT c.cap, c.belfiore FROM territory_cap c ORDER BY c.cap, c.belfiore;
