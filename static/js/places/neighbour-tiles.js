// What lies around a country: the base map of its neighbours, under its zones.
// The tiles asked for depend on the country alone. They are asked for at once and in one order, before anybody has
// chosen anything; moving the map afterwards asks for nothing, so that no request tells one home from another.
import { basemap } from "../maps/basemap.js";

const MAX_TILES_ACROSS = 3;
const MAX_ZOOM = 6;
const PADDING = 0.6;

/** Return the base map around the bounds of a country, as a layer for its map. */
export function neighbourTiles(map, bounds, url) {
  const around = bounds.pad(PADDING);
  const { zoom, tiles } = tilesOf(around);
  const layer = basemap(map, { url, attribution: "", maxDataZoom: zoom });
  for (const view of layer.views.values()) {
    const source = view.tileCache.source;
    const kept = new Map(tiles.map((tile) => [nameOf(tile), source.get(tile, view.tileCache.tileSize)]));
    for (const answer of kept.values()) answer.catch(() => {}); // without neighbours the zones are there all the same
    view.tileCache.source = { get: async (tile) => (await kept.get(nameOf(tile))?.catch(() => null)) ?? new Map() };
  }
  return { layer, around };
}

const nameOf = ({ z, x, y }) => `${z}/${x}/${y}`;

// The deepest zoom at which a few tiles hold all of it.
function tilesOf(around) {
  for (let zoom = MAX_ZOOM; ; zoom--) {
    const [low, high] = [around.getNorthWest(), around.getSouthEast()].map((corner) => tileAt(corner, zoom));
    const isSmall = Math.max(high.x - low.x, high.y - low.y) < MAX_TILES_ACROSS;
    if (!isSmall && zoom > 0) continue;
    const tiles = [];
    for (let x = low.x; x <= high.x; x++) for (let y = low.y; y <= high.y; y++) tiles.push({ z: zoom, x, y });
    return { zoom, tiles };
  }
}

function tileAt({ lat, lng }, zoom) {
  const point = L.CRS.EPSG3857.latLngToPoint(L.latLng(Math.max(-85, Math.min(85, lat)), lng), zoom).divideBy(256).floor();
  const last = 2 ** zoom - 1;
  return { x: Math.min(Math.max(point.x, 0), last), y: Math.min(Math.max(point.y, 0), last) };
}
