// How finely a location may be shown: the rules of mapservice/privacy/precision.py and of the lists of
// mapservice/web/places/zone_options.py, for zones that were found in the page. No DOM here; the cases of
// tools/script_cases/__main__.py hold the two together.
import { isFiner } from "./zones.js";

/**
 * Return the zones of a path, from the country down, each with what may be done with it and the two numbers shown.
 *
 * `rules` are those of the page: prevalence (per 100,000), enough (people that a suggested zone should hold),
 * forMinor and finestForMinors.
 */
export function choicesOf(path, rules) {
  const suggested = suggestedLevel(path, rules);
  return path.map((zone) => ({
    zone,
    isSuggested: zone.level === suggested,
    isBarred: isBarred(zone.level, rules),
    needsConsent: needsSecondConsent(zone.level, suggested),
    people: roundedDown(zone.people),
    expected: rounded(expectedPeople(zone.people, rules.prevalence)),
  }));
}

/** Return how many people of so many have a condition, by its prevalence per 100,000. */
export function expectedPeople(people, prevalence) {
  return (prevalence * people) / 100_000;
}

/** Return the finest level whose zone holds enough people with the condition; the country where none does. */
export function suggestedLevel(path, { prevalence, enough, forMinor, finestForMinors }) {
  const level = path.findLast(({ people }) => expectedPeople(people, prevalence) >= enough)?.level ?? "country";
  return forMinor && isFiner(level, finestForMinors) ? finestForMinors : level;
}

/** Return whether a level tells too much about a child. */
export function isBarred(level, { forMinor, finestForMinors }) {
  return Boolean(forMinor) && isFiner(level, finestForMinors);
}

/** Return whether a level asks for a consent that names how few people with the condition live there. */
export function needsSecondConsent(level, suggested) {
  return isFiner(level, suggested);
}

/** Return whether the second consent has to be given: nobody sees a zone that is shown to nobody. */
export function asksForConsent({ needsConsent }, audience) {
  return needsConsent && audience !== "nobody";
}

/** Return a number with all but its first two digits zero: what is shown is a lower bound. */
export function roundedDown(people) {
  const step = 10 ** Math.max(String(people).length - 2, 0);
  return Math.floor(people / step) * step;
}

/** Return the nearest whole number, and the even one of two that are equally near, as Python does. */
export function rounded(number) {
  const below = Math.floor(number);
  if (number - below !== 0.5) return Math.round(number);
  return below % 2 === 0 ? below : below + 1;
}
