// Where the card of a person is: above the pin, or below if there is no room; map.css puts it at the foot of a narrow screen.
import { prefersNoMotion } from "../site/dom.js";

/** Put a panel beside a point of a map, and move the map if that is wanted and the panel would be beside it. */
export function placePanel(map, panel, latLng, moveIntoView) {
  const point = map.latLngToContainerPoint(latLng);
  const room = map.getSize();
  const [wide, high] = [panel.offsetWidth, panel.offsetHeight];
  const below = point.y < high + 30;
  panel.style.left = `${Math.round(point.x - wide / 2)}px`;
  panel.style.top = `${Math.round(below ? point.y + 24 : point.y - high - 24)}px`;
  if (!moveIntoView || getComputedStyle(panel).position === "fixed") return;
  const over = Math.max(point.x + wide / 2 + 12 - room.x, 0) + Math.min(point.x - wide / 2 - 12, 0);
  const under = below ? Math.max(point.y + 24 + high + 12 - room.y, 0) : 0;
  if (over || under) map.panBy([over, under], { animate: !prefersNoMotion() });
}
