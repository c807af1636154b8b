/** The view of the map in the address: `#karte=zoom/lat/lon`, in degrees. */

const VIEW = /^#karte=(\d{1,2}(?:\.\d+)?)\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/;

/** Returns zoom, lat and lon of the address, or null if it names none. */
export function readView() {
  const found = VIEW.exec(location.hash);
  if (!found) return null;
  const [zoom, lat, lon] = found.slice(1).map(Number);
  return Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? { zoom, lat, lon } : null;
}

/** Writes every view a person moves to into the address, and shows what they write there. */
export function followView(map, show) {
  map.on("moveend", () => {
    const { lat, lng } = map.getCenter();
    const view = `#karte=${map.getZoom()}/${lat.toFixed(4)}/${lng.toFixed(4)}`;
    history.replaceState(history.state, "", location.pathname + location.search + view);
  });
  addEventListener("hashchange", () => show(readView()));
}
