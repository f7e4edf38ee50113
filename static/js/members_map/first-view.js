// The first view of the members' map is asked for before Leaflet and the scripts of the map are here: on a slow line they
// take seconds. The world is in the page already: no screen shows other tiles of it than another. What is worked out here may be wrong in a tile or two; the map asks for those itself (clusters.js).
// The settings are in the element of this script; nothing is imported, so that nothing has to be waited for.
const EDGE = 85.0511; // degrees: the end of the map
const MARGIN = 140; // pixels, as in tiles.js
const TIMEOUT_MS = 15_000;

/** Return where a point is in the pixels of a zoom. */
function project([lat, lng], zoom) {
  const sine = Math.sin((Math.min(Math.max(lat, -EDGE), EDGE) * Math.PI) / 180);
  const across = 256 * 2 ** zoom;
  return { x: across * (lng / 360 + 0.5), y: across * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) };
}

/** Return the zoom at which some bounds, [[south, west], [north, east]], fit into a size, and the pixels of its middle. */
function fitted([southWest, northEast], size, [least, most]) {
  const [low, high] = [project(southWest, 0), project(northEast, 0)];
  const zoom = Math.floor(Math.log2(Math.min(size.x / (high.x - low.x), size.y / (low.y - high.y))) + 1e-9);
  const shown = Math.min(Math.max(zoom, least), most);
  const [a, b] = [project(southWest, shown), project(northEast, shown)];
  return { zoom: shown, middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } };
}

/** Return the tiles of a view, as "z/x/y". */
export function tilesOf({ center, zoom, bounds, zooms }, size) {
  const view = bounds ? fitted(bounds, size, zooms) : { zoom, middle: project(center, zoom) };
  const across = 2 ** view.zoom;
  const from = (middle, length) => Math.floor((middle - length / 2 - MARGIN) / 256);
  const to = (middle, length) => Math.floor((middle + length / 2 + MARGIN) / 256);
  const tiles = new Set();
  for (let x = from(view.middle.x, size.x); x <= to(view.middle.x, size.x); x++) {
    for (let y = Math.max(from(view.middle.y, size.y), 0); y <= Math.min(to(view.middle.y, size.y), across - 1); y++) {
      tiles.add(`${view.zoom}/${((x % across) + across) % across}/${y}`);
    }
  }
  return [...tiles];
}

async function ask(address) {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store", signal });
  if (!answer.ok) throw answer;
  return answer.json();
}

// Whoever comes back by a filter, "back" or "reload" finds the view as it was left (view-controls.js).
function findsKeptView() {
  const [{ type } = {}] = performance.getEntriesByType("navigation");
  const isSamePage = document.referrer !== "" && new URL(document.referrer).pathname === location.pathname;
  return sessionStorage.getItem("map-view") !== null && (type !== "navigate" || isSamePage);
}

// The page cannot be newer than that.
function askedForPage() {
  const [{ requestStart = 0 } = {}] = performance.getEntriesByType("navigation");
  return Date.now() - (performance.now() - requestStart);
}

function begin() {
  const canvas = document.querySelector(".map-canvas");
  const settings = JSON.parse(document.querySelector("script[data-first-view]").dataset.firstView);
  if (settings.contents) {
    canvas.firstView = { at: askedForPage(), contents: Promise.resolve(settings.contents) };
    return;
  }
  const size = { x: canvas.clientWidth, y: canvas.clientHeight };
  const tiles = tilesOf(settings, size);
  if (findsKeptView() || !tiles.length || tiles.length > settings.maxTiles) return;
  const query = new URLSearchParams({ tiles: tiles.join(","), ...(settings.role && { role: settings.role }) });
  canvas.firstView = { at: Date.now(), contents: ask(`${settings.clusters}?${query}`) };
  canvas.firstView.contents.catch(() => {}); // the map asks again, and says what is wrong
}

begin();
