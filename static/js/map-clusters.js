/**
 * Gathers spots that are too near each other to be told apart, or to be hit, at one zoom.
 *
 * A cluster is drawn at the spot it grew around. Those are farther apart than the radius, so
 * neither clusters nor single spots ever touch. Ten thousand spots take a few milliseconds, so each
 * zoom is reckoned when it is first looked at.
 */

// Pixels between two markers: a screen full of numbers would tell nothing. From close by, where a
// screen shows a handful of towns, just enough for a finger: the smallest marker has 24.
const RADIUS = 56;
const CLOSE_RADIUS = 28;
const CLOSE_ZOOM = 12;
const WORLD = 256; // pixels of the whole world at zoom 0

/** Returns a function from zoom to clusters: `{spot, spots, count}`, `spot` being the middle. */
export function clusterer(spots) {
  const xs = new Float64Array(spots.length);
  const ys = new Float64Array(spots.length);
  spots.forEach(({ lon, lat }, place) => {
    xs[place] = (WORLD * (lon + 180)) / 360;
    ys[place] = (WORLD * (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI)) / 2;
  });
  const order = shuffled(spots.length);
  const known = new Map();
  return (zoom) => {
    if (!known.has(zoom)) {
      const radius = (zoom < CLOSE_ZOOM ? RADIUS : CLOSE_RADIUS) / 2 ** zoom;
      known.set(zoom, gathered(spots, xs, ys, order, radius));
    }
    return known.get(zoom);
  };
}

function gathered(spots, xs, ys, order, radius) {
  const columns = Math.ceil(WORLD / radius) + 2;
  const cells = new Float64Array(spots.length);
  // The places of each cell as a chain: its first, then from each to the next, -1 at the end.
  const first = new Map();
  const next = new Int32Array(spots.length).fill(-1);
  for (const place of order) {
    const cell = Math.floor(xs[place] / radius) + Math.floor(ys[place] / radius) * columns;
    cells[place] = cell;
    next[place] = first.get(cell) ?? -1;
    first.set(cell, place);
  }
  const isTaken = new Uint8Array(spots.length);
  const reach = radius * radius;
  const clusters = [];
  for (const middle of order) {
    if (isTaken[middle]) continue;
    const near = [];
    let count = 0;
    for (const row of [-columns, 0, columns]) {
      for (let cell = cells[middle] + row - 1; cell <= cells[middle] + row + 1; cell++) {
        for (let place = first.get(cell) ?? -1; place >= 0; place = next[place]) {
          const east = xs[place] - xs[middle];
          const south = ys[place] - ys[middle];
          if (isTaken[place] || east * east + south * south > reach) continue;
          isTaken[place] = 1;
          near.push(spots[place]);
          count += spots[place].count;
        }
      }
    }
    clusters.push({ spot: spots[middle], spots: near, count });
  }
  return clusters;
}

/** All places below `length`, each once: in the order of the map all clusters would lean one way. */
function shuffled(length) {
  const stride = 7919; // a prime, so it meets every place unless it divides the length
  const step = length % stride === 0 ? 1 : stride;
  return new Int32Array(length).map((_, number) => (number * step) % length);
}
