// The table of figures: the regions of a country unfold below it, from the figures that the map loads too, so that no
// request tells in which country somebody looks. Without this script each country leads to a page of its own.
import { button, element } from "../site/dom.js";
import { classOf } from "./classes.js";
import { released } from "./released.js";

const list = document.getElementById("figures-list");
const classes = list?.dataset.classes.split(" ").map(Number);
const numbers = new Intl.NumberFormat(document.documentElement.lang.replace("_", "-"));

const byFigure = (a, b) => b.shown - a.shown || (a.name < b.name ? -1 : 1);

function cells(rank, name, shown) {
  const swatch = element("span", `figure-swatch figure-swatch-${rank}`);
  swatch.setAttribute("aria-hidden", "true");
  const place = element("th", "", element("span", "figure-place", swatch, name));
  place.scope = "row";
  return element("tr", "figures-region", place, element("td", "number", shown));
}

function rowOf({ zone, name, shown }) {
  const named = element("span", "", name);
  named.dataset.zone = zone;
  named.translate = false;
  return cells(classOf(shown, classes), named, numbers.format(shown));
}

async function regionsOf(country, hasOthers) {
  const { places } = await released(list.dataset.figures);
  const regions = places.filter(({ zone }) => zone.startsWith(`${country}.`)).sort(byFigure);
  const { few, others, all } = list.dataset;
  const rest = hasOthers ? [cells(0, regions.length ? others : all, element("span", "quiet", few))] : [];
  return [...regions.map(rowOf), ...rest];
}

// Where the figures cannot be loaded, the link comes back.
function unfold(link) {
  const row = link.closest("tr");
  const name = row.querySelector("[data-zone]");
  let regions = null;
  const open = async () => {
    const rows = await regionsOf(name.dataset.zone, "others" in link.dataset);
    row.after(...rows);
    return rows;
  };
  const fold = button("figures-fold", "", async () => {
    fold.setAttribute("aria-expanded", String(fold.getAttribute("aria-expanded") === "false"));
    try {
      regions ??= open();
      for (const region of await regions) region.hidden = fold.getAttribute("aria-expanded") === "false";
    } catch {
      fold.replaceWith(link);
      link.focus();
    }
  });
  fold.setAttribute("aria-expanded", "false");
  fold.setAttribute("aria-label", list.dataset.show.replace("{name}", name.textContent));
  link.replaceWith(fold);
}

list?.querySelectorAll("a.figures-fold").forEach(unfold);
