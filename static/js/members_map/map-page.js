// Beside the map: the choice of a role sends its form, the table stays fresh, and the legend draws the shapes of the marks.
import { roleDrawing } from "../maps/marks.js";
import { element } from "../site/dom.js";
import { ask, keepFresh } from "./freshness.js";

const form = document.getElementById("filter");
const select = form.querySelector("select");
const go = form.querySelector("button");
let byKeys = false;

// Arrow keys go through the choices one by one: who uses them says when to go on.
go.hidden = true;
select.addEventListener("pointerdown", () => { byKeys = false; });
select.addEventListener("keydown", (event) => { byKeys = event.key !== "Enter"; });
select.addEventListener("change", () => {
  if (byKeys) go.hidden = false;
  else form.requestSubmit();
});

const legend = document.getElementById("legend");
for (const shape of legend.querySelectorAll("[data-shape]")) shape.append(roleDrawing(shape.dataset.shape));
legend.hidden = false;

// The table is as live as the map.
const table = document.getElementById("table");
const body = document.getElementById("table-body");
let askedAt = Date.now();
let isAsking = false;

async function refresh() {
  if (isAsking) return;
  isAsking = true;
  const at = Date.now();
  try {
    const { content } = await ask(table.dataset.again, { accept: "text/html" });
    fill(content);
    askedAt = at;
    table.classList.remove("table-covered");
  } catch {
    // It is asked for again, and taken away when it is too old.
  }
  isAsking = false;
}

// What is focused stays so: the same link, or else the table.
function fill(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  if (fresh.innerHTML.trim() === body.innerHTML.trim()) return;
  const focused = body.contains(document.activeElement) ? document.activeElement.getAttribute("href") : undefined;
  body.replaceChildren(fresh.content);
  if (focused === undefined) return;
  const same = [...body.querySelectorAll("a")].find((link) => focused && link.getAttribute("href") === focused);
  (same ?? table).focus({ preventScroll: true });
}

keepFresh({
  age: () => Date.now() - askedAt,
  refresh,
  cover: () => table.classList.add("table-covered"),
  clear: () => {
    body.replaceChildren(element("p", "note note-warning", table.dataset.stale));
    table.classList.remove("table-covered");
  },
});
