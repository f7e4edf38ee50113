// A table or a list of people is as live as the map. It is asked for by itself, or with the page that it is on.
import { element } from "../site/dom.js";
import { ask, keepFresh } from "./freshness.js";

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
  const content = fresh.content.querySelector("#table-body") ?? fresh;
  if (content.innerHTML.trim() === body.innerHTML.trim()) return;
  const focused = body.contains(document.activeElement) ? document.activeElement.getAttribute("href") : undefined;
  body.replaceChildren(...(content.content ?? content).childNodes);
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
