// Names on the map of zones, so that people know where they click: the largest first, as many as there is room for.
// Which zones are named at a zoom is decided for the whole country, so that no name comes or goes while panning.
import { element } from "../site/dom.js";

const [WIDE, HIGH] = [84, 26]; // room for one name, in pixels

export class ZoneLabels {
  constructor(map) {
    this.map = map;
    this.zones = [];
    this.group = L.layerGroup().addTo(map);
    map.on("zoomend", () => this.draw());
  }

  use(zones) {
    this.zones = zones.filter(({ level, anchor }) => level === "area" && anchor).sort((a, b) => b.people - a.people);
    this.draw();
  }

  draw() {
    this.group.clearLayers();
    const taken = [];
    for (const zone of this.zones) {
      const { x, y } = this.map.project([zone.anchor[1], zone.anchor[0]]);
      if (taken.some((other) => Math.abs(other.x - x) < WIDE && Math.abs(other.y - y) < HIGH)) continue;
      taken.push({ x, y });
      this.group.addLayer(label(zone));
    }
  }
}

function label({ name, anchor }) {
  const icon = L.divIcon({ className: "zone-label", html: element("span", "", name), iconSize: null });
  return L.marker([anchor[1], anchor[0]], { icon, interactive: false, keyboard: false });
}
