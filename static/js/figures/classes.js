// The classes of colour of the public map, as mapservice/maps/choropleth.py has them. No DOM here; the cases of
// tools/script_cases hold the two together.

/** Return the class of a published figure, from 1 for the smallest; `scale` holds the smallest figure of each. */
export function classOf(shown, scale) {
  return Math.max(scale.filter((smallest) => shown >= smallest).length, 1);
}
