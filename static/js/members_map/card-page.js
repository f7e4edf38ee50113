// The card of a person on a page of its own: it goes as soon as the person is not shown any more.
import { element } from "../site/dom.js";
import { ask, keepFresh } from "./freshness.js";

const card = document.getElementById("card");
let askedAt = Date.now();
let isCleared = false;

const clear = (words) => {
  isCleared = true;
  const note = element("p", "", words);
  note.setAttribute("role", "status");
  card.replaceChildren(note);
  document.title = card.dataset.title;
};

const refresh = async () => {
  const at = Date.now();
  try {
    await ask(card.dataset.again);
    askedAt = at;
    if (isCleared) location.reload();
    card.classList.remove("table-covered");
  } catch (problem) {
    if (problem.status === 404) clear(card.dataset.gone);
  }
};

keepFresh({
  age: () => Date.now() - askedAt,
  refresh,
  cover: () => card.classList.add("table-covered"),
  clear: () => clear(card.dataset.stale),
});
