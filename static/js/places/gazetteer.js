// The towns of one country, found by what people type. Rows carry a zone and no coordinates: see data/README.md.
import { fold, spellings } from "./fold.js";

const TOWNS_AT_ONCE = 250; // are prepared in one piece

/** A town; its names are folded when somebody first searches, which takes longer than all else that a country needs. */
class Town {
  constructor(name, others, region, foldedRegion, zone) {
    Object.assign(this, { name, region, foldedRegion, zone });
    this._others = others;
  }

  get names() {
    return (this._names ??= spellings(this.name));
  }

  get others() {
    return (this._spelledOthers ??= this._others.flatMap(spellings));
  }
}

export class Gazetteer {
  constructor({ regions, areas, places }, zoneName) {
    const folded = regions.map(fold);
    this.zoneName = zoneName;
    this.towns = places.map(
      ([name, region, area, others = []]) => new Town(name, others, regions[region] ?? "", folded[region] ?? "", areas[area]),
    );
    this._prepared = 0;
  }

  /** Fold the names of some more towns, so that a search need not wait for all of them; whether any were left. */
  prepareSome() {
    const next = this.towns.slice(this._prepared, this._prepared + TOWNS_AT_ONCE);
    for (const town of next) [town.names, town.others];
    this._prepared += next.length;
    return next.length > 0;
  }

  /**
   * Towns of just this name, however many, which their region may follow ("Clinton Iowa"); then those whose name
   * begins with the words, then those that hold them, until there are `most`; in each group the largest first.
   */
  find(words, most) {
    const typed = spellings(words);
    if (!typed.length) return [];
    const [same, begins, holds] = [[], [], []];
    for (const town of this.towns) {
      if (typed.some((text) => isName(text, town))) same.push(town);
      else if (begins.length < most && typed.some((text) => has(town, (name) => name.startsWith(text)))) begins.push(town);
      else if (holds.length < most && typed.some((text) => has(town, (name) => name.includes(` ${text}`)))) holds.push(town);
    }
    const towns = [...same, ...begins, ...holds].slice(0, Math.max(most, same.length));
    return towns.map((town) => (hasTwin(town, towns) ? { ...town, region: `${town.region} · ${this.zoneName(town.zone)}` } : town));
  }
}

function has(town, fits) {
  return town.names.some(fits) || town.others.some(fits);
}

function isName(text, town) {
  return town.names.some((name) => {
    if (!text.startsWith(name)) return false;
    const rest = text.slice(name.length);
    return rest === "" || (rest.startsWith(" ") && town.foldedRegion.startsWith(rest.slice(1)));
  });
}

// Two towns that a reader could not tell apart by name and region.
function hasTwin(town, towns) {
  return towns.some((other) => other.zone !== town.zone && other.name === town.name && other.region === town.region);
}
