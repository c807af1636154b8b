/**
 * Spots and clusters of them as markers with popups, for mouse, keyboard and screen reader alike.
 *
 * Only what is on the screen is drawn. Everything that comes from the data is set as text, never as
 * HTML.
 */

const MOST_IN_POPUP = 10;
const AROUND = 0.3; // how much is drawn beyond the edges, in widths of the screen

/** 10.753: the browser's own way costs an eighth of all work before the map is ready. */
const written = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");

/**
 * Draws `clustersAt(zoom)` and keeps up with every move of the map. `describe(spots)` loads their
 * entries; `texts`: `one` and `many` entries, `list` the address of the list they come from.
 */
export function drawEntries(map, { describe }, clustersAt, texts) {
  const total = (count) => `${written(count)} ${count === 1 ? texts.one : texts.many}`;
  let shown = new Map();

  const update = () => {
    const bounds = map.getBounds().pad(AROUND);
    const [west, south, east, north] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const isNear = ({ lon, lat }) => lon >= west && lon <= east && lat >= south && lat <= north;
    const visible = clustersAt(map.getZoom()).filter(({ spot }) => isNear(spot));
    const focused = [...shown.values()].find((marker) => marker.getElement() === document.activeElement);
    const next = new Map();
    for (const cluster of visible) {
      const name = `${cluster.spot.lon} ${cluster.spot.lat} ${cluster.spots.length}`;
      next.set(name, shown.get(name) ?? markerOf(cluster).addTo(map));
    }
    for (const [name, marker] of shown) if (!next.has(name)) marker.remove();
    shown = next;
    if (focused && !focused.getElement()) focusOn(focused.options.cluster.spot);
    name([...shown.values()]);
  };

  const markerOf = (cluster) => {
    const marker = L.marker([cluster.spot.lat, cluster.spot.lon], { icon: iconOf(cluster, total), cluster });
    marker.on("click", () => open(marker));
    marker.on("keydown", ({ originalEvent }) => isPress(originalEvent) && open(marker));
    return marker;
  };

  /** Gives single spots their names, as soon as these are here. */
  const name = async (markers) => {
    const singles = markers.filter(({ options }) => isSingle(options.cluster));
    const set = () => singles.forEach((marker) => {
      const { spot } = marker.options.cluster;
      marker.getElement()?.setAttribute("aria-label", titleOf([spot], total));
    });
    set();
    const nameless = singles.map(({ options }) => options.cluster.spot).filter(({ features }) => !features);
    if (!nameless.length) return;
    await describe(nameless).catch(() => {}); // a marker then says how many entries it has
    set();
  };

  const open = (marker) => {
    const { spots: gathered } = marker.options.cluster;
    if (isSingle(marker.options.cluster) || map.getZoom() >= map.getMaxZoom()) return openPopup(marker, gathered);
    map.once("moveend", () => focusOn(gathered[0])); // instead of leaving the keyboard nowhere
    const before = map.getZoom();
    const bounds = L.latLngBounds(gathered.map(({ lat, lon }) => [lat, lon]));
    const zoom = Math.max(map.getBoundsZoom(bounds, false, L.point(56, 56)), Math.min(before + 1, map.getMaxZoom()));
    map.setView(bounds.getCenter(), Math.min(zoom, map.getMaxZoom()));
  };

  const focusOn = (spot) => {
    const marker = [...shown.values()].find(({ options }) => options.cluster.spots.includes(spot));
    marker?.getElement()?.focus({ preventScroll: true });
  };

  const openPopup = async (marker, gathered) => {
    await describe(gathered).catch(() => {});
    showPopup(map, marker, contentOf(gathered, texts, total), titleOf(gathered, total), () => focusOn(gathered[0]));
  };

  map.on("moveend", update);
  update();
}

function isSingle({ spots }) {
  return spots.length === 1;
}

const icons = new Map();

/** Markers that look alike share an icon. */
function iconOf(cluster, total) {
  const { count, spot } = cluster;
  const kind = isSingle(cluster) ? (spot.isMember ? "member" : "other") : "cluster";
  const key = `${kind} ${count}`;
  if (!icons.has(key)) icons.set(key, newIcon(kind, count, total));
  return icons.get(key);
}

