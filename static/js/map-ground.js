/**
 * The ground of the map. From afar it is the drawing behind the map, without its points: one picture
 * that the map only moves and scales. Close by outlines in detail take its place.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Lays below `map` what its zoom asks for. `grounds` are `{from, draw}`, the coarsest first: the zoom
 * from which it is wanted, and a function that promises the layer. Fails if there is none at all.
 */
export async function showGround(map, grounds) {
  const drawn = [];
  let shown = null;
  const wanted = () => grounds.findLastIndex(({ from }) => map.getZoom() >= from);
  const layerOf = (place) => {
    drawn[place] ??= grounds[place].draw();
    // Without the detail the map stays right, only coarser.
    return place ? drawn[place].catch(() => layerOf(place - 1)) : drawn[place];
  };
  const update = async () => {
    const place = wanted();
    const layer = await layerOf(place);
    if (layer === shown) return;
    if (place !== wanted()) return layer.remove(); // it may be on the map since it was begun
    shown?.remove();
    shown = layer.addTo(map);
  };
  map.on("zoomend", update);
  await update();
}

/**
 * The picture at `address` and the areas of `drawing` as a layer; the picture shows
 * `[west, south, east, north]`.
 */
export async function groundOf(address, drawing, [west, south, east, north]) {
  const picture = await loadPicture(address);
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
  const response = await fetch(address); // the drawing's own the browser has already
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
