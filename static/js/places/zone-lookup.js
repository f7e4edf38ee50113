// Which zone a point lies in, found in the page: coordinates never leave the browser. Axis order is [lng, lat], degrees.
// No DOM here; the cases of tools/script_cases/__main__.py hold it to shapely's answers.

const MAX_DISTANCE_KM = 30;
const KM_PER_DEGREE = 111.32;

export class ZoneLookup {
  /** `features` are the finest zones of a country, as GeoJSON. */
  constructor(features) {
    this.areas = features.map((feature) => {
      const polygons = polygonsOf(feature.geometry);
      return { id: feature.id, polygons, feature, bbox: bboxOf(polygons) };
    });
  }

  /** Return the area that a point lies in, else the nearest one within 30 km (a pier, a lake), else null. */
  areaAt(lng, lat) {
    const isAround = ({ bbox: [west, south, east, north] }) => lng >= west && lng <= east && lat >= south && lat <= north;
    const isIn = ({ polygons }) => polygons.some((rings) => isInside(lng, lat, rings));
    return this.areas.find((area) => isAround(area) && isIn(area))?.id ?? this.nearest(lng, lat);
  }

  nearest(lng, lat) {
    let [nearest, shortest] = [null, MAX_DISTANCE_KM];
    for (const { id, polygons } of this.areas) {
      for (const ring of polygons.flat()) {
        const km = distanceKm(lng, lat, ring);
        if (km < shortest) [nearest, shortest] = [id, km];
      }
    }
    return nearest;
  }
}

function polygonsOf({ type, coordinates }) {
  return type === "Polygon" ? [coordinates] : coordinates;
}

function bboxOf(polygons) {
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

// On a plane that touches the earth at the point: exact enough for a few kilometres.
function distanceKm(lng, lat, ring) {
  const kmLng = KM_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  let shortest = Infinity;
  for (let i = 1; i < ring.length; i++) {
    const [x1, y1] = [(ring[i - 1][0] - lng) * kmLng, (ring[i - 1][1] - lat) * KM_PER_DEGREE];
    const [x2, y2] = [(ring[i][0] - lng) * kmLng, (ring[i][1] - lat) * KM_PER_DEGREE];
    const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
    const along = length ? Math.min(1, Math.max(0, -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length)) : 0;
    shortest = Math.min(shortest, Math.hypot(x1 + along * (x2 - x1), y1 + along * (y2 - y1)));
  }
  return shortest;
}
