// The public map: countries and regions coloured by the published figures of one release, with a bubble for each.
// What is too small to show is not in the release, and looks like what is empty.
import { declutter } from "../maps/declutter.js";
import { MarkNavigation } from "../maps/mark-navigation.js";
import { bubble } from "../maps/marks.js";
import { Note } from "../maps/note.js";
import { showWorld } from "../maps/view-controls.js";
import { element, prefersNoMotion } from "../site/dom.js";
import { speechOf } from "../site/speech.js";
import { classOf } from "./classes.js";
import { released } from "./released.js";

const WORLD = L.latLngBounds([[-63, -172], [78, 180]]); // south, west; north, east: from Samoa to Fiji
const BUBBLE = 22; // pixels that half a bubble takes, at both ends
const EDGE = [[-72, -200], [84, 208]];

const isGroup = (code) => code.startsWith("X") && code !== "XK"; // small states together have a name of their own
const countryOf = (zone) => zone.split(".")[0];

const shapesOf = (topology) => topojson.feature(topology, topology.objects.areas).features;

export const Figures = L.Layer.extend({
  // options: figures, countries, regions (addresses), classes (the least figure of each), words, language.
  initialize(options) {
    L.setOptions(this, options);
    this._speech = speechOf(options.words, options.language);
    this._tongue = new Intl.DisplayNames([options.language], { type: "region" });
  },

  onAdd(map) {
    map.getContainer().classList.add("figures-map");
    map.createPane("figures").classList.add("figures-pane");
    this._renderer = L.svg({ pane: "figures", padding: 0.5 });
    this._areas = L.layerGroup().addTo(map);
    this._bubbles = L.layerGroup().addTo(map);
    this._note = new Note(map);
    this._steps = new MarkNavigation(map, () => this._bubbles.getLayers());
    this._begin();
    map.on("resize", this._reach, this);
    map.on("zoomend", this._draw, this);
    this._load();
  },

  onRemove(map) {
    map.off("resize", this._reach, this).off("zoomend", this._draw, this);
    [this._areas, this._bubbles, this._note].forEach((part) => part.remove());
  },

  // Show the world at first. Moving into its bounds, Leaflet would zoom with an animation, and ignore a press on a button
  // until it has ended.
  _begin() {
    const map = this._map;
    const { _zoomAnimated } = map;
    map._zoomAnimated = false;
    map.setMaxBounds(EDGE);
    this._reach();
    map._zoomAnimated = _zoomAnimated;
  },

  // The farthest zoom is the one at which the world just fits, whatever the width. It alone is no whole number:
  // nearer by, the ground is as sharp as it was drawn. Who sees the world goes on seeing it in a window that changes.
  _reach() {
    const map = this._map;
    const { x, y } = map.getSize();
    if (!x || !y) return;
    const size = L.bounds(map.project(WORLD.getSouthWest(), 0), map.project(WORLD.getNorthEast(), 0)).getSize();
    const fits = Math.log2(Math.min(Math.max(x - 2 * BUBBLE, 1) / size.x, y / size.y));
    const isFar = map.getZoom() <= Math.max(fits, map.getMinZoom(), 0);
    map.options.minZoom = fits;
    if (isFar) showWorld(map, { animate: false });
    map.fire("zoomlevelschange");
  },

  async _load() {
    try {
      const [figures, countries] = await this._wait([released(this.options.figures), released(this.options.countries)]);
      this._figures = new Map(figures.places.map((place) => [place.zone, place]));
      this._countries = shapesOf(countries);
      this._draw();
    } catch {
      this._fail(() => this._load());
    }
  },

  async _loadRegions() {
    if (this._asked) return;
    this._asked = true;
    try {
      const [regions] = await this._wait([released(this.options.regions)]);
      this._regions = grouped(shapesOf(regions));
      this._draw();
    } catch {
      this._asked = false;
      this._fail(() => this._loadRegions());
    }
  },

  async _wait(answers) {
    const container = this._map.getContainer();
    container.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => this._note.write(this._speech.say("loading")), 500);
    try {
      return await Promise.all(answers);
    } finally {
      clearTimeout(slow);
      container.setAttribute("aria-busy", "false");
      this._note.write("");
    }
  },

  // The countries that are drawn by region: near enough, and with a region to show.
  _opened() {
    const zoom = this._map.getZoom();
    const parted = new Set([...this._figures.keys()].filter((zone) => zone.includes(".")).map(countryOf));
    const near = this._countries.filter(({ id, properties }) => parted.has(id) && zoom >= properties.opens);
    this._parted = parted;
    return new Set(near.map(({ id }) => id));
  },

  _draw() {
    if (!this._countries) return;
    const opened = this._opened();
    if (opened.size && !this._regions) this._loadRegions();
    if (!this._regions) opened.clear();
    const state = [...opened].join();
    if (state !== this._state) this._fill(opened);
    this._state = state;
    declutter(this._map, this._bubbles.getLayers(), this._map.getZoom());
    this._steps.settle();
  },

  _fill(opened) {
    this._steps.leave(this._bubbles.getLayers());
    this._areas.clearLayers();
    this._bubbles.clearLayers();
    const whole = this._countries.filter(({ id }) => !opened.has(id));
    const parts = [...opened].flatMap((id) => this._regions.get(id) ?? []);
    [...whole, ...parts].forEach((shape) => this._areas.addLayer(this._area(shape)));
    [...this._figures.values()]
      .filter(({ zone }) => (zone.includes(".") ? opened.has(countryOf(zone)) : !opened.has(zone)))
      .forEach((place) => this._bubbles.addLayer(this._bubble(place)));
  },

  _area(shape) {
    const shown = this._figures.get(shape.id)?.shown;
    const rank = shown === undefined ? 0 : classOf(shown, this.options.classes);
    const area = L.geoJSON(shape, {
      renderer: this._renderer,
      pane: "figures",
      style: { className: `figure-area figure-area-${rank}`, weight: 1, fillOpacity: 1 },
    });
    area.bindTooltip(() => this._tip(shape, shown), { sticky: true, direction: "top", className: "figure-tip" });
    area.on("click", () => this._open(shape.id));
    // Its tooltip listens for the focus, and a shape that does is a stop of the Tab key.
    area.eachLayer((part) => part.on("add", () => part.getElement()?.setAttribute("tabindex", "-1")));
    return area;
  },

  // As text: whatever a place is called.
  _tip(shape, shown) {
    const name = this._name(shape.id, shape.properties.name);
    return element("span", "", this._speech.say(shown === undefined ? "few" : "place", { name, n: shown }));
  },

  // The table has the names in the reader's language; the browser knows those of other countries.
  _name(zone, name) {
    const row = document.querySelector(`[data-zone="${CSS.escape(zone)}"]`);
    if (row) return row.textContent;
    return zone.includes(".") || isGroup(zone) ? name : (this._tongue.of(zone) ?? name);
  },

  _bubble({ zone, name, shown, anchor: [lng, lat] }) {
    const { say, count } = this._speech;
    const key = this._parted.has(zone) ? "open" : "place";
    const speech = { count, say: (_key, values) => say(key, values) };
    const made = bubble([lng, lat, shown, zone, this._name(zone, name), null, "figure", false], speech);
    return made.on("click", () => this._open(zone));
  },

  // Come so near that the regions are drawn, with all that are shown in view.
  _open(zone) {
    if (zone.includes(".") || !this._parted.has(zone)) return;
    const { opens } = this._countries.find(({ id }) => id === zone).properties;
    const places = [...this._figures.values()].filter((place) => countryOf(place.zone) === zone);
    const bounds = L.latLngBounds(places.map(({ anchor: [lng, lat] }) => [lat, lng])).pad(0.2);
    const fits = Math.min(this._map.getBoundsZoom(bounds), this._map.getMaxZoom() - 1);
    this._map.setView(bounds.getCenter(), Math.max(fits, opens), {
      animate: !prefersNoMotion(),
    });
  },

  _fail(act) {
    this._note.write(this._speech.say("error"), { words: this._speech.say("again"), act });
  },
});

const grouped = (shapes) => {
  const groups = new Map();
  shapes.forEach((shape) => groups.set(countryOf(shape.id), [...(groups.get(countryOf(shape.id)) ?? []), shape]));
  return groups;
};
