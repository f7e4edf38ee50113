// A combobox over the towns of one country (WAI-ARIA pattern): everything it needs is already in the page.

const MOST = 8;
const ANNOUNCE_MS = 600; // after the last letter, so that nobody is talked to while typing

export class TownField {
  constructor(input, list, status, words, chosen) {
    Object.assign(this, { input, list, status, words, chosen, ground: null, found: [], active: -1 });
    input.addEventListener("input", () => this.search());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    input.addEventListener("click", () => this.show(this.found.length > 0));
    // A press on the list must not take the focus, or the list would be gone before the click. A town is taken on the
    // click and not before: what is pressed ends where it began.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const index = [...list.children].indexOf(event.target.closest("[role=option]"));
      if (index >= 0) this.take(index);
    });
  }

  use(ground) {
    this.ground = ground;
    this.input.value = "";
    this.announce();
    this.close();
  }

  search() {
    this.found = this.ground.find(this.input.value, MOST);
    this.active = -1;
    this.list.replaceChildren(...this.found.map((town, index) => this.option(town, index)));
    this.show(this.found.length > 0);
    this.announce();
  }

  // How many towns there are, or that there is none, for who does not see the list.
  announce() {
    clearTimeout(this.announcing);
    const isAsked = this.input.value.trim().length > 1;
    const none = isAsked && !this.found.length ? this.words.noTown : "";
    this.status.classList.toggle("visually-hidden", !none);
    if (!isAsked) this.status.textContent = "";
    else this.announcing = setTimeout(() => { this.status.textContent = none || this.counted(); }, ANNOUNCE_MS);
  }

  counted() {
    const n = this.found.length;
    return n === 1 ? this.words.oneTown : this.words.towns.replace("{n}", n);
  }

  option(town, index) {
    const item = document.createElement("li");
    item.id = `town-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const name = document.createElement("strong");
    name.dir = "auto"; // a name may read in another direction than the words around it
    name.textContent = town.name;
    const region = document.createElement("span");
    region.className = "quiet";
    region.textContent = town.region;
    item.append(name, " ", region);
    return item;
  }

  key(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.isComposing) return;
    if (event.key in moves && this.found.length) {
      event.preventDefault();
      if (this.list.hidden) this.show(true);
      const count = this.found.length;
      this.mark((this.active + moves[event.key] + count + (this.active < 0 && moves[event.key] < 0)) % count);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.found.length && !this.list.hidden) this.take(Math.max(this.active, 0));
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    }
  }

  mark(index) {
    this.active = index;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    this.input.setAttribute("aria-activedescendant", `town-${index}`);
    this.list.children[index]?.scrollIntoView({ block: "nearest" });
  }

  take(index) {
    const town = this.found[index];
    this.input.value = town.name;
    clearTimeout(this.announcing);
    this.status.textContent = "";
    this.close();
    this.chosen(town);
  }

  show(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.show(false);
  }
}
