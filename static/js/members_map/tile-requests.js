// The requests for tiles that are on their way. One request asks for many tiles, and is given up when none of them is
// in view any longer.
import { ask } from "./freshness.js";

export class TileRequests {
  #requests = new Map(); // "z/x/y" → the request that asks for it

  /** ``address`` of the tiles of a condition, the ``role`` to filter by, and ``maxTiles`` of one request. */
  constructor({ address, role, maxTiles }) {
    Object.assign(this, { address, role, maxTiles });
  }

  get size() {
    return this.#requests.size;
  }

  /** Whether a request is on its way that the reader should know of. */
  get isNoticed() {
    return [...this.#requests.values()].some(({ isQuiet }) => !isQuiet);
  }

  has(tile) {
    return this.#requests.has(tile);
  }

  /** Ask for tiles; ``answered(contents)`` gets what is still wanted as [tile, content], ``failed(problem)`` the error. */
  send(tiles, { isQuiet, answered, failed }) {
    for (let first = 0; first < tiles.length; first += this.maxTiles) {
      this.#send(tiles.slice(first, first + this.maxTiles), { isQuiet, answered, failed });
    }
  }

  async #send(tiles, { isQuiet, answered, failed }) {
    const request = Object.assign(new AbortController(), { isQuiet });
    tiles.forEach((tile) => this.#requests.set(tile, request));
    const query = new URLSearchParams({ tiles: tiles.join(","), ...(this.role && { role: this.role }) });
    let contents;
    try {
      contents = await ask(`${this.address}?${query}`, { signal: request.signal });
    } catch (problem) {
      if (this.#end(request).length) failed(problem);
      return;
    }
    const current = this.#end(request);
    if (current.length) answered(current.map((tile) => [tile, contents[tile]]));
  }

  // The tiles for which a request is still the newest; they are no longer on their way.
  #end(request) {
    const tiles = [...this.#requests].filter(([, newest]) => newest === request).map(([tile]) => tile);
    tiles.forEach((tile) => this.#requests.delete(tile));
    return tiles;
  }

  /** Give up all tiles but some. */
  keepOnly(tiles) {
    for (const [tile, request] of [...this.#requests]) {
      if (tiles.has(tile)) continue;
      this.#requests.delete(tile);
      if (![...this.#requests.values()].includes(request)) request.abort();
    }
  }

  cancel() {
    this.keepOnly(new Set());
  }
}
