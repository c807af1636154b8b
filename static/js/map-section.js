/**
 * Offers to search in the section of the map that is on the screen, once somebody has moved it.
 *
 * The offer is a link, so it opens in a new tab as well and can be passed on: the page it leads to
 * is narrowed by `bbox` on the server, list and map alike.
 */

const DIGITS = 4; // about ten metres

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

/** The address of this page, narrowed to `bounds`; a new question starts at its first page. */
function addressOf(bounds) {
  const address = new URL(location.href);
  const edges = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  address.searchParams.set("bbox", edges.map((edge) => edge.toFixed(DIGITS)).join());
  address.searchParams.delete("seite");
  address.hash = "";
  return address.href;
}
