/** Boundaries as the ground of the map, with the areas of members filled. Colours come from map.css. */

// Digits of a key: a kreisfreie Stadt is a county as well, but a member only with all eight.
const KEY_LENGTH = { municipalities: 8, counties: 5, districts: 3 };

/**
 * Draws a topology with the objects municipalities, counties, districts and state below everything
 * else; `members` are keys (AGS) of any of the first three. Returns the layer.
 */
export function drawBoundaries(map, topology, members) {
  const { objects } = topology;
  const renderer = (map.options.outlines ??= L.svg({ padding: 0.4 }));
  const group = L.layerGroup();
  const add = (geometry, name) =>
    L.geoJSON(geometry, { renderer, interactive: false, style: { className: `map-${name}` } }).addTo(group);

  const addMembers = (name) => {
    const isMember = ({ id }) => members.has(id) && id.length === KEY_LENGTH[name];
    for (const geometry of objects[name].geometries.filter(isMember)) {
      add(topojson.feature(topology, geometry), `member map-member--${name}`);
    }
  };
  // Each line once, in the largest layer it bounds: none is drawn over another of its kind.
  const addLines = (name, digits) => {
    const inner = (a, b) => a !== b && a.id.slice(0, digits) === b.id.slice(0, digits);
    add(topojson.mesh(topology, objects[name], inner), `line map-line--${name}`);
  };

  add(topojson.feature(topology, objects.state), "land");
  addMembers("municipalities");
  addLines("municipalities", KEY_LENGTH.counties);
  addLines("counties", KEY_LENGTH.districts);
  addLines("districts", 2);
  addMembers("districts");
  addMembers("counties");
  return group.addTo(map);
}

/**
 * Writes the names of municipalities into their areas, from `fromZoom` on, where they have room;
 * those with a marker get it below: `markers` maps keys (AGS) to coordinates.
 */
export function drawNames(map, topology, markers, fromZoom) {
  map.createPane("names").style.zIndex = 450; // over boundaries, under markers
  const group = L.layerGroup();
  for (const { id, geometry, properties } of topojson.feature(topology, topology.objects.municipalities).features) {
    const name = document.createElement("span");
    name.textContent = properties.name;
    name.setAttribute("aria-hidden", "true"); // the list has every name
    const marker = markers.get(id);
    const icon = L.divIcon({ className: "map-name", html: name, iconSize: [120, 32], iconAnchor: [60, marker ? -6 : 16] });
    L.marker(marker ? L.GeoJSON.coordsToLatLng(marker) : middleOf(geometry), { icon, pane: "names", interactive: false, keyboard: false }).addTo(group);
  }
  const update = () => (map.getZoom() < fromZoom ? group.remove() : group.addTo(map));
  map.on("zoomend", update);
  update();
}

/** The centre of gravity of an area; of several parts the one with the longest outline counts. */
function middleOf({ type, coordinates }) {
  const outlines = type === "Polygon" ? [coordinates[0]] : coordinates.map((polygon) => polygon[0]);
  const main = outlines.reduce((one, other) => (other.length > one.length ? other : one));
  return L.PolyUtil.polygonCenter(L.GeoJSON.coordsToLatLngs(main), L.CRS.EPSG3857);
}
