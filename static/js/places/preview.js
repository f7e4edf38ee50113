// What others will see, before anything is saved: the rules of mapservice/privacy/visibility.py and of the pins of
// mapservice/privacy/geomasking.py. No DOM here; the cases of tools/script_cases/__main__.py hold the two together.
import { isFiner } from "./zones.js";

const SEEN = {
  stranger: [],
  members: ["members"],
  condition: ["condition", "members"],
  contact: ["contacts", "condition", "members"],
};

/** Return whether a viewer sees somebody with this audience: a stranger, any member, one of the condition, a contact. */
export function sees(viewer, audience) {
  return SEEN[viewer].includes(audience);
}

/** Return whether a level is drawn as a pin; the others are counted at the name of their zone. */
export function hasPin(level) {
  return isFiner(level, "region");
}
