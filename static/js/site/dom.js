// Small helpers that all scripts build their parts of a page with. Texts enter as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Return a new element with a class and its content: elements, and texts. */
export function element(tag, className = "", ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** Return a new button that does something. */
export function button(className, words, act) {
  const made = element("button", className, words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** Return a name that may read in another direction than the words around it. */
export function isolated(name) {
  return element("bdi", "", name);
}

/** Return a drawing of one path in a square of so many units; it says nothing to those who do not see it. */
export function drawing(path, size) {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Return whether the reader's device asks for no movement on the screen. */
export function prefersNoMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
