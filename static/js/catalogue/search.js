// Conditions that are suggested while typing. Without this file the form still searches. What is typed goes to this
// service only, and is not kept there.
import { Combobox } from "../site/combobox.js";
import { element, isolated } from "../site/dom.js";

const PAUSE_MS = 150;
const MIN_LETTERS = 2;

for (const form of document.querySelectorAll("form[data-suggest]")) suggest(form);

function suggest(form) {
  const input = form.querySelector("input[type=search]");
  const list = element("ul", "suggestions");
  list.id = `${input.id}-suggestions`;
  list.setAttribute("aria-label", form.querySelector("label").textContent);
  list.hidden = true;
  input.after(list);
  const { none, found } = form.dataset;
  new Combobox(input, list, form.querySelector("[role=status]"), {
    find: (words, signal) => ask(form.dataset.suggest, words, signal),
    render,
    choose: ({ url }) => window.location.assign(url),
    words: { none, found: JSON.parse(found) },
    minLetters: MIN_LETTERS,
    pauseMs: PAUSE_MS,
  });
}

async function ask(address, words, signal) {
  try {
    const answer = await fetch(`${address}?${new URLSearchParams({ q: words })}`, {
      headers: { Accept: "application/json" },
      signal,
    });
    return answer.ok ? (await answer.json()).conditions : null;
  } catch {
    return null; // aborted, or no network: the form itself still works
  }
}

function render({ name, matched }) {
  return matched ? [isolated(name), " ", element("span", "quiet", isolated(matched))] : [isolated(name)];
}
