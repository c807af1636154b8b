/**
 * Spots: the points of a map with all entries there, so that no entry hides another.
 *
 * A few entries come with all they have, as GeoJSON. Of thousands only the points come at first,
 * packed (`directory/maps/packed.py`); their entries follow, cell by cell, for what is on the screen.
 */

const CELL = 0.25; // degrees
// Packed numbers: digits to this base, each the character that many after this one
const BASE = 50;
const ZERO = "(".charCodeAt(0);

/** Spots of GeoJSON: each knows its entries. */
export function spotsOf({ features }) {
  const found = new Map();
  for (const feature of features) {
    if (!feature.geometry) continue;
    const key = feature.geometry.coordinates.join();
    if (!found.has(key)) found.set(key, newSpot(feature.geometry.coordinates, 0, []));
    const spot = found.get(key);
    spot.features.push(feature);
    spot.count += 1;
    spot.isMember ||= feature.properties.kind === "member";
  }
  return { spots: [...found.values()], describe: async () => {}, onDescribed: (tell) => tell(features) };
}

/**
 * Spots of packed points. `describe(spots)` loads the entries of those that do not know them yet,
 * from the GeoJSON at `address`; `onDescribed(tell)` is told all features there are, now and later.
 */
export function unpackedSpots({ digits, bbox, strips, lons, lats, counts, members }, address) {
  const step = 10 ** digits;
  const spots = [];
  for (const [edge, points] of strips) {
    let lon = Math.round(bbox[0] * step);
    for (const end = spots.length + points; spots.length < end; ) {
      const place = spots.length;
      lon += numberAt(lons, place);
      spots.push(newSpot([lon / step, (edge + numberAt(lats, place)) / step], counts?.[place] ?? 1, null));
    }
  }
  for (const place of members) spots[place].isMember = true;
  return { spots, ...describer(spots, step, address) };
}

function numberAt(columns, place) {
  let number = 0;
  for (let column = columns.length - 1; column >= 0; column--) {
    number = number * BASE + columns[column].charCodeAt(place) - ZERO;
  }
  return number;
}

function newSpot([lon, lat], count, features) {
  return { lon, lat, count, features, isMember: false };
}

function describer(spots, step, address) {
  // The same sum as on the server, so that both round alike.
  const keyOf = (lon, lat) => `${Math.floor(lon * step + 0.5)},${Math.floor(lat * step + 0.5)}`;
  const byKey = new Map();
  const loading = new Map();
  const described = [];
  const listeners = [];

  const loadCell = async (cell) => {
    const response = await fetch(addressOf(cell, address, 1 / step));
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    const { features } = await response.json();
    if (!byKey.size) for (const spot of spots) byKey.set(keyOf(spot.lon, spot.lat), spot);
    for (const feature of features) {
      const spot = byKey.get(keyOf(...feature.geometry.coordinates));
      // The box reaches a little into its neighbours.
      if (spot && cellOf(spot) === cell) (spot.features ??= []).push(feature);
    }
    described.push(...features);
    for (const tell of listeners) tell(features);
  };
  const describe = async (wanted) => {
    const cells = new Set(wanted.filter((spot) => !spot.features).map(cellOf));
    for (const cell of cells) {
      if (loading.has(cell)) continue;
      const loaded = loadCell(cell);
      loaded.catch(() => loading.delete(cell)); // the next wish may have more luck
      loading.set(cell, loaded);
    }
    await Promise.all([...cells].map((cell) => loading.get(cell)));
  };
  const onDescribed = (tell) => {
    tell(described);
    listeners.push(tell);
  };
  return { describe, onDescribed };
}

/** Cells of a fixed grid: whoever looks at the same places asks for the same boxes. */
function cellOf({ lon, lat }) {
  return `${Math.floor(lon / CELL)},${Math.floor(lat / CELL)}`;
}

/** The address of the entries in `cell`, but for those beyond a box that is asked for already. */
function addressOf(cell, address, margin) {
  const url = new URL(address, location.href);
  const [column, row] = cell.split(",").map(Number);
  let box = [column * CELL - margin, row * CELL - margin, (column + 1) * CELL + margin, (row + 1) * CELL + margin];
  const asked = url.searchParams.get("bbox")?.split(",").map(Number);
  if (asked) box = box.map((edge, side) => (side < 2 ? Math.max(edge, asked[side]) : Math.min(edge, asked[side])));
  url.searchParams.set("bbox", box.map((edge) => Number(edge.toFixed(6))).join());
  return url.href;
}
