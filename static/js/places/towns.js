// The search for a town of one country: all it needs is already in the page, and what is typed is not sent to anybody.
import { Combobox } from "../site/combobox.js";
import { element } from "../site/dom.js";

const MAX_TOWNS = 8;
const ANNOUNCE_MS = 600; // after the last letter

export class TownField {
  /** `chosen(town)` is called with a row of the gazetteer, see gazetteer.js. */
  constructor(input, list, status, { noTown, towns }, chosen) {
    this.zones = null;
    input.addEventListener("focus", () => this._prepare());
    this.combobox = new Combobox(input, list, status, {
      find: (words) => this.zones.findTowns(words, MAX_TOWNS),
      render,
      choose: (town) => {
        input.value = town.name;
        chosen(town);
      },
      words: { none: noTown, found: towns },
      announceMs: ANNOUNCE_MS,
      takesFirst: true,
      showsNone: true,
    });
  }

  /** Search the towns of a country. */
  use(zones) {
    this.zones = zones;
    this.combobox.clear();
  }

  // In pieces, between which the page answers to taps and letters.
  _prepare() {
    if (this.zones?.prepareSomeTowns()) setTimeout(() => this._prepare());
  }
}

function render({ name, region }) {
  const town = element("strong", "", name);
  town.dir = "auto"; // a name may read in another direction than the words around it
  return [town, " ", element("span", "quiet", region)];
}
