// A combobox over the towns of one country (WAI-ARIA pattern): everything it needs is already in the page.

const MOST = 8;

export class TownField {
  constructor(input, list, words, chosen) {
    Object.assign(this, { input, list, words, chosen, ground: null, found: [], active: -1 });
    input.addEventListener("input", () => this.search());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  use(ground) {
    this.ground = ground;
    this.input.value = "";
    this.close();
  }

  search() {
    this.found = this.ground.find(this.input.value, MOST);
    this.active = -1;
    this.list.replaceChildren(...this.found.map((town, index) => this.option(town, index)));
    if (!this.found.length && this.input.value.trim().length > 1) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = this.words.noTown;
      this.list.append(none);
    }
    this.show(this.list.childElementCount > 0);
  }

  option(town, index) {
    const item = document.createElement("li");
    item.id = `town-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const name = document.createElement("strong");
    name.textContent = town.name;
    const region = document.createElement("span");
    region.className = "quiet";
    region.textContent = town.region;
    item.append(name, " ", region);
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.take(index);
    });
    return item;
  }

  key(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves && this.found.length) {
      event.preventDefault();
      const count = this.found.length;
      this.mark((this.active + moves[event.key] + count + (this.active < 0 && moves[event.key] < 0)) % count);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.found.length) this.take(Math.max(this.active, 0));
    } else if (event.key === "Escape") this.close();
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
