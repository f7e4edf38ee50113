// Zones by their ids, as mapservice/geo/zones.py knows them: "DE" holds "DE.3", which holds "DE.3.7". No DOM here.

/** The levels that a member may choose, coarsest first. */
export const LEVELS = ["country", "region", "district", "area"];

/** Return whether a level tells more about a location than another. */
export function isFiner(level, than) {
  return LEVELS.indexOf(level) > LEVELS.indexOf(than);
}

/** Return the ids of the zones from the country down to the zone itself. */
export function pathOf(zoneId) {
  const steps = zoneId.split(".");
  return steps.map((_, index) => steps.slice(0, index + 1).join("."));
}

/** Return whether a zone is neither the stored one, nor holds it, nor lies inside it. */
export function isElsewhere(zoneId, stored) {
  return !pathOf(stored).includes(zoneId) && !pathOf(zoneId).includes(stored);
}
