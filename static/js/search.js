// Suggestions while typing, as a combobox (WAI-ARIA 1.2, list autocomplete with manual selection).
// Without this file the form still searches. What is typed goes to this service only, and is not kept there.
"use strict";

const PAUSE_MS = 150;

class Suggestions {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=search]");
    this.status = form.querySelector("[role=status]");
    this.list = this.makeList();
    this.active = -1;
    this.pending = null;
    this.timer = 0;
    this.listen();
  }

  makeList() {
    const list = document.createElement("ul");
    list.id = `${this.input.id}-suggestions`;
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", this.form.querySelector("label").textContent);
    list.hidden = true;
    this.input.after(list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
      this.input.setAttribute(name, value);
    }
    return list;
  }

  listen() {
    this.input.addEventListener("input", () => this.wait());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("blur", () => this.close());
    // A press on a suggestion must not take the focus, or the list would be gone before the click.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.open(event.target.closest("[role=option]")));
  }

  wait() {
    clearTimeout(this.timer);
    this.pending?.abort();
    if (this.input.value.trim().length < 2) {
      this.close();
      return;
    }
    this.choose(-1);
    this.timer = setTimeout(() => this.ask(this.input.value), PAUSE_MS);
  }

  async ask(words) {
    this.pending = new AbortController();
    try {
      const answer = await fetch(`${this.form.dataset.suggest}?${new URLSearchParams({ q: words })}`, {
        headers: { Accept: "application/json" },
        signal: this.pending.signal,
      });
      if (answer.ok) this.show((await answer.json()).conditions);
    } catch {
      // Aborted, or no network: the form itself still works.
    }
  }

  show(conditions) {
    if (document.activeElement !== this.input) return;
    this.list.replaceChildren(...conditions.map((condition, index) => this.option(condition, index)));
    this.active = -1;
    this.list.hidden = conditions.length === 0;
    this.input.setAttribute("aria-expanded", String(conditions.length > 0));
    const { none, found, foundOne } = this.form.dataset;
    this.status.textContent = { 0: none, 1: foundOne }[conditions.length] ?? found.replace("%d", conditions.length);
  }

  option(condition, index) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.url = condition.url;
    option.append(isolated(condition.name));
    if (condition.matched) {
      const matched = document.createElement("span");
      matched.className = "quiet";
      matched.append(isolated(condition.matched));
      option.append(" ", matched);
    }
    return option;
  }

  press(event) {
    if (event.isComposing) return;
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && this.active >= 0) {
      event.preventDefault();
      this.open(this.list.children[this.active]);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !this.list.hidden) {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    }
  }

  // Past either end the choice returns to the box itself, at -1.
  move(step) {
    const places = this.list.children.length + 1;
    this.choose(((this.active + 1 + step + places) % places) - 1);
  }

  choose(index) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = index;
    const option = this.list.children[index];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.choose(-1);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.status.textContent = "";
  }

  open(option) {
    if (option) window.location.assign(option.dataset.url);
  }
}

// A name may read in another direction than the words around it.
function isolated(name) {
  const element = document.createElement("bdi");
  element.textContent = name;
  return element;
}

for (const form of document.querySelectorAll("form[data-suggest]")) new Suggestions(form);
