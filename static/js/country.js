// The ground of one country, in the page: its zones, its towns, and which zone a point lies in.
// Coordinates here never leave the browser; axis order is [lng, lat], degrees.
import { Gazetteer } from "./gazetteer.js";

const NEAREST_KM = 30;
const KM_PER_DEGREE = 111.32;

export async function loadCountry(country, data) {
  const file = data.files[country];
  const [topology, gazetteer] = await Promise.all([
    fetchJson(data.zonesUrl.replace("XX", file)),
    fetchJson(data.gazetteerUrl.replace("XX", country)),
  ]);
  return new Ground(topology, gazetteer);
}

async function fetchJson(url) {
  const answer = await fetch(url, { credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

export function pathOf(zoneId) {
  const steps = zoneId.split(".");
  return steps.map((_, index) => steps.slice(0, index + 1).join("."));
}

export class Ground {
  constructor(topology, gazetteer) {
    this.topology = topology;
    this.zones = new Map(topology.zones.map(([id, level, name, people, , anchor]) => [id, { id, level, name, people, anchor }]));
    this.geometries = topology.objects.areas.geometries;
    this.areas = topojson.feature(topology, topology.objects.areas).features.map((feature) => ({
      id: feature.id,
      polygons: polygonsOf(feature.geometry),
      feature,
    }));
    for (const area of this.areas) area.box = boxOf(area.polygons);
    this.gazetteer = new Gazetteer(gazetteer, (zone) => this.zones.get(zone)?.name ?? "");
  }

  /** The shape of a zone of any level: its areas, merged. */
  shape(zoneId) {
    const within = this.geometries.filter(({ id }) => id === zoneId || id.startsWith(`${zoneId}.`));
    return topojson.merge(this.topology, within);
  }

  /** The area a point lies in, else the nearest one within 30 km (a pier, a lake), else null. */
  areaAt(lng, lat) {
    for (const area of this.areas) {
      const [west, south, east, north] = area.box;
      if (lng < west || lng > east || lat < south || lat > north) continue;
      if (area.polygons.some((rings) => isInside(lng, lat, rings))) return area.id;
    }
    return this.nearest(lng, lat);
  }

  nearest(lng, lat) {
    let [best, least] = [null, NEAREST_KM];
    for (const area of this.areas) {
      for (const rings of area.polygons) {
        const km = distanceKm(lng, lat, rings[0], least);
        if (km < least) [best, least] = [area.id, km];
      }
    }
    return best;
  }

  /** The towns that the words may mean, see gazetteer.js. */
  find(words, most) {
    return this.gazetteer.find(words, most);
  }
}

function polygonsOf(geometry) {
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

function boxOf(polygons) {
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const [lng, lat] of polygons.flat(2)) {
    west = Math.min(west, lng);
    south = Math.min(south, lat);
    east = Math.max(east, lng);
    north = Math.max(north, lat);
  }
  return [west, south, east, north];
}

// Even-odd rule over all rings, so that holes count as outside.
function isInside(lng, lat, rings) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [x1, y1] = ring[i];
      const [x2, y2] = ring[j];
      if (y1 > lat !== y2 > lat && lng < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside;
}

function distanceKm(lng, lat, ring, enough) {
  const kmLng = KM_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  let least = enough;
  for (let i = 1; i < ring.length; i++) {
    const [x1, y1] = [(ring[i - 1][0] - lng) * kmLng, (ring[i - 1][1] - lat) * KM_PER_DEGREE];
    const [x2, y2] = [(ring[i][0] - lng) * kmLng, (ring[i][1] - lat) * KM_PER_DEGREE];
    const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
    const along = length ? Math.min(1, Math.max(0, -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length)) : 0;
    least = Math.min(least, Math.hypot(x1 + along * (x2 - x1), y1 + along * (y2 - y1)));
  }
  return least;
}
