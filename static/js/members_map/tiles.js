// The tiles of the members' map: which of them the view touches, and what was answered for them.

const MARGIN = 140; // pixels around the view: as far as a mark's neighbours have a say in its place
const MAX_ANSWERS = 300;

/** Return the tiles that the view of a map touches, as "z/x/y", columns wrapped around the world, and their zoom. */
export function tilesInView(map, tileSize) {
  const shown = Math.round(map.getZoom());
  const zoom = Math.max(shown - Math.log2(tileSize / 256), 0);
  const across = 2 ** zoom;
  const side = map.options.crs.scale(shown) / across;
  const bounds = map.getPixelBounds(undefined, shown);
  const [low, high] = [bounds.min.subtract([MARGIN, MARGIN]), bounds.max.add([MARGIN, MARGIN])];
  const tiles = new Set();
  for (let x = Math.floor(low.x / side); x <= Math.floor(high.x / side); x++) {
    for (let y = Math.max(Math.floor(low.y / side), 0); y <= Math.min(Math.floor(high.y / side), across - 1); y++) {
      tiles.add(`${zoom}/${((x % across) + across) % across}/${y}`);
    }
  }
  return { zoom, tiles };
}

/** What was answered, by tile: { answer, at }. The oldest go first. */
export class KeptAnswers {
  #kept = new Map();

  /** Return what was answered in the last so many milliseconds, or nothing. */
  get(tile, maxAgeMs) {
    const kept = this.#kept.get(tile);
    return kept && Date.now() - kept.at < maxAgeMs ? kept : undefined;
  }

  keep(tile, kept) {
    this.#kept.delete(tile);
    this.#kept.set(tile, kept);
    if (this.#kept.size > MAX_ANSWERS) this.#kept.delete(this.#kept.keys().next().value);
  }

  clear() {
    this.#kept.clear();
  }
}
