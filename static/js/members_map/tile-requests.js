// The requests for tiles that are on their way. One request asks for many tiles, and is given up when none of them is
// in view any longer.
import { ask } from "./freshness.js";

const MAX_ANSWERS = 8;

export class TileRequests {
  #requests = new Map(); // "z/x/y" → the request that asks for it
  #answers = new Map(); // address → the last answer, which need not be sent again while it has not changed

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
    const address = `${this.address}?${query}`;
    let answer;
    try {
      answer = await ask(address, { signal: request.signal, kept: this.#answers.get(address) });
    } catch (problem) {
      this.#answers.delete(address);
      if (this.#end(request).length) failed(problem);
      return;
    }
    const current = this.#end(request);
    if (!current.length) return;
    this.#keep(address, answer);
    answered(current.map((tile) => [tile, answer.content[tile]]));
  }

  #keep(address, answer) {
    this.#answers.delete(address);
    this.#answers.set(address, answer);
    if (this.#answers.size > MAX_ANSWERS) this.#answers.delete(this.#answers.keys().next().value);
  }

  /** Forget what was answered: it is asked for as if for the first time. */
  forget() {
    this.#answers.clear();
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
