// The zones and the towns of one country, in the page.
import { Gazetteer } from "./gazetteer.js";
import { ZoneLookup } from "./zone-lookup.js";
import { pathOf } from "./zones.js";

export async function loadCountry(country, data) {
  const file = data.files[country];
  const [topology, gazetteer] = await Promise.all([
    fetchJson(data.zonesUrl.replace("XX", file)),
    fetchJson(data.gazetteerUrl.replace("XX", country)),
  ]);
  return new CountryZones(topology, gazetteer);
}

async function fetchJson(url) {
  const answer = await fetch(url, { credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

export class CountryZones {
  constructor(topology, gazetteer) {
    this.topology = topology;
    this.zones = new Map(topology.zones.map(([id, level, name, people, , anchor]) => [id, { id, level, name, people, anchor }]));
    this.geometries = topology.objects.areas.geometries;
    this.lookup = new ZoneLookup(topojson.feature(topology, topology.objects.areas).features);
    this.areas = this.lookup.areas;
    this.gazetteer = new Gazetteer(gazetteer, (zone) => this.zones.get(zone)?.name ?? "");
  }

  has(zoneId) {
    return this.zones.has(zoneId);
  }

  /** The zones from the country down to a zone. */
  path(zoneId) {
    return pathOf(zoneId).map((id) => this.zones.get(id));
  }

  /** The shape of a zone of any level: its areas, merged. */
  shape(zoneId) {
    const within = this.geometries.filter(({ id }) => id === zoneId || id.startsWith(`${zoneId}.`));
    return topojson.merge(this.topology, within);
  }

  /** The area a point lies in, or the nearest one; null where none is near. */
  areaAt(lng, lat) {
    return this.lookup.areaAt(lng, lat);
  }

  /** Prepare a piece of the search for towns, see gazetteer.js. */
  prepareSomeTowns() {
    return this.gazetteer.prepareSome();
  }

  /** The towns that the words may mean, see gazetteer.js. */
  findTowns(words, most) {
    return this.gazetteer.find(words, most);
  }
}
