// A map to place a contact point on: one marker, dragged or moved by arrow keys, in step with the
// fields for latitude and longitude. Without this file the fields alone do. Leaflet is a classic
// script and has run before this one.

import { drawBoundaries } from "./map-boundaries.js";

const CLOSE = 13;
const STEP_PX = 10;
const DIRECTIONS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const NRW = [
  [50.32, 5.86],
  [52.54, 9.47],
];

const frame = document.querySelector("[data-point]");
if (frame && typeof L !== "undefined") start();

function start() {
  const fields = [document.getElementById("lat"), document.getElementById("lon")];
  const told = frame.querySelector("[data-told]");
  const offers = [...document.querySelectorAll("input[type=radio][name=punkt]")];
  frame.hidden = false;

  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(frame.querySelector(".desk-point__map"), {
    attributionControl: false,
    zoomControl: false,
    maxZoom: 17,
    scrollWheelZoom: false, // The page scrolls on.
    zoomAnimation: !still,
    fadeAnimation: !still,
    inertia: !still,
  });
  L.control.zoom({ zoomInTitle: "Vergrößern", zoomOutTitle: "Verkleinern" }).addTo(map);
  const icon = L.divIcon({ className: "desk-point__marker", iconSize: [28, 28], iconAnchor: [14, 14] });
  const marker = L.marker([0, 0], { icon, draggable: true, autoPan: true });

  const begin = typed() ?? around();
  if (begin) map.setView(begin, CLOSE, { animate: false });
  else map.fitBounds(NRW, { animate: false });
  follow();
  draw();

  marker.on("dragend", () => write(marker.getLatLng()));
  map.on("click", ({ latlng }) => write(latlng));
  frame.querySelector("[data-centre]").addEventListener("click", () => {
    write(map.getCenter());
    marker.getElement().focus();
  });
  for (const field of fields) {
    field.addEventListener("input", (event) => {
      if (event.isTrusted) keepTyped();
      follow();
    });
  }
  for (const offer of offers) {
    offer.addEventListener("change", () => {
      if (!offer.value) return;
      const [lat, lng] = offer.value.split(",").map(Number);
      fill({ lat, lng });
      map.setView([lat, lng], CLOSE, { animate: false });
    });
  }

  /** What the two fields say, if that is a point. */
  function typed() {
    const [lat, lng] = fields.map(({ value }) => (value.trim() ? Number(value.trim().replace(",", ".")) : NaN));
    return Math.abs(lat) <= 85 && Math.abs(lng) <= 180 ? L.latLng(lat, lng) : null;
  }

  function around() {
    const [lat, lng] = frame.dataset.around.split(",").map(Number);
    return frame.dataset.around ? L.latLng(lat, lng) : null;
  }

  /** Moves the marker to where the fields say. */
  function follow() {
    const point = typed();
    if (!point) {
      marker.remove();
      return;
    }
    marker.setLatLng(point);
    if (!map.hasLayer(marker)) show();
  }

  function show() {
    marker.addTo(map);
    const element = marker.getElement();
    element.setAttribute("aria-label", "Punkt der Stelle, mit den Pfeiltasten zu verschieben");
    element.addEventListener("keydown", (event) => {
      const direction = DIRECTIONS[event.key];
      if (!direction || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation(); // The map itself stays where it is.
      const step = event.shiftKey ? 1 : STEP_PX;
      const place = map.latLngToContainerPoint(marker.getLatLng()).add([direction[0] * step, direction[1] * step]);
      write(map.containerPointToLatLng(place));
      map.panInside(marker.getLatLng(), { padding: [30, 30], animate: false });
    });
  }

  /** Writes a point that was set on the map: from now on it counts, not the offer chosen before. */
  function write(point) {
    keepTyped();
    fill(point);
  }

  function keepTyped() {
    const own = offers.find(({ value }) => !value);
    if (own) own.checked = true;
  }

  function fill({ lat, lng }) {
    const [latitude, longitude] = [lat, lng].map((degrees) => degrees.toFixed(5).replace(".", ","));
    fields[0].value = latitude;
    fields[1].value = longitude;
    told.textContent = `Breite ${latitude}, Länge ${longitude}`;
    for (const field of fields) field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function draw() {
    const answer = await fetch(frame.dataset.boundaries);
    // Without outlines the marker still moves; only its surroundings are missing.
    if (answer.ok) await drawBoundaries(map, await answer.json(), new Set());
  }
}
