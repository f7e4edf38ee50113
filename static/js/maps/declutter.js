// Room for the marks of one zoom: what a stronger neighbour would cover becomes a dot, and labels step aside.
// A mark is judged by its neighbours alone, in pixels of the world and never of the view: nothing jumps while panning.
const RADII = [14, 18, 22, 26]; // as in map-markers.css, by class of size
const DOT = 7;
const TOUCH = 0.85; // bubbles may overlap by a rim
const AWAY = 34; // from the anchor to the middle of a label above or below it
const HIGH = 26;

// One's own first, then the larger; the key decides between equals.
const isStronger = (one, other) => {
  const [a, b] = [one.about, other.about];
  if (a.own !== b.own) return a.own;
  return a.n === b.n ? a.key < b.key : a.n > b.n;
};

const apart = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);

const meets = (box, { x, y, r }) => Math.hypot(Math.max(Math.abs(box.x - x) - box.w / 2, 0), Math.max(Math.abs(box.y - y) - HIGH / 2, 0)) < r + 2;

const overlap = (a, b) => Math.abs(a.x - b.x) < (a.w + b.w) / 2 + 2 && Math.abs(a.y - b.y) < HIGH + 2;

// Around the anchor, where no bubble stands on it; each level begins at a side of its own.
const sides = ({ x, y }, w, level) => {
  const [above, below] = [{ x, y: y - AWAY, w }, { x, y: y + AWAY, w }];
  const [after, before] = [{ x: x + AWAY + w / 2 - 8, y, w }, { x: x - AWAY - w / 2 + 8, y, w }];
  return { country: [above, below, after, before], region: [below, above, after, before] }[level] ?? [after, before, below, above];
};

const thin = (bubbles) => {
  for (const one of bubbles) {
    const covers = (other) => other !== one && isStronger(other.mark, one.mark) && apart(one, other) < TOUCH * (one.full + other.full);
    const isDot = !one.mark.about.own && bubbles.some(covers);
    one.r = isDot ? DOT : one.full;
    one.mark.getElement()?.classList.toggle("map-dot", isDot);
  }
};

const placeLabels = (labels, bubbles) => {
  for (const one of labels) {
    const element = one.mark.getElement();
    element.classList.remove("map-badge-less");
    element.hidden = false;
    one.wide = one.mark.wide ??= element.offsetWidth;
    const free = sides(one, one.wide, one.mark.about.level).find((box) => !bubbles.some((bubble) => meets(box, bubble)));
    one.isLess = !free;
    one.box = free ?? sides(one, one.wide, one.mark.about.level)[0];
  }
  for (const one of labels) {
    const element = one.mark.getElement();
    const stronger = labels.filter((other) => other !== one && isStronger(other.mark, one.mark) && overlap(one.box, other.box));
    const isLess = !one.mark.about.own && (one.isLess || stronger.length > 0);
    element.classList.toggle("map-badge-less", isLess);
    element.hidden = isLess && element !== document.activeElement && stronger.some(({ box }) => overlap({ ...one.box, w: 34 }, box));
    element.style.translate = `calc(-50% + ${Math.round(one.box.x - one.x)}px) calc(-50% + ${Math.round(one.box.y - one.y)}px)`;
  }
};

/** Lay out all marks of a zoom again. */
export function declutter(map, marks, zoom) {
  const placed = marks.filter((mark) => mark.getElement()).map((mark) => ({ mark, ...pointOf(map, mark, zoom) }));
  const bubbles = placed.filter(({ mark }) => mark.about.kind === "cluster");
  bubbles.forEach((one) => (one.full = RADII[one.mark.about.size]));
  thin(bubbles);
  const yous = bubbles.filter(({ mark }) => mark.about.own).map(({ x, y, full }) => ({ x, y: y - full - 14, r: 12 }));
  const pins = placed.filter(({ mark }) => mark.about.kind === "pin").map((one) => ({ ...one, r: 15 }));
  placeLabels(placed.filter(({ mark }) => mark.about.kind === "badge"), [...bubbles, ...yous, ...pins]);
}

const pointOf = (map, mark, zoom) => {
  const { x, y } = map.project(mark.getLatLng(), zoom);
  return { x, y };
};
