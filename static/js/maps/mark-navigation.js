// Marks by keyboard: one tab stop for all of them, arrow keys between those in view, Enter opens, Escape leads out.
// The stop is the map itself only where there is no mark; its own arrow keys move it then, and after Escape.
import { prefersNoMotion } from "../site/dom.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const IN_ORDER = { Home: -Infinity, PageUp: -1, PageDown: 1, End: Infinity };
const ZOOMS = { "+": 1, "=": 1, "-": -1 };
const ROW = 24; // pixels: marks this close in height stand in one row, as words do
const STOPS = "a[href], button, input, select, textarea, summary, [tabindex]";

const isVisible = (element) => element.getClientRects().length > 0;

export class MarkNavigation {
  #map;
  #marks;
  #stop = null; // the mark that the Tab key comes to
  #lost = null; // where the mark stood that had the focus and is gone

  /** ``marks`` gives the marks of now. */
  constructor(map, marks) {
    this.#map = map;
    this.#marks = marks;
    const container = map.getContainer();
    if (document.getElementById("map-keys")) container.setAttribute("aria-describedby", "map-keys");
    container.addEventListener("keydown", (event) => this.#press(event));
    container.addEventListener("focusin", ({ target }) => target.matches(".map-mark") && this.#stopAt(target));
    map.on("moveend", () => this.update());
    this.update();
  }

  /** Note that marks are about to go; who stands on one of them waits on the map. */
  leave(marks) {
    const focused = document.activeElement;
    const mark = marks.find((candidate) => candidate.getElement() === focused);
    if (!mark) return;
    this.#lost = mark.getLatLng();
    this.#map.getContainer().focus({ preventScroll: true });
  }

  /** The marks are there: whoever waits goes on from the one nearest to where they stood. */
  settle() {
    const lost = this.#lost;
    this.#lost = null;
    const away = ({ mark }) => lost.distanceTo(mark.getLatLng());
    if (lost && this.#waits()) this.#inView().sort((a, b) => away(a) - away(b))[0]?.element.focus({ preventScroll: true });
    this.update();
  }

  /** Put the tab stop on a mark in view, and on the map itself where there is none. */
  update() {
    const seen = this.#inView();
    const kept = seen.find(({ element }) => element === this.#stop) ?? seen[0];
    this.#stopAt(kept?.element ?? null);
    this.#map.getContainer().tabIndex = seen.length ? -1 : 0;
  }

  /** How many marks are in view, for who cannot see them; nothing while somebody is elsewhere on the page. */
  get count() {
    return this.#map.getContainer().contains(document.activeElement) ? this.#inView().length : null;
  }

  #waits() {
    const focused = document.activeElement;
    return !focused || focused === document.body || focused === this.#map.getContainer();
  }

  #stopAt(element) {
    this.#stop = element;
    for (const mark of this.#map.getContainer().querySelectorAll(".map-mark")) mark.tabIndex = mark === element ? 0 : -1;
  }

  // The marks in view in the order of reading: row by row, from the start of the line.
  #inView() {
    const { x: wide, y: high } = this.#map.getSize();
    const toRead = document.dir === "rtl" ? -1 : 1;
    return this.#marks()
      .map((mark) => ({ mark, element: mark.getElement(), ...this.#pointOf(mark) }))
      .filter(({ element, x, y }) => element && isVisible(element) && x >= 0 && y >= 0 && x <= wide && y <= high)
      .sort((a, b) => Math.round(a.y / ROW) - Math.round(b.y / ROW) || toRead * (a.x - b.x));
  }

  #pointOf(mark) {
    const { x, y } = this.#map.latLngToContainerPoint(mark.getLatLng());
    return { x, y };
  }

  #press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const { key, target } = event;
    const isMark = target.matches(".map-mark");
    if (key === "Escape") isMark ? this.#map.getContainer().focus({ preventScroll: true }) : this.#goOut();
    else if (isMark && key in STEPS) this.#step(target, STEPS[key]);
    else if (isMark && key in IN_ORDER) this.#turn(target, IN_ORDER[key]);
    else if (isMark && key in ZOOMS) this.#zoom(target, ZOOMS[key]);
    else if (key === "Enter" && target === this.#map.getContainer()) this.#stop?.focus({ preventScroll: true });
    else if (key === " " && target.matches("a[role=button]")) target.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // The nearest in a direction: what lies straight ahead counts for more than what lies beside the way.
  #step(from, [right, down]) {
    const mark = this.#marks().find((candidate) => candidate.getElement() === from);
    if (!mark) return;
    const here = this.#pointOf(mark);
    const ahead = this.#inView()
      .map(({ element, x, y }) => {
        const [along, aside] = [right * (x - here.x) + down * (y - here.y), Math.abs(down * (x - here.x) + right * (y - here.y))];
        return { element, along, cost: along + 2 * aside };
      })
      .filter(({ along }) => along > 0)
      .sort((a, b) => a.cost - b.cost);
    ahead[0]?.element.focus({ preventScroll: true });
  }

  #turn(from, step) {
    const seen = this.#inView();
    const at = seen.findIndex(({ element }) => element === from);
    seen[Math.min(Math.max(at + step, 0), seen.length - 1)]?.element.focus({ preventScroll: true });
  }

  // Nearer to the mark that has the focus, or away from it, so that it stays in view.
  #zoom(from, step) {
    const mark = this.#marks().find((candidate) => candidate.getElement() === from);
    const zoom = Math.min(Math.max(this.#map.getZoom() + step, this.#map.getMinZoom()), this.#map.getMaxZoom());
    if (mark) this.#map.setZoomAround(mark.getLatLng(), zoom, { animate: !prefersNoMotion() });
  }

  // On to what comes after the map.
  #goOut() {
    const container = this.#map.getContainer();
    const isAfter = (element) => container.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
    const stops = [...document.querySelectorAll(STOPS)].filter((stop) => stop.tabIndex >= 0 && isAfter(stop) && !container.contains(stop));
    stops.find(isVisible)?.focus();
  }
}
