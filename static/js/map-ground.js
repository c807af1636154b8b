/**
 * The ground of the map. For the whole state it is the drawing behind the map, without its points:
 * one picture that the map only moves and scales. Close by outlines in detail take its place.
 */

const DETAIL_FROM_ZOOM = 10;
const SVG = "http://www.w3.org/2000/svg";

/** Lays `ground` below `map`, or close by what `drawDetail` promises to draw on it. */
export function showGround(map, ground, drawDetail) {
  const isNear = () => map.getZoom() >= DETAIL_FROM_ZOOM;
  let detail = null;
  const update = async () => {
    // Without the detail the map stays right, only coarser.
    if (isNear()) detail ??= drawDetail().catch(() => null);
    const outlines = await detail;
    const [shown, hidden] = outlines && isNear() ? [outlines, ground] : [ground, outlines];
    hidden?.remove();
    shown.addTo(map);
  };
  map.on("zoomend", update);
  update();
}

/** The drawing's picture and areas as a layer; the picture shows `[west, south, east, north]`. */
export async function groundOf(drawing, [west, south, east, north]) {
  const image = drawing.querySelector("image");
  const picture = await loadPicture(image.href.baseVal);
  const ground = make("svg", { viewBox: picture.getAttribute("viewBox"), preserveAspectRatio: "none", "aria-hidden": "true" });
  for (const path of picture.querySelectorAll("path")) {
    const layer = path.classList[1];
    path.setAttribute("class", layer ? `map-line map-line--${layer}` : "map-land");
    ground.append(document.adoptNode(path));
  }
  for (const area of drawing.querySelectorAll(".svg-map__area")) ground.append(area.cloneNode());
  return L.svgOverlay(ground, [[south, west], [north, east]]);
}

async function loadPicture(address) {
  const response = await fetch(address); // the browser has it already
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  // Its own style is for pictures; no policy lets it into a page.
  const text = (await response.text()).replace(/<style>.*?<\/style>/s, "");
  return new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
}

function make(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
