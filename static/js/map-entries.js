/**
 * Entries as clustered markers with popups, for mouse, keyboard and screen reader alike.
 *
 * Entries that share a point share a marker, so none hides another. Everything that comes from the
 * data is set as text, never as HTML.
 */

const MOST_IN_POPUP = 10;
const ALL_AT_ONCE = 1000;

const number = new Intl.NumberFormat("de-DE");
const list = new Intl.ListFormat("de-DE");

/**
 * Draws GeoJSON `features` and resolves once all of them are drawn.
 * `texts`: `one` and `many` entries, `list` the address of the list they come from.
 */
export async function drawEntries(map, features, texts, animate) {
  keepClustersApart();
  const total = (count) => `${number.format(count)} ${count === 1 ? texts.one : texts.many}`;
  const group = L.markerClusterGroup({
    animate,
    chunkedLoading: true,
    chunkInterval: 40,
    chunkDelay: 0,
    maxClusterRadius: 56,
    disableClusteringAtZoom: 12, // a screen shows a handful of towns then
    showCoverageOnHover: false,
    spiderfyOnMaxZoom: false,
    iconCreateFunction: (cluster) => {
      const count = cluster.getAllChildMarkers().reduce((sum, { options }) => sum + options.spot.length, 0);
      const size = Math.round(30 + 7 * Math.log10(count));
      return icon("marker-cluster", size, number.format(count), `${total(count)}, vergrößern`);
    },
  });
  const Entry = entryMarker(total);
  const markers = spotsOf(features).map((spot) => {
    const [lon, lat] = spot[0].geometry.coordinates;
    return new Entry([lat, lon], { icon: iconOf(spot), spot });
  });
  group.on("click", ({ layer }) => openPopup(map, group, layer, texts, total));
  group.on("keydown", ({ layer, originalEvent }) => {
    if (isPress(originalEvent)) openPopup(map, group, layer, texts, total);
  });
  group.on("clusterkeydown", ({ layer, originalEvent }) => {
    if (isPress(originalEvent)) openCluster(group, layer);
  });
  await addAll(map, group, markers);
}

/** Gathers the features of each point; those without a place are only in the list. */
function spotsOf(features) {
  const spots = new Map();
  for (const feature of features) {
    if (!feature.geometry) continue;
    const key = feature.geometry.coordinates.join();
    if (spots.has(key)) spots.get(key).push(feature);
    else spots.set(key, [feature]);
  }
  return [...spots.values()];
}

/**
 * Draws each cluster at the entry it grew around, which keeps its distance from all others; in the
 * middle of its entries, where markercluster puts it, it may cover a neighbour.
 */
function keepClustersApart() {
  const { _recalculateBounds } = L.MarkerCluster.prototype;
  L.MarkerCluster.include({
    _recalculateBounds() {
      const isDue = this._boundsNeedUpdate;
      _recalculateBounds.call(this);
      if (isDue) this._latlng = this._wLatLng = this._cLatLng;
    },
  });
}

/** A marker that is told its name when it is drawn: of thousands most never are. */
function entryMarker(total) {
  return L.Marker.extend({
    onAdd(map) {
      L.Marker.prototype.onAdd.call(this, map);
      this.getElement().setAttribute("aria-label", titleOf(this.options.spot, total));
    },
  });
}

const icons = new Map();

/** Markers that look alike share an icon. */
function iconOf(spot) {
  const kind = spot.some(({ properties }) => properties.kind === "member") ? "member" : "other";
  const key = `${kind} ${spot.length}`;
  if (!icons.has(key)) {
    const many = spot.length > 1;
    const size = many ? Math.round(24 + 5 * Math.log10(spot.length)) : 24;
    icons.set(key, icon(`map-marker map-marker--${kind}`, size, many ? number.format(spot.length) : ""));
  }
  return icons.get(key);
}

