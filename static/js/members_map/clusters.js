// The members' map: what the server counts for this viewer, tile by tile, as bubbles, badges and pins. It is live: what
// is in view is asked for again all the time (freshness.js), and drawn-tiles.js draws the answers.
// A mark stands where its zone's anchor is at this zoom, and nowhere else, so that nothing jumps while the map moves.
import { MarkNavigation } from "../maps/mark-navigation.js";
import { badge, bubble, pin } from "../maps/marks.js";
import { Note } from "../maps/note.js";
import { bringIntoView } from "../maps/view-controls.js";
import { element, prefersNoMotion } from "../site/dom.js";
import { secondsToWait, speechOf, waitingTime } from "../site/speech.js";
import { changesUnderTap } from "../site/taps.js";
import { Cards } from "./cards.js";
import { DrawnTiles } from "./drawn-tiles.js";
import { keepFresh, REFRESH_MS } from "./freshness.js";
import { TileRequests } from "./tile-requests.js";
import { KeptAnswers, tilesInView } from "./tiles.js";
import { nearestCopy, openedView } from "./zone-opening.js";

const RETRY_MS = 10_000;
const RECENT_MS = 1_000; // what was asked for since is not asked for again
const LOADING_MS = 500; // before the map says that it is loading

const DRAWN = { bubble, badge, pin };

