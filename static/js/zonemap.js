// The zones of one country, drawn from the country's file alone: no tile is asked for here, so that no
// request can tell one home from another.

export class ZoneMap {
  constructor(box, clicked) {
    this.box = box;
    box.zoneMap = this;
    this.clicked = clicked;
    this.map = null;
  }

  use(ground) {
    this.ground = ground;
    if (!this.map) this.make();
    this.map.invalidateSize();
    this.zones.clearLayers();
    this.marked.clearLayers();
    this.zones.addData({ type: "FeatureCollection", features: ground.areas.map((area) => area.feature) });
    this.home = this.boundsOf(ground.areas);
    this.map.fitBounds(this.home, { animate: false });
  }

  make() {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map(this.box, {
      attributionControl: true, zoomAnimation: !calm, fadeAnimation: !calm, maxZoom: 11, zoomSnap: 0.5,
      preferCanvas: true,
    });
    this.map.attributionControl.setPrefix(false).addAttribution("Natural Earth · GeoNames");
    const colours = getComputedStyle(this.box);
    const colour = (name) => colours.getPropertyValue(name).trim();
    this.zones = L.geoJSON(null, {
      style: { weight: 0.8, color: colour("--zone-line"), fillColor: colour("--zone-fill"), fillOpacity: 1 },
    }).addTo(this.map);
    this.marked = L.featureGroup().addTo(this.map);
    this.styles = {
      shown: { weight: 2.5, color: colour("--zone-shown-line"), fillColor: colour("--zone-shown"), fillOpacity: 0.6 },
      finest: { weight: 1.5, color: colour("--zone-shown-line"), dashArray: "4 4", fill: false },
    };
    this.map.on("click", ({ latlng }) => this.clicked(latlng.lng, latlng.lat));
  }

  /** Draw the zone that would be shown, and inside it, dashed, the finest one that was found. */
  mark(finest, shown) {
    if (!this.map) return;
    this.marked.clearLayers();
    for (const [zone, style] of [[shown, this.styles.shown], [finest, this.styles.finest]]) {
      if (zone && this.ground.zones.has(zone)) L.geoJSON(this.ground.shape(zone), { style, interactive: false }).addTo(this.marked);
    }
    const focus = [shown, finest].find((zone) => zone && this.ground.zones.has(zone));
    if (focus) this.map.fitBounds(this.boundsOf(this.within(focus)), { maxZoom: 9, padding: [30, 30] });
  }

  within(zone) {
    return this.ground.areas.filter(({ id }) => id === zone || id.startsWith(`${zone}.`));
  }

  // Of a country on both sides of the antimeridian, the side with more zones.
  boundsOf(areas) {
    const boxes = areas.map(({ box }) => box);
    const sides = [boxes.filter(([west]) => west >= 0), boxes.filter(([west]) => west < 0)];
    const spans = Math.max(...boxes.map((box) => box[2])) - Math.min(...boxes.map((box) => box[0])) > 180;
    const used = spans ? sides.sort((one, other) => other.length - one.length)[0] : boxes;
    return used.reduce(
      (all, [west, south, east, north]) => all.extend([[south, west], [north, east]]),
      L.latLngBounds([]),
    );
  }
}
