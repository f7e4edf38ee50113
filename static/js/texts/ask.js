// Discussions like the one that somebody is about to start, while they type its title. Without this script the preview
// lists them.
import { element, isolated } from "../site/dom.js";

const WAIT_MS = 600;
const MIN_LENGTH = 8;

const form = document.getElementById("tell");
const title = form.elements.namedItem("title");
const box = document.getElementById("alike");
const found = document.getElementById("alike-found");
const list = box.querySelector("ul");

let timer = 0;
let asked = "";

const row = ({ title: words, language, address }) => {
  const link = element("a", "", isolated(words));
  Object.assign(link, { href: address, lang: language, dir: "auto" });
  return element("li", "", link);
};

const show = (rows) => {
  list.replaceChildren(...rows.map(row));
  box.hidden = rows.length === 0;
  found.textContent = rows.length ? found.dataset.found : "";
};

const ask = async () => {
  const now = title.value.trim();
  if (now === asked) return;
  asked = now;
  if (now.length < MIN_LENGTH) {
    show([]);
    return;
  }
  const fields = new FormData();
  fields.set("csrf_token", form.elements.namedItem("csrf_token").value);
  fields.set("title", now);
  try {
    const answer = await fetch(box.dataset.preview, { method: "POST", body: fields, headers: { Accept: "application/json" } });
    const { alike } = answer.ok ? await answer.json() : { alike: [] };
    if (now === asked) show(alike);
  } catch {
    show([]);
  }
};

title.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT_MS);
});