function newIcon(kind, count, total) {
  if (kind === "cluster") {
    const size = Math.round(30 + 7 * Math.log10(count));
    return icon("marker-cluster", size, written(count), `${total(count)}, vergrößern`);
  }
  const size = Math.round(24 + 5 * Math.log10(count));
  return icon(`map-marker map-marker--${kind}`, size, count > 1 ? written(count) : "", total(count));
}

/** A round icon of `size` pixels. Leaflet names only images, so it also takes a label. */
function icon(className, size, text, label) {
  const drawn = L.divIcon({ className, iconSize: [size, size], html: false });
  const { createIcon } = drawn;
  drawn.createIcon = (old) => {
    const element = createIcon.call(drawn, old);
    element.textContent = text;
    element.setAttribute("aria-label", label);
    return element;
  };
  return drawn;
}

function titleOf(spots, total) {
  const features = featuresOf(spots);
  const count = countOf(spots);
  if (!features.length) return total(count);
  const { title, place } = features[0].properties;
  if (features.length === 1) return place ? `${title}, ${place}` : title;
  const places = new Set(features.map(({ properties }) => properties.place ?? properties.title));
  return `${new Intl.ListFormat("de-DE").format(places)}: ${total(count)}`;
}

function featuresOf(spots) {
  return spots.flatMap(({ features }) => features ?? []);
}

function countOf(spots) {
  return spots.reduce((sum, { count }) => sum + count, 0);
}

function isPress(event) {
  const pressed = event.key === "Enter" || event.key === " ";
  if (pressed) event.preventDefault(); // no click, no scrolling
  return pressed;
}

function showPopup(map, marker, content, title, goBack) {
  const maxWidth = Math.min(320, map.getSize().x - 36);
  const popup = L.popup({ closeButton: false, maxWidth, offset: [0, -6], autoPanPadding: [16, 16] })
    .setLatLng(marker.getLatLng())
    .setContent(content)
    .openOn(map);
  const element = popup.getElement();
  element.setAttribute("role", "dialog");
  element.setAttribute("aria-label", title);
  element.tabIndex = -1;
  element.focus({ preventScroll: true });

  const close = () => {
    const returns = element.contains(document.activeElement);
    map.closePopup(popup);
    if (returns) goBack();
  };
  content.querySelector("button").addEventListener("click", close);
  const onEscape = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
  map.getContainer().addEventListener("keydown", onEscape);
  popup.on("remove", () => map.getContainer().removeEventListener("keydown", onEscape));
}

function contentOf(spots, texts, total) {
  const root = make("div", "map-popup");
  const button = make("button", "map-popup__close", "×");
  button.type = "button";
  button.setAttribute("aria-label", "Schließen");
  const features = featuresOf(spots);
  if (features.length === 1) {
    const { title, url, place, notes = [] } = features[0].properties;
    const heading = make("p", "map-popup__title");
    heading.append(link(url, title));
    root.append(heading, ...[...(place ? [place] : []), ...notes].map((note) => make("p", "", note)), button);
    return root;
  }
  const entries = make("ul");
  for (const { properties } of features.slice(0, MOST_IN_POPUP)) {
    const item = make("li");
    item.append(link(properties.url, properties.title));
    if (properties.notes) item.append(make("span", "map-popup__note", properties.notes.join(", ")));
    entries.append(item);
  }
  root.append(make("p", "map-popup__title", titleOf(spots, total)), entries);
  if (countOf(spots) > Math.min(MOST_IN_POPUP, features.length)) {
    const all = make("p");
    all.append(link(listHere(texts.list, spots), `Alle ${written(countOf(spots))} in der Liste`));
    root.append(all);
  }
  root.append(button);
  return root;
}

/** The list of what lies there: a box around it, as narrow as our coordinates are exact. */
function listHere(address, spots) {
  const url = new URL(address, location.href);
  const exact = spots.every(({ features }) => features);
  const half = exact ? 0.000006 : 0.00006;
  const points = exact ? featuresOf(spots).map(({ geometry }) => geometry.coordinates) : spots.map(({ lon, lat }) => [lon, lat]);
  const lons = points.map(([lon]) => lon);
  const lats = points.map(([, lat]) => lat);
  const box = [Math.min(...lons) - half, Math.min(...lats) - half, Math.max(...lons) + half, Math.max(...lats) + half];
  url.searchParams.set("bbox", box.map((degrees) => degrees.toFixed(6)).join());
  return url.pathname + url.search;
}

function link(href, text) {
  const element = make("a", "", text);
  element.href = href;
  return element;
}

function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}
