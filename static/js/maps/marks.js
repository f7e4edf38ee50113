// What stands on the map: bubbles and pins, each a button of its own, and badges, each a link to the table.
import { drawing, element } from "../site/dom.js";

// One outline a role in a box of 28 by 28, so that no role is told by its colour alone.
const SHAPES = {
  person: "M14 2a12 12 0 1 0 0 24 12 12 0 0 0 0-24z",
  caregiver: "M14 26C4 18.5 1.5 14 1.5 9.5A6.5 6.5 0 0 1 14 6.5 6.5 6.5 0 0 1 26.5 9.5C26.5 14 24 18.5 14 26z",
  organisation: "M3 3h22v22h-22z",
  adviser: "M14 1l13 13-13 13L1 14z",
  professional: "M9.5 2h9v7.5H26v9h-7.5V26h-9v-7.5H2v-9h7.5z",
  researcher: "M14 1.5l11 6.25v12.5l-11 6.25-11-6.25v-12.5z",
  several: "M14 2a12 12 0 1 0 0 24 12 12 0 0 0 0-24zm0 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8z",
};

// People in a bubble → its class of size; map.css says how large each is.
const SIZES = [10, 100, 1000];

/** Return the outline of a role. */
export function roleDrawing(role) {
  return drawing(SHAPES[role], 28);
}

// Leaflet moves the button to its place; a click, Enter and Space come to the marker as one event.
const ButtonIcon = L.Icon.extend({
  options: { iconSize: null, className: "", label: "", content: [], href: null },
  createIcon() {
    const { href } = this.options;
    const button = element(href ? "a" : "button", `map-mark ${this.options.className}`);
    if (href) button.href = href;
    else button.type = "button";
    button.setAttribute("aria-label", this.options.label);
    button.append(...this.options.content);
    return button;
  },
  createShadow: () => null,
});

const marker = (lng, lat, { zIndexOffset, ...icon }) =>
  L.marker([lat, lng], { icon: new ButtonIcon(icon), keyboard: false, riseOnHover: true, autoPanOnFocus: true, zIndexOffset });

const count = (n, speech) => element("span", "map-count", speech.count(n));

const you = (own, { say }) => (own ? [element("span", "map-you", say("you"))] : []);

const labelled = (words, own, { say }) => words + (own ? ` ${say("you_among")}` : "");

/** Return the bubble of a zone, from a row of the service. */
export function bubble([lng, lat, n, zone, name, box, level, own], speech) {
  const size = SIZES.filter((limit) => n >= limit).length;
  const made = marker(lng, lat, {
    className: `map-bubble map-bubble-${size}${own ? " map-own" : ""}`,
    label: labelled(speech.say("cluster", { name, n }), own, speech),
    content: [count(n, speech), ...you(own, speech)],
    zIndexOffset: 1000 * (SIZES.length - size), // the small ones stay in reach
  });
  return Object.assign(made, { about: { kind: "cluster", key: zone, n, own, size, box, level } });
}

/** Return the badge of people who show a whole country, region or district: they have no point, and a label counts them. */
export function badge([lng, lat, n, zone, name, level, own], speech, href) {
  const made = marker(lng, lat, {
    className: `map-badge map-badge-${level}${own ? " map-own" : ""}`,
    label: labelled(speech.say(`badge.${level}`, { name, n }), own, speech),
    content: [element("span", "map-badge-name", name), count(n, speech), ...you(own, speech)],
    href,
    zIndexOffset: 5000,
  });
  return Object.assign(made, { about: { kind: "badge", key: zone, n, own, level } });
}

/** Return the pin of one person, named by their public id, or of several in one cell, named by that. */
export function pin([lng, lat, key, n, role, own], speech) {
  const { say } = speech;
  const known = role in SHAPES ? role : "several"; // people of different roles on one point
  const made = marker(lng, lat, {
    className: `map-pin map-pin-${known}${own ? " map-own" : ""}`,
    label: labelled(n > 1 ? say("stack", { n }) : say("pin", { role: say(`roles.${known}`) }), own, speech),
    content: [roleDrawing(known), ...(n > 1 ? [count(n, speech)] : []), ...you(own, speech)],
    zIndexOffset: 0,
  });
  return Object.assign(made, { about: { kind: "pin", key, n, own } });
}
