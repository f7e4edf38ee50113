// The marks of the tiles in view. Only what has changed is drawn again, so that nothing flickers and a mark that has the
// focus keeps it. The marks of a zoom that is left stay, faint, until those of the new one are there.
import { declutter } from "../maps/declutter.js";

const FAINT = 0.35;

export class DrawnTiles {
  #map;
  #make;
  #leave;
  #group;
  #tiles = new Map(); // "z/x/y" → its marks, what was answered, and when
  #left = null; // the zoom that was left: { group, marks }

  /** `make(kind, row)` returns a mark; `leave(marks)` is told of marks that are about to go. */
  constructor(map, make, leave) {
    this.#map = map;
    this.#make = make;
    this.#leave = leave;
    this.#group = L.layerGroup().addTo(map);
  }

  get marks() {
    return [...this.#tiles.values()].flatMap(({ marks }) => marks);
  }

  get isEmpty() {
    return this.#tiles.size === 0;
  }

  has(tile) {
    return this.#tiles.has(tile);
  }

  /** Return how many milliseconds ago the oldest of what is shown was asked for. */
  age() {
    const times = [...this.#tiles.values()].map(({ at }) => at);
    return times.length ? Date.now() - Math.min(...times) : 0;
  }

  /** Return the tiles that were asked for more than so many milliseconds ago. */
  olderThan(ms) {
    return [...this.#tiles].filter(([, { at }]) => Date.now() - at > ms).map(([tile]) => tile);
  }

  /** Draw what was answered, as [tile, { answer, at }]. */
  draw(answers) {
    const changed = answers.filter(([tile, { answer, at }]) => this.#draw(tile, answer, at));
    if (changed.length) declutter(this.#map, this.marks, Math.round(this.#map.getZoom()));
  }

  // Returns whether anything has changed.
  #draw(tile, answer, at) {
    const before = this.#tiles.get(tile);
    const text = JSON.stringify(answer);
    this.#tiles.set(tile, { marks: before?.marks ?? [], text, at });
    if (before?.text === text) return false;
    const old = new Map(before?.marks.map((mark) => [mark.about.row, mark]));
    const marks = rowsOf(answer).map(([kind, row]) => {
      const name = `${kind} ${JSON.stringify(row)}`;
      const mark = old.get(name) ?? this.#made(kind, row, name);
      old.delete(name);
      return mark;
    });
    this.#remove([...old.values()]);
    this.#tiles.get(tile).marks = marks;
    return true;
  }

  /** Remove the tiles that are not among some. */
  keep(tiles) {
    this.#tiles.forEach(({ marks }, tile) => {
      if (tiles.has(tile)) return;
      this.#remove(marks);
      this.#tiles.delete(tile);
    });
  }

  /** Begin another zoom. */
  leaveZoom() {
    if (this.#left) {
      this.#remove(this.marks);
      this.#group.remove();
    } else this.#left = { group: this.#group, marks: this.marks };
    this.#left.marks.forEach((mark) => mark.setOpacity(FAINT));
    this.#group = L.layerGroup().addTo(this.#map);
    this.#tiles.clear();
  }

  /** Remove the marks of the zoom that was left: those of the new one are there. */
  settle() {
    if (this.#left) this.#leave(this.#left.marks);
    this.#forgetLeft();
  }

  /** Remove everything. */
  clear() {
    this.#tiles.clear();
    this.#group.clearLayers();
    this.#forgetLeft();
  }

  remove() {
    this.clear();
    this.#group.remove();
  }

  #forgetLeft() {
    this.#left?.group.remove();
    this.#left = null;
  }

  #made(kind, row, name) {
    const mark = this.#make(kind, row);
    mark.about.row = name;
    return mark.addTo(this.#group);
  }

  #remove(marks) {
    this.#leave(marks);
    marks.forEach((mark) => this.#group.removeLayer(mark));
  }
}

function rowsOf({ clusters, badges, pins }) {
  return [["bubble", clusters], ["badge", badges], ["pin", pins]].flatMap(([kind, rows]) => rows.map((row) => [kind, row]));
}
