// The card of a person, asked for one at a time: beside the pin on a wide screen, at the foot of a narrow one.
import { button as tryAgain, element } from "../site/dom.js";
import { waitingTime } from "../site/speech.js";
import { changesUnderTap } from "../site/taps.js";
import { cardContent } from "./card-content.js";
import { placePanel } from "./card-place.js";
import { ask } from "./freshness.js";
import { MarkPeople } from "./mark-people.js";

const SOON_MS = 1_000; // who was there since is not asked for again

const build = (tag, className, parent, ...content) => {
  const made = element(tag, className, ...content);
  parent.append(made);
  return made;
};

const button = (className, parent, label, sign) => {
  const made = build("button", className, parent, sign);
  made.type = "button";
  made.setAttribute("aria-label", label);
  return made;
};

export class Cards {
  #map;
  #addresses;
  #say;
  #known = new Map(); // public id → card, so that turning back asks for nothing twice
  #people = null; // who is behind the mark that was opened; nobody once they are gone
  #id = null; // whose card is shown
  #at = 0;
  #zoom = 0;
  #marker = null;
  #asking = null;
  #askedAt = 0; // whether the person is still there

  /** ``addresses``: of cards and stacks, each without its last part, and the role that the map shows. */
  constructor(map, addresses, { say }) {
    this.#map = map;
    this.#addresses = addresses;
    this.#say = say;
    this.#build();
    map.on("move zoom resize", () => this.#place());
  }

  open(marker) {
    changesUnderTap();
    this.#marker = marker;
    this.#people = new MarkPeople(marker.about, this.#addresses);
    this.#at = 0;
    this.#zoom = this.#map.getZoom();
    this.panel.hidden = false;
    this.#show();
    this.closing.focus({ preventScroll: true });
  }

  close() {
    if (this.panel.hidden) return;
    changesUnderTap();
    this.#asking?.abort();
    this.#known.clear();
    const hadFocus = this.panel.contains(document.activeElement);
    this.panel.hidden = true;
    const mark = this.#marker?.getElement();
    if (hadFocus) (mark?.isConnected ? mark : this.#map.getContainer()).focus({ preventScroll: true });
    this.#marker = null;
  }

  /** Keep to the marks of now: the card of somebody who is shown no more goes, and says so where it stood. */
  follow(marks) {
    const pins = marks.filter(({ about }) => about.kind === "pin");
    const alone = new Set(pins.map(({ about }) => about.key)); // and cells, which are no public ids
    [...this.#known.keys()].forEach((id) => alone.has(id) || id === this.#id || this.#known.delete(id));
    if (this.panel.hidden || !this.#people) return;
    const mark = pins.find(({ about }) => about.key === this.#people.key);
    if (mark) {
      this.#marker = mark;
      this.#place();
    } else if (!this.#isInView()) {
      this.close();
      return;
    }
    if ((mark?.about.n ?? 1) !== this.#people.n) this.#countAgain();
    if (!alone.has(this.#id)) this.#askAgain();
  }

  #isInView() {
    return this.#map.getZoom() === this.#zoom && this.#map.getBounds().contains(this.#marker.getLatLng());
  }

  // Somebody came or went: the others keep their order, and whose card is shown may have another number.
  async #countAgain() {
    const [people, id] = [this.#people, this.#id];
    try {
      const at = await people.findAgain(id, this.#at);
      if (people !== this.#people || id !== this.#id) return;
      this.#at = at;
      this.#number();
    } catch {
      // The map is asked for again, and then this is, too.
    }
  }

  // A mark of several people does not say who they are, nor does a pin that has become part of one.
  async #askAgain() {
    const id = this.#id;
    if (!id || Date.now() - this.#askedAt < SOON_MS) return;
    this.#askedAt = Date.now();
    try {
      await ask(`${this.#cardOf(id)}/shown`);
    } catch (problem) {
      if (problem.status === 404 && id === this.#id) this.#goneFrom();
    }
  }

  /** Take everything away that was known of people. */
  forget() {
    this.#known.clear();
    if (!this.panel.hidden && this.#people) this.#goneFrom(this.#say("stale"));
  }

  #goneFrom(words = this.#say("card_gone")) {
    this.#asking?.abort();
    this.#known.clear();
    this.#people = null;
    this.#id = null;
    this.pager.hidden = true;
    this.list.hidden = true;
    this.#tell(words, "map-card-quiet");
  }

  #build() {
    this.panel = build("section", "map-card", this.#map.getContainer());
    this.panel.hidden = true;
    this.panel.setAttribute("role", "dialog");
    this.panel.setAttribute("aria-label", this.#say("card"));
    this.closing = button("map-card-close", this.panel, this.#say("close"), "×");
    this.body = build("div", "map-card-body", this.panel);
    this.body.setAttribute("aria-live", "polite");
    this.list = build("a", "map-card-link", this.panel, this.#say("list"));
    this.pager = build("div", "map-card-pager", this.panel);
    this.before = button("map-card-turn", this.pager, this.#say("previous"), "‹");
    this.count = build("span", "map-card-count", this.pager);
    this.after = button("map-card-turn", this.pager, this.#say("next"), "›");
    this.#listen();
    L.DomEvent.disableClickPropagation(this.panel);
    L.DomEvent.disableScrollPropagation(this.panel);
  }

  #listen() {
    this.closing.addEventListener("click", () => this.close());
    this.before.addEventListener("click", () => this.#turn(-1));
    this.after.addEventListener("click", () => this.#turn(1));
    this.panel.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the arrow keys would move the map
      if (event.key === "Escape") this.close();
    });
    this.#map.getContainer().addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.panel.hidden) return;
      event.preventDefault(); // the map goes on from there
      this.close();
    });
  }

  #turn(step) {
    this.#at = Math.min(Math.max(this.#at + step, 0), this.#people.n - 1);
    this.#show();
  }

  async #show() {
    this.#asking?.abort();
    const { signal } = (this.#asking = new AbortController());
    this.#id = null;
    this.#number();
    this.#tell(this.#say("loading"), "map-card-quiet");
    try {
      const id = await this.#people.idAt(this.#at, signal);
      if (signal.aborted) return;
      if (id) await this.#showCard(id, signal);
      else this.#nobodyAt();
    } catch (problem) {
      if (!signal.aborted) this.#fail(problem);
    }
  }

  async #showCard(id, signal) {
    const card = this.#known.get(id) ?? (await ask(this.#cardOf(id), { signal })).content;
    if (signal.aborted) return;
    this.#known.set(id, card);
    this.#id = id;
    this.#number();
    this.#fill(card);
  }

  // Some of several people have gone since they were counted, or all.
  #nobodyAt() {
    if (!this.#people.n || !this.#at) this.#goneFrom(this.#say("stack_gone"));
    else this.#turn(-1);
  }

  #number() {
    const [at, all] = [this.#at, this.#people.n];
    this.pager.hidden = all < 2;
    this.list.hidden = all < 2;
    this.list.href = this.#people.list ?? "";
    this.count.textContent = this.#say("page", { at: at + 1, n: all });
    this.before.disabled = at === 0;
    this.after.disabled = at === all - 1;
  }

  #cardOf(id) {
    return `${this.#addresses.cards}/${encodeURIComponent(id)}`;
  }

  #fail(problem) {
    const { status } = problem;
    const say = this.#say;
    if (status === 429) this.#tell(waitingTime(problem, say), "map-card-quiet");
    else if (status === 404) this.#tell(say("card_gone"), "map-card-quiet");
    else if (status === 401 || status === 403) this.#tell(say("signed_out"), "map-card-quiet");
    else {
      this.#tell(say("card_error"), "map-card-quiet");
      this.#retry();
    }
  }

  #tell(text, className) {
    this.body.replaceChildren();
    build("p", className, this.body, text);
    this.#place(true);
  }

  #retry() {
    this.body.append(tryAgain("map-button", this.#say("again"), () => this.#show()));
  }

  #fill(card) {
    this.body.replaceChildren(...cardContent(card, this.#say));
    // What is too long is scrolled, also by keyboard.
    this.body.tabIndex = this.body.scrollHeight > this.body.clientHeight ? 0 : -1;
    this.#place(true);
  }

  #place(moveIntoView = false) {
    if (!this.panel.hidden && this.#marker) placePanel(this.#map, this.panel, this.#marker.getLatLng(), moveIntoView);
  }
}
