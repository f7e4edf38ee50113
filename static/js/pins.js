// What stands on the map: bubbles and pins, each a button of its own, and badges, each a link to the table.
"use strict";

window.Mapservice ??= {};

{
  const SVG = "http://www.w3.org/2000/svg";

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

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  Mapservice.drawing = (role) => {
    const svg = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    svg.setAttribute("viewBox", "0 0 28 28");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", SHAPES[role]);
    svg.append(path);
    return svg;
  };

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

  // Sentences of the server in the reader's language, and numbers as they are written there.
  Mapservice.speech = (words, language) => {
    const plural = new Intl.PluralRules(language);
    const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
    const long = new Intl.NumberFormat(language);
    const say = (key, values = {}) => {
      const found = key.split(".").reduce((part, name) => part?.[name], words) ?? "";
      const sentence = typeof found === "string" ? found : (found[plural.select(values.n)] ?? found.other ?? "");
      return sentence.replace(/\{(\w+)\}/g, (_all, name) => (typeof values[name] === "number" ? long.format(values[name]) : (values[name] ?? "")));
    };
    return { say, count: (n) => short.format(n).replace("K", "k") };
  };

  Mapservice.bubble = ([lng, lat, n, zone, name, box, level, own], { say, count }) => {
    const size = SIZES.filter((limit) => n >= limit).length;
    const made = marker(lng, lat, {
      className: `map-bubble map-bubble-${size}${own ? " map-own" : ""}`,
      label: say("cluster", { name, n }) + (own ? ` ${say("you_among")}` : ""),
      content: [element("span", "map-count", count(n)), ...(own ? [element("span", "map-you", say("you"))] : [])],
      zIndexOffset: 1000 * (SIZES.length - size), // the small ones stay in reach
    });
    return Object.assign(made, { about: { kind: "cluster", key: zone, n, own, size, box, level } });
  };

  // People who show a whole country, region or district have no point: a label with their number, beside the bubbles.
  Mapservice.badge = ([lng, lat, n, zone, name, level, own], { say, count }, href) => {
    const made = marker(lng, lat, {
      className: `map-badge map-badge-${level}${own ? " map-own" : ""}`,
      label: say(`badge.${level}`, { name, n }) + (own ? ` ${say("you_among")}` : ""),
      content: [
        element("span", "map-badge-name", name),
        element("span", "map-count", count(n)),
        ...(own ? [element("span", "map-you", say("you"))] : []),
      ],
      href,
      zIndexOffset: 5000,
    });
    return Object.assign(made, { about: { kind: "badge", key: zone, n, own, level } });
  };

  Mapservice.pin = ([lng, lat, people, n, role, own], { say, count }) => {
    const known = role in SHAPES ? role : "several"; // people of different roles on one point
    const made = marker(lng, lat, {
      className: `map-pin map-pin-${known}${own ? " map-own" : ""}`,
      label: (n > 1 ? say("stack", { n }) : say("pin", { role: say(`roles.${known}`) })) + (own ? ` ${say("you_among")}` : ""),
      content: [
        Mapservice.drawing(known),
        ...(n > 1 ? [element("span", "map-count", count(n))] : []),
        ...(own ? [element("span", "map-you", say("you"))] : []),
      ],
      zIndexOffset: 0,
    });
    return Object.assign(made, { about: { kind: "pin", key: `${lng} ${lat}`, n, own, people } });
  };
}
