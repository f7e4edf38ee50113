// The zones of one country, drawn from the country's file, on the base map around it (see neighbour-tiles.js): nothing
// is asked for once they are there, so that no request can tell one home from another.
import { element, prefersNoMotion } from "../site/dom.js";
import { afterTaps } from "../site/taps.js";
import { neighbourTiles } from "./neighbour-tiles.js";
import { ZoneLabels } from "./zone-labels.js";

export class ZoneMap {
  constructor(box, data, titleOf, clicked) {
    Object.assign(this, { box, data, titleOf, clicked });
    box.zoneMap = this;
    this.map = null;
  }

  use(country) {
    this.country = country;
    this.focus = null;
    if (!this.map) this.make();
    this.map.invalidateSize();
    this.zones.clearLayers();
    this.marked.clearLayers();
    this.zones.addData({ type: "FeatureCollection", features: country.areas.map((area) => area.feature) });
    this.home = this.boundsOf(country.areas);
    this.map.setMaxBounds(null).setMinZoom(0); // those of the country before
    this.map.fitBounds(this.home, { animate: false });
    this.surround();
    this.labels.use([...country.zones.values()]);
  }

  surround() {
    this.neighbours?.remove();
    const { layer, around } = neighbourTiles(this.map, this.home, this.data.groundUrl);
    this.neighbours = layer.addTo(this.map);
    this.map.setMaxBounds(around).setMinZoom(Math.max(this.map.getZoom() - 0.5, 0));
  }

  make() {
    const moves = !prefersNoMotion();
    this.map = L.map(this.box, {
      attributionControl: true, zoomAnimation: moves, fadeAnimation: moves, maxZoom: 11, zoomSnap: 0.5,
      preferCanvas: true, zoomControl: false,
    });
    const { zoomIn, zoomOut } = this.data.words;
    L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(this.map);
    this.map.attributionControl.setPrefix(false).addAttribution("Natural Earth · GeoNames");
    this.styles = this.stylesNow();
    this.zones = L.geoJSON(null, { style: () => this.styles.zone }).addTo(this.map);
    this.zones.bindTooltip(({ feature }) => element("span", "", this.titleOf(this.country.zones.get(feature.id))), { sticky: true });
    this.marked = L.featureGroup().addTo(this.map);
    this.labels = new ZoneLabels(this.map);
    this.map.on("click", ({ latlng }) => this.clicked(latlng.lng, latlng.lat));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.styles = this.stylesNow();
      this.zones.setStyle(this.styles.zone);
      this.mark(...this.last);
    });
  }

  stylesNow() {
    const colours = getComputedStyle(this.box);
    const colour = (name) => colours.getPropertyValue(name).trim();
    return {
      zone: { weight: 0.8, color: colour("--zone-line"), fillColor: colour("--zone-fill"), fillOpacity: 1 },
      shown: { weight: 2.5, color: colour("--zone-shown-line"), fillColor: colour("--zone-shown"), fillOpacity: 0.6 },
      finest: { weight: 2, color: colour("--zone-shown-line"), dashArray: "4 4", fill: false },
    };
  }

  /** Draw the zone that would be shown, and inside it, dashed, the finest one that was found. */
  mark(finest = null, shown = null) {
    if (!this.map) return;
    this.last = [finest, shown];
    this.marked.clearLayers();
    for (const [zone, style] of [[shown, this.styles.shown], [finest, this.styles.finest]]) {
      if (zone && this.country.zones.has(zone)) L.geoJSON(this.country.shape(zone), { style, interactive: false }).addTo(this.marked);
    }
    this.focus = [shown, finest].find((zone) => zone && this.country.zones.has(zone)) ?? null;
    afterTaps(() => this.showMarked());
  }

  // Not before the finger is up: a second tap would mean another zone on a map that has moved.
  showMarked() {
    if (this.focus) this.map.fitBounds(this.boundsOf(this.within(this.focus)), { maxZoom: 9, padding: [30, 30] });
    this.focus = null;
  }

  within(zone) {
    return this.country.areas.filter(({ id }) => id === zone || id.startsWith(`${zone}.`));
  }

  // Of a country on both sides of the antimeridian, the side with more zones.
  boundsOf(areas) {
    const boxes = areas.map(({ bbox }) => bbox);
    const sides = [boxes.filter(([west]) => west >= 0), boxes.filter(([west]) => west < 0)];
    const spans = Math.max(...boxes.map((box) => box[2])) - Math.min(...boxes.map((box) => box[0])) > 180;
    const used = spans ? sides.sort((one, other) => other.length - one.length)[0] : boxes;
    return used.reduce(
      (all, [west, south, east, north]) => all.extend([[south, west], [north, east]]),
      L.latLngBounds([]),
    );
  }
}
