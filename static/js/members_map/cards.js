// The card of a person, asked for one at a time: beside the pin on a wide screen, at the foot of a narrow one.
import { button as tryAgain, element, isolated, prefersNoMotion } from "../site/dom.js";
import { signedOut } from "../site/session.js";
import { waitingTime } from "../site/speech.js";
import { changesUnderTap } from "../site/taps.js";

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
  #address;
  #say;
  #known = new Map(); // public id → card, so that turning back asks for nothing twice
  #people = [];
  #at = 0;
  #zoom = 0;
  #marker = null;
  #asking = null;

  constructor(map, address, { say }) {
    this.#map = map;
    this.#address = address;
    this.#say = say;
    this.#build();
    map.on("move zoom resize", () => this.#place());
  }

  open(marker) {
    changesUnderTap();
    this.#marker = marker;
    this.#people = marker.about.people;
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
    const people = new Set(pins.flatMap(({ about }) => about.people));
    [...this.#known.keys()].forEach((id) => people.has(id) || this.#known.delete(id));
    if (this.panel.hidden || !this.#people.length) return;
    const id = this.#people[this.#at];
    const pin = pins.find(({ about }) => about.people.includes(id));
    if (pin) {
      this.#marker = pin;
      this.#people = pin.about.people;
      this.#at = this.#people.indexOf(id);
      this.#number();
      this.#place();
    } else if (this.#map.getZoom() === this.#zoom && this.#map.getBounds().contains(this.#marker.getLatLng())) this.#goneFrom();
    else this.close(); // its pin is out of sight
  }

  /** Take everything away that was known of people. */
  forget() {
    this.#known.clear();
    if (!this.panel.hidden && this.#people.length) this.#goneFrom("stale");
  }

  #goneFrom(words = "card_gone") {
    this.#asking?.abort();
    this.#people = [];
    this.pager.hidden = true;
    this.#tell(this.#say(words), "map-card-quiet");
  }

  #build() {
    this.panel = build("section", "map-card", this.#map.getContainer());
    this.panel.hidden = true;
    this.panel.setAttribute("role", "dialog");
    this.panel.setAttribute("aria-label", this.#say("card"));
    this.closing = button("map-card-close", this.panel, this.#say("close"), "×");
    this.body = build("div", "map-card-body", this.panel);
    this.body.setAttribute("aria-live", "polite");
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
    this.#at = Math.min(Math.max(this.#at + step, 0), this.#people.length - 1);
    this.#show();
  }

  async #show() {
    const id = this.#people[this.#at];
    this.#number();
    this.#asking?.abort();

    if (!this.#known.has(id)) {
      this.#tell(this.#say("loading"), "map-card-quiet");
      const asking = (this.#asking = new AbortController());
      try {
        this.#known.set(id, await this.#ask(id, asking.signal));
      } catch (problem) {
        if (problem.name === "AbortError") return;
        this.#tell(problem.kind ?? this.#say("card_error"), "map-card-quiet");
        if (!problem.kind) this.#retry();
        return;
      }
      if (this.panel.hidden || this.#people[this.#at] !== id) {
        this.#known.delete(id);
        return;
      }
    }
    this.#fill(this.#known.get(id));
  }

  #number() {
    const [at, all] = [this.#at, this.#people.length];
    this.pager.hidden = all < 2;
    this.count.textContent = this.#say("page", { at: at + 1, n: all });
    this.before.disabled = at === 0;
    this.after.disabled = at === all - 1;
  }

  async #ask(id, signal) {
    const answer = await fetch(`${this.#address}/${encodeURIComponent(id)}`, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      signal,
    });
    if (answer.status === 429) throw { kind: waitingTime(answer, this.#say) };
    if (answer.status === 404) throw { kind: this.#say("card_gone") };
    if (answer.status === 401) signedOut(location.pathname);
    if (answer.status === 401 || answer.status === 403) throw { kind: this.#say("signed_out") };
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  #tell(text, className) {
    this.body.replaceChildren();
    build("p", className, this.body, text);
    this.#place(true);
  }

  #retry() {
    this.body.append(tryAgain("map-button", this.#say("again"), () => this.#show()));
  }

  // Whatever a member wrote enters as text, never as markup.
  #fill(card) {
    this.body.replaceChildren();
    const name = build("p", "map-card-name", this.body, isolated(card.pseudonym || this.#say("unnamed")));
    if (card.own) build("span", "map-card-own", name, this.#say("you"));
    build("p", `map-card-role map-role-${card.role}`, this.body, card.role_name);
    if (card.zone_name) build("p", "map-card-zone", this.body, card.zone_name);
    if (card.url?.startsWith("/") && !card.url.startsWith("//")) {
      build("a", "map-card-link", this.body, this.#say("more")).href = card.url;
    }
    this.#place(true);
  }

  // Above the pin, or below where there is no room; map.css lays it at the foot of a narrow screen instead.
  #place(moveIntoView = false) {
    if (this.panel.hidden || !this.#marker) return;
    const point = this.#map.latLngToContainerPoint(this.#marker.getLatLng());
    const room = this.#map.getSize();
    const [wide, high] = [this.panel.offsetWidth, this.panel.offsetHeight];
    const below = point.y < high + 30;
    this.panel.style.left = `${Math.round(point.x - wide / 2)}px`;
    this.panel.style.top = `${Math.round(below ? point.y + 24 : point.y - high - 24)}px`;
    if (!moveIntoView || getComputedStyle(this.panel).position === "fixed") return;
    const over = Math.max(point.x + wide / 2 + 12 - room.x, 0) + Math.min(point.x - wide / 2 - 12, 0);
    if (over) this.#map.panBy([over, 0], { animate: !prefersNoMotion() });
  }
}
