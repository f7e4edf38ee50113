// Who is behind a mark: one person, or several, whose public ids are asked for page by page when their cards are opened.
import { ask } from "./freshness.js";

export class MarkPeople {
  #address = null; // of several people, page by page
  #pages = new Map(); // number, from 0 → public ids
  #size = 0; // of a page, once one was asked for

  /** ``about`` a mark, ``stacks`` the address of people without its last part, the ``role`` to filter by. */
  constructor({ key, n }, { stacks, role }) {
    this.key = key;
    this.n = n;
    if (n === 1) this.#pages.set(0, [key]);
    else {
      this.#address = (page) => {
        const query = String(new URLSearchParams({ ...(role && { role }), ...(page && { page }) }));
        return `${stacks}/${key}${query && `?${query}`}`;
      };
    }
  }

  /** The page that lists several people. */
  get list() {
    return this.#address?.();
  }

  /** Return the public id of somebody by their position, or undefined if nobody is there any longer. */
  async idAt(at, signal) {
    const page = this.#pageOf(at);
    if (!this.#pages.has(page)) await this.#load(page, signal);
    return this.#pages.get(page)?.[at - page * this.#size];
  }

  /** Ask again, since somebody came or went; return where somebody is now who was at a position, or near it. */
  async findAgain(id, at) {
    if (!this.#address) return at;
    this.#pages.clear();
    const page = this.#pageOf(at);
    for (const number of page ? [page, page - 1] : [page]) {
      await this.#load(number);
      const place = this.#pages.get(number)?.indexOf(id) ?? -1;
      if (place >= 0) return number * this.#size + place;
    }
    return Math.max(Math.min(at, this.n - 1), 0);
  }

  #pageOf(at) {
    return this.#size ? Math.floor(at / this.#size) : 0;
  }

  // Behind the last page, the service answers with that.
  async #load(page, signal) {
    const { content } = await ask(this.#address(page + 1), { signal });
    this.n = content.n;
    this.#size = content.size;
    this.#pages.set(content.page - 1, content.people);
  }
}
