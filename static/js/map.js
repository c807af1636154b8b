/**
 * The map in the browser. folium has drawn an empty Leaflet map into the frame; this fills it with
 * entries and its ground and then shows it in place of the drawing, which holds the same entries.
 * Whatever fails leaves the drawing where it is.
 *
 * Leaflet is a classic script and has run before this one.
 */

import { clusterer } from "./map-clusters.js";
import { drawEntries } from "./map-entries.js";
import { groundOf, showGround } from "./map-ground.js";
import { drawSection, offerSection } from "./map-section.js";
import { spotsOf, unpackedSpots } from "./map-spots.js";
import { followView, readView } from "./map-view.js";
import { load, pause } from "./map-work.js";

const CLOSEST_FIT = 12;
const ALL_LINES_FROM_ZOOM = 7;
const DETAIL_FROM_ZOOM = 10;

const figure = document.querySelector("[data-map]");
const drawing = figure.querySelector(".svg-map");
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;

if (typeof L === "undefined") {
  reportFailure();
} else if (reducedMotion) {
  stopMotion();
}

/**
 * Fills `map` with the entries at the figure's address. `ground` are the edges of the drawing's
 * picture in degrees, `detail` is TopoJSON of the outlines close by.
 */
export async function attach(map, { ground, detail }) {
  try {
    const places = await loadPlaces();
    const extent = extentOf(places.bbox, ground);
    describeControls(map, () => fit(map, extent));
    const section = chosenSection();
    if (section) drawSection(map, section);
    show(map, readView()) || fit(map, section ?? extent);

    await pause();
    const clustersAt = clusterer(places.spots);
    clustersAt(map.getZoom());
    await pause();
    const texts = { one: figure.dataset.one, many: figure.dataset.many, list: figure.dataset.list };
    drawEntries(map, places, clustersAt, texts);
    followView(map, (view) => show(map, view));
    offerSection(map, figure.querySelector(".map__frame"));
    keepViewWhenAsking();
    report(figure.dataset.sentence);
    figure.dataset.ready = "";

    // The ground comes last: nobody waits for it to use the map.
    await showGround(map, [
      { from: 0, draw: () => groundOf(drawing.querySelector("image").href.baseVal, drawing, ground) },
      { from: ALL_LINES_FROM_ZOOM, draw: () => groundOf(figure.dataset.ground, drawing, ground) },
      { from: DETAIL_FROM_ZOOM, draw: () => drawDetailOf(map, detail, places) },
    ]);
  } catch (error) {
    console.error(error);
    reportFailure();
  }
}

async function drawDetailOf(map, address, places) {
  const { drawDetail } = await import("./map-boundaries.js");
  return drawDetail(map, address, places);
}

/** Has to happen before folium's line makes the map: Leaflet reads these options once. */
function stopMotion() {
  L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false });
  const { panBy } = L.Map.prototype; // by keyboard, and to make room for a popup
  L.Map.include({
    panBy(offset, options) {
      return panBy.call(this, offset, { ...options, animate: false });
    },
  });
}

/**
 * All hits as spots, with the box around them and the keys (AGS) of `members` among them. Of
 * thousands the page offers a packed form, which is a tenth of their GeoJSON.
 */
async function loadPlaces() {
  const { places, geojson } = figure.dataset;
  if (places) {
    const packed = await load(places);
    return { ...unpackedSpots(packed, geojson), bbox: packed.bbox, members: new Set(packed.areas) };
  }
  const collection = await load(geojson);
  const members = collection.features.filter(({ properties }) => properties.kind === "member");
  return { ...spotsOf(collection), bbox: collection.bbox, members: new Set(members.map(({ properties }) => properties.ags)) };
}

function show(map, view) {
  if (view) map.setView([view.lat, view.lon], view.zoom, { animate: false });
  return Boolean(view);
}

/** The box of all hits; the whole state if they spread over most of it, or if there are none. */
function extentOf(hits, ground) {
  const state = boundsOf(ground);
  if (!hits) return state;
  const width = (bounds) => bounds.getEast() - bounds.getWest();
  const bounds = boundsOf(hits);
  return width(bounds) > width(state) / 2 ? bounds.extend(state) : bounds;
}

/** What the hits are narrowed to, or null: there one sees all of it, however few they are. */
function chosenSection() {
  const { section } = figure.dataset;
  return section ? boundsOf(section.split(",").map(Number)) : null;
}

function boundsOf([west, south, east, north]) {
  return L.latLngBounds([south, west], [north, east]);
}

function fit(map, extent) {
  map.fitBounds(extent, { padding: [18, 18], maxZoom: CLOSEST_FIT, animate: false });
}

/** Leaflet's buttons speak English and there is none that leads back to all hits. */
function describeControls(map, fitAll) {
  const texts = { zoomInTitle: "Vergrößern", zoomOutTitle: "Verkleinern" };
  // The south-east is the emptiest corner of the state.
  const zoom = L.control.zoom({ position: "bottomright", ...texts }).addTo(map);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "map__fit";
  button.title = "Alle Treffer zeigen";
  button.setAttribute("aria-label", button.title);
  button.addEventListener("click", fitAll);
  zoom.getContainer().append(button);
  L.DomEvent.disableClickPropagation(button);

  const container = map.getContainer();
  container.setAttribute("role", "group");
  container.setAttribute("aria-label", "Kartenausschnitt, mit den Pfeiltasten zu verschieben");
}

/** The form about map tiles comes back to this page: with the view that is on the screen now. */
function keepViewWhenAsking() {
  const form = figure.querySelector(".map__tiles form");
  form?.addEventListener("submit", () => {
    form.elements.next.value = location.pathname + location.search + location.hash;
  });
}

function report(sentence) {
  figure.querySelector(".map__status").textContent = sentence;
}

function reportFailure() {
  delete figure.dataset.ready;
  figure.dataset.failed = "";
  report("Die bewegliche Karte ließ sich nicht laden. Gezeigt wird die Zeichnung mit denselben Treffern.");
}
