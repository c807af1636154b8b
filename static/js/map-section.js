/**
 * Offers to search in the section of the map that is on the screen, once somebody has moved it.
 *
 * The offer is a link, so it opens in a new tab as well and can be passed on: the page it leads to
 * is narrowed by `bbox` on the server, list and map alike, and outlines it.
 */

const DIGITS = 4; // about ten metres

/** Outlines the section (`bounds`) the hits come from: also when somebody has moved on from it. */
export function drawSection(map, bounds) {
  map.createPane("section").style.zIndex = 425; // over the ground, under names and markers
  L.rectangle(bounds, { pane: "section", className: "map-section", interactive: false }).addTo(map);
}

/** Appends the link to `frame`; it shows as soon as `map` is moved from where it stands now. */
export function offerSection(map, frame) {
  const link = document.createElement("a");
  link.className = "map__section kern-btn kern-btn--secondary";
  link.textContent = "In diesem Ausschnitt suchen";
  link.hidden = true;
  frame.append(link);
  map.on("moveend", () => {
    link.href = addressOf(map.getBounds());
    link.hidden = false;
  });
}

/**
 * The address of this page, narrowed to `bounds`; a new question starts at its first page. The view
 * stays in it: what is on the screen now is what one sees there.
 */
function addressOf(bounds) {
  const address = new URL(location.href);
  const edges = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  address.searchParams.set("bbox", edges.map((edge) => edge.toFixed(DIGITS)).join());
  address.searchParams.delete("seite");
  return address.href;
}