export const Clusters = L.Layer.extend({
  // options: clusters (address of the tiles), cards and stacks (addresses without their last parts), table (address of the
  // table), words, language, role, tileSize (256 or 512), maxTiles (of one request).
  initialize(options) {
    L.setOptions(this, { role: "", tileSize: 256, ...options });
    this._speech = speechOf(this.options.words, this.options.language);
    this._kept = new KeptAnswers();
    const { clusters, role, maxTiles } = this.options;
    this._requests = new TileRequests({ address: clusters, role, maxTiles });
  },

  onAdd(map) {
    const container = map.getContainer();
    this._drawn = new DrawnTiles(map, (kind, row) => this._make(kind, row), (marks) => this._steps.leave(marks));
    this._steps = new MarkNavigation(map, () => this._marks());
    this._cards ??= new Cards(map, this.options, this._speech);
    this._note = new Note(map);
    this._counted = element("p", "visually-hidden");
    this._counted.setAttribute("role", "status");
    container.append(this._counted);
    map.on("moveend", this._moved, this);
    this._lookFirst(container.firstView);
    keepFresh({
      age: () => this._age(),
      refresh: () => this._refresh(),
      cover: () => container.classList.add("map-covered"),
      clear: () => this._empty(),
    });
  },

  // What first-view.js has asked for already is waited for; what it left out, or failed to get, is asked for then.
  async _lookFirst(firstView) {
    const contents = await firstView?.contents.catch(() => null);
    for (const [tile, answer] of Object.entries(contents ?? {})) this._kept.keep(tile, { answer, at: firstView.at });
    if (this._map) this._look();
  },

  onRemove(map) {
    map.off("moveend", this._moved, this);
    this._forget();
    this._drawn.remove();
    this._note.remove();
    this._counted.remove();
  },

  again() {
    this._kept.clear();
    this._requests.forget();
    this._forget();
    this._isEmptied = false;
    this._look();
  },

  _marks() {
    return this._drawn.marks;
  },

  // How many milliseconds ago the oldest of what is shown was asked for; where something is missing, it is due again.
  _age() {
    const oldest = this._drawn.age();
    return this._isEmptied || this._problem ? Math.max(oldest, REFRESH_MS + 1) : oldest;
  },

  _refresh() {
    if (Date.now() < (this._waitUntil ?? 0)) return;
    this._isAgain = true; // nothing is said of it but that it fails, or that it works again
    this._look(this._drawn.olderThan(RECENT_MS));
  },

  // People who could not be asked for are not shown: they may have hidden since.
  _empty() {
    this._isEmptied = true;
    this._kept.clear();
    this._requests.forget();
    this._steps.leave(this._marks());
    this._forget();
    this._cards.forget();
    this._tell();
  },

  _forget() {
    this._requests.cancel();
    this._drawn.clear();
    this._zoom = undefined;
    this._map.getContainer().classList.remove("map-covered");
  },

  _moved() {
    this._look();
  },

  // Ask for what is missing in view, and for some of what is there ``again``.
  _look(again = []) {
    const { zoom, tiles } = tilesInView(this._map, this.options.tileSize);
    if (this._zoom !== undefined && zoom !== this._zoom) {
      this._requests.cancel();
      this._drawn.leaveZoom();
    }
    this._zoom = zoom;
    this._requests.keepOnly(tiles);
    this._drawn.keep(tiles);
    this._problem = null;
    this._fetch([...tiles].filter((tile) => !this._drawn.has(tile) || again.includes(tile)));
    this._tell();
  },

  // What was answered a moment ago is drawn again; the rest is asked for together.
  _fetch(tiles) {
    const kept = tiles.map((tile) => [tile, this._drawn.has(tile) ? undefined : this._kept.get(tile, REFRESH_MS)]);
    this._drawn.draw(kept.filter(([, content]) => content));
    const missing = kept.filter(([tile, content]) => !content && !this._requests.has(tile)).map(([tile]) => tile);
    const at = Date.now();
    this._requests.send(missing, {
      isQuiet: this._isAgain || missing.every((tile) => this._drawn.has(tile)),
      answered: (contents) => {
        const answers = contents.map(([tile, answer]) => [tile, { answer, at }]);
        answers.forEach(([tile, answer]) => this._kept.keep(tile, answer));
        this._drawn.draw(answers);
        this._tell();
      },
      failed: (problem) => {
        this._fail(problem);
        this._tell();
      },
    });
  },

  _fail(problem) {
    this._problem = problem;
    this._waitUntil = Date.now() + RETRY_MS;
    if (problem.status === 401 || problem.status === 403) this._empty();
    if (problem.status === 429) this._waitUntil = Date.now() + 1000 * secondsToWait(problem);
  },

  _make(kind, row) {
    const mark = DRAWN[kind](row, this._speech, kind === "badge" ? this._tableAt(row[3]) : undefined);
    mark.setLatLng(nearestCopy(mark.getLatLng(), this._map.getCenter()));
    return mark.on("click", () => this._choose(mark));
  },

  // Where the people who show a whole zone are listed, in the role that the map shows.
  _tableAt(zone) {
    const query = new URLSearchParams({ in: zone, ...(this.options.role && { role: this.options.role }) });
    return `${this.options.table}?${query}#table`;
  },

  _choose(mark) {
    changesUnderTap();
    if (mark.about.kind === "pin") this._cards.open(mark);
    else if (mark.about.kind === "cluster") {
      const { centre, zoom } = openedView(this._map, mark);
      this._opening = zoom;
      this._map.setView(centre, zoom, { animate: !prefersNoMotion() });
    }
  },

  // Loading, empty, a problem with a way out; and the marks of the zoom before go when all is there.
  _tell() {
    const { say } = this._speech;
    const isBusy = this._requests.isNoticed;
    this._map.getContainer().setAttribute("aria-busy", String(isBusy));
    clearTimeout(this._slow);
    if (isBusy) {
      this._slow = setTimeout(() => this._note.write(say("loading")), LOADING_MS);
      return;
    }
    if (this._requests.size) return;
    this._isAgain = false;
    this._settle();
    this._note.write(...this._state());
  },

  // What the note says, and its button.
  _state() {
    const { say } = this._speech;
    const again = { words: say("again"), act: () => this.again() };
    const status = this._problem?.status;
    if (status === 401 || status === 403) return [say("signed_out")];
    if (this._isEmptied) return [say("stale"), again];
    if (status === 429) return [waitingTime(this._problem, say), again];
    if (this._problem) return [this._drawn.isEmpty ? say("error") : say("not_fresh"), again];
    return [this._marks().length ? "" : say("empty")];
  },

  _settle() {
    this._drawn.settle();
    if (!this._drawn.isEmpty) this._isEmptied = false;
    if (!this._drawn.isEmpty && !this._problem) {
      this._map.getContainer().classList.remove("map-covered");
      this._cards.follow(this._marks());
      this._showOpened();
    }
    this._steps.settle();
    this._count();
  },

  // A zone that was opened may be wider than the view: then the nearest of its marks is brought in.
  _showOpened() {
    if (this._opening !== this._map.getZoom()) return;
    this._opening = null;
    bringIntoView(this._map, this._marks());
  },

  // Who moves the map by keyboard hears how many marks have come into view.
  _count() {
    const n = this._steps.count;
    const view = this._map.getBounds().toBBoxString();
    if (n === null || view === this._countedView) return;
    this._countedView = view;
    this._counted.textContent = n ? this._speech.say("in_view", { n }) : "";
  },
});