/** A round icon of `size` pixels. Leaflet names only images, so it also takes a label. */
function icon(className, size, text, label = "") {
  const drawn = L.divIcon({ className, iconSize: [size, size], html: false });
  const { createIcon } = drawn;
  drawn.createIcon = (old) => {
    const element = createIcon.call(drawn, old);
    element.textContent = text;
    if (label) element.setAttribute("aria-label", label);
    return element;
  };
  return drawn;
}

function titleOf(spot, total) {
  const { title, place } = spot[0].properties;
  if (spot.length === 1) return place ? `${title}, ${place}` : title;
  const places = new Set(spot.map(({ properties }) => properties.place ?? properties.title));
  return `${list.format(places)}: ${total(spot.length)}`;
}

/** Adds a few markers at once, or thousands in portions that never block the page for long. */
function addAll(map, group, markers) {
  group.addTo(map);
  return new Promise((resolve) => {
    if (!markers.length) resolve();
    group.options.chunkedLoading = markers.length > ALL_AT_ONCE;
    group.options.chunkProgress = (done, total) => done === total && resolve();
    group.addLayers(markers, true); // nobody listens for single additions
    if (!group.options.chunkedLoading) resolve();
  });
}

function isPress(event) {
  const pressed = event.key === "Enter" || event.key === " ";
  if (pressed) event.preventDefault(); // no click, no scrolling
  return pressed;
}

/** Zooms into a cluster and goes on from its first entry, instead of leaving the keyboard nowhere. */
function openCluster(group, cluster) {
  const [first] = cluster.getAllChildMarkers();
  group.once("animationend", () => focusOn(group, first));
  cluster.zoomToBounds({ padding: [28, 28] });
}

function focusOn(group, marker) {
  const shown = marker.getElement() ? marker : group.getVisibleParent(marker);
  shown?.getElement()?.focus({ preventScroll: true });
}

function openPopup(map, group, marker, texts, total) {
  const { spot } = marker.options;
  const content = contentOf(spot, texts, total);
  const maxWidth = Math.min(320, map.getSize().x - 36);
  const popup = L.popup({ closeButton: false, maxWidth, offset: [0, -6], autoPanPadding: [16, 16] })
    .setLatLng(marker.getLatLng())
    .setContent(content)
    .openOn(map);
  const element = popup.getElement();
  element.setAttribute("role", "dialog");
  element.setAttribute("aria-label", titleOf(spot, total));
  element.tabIndex = -1;
  element.focus({ preventScroll: true });

  const close = () => {
    const returns = element.contains(document.activeElement);
    map.closePopup(popup);
    if (returns) focusOn(group, marker);
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

function contentOf(spot, texts, total) {
  const root = make("div", "map-popup");
  const button = make("button", "map-popup__close", "×");
  button.type = "button";
  button.setAttribute("aria-label", "Schließen");
  if (spot.length === 1) {
    const { title, url, place, notes = [] } = spot[0].properties;
    const heading = make("p", "map-popup__title");
    heading.append(link(url, title));
    root.append(heading, ...[...(place ? [place] : []), ...notes].map((note) => make("p", "", note)), button);
    return root;
  }
  const entries = make("ul");
  for (const { properties } of spot.slice(0, MOST_IN_POPUP)) {
    const item = make("li");
    item.append(link(properties.url, properties.title));
    if (properties.notes) item.append(make("span", "map-popup__note", properties.notes.join(", ")));
    entries.append(item);
  }
  root.append(make("p", "map-popup__title", titleOf(spot, total)), entries);
  if (spot.length > MOST_IN_POPUP) {
    const all = make("p");
    all.append(link(listHere(texts.list, spot[0].geometry.coordinates), `Alle ${number.format(spot.length)} in der Liste`));
    root.append(all);
  }
  root.append(button);
  return root;
}

/** The list of what lies at one point: a box around it, as narrow as our coordinates are exact. */
function listHere(address, [lon, lat]) {
  const url = new URL(address, location.href);
  const half = 0.000006;
  const box = [lon - half, lat - half, lon + half, lat + half].map((degrees) => degrees.toFixed(6));
  url.searchParams.set("bbox", box.join());
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
