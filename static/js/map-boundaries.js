/**
 * Boundaries in detail, with the areas of members filled and the names of municipalities in them.
 * Loaded when somebody looks close enough to see more than the ground shows. Colours come from map.css.
 */

import "../vendor/topojson-client/topojson-client.min.js";
import { load, pause } from "./map-work.js";

// Digits of a key: a kreisfreie Stadt is a county as well, but a member only with all eight.
const KEY_LENGTH = { municipalities: 8, counties: 5, districts: 3 };

/**
 * Draws the TopoJSON at `address`, which has the objects municipalities, counties, districts and
 * state, below everything else. In pieces, so that the page answers to people in between; resolves
 * to the layer. `places` as in map.js.
 */
export async function drawDetail(map, address, places) {
  const topology = await load(address);
  const group = await drawBoundaries(map, topology, places.members);
  places.onDescribed(addNames(map, topology, group));
  return group;
}

/** Draws the lines and the areas of `members` (keys) of a topology; resolves to the layer. */
export async function drawBoundaries(map, topology, members) {
  const { objects } = topology;
  const renderer = L.svg({ padding: 0.4 });
  const group = L.layerGroup().addTo(map);
  const add = async (geometry, name) => {
    const layer = L.geoJSON(geometry, { renderer, interactive: false, style: { className: `map-${name}` } });
    if (name === "land") layer.on("add", () => layer.bringToBack());
    group.addLayer(layer);
    await pause();
  };

  const addMembers = async (name) => {
    const isMember = ({ id }) => members.has(id) && id.length === KEY_LENGTH[name];
    const geometries = objects[name].geometries.filter(isMember);
    if (geometries.length) await add(topojson.feature(topology, { type: "GeometryCollection", geometries }), `member map-member--${name}`);
  };
  // Each line once, in the largest layer it bounds: none is drawn over another of its kind.
  const addLines = async (name, digits) => {
    const inner = (a, b) => a !== b && a.id.slice(0, digits) === b.id.slice(0, digits);
    await add(topojson.mesh(topology, objects[name], inner), `line map-line--${name}`);
  };

  await addMembers("municipalities");
  await addLines("municipalities", KEY_LENGTH.counties);
  await addLines("counties", KEY_LENGTH.districts);
  await addLines("districts", 2);
  await addMembers("districts");
  await addMembers("counties");
  // Last, so that until then the ground can be seen.
  await add(topojson.feature(topology, objects.state), "land");
  return group;
}

/**
 * Adds the names of municipalities to `group`, in the middle of their areas. Returns a function
 * that is told features: names of areas with a marker move below it.
 */
function addNames(map, topology, group) {
  map.createPane("names").style.zIndex = 450; // over boundaries, under markers
  const names = new Map();
  for (const { id, geometry, properties } of topojson.feature(topology, topology.objects.municipalities).features) {
    const icon = nameIcon(properties.name, 16);
    names.set(id, L.marker(middleOf(geometry), { icon, pane: "names", interactive: false, keyboard: false }).addTo(group));
  }
  return (features) => {
    for (const { properties, geometry } of features) {
      const name = geometry && names.get(properties.ags);
      if (!name) continue;
      name.setLatLng(L.GeoJSON.coordsToLatLng(geometry.coordinates));
      name.setIcon(nameIcon(name.options.icon.options.html.textContent, -6));
    }
  };
}

/** A name in the middle of its place, `above` pixels of it over that. */
function nameIcon(text, above) {
  const name = document.createElement("span");
  name.textContent = text;
  name.setAttribute("aria-hidden", "true"); // the list has every name
  return L.divIcon({ className: "map-name", html: name, iconSize: [120, 32], iconAnchor: [60, above] });
}

/** The centre of gravity of an area; of several parts the one with the longest outline counts. */
function middleOf({ type, coordinates }) {
  const outlines = type === "Polygon" ? [coordinates[0]] : coordinates.map((polygon) => polygon[0]);
  const main = outlines.reduce((one, other) => (other.length > one.length ? other : one));
  return L.PolyUtil.polygonCenter(L.GeoJSON.coordsToLatLngs(main), L.CRS.EPSG3857);
}
