// The choices of the place page: one for each level of the zone that was found, with what it would tell.

const DEPTH = { country: 0, region: 1, district: 2, area: 3 };

export class Levels {
  constructor(form, data, changed) {
    Object.assign(this, { form, data, changed });
    this.box = form.querySelector("#level-choices");
    this.finer = form.querySelector("#finer");
    this.number = new Intl.NumberFormat(data.locale);
    this.regions = new Intl.DisplayNames([data.locale], { type: "region", fallback: "none" });
    this.path = [];
    form.addEventListener("change", ({ target }) => {
      if (target.name === "zone") this.askAgain();
      Mapservice.changesUnderTap(); // questions come and go above what was tapped
      this.update();
    });
    this.update();
  }

  /** Offer the levels of a zone that was just found; the one suggested by rarity is marked. Who sees it stays as it is. */
  offer(path) {
    this.path = path;
    this.render((zone, offered) => zone.level === offered);
    this.askAgain();
    this.update();
  }

  /** Show the levels of the zone that is stored, and keep what is marked in the form. */
  keep(path) {
    const marked = this.chosen;
    this.path = path;
    this.render((zone) => zone.id === marked);
    this.update();
  }

  // The second consent names a figure: for another zone it is given again.
  askAgain() {
    this.finer.querySelector("input").checked = false;
  }

  get chosen() {
    return this.form.querySelector("input[name=zone]:checked")?.value ?? "";
  }

  get finest() {
    return this.path.at(-1)?.id ?? null;
  }

  title(zone) {
    const words = this.data.words;
    // A group of small states has a code that no language has a name for.
    if (zone.level === "country") return (this.data.files[zone.id] && this.regions.of(zone.id)) || zone.name;
    if (zone.level === "region") return zone.name;
    return words[zone.level].replace("{place}", zone.name);
  }

  expected(zone) {
    return (zone.people * this.data.prevalence) / 100000;
  }

  offered() {
    const enough = this.path.filter((zone) => this.expected(zone) >= this.data.enough);
    const level = enough.at(-1)?.level ?? "country";
    const { forMinor, finestForMinors } = this.data;
    return forMinor && DEPTH[level] > DEPTH[finestForMinors] ? finestForMinors : level;
  }

  render(isMarked) {
    const offered = this.offered();
    this.form.querySelector("#no-zone-yet")?.remove();
    this.box.replaceChildren(...this.path.map((zone) => this.choice(zone, offered, isMarked(zone, offered))));
  }

  choice(zone, offered, isMarked) {
    const { words, forMinor, finestForMinors } = this.data;
    const isBarred = forMinor && DEPTH[zone.level] > DEPTH[finestForMinors];
    const asksMore = DEPTH[zone.level] > DEPTH[offered];
    const label = element("label", "choice");
    const input = Object.assign(element("input"), {
      type: "radio", name: "zone", value: zone.id, checked: isMarked && !isBarred, disabled: isBarred,
    });
    input.dataset.finer = asksMore ? "yes" : "";
    input.dataset.figure = this.figure(zone);
    const title = element("span", "choice-title", this.title(zone));
    if (zone.level === offered) title.append(" ", element("span", "tag", words.offered));
    const more = isBarred ? words.barred : asksMore ? words.asksMore : "";
    const notes = [words.atLeast.replace("{n}", this.number.format(roundedDown(zone.people))), this.likely(zone), more];
    label.append(input, " ", title, " ", element("span", "choice-note", notes.filter(Boolean).join(" · ")));
    return label;
  }

  likely(zone) {
    const n = Math.round(this.expected(zone));
    return n < 1 ? this.data.words.expectedFew : this.data.words.expected.replace("{n}", this.number.format(n));
  }

  figure(zone) {
    const n = Math.round(this.expected(zone));
    return n < 1 ? this.data.words.figureFew : this.data.words.figure.replace("{n}", this.number.format(n));
  }

  update() {
    const marked = this.form.querySelector("input[name=zone]:checked");
    const who = this.form.querySelector("input[name=audience]:checked")?.value ?? "nobody";
    const asks = marked?.dataset.finer === "yes" && who !== "nobody";
    this.finer.hidden = !asks;
    this.askMoved(marked?.value ?? "");
    if (asks && marked.dataset.figure) {
      this.form.querySelector("#finer-words").textContent = this.data.words.finer.replace("{figure}", marked.dataset.figure);
      this.form.querySelector("#finer-zone").textContent = this.about(marked.value);
    }
    this.preview(marked?.value ?? "", who);
    this.changed?.();
  }

  about(zoneId) {
    const zone = this.path.find(({ id }) => id === zoneId);
    return zone ? this.data.words.about.replace("{zone}", this.title(zone)) : "";
  }

  // Asked only where the zone lies elsewhere than the stored one.
  askMoved(zone) {
    const box = this.form.querySelector("#moved");
    const { stored } = this.data;
    if (!box || !stored) return;
    const isElsewhere = zone !== "" && !`${stored}.`.startsWith(`${zone}.`) && !`${zone}.`.startsWith(`${stored}.`);
    box.hidden = !isElsewhere && !box.dataset.asked;
  }

  preview(zoneId, who) {
    const zone = this.path.find(({ id }) => id === zoneId);
    const told = zone ? this.told(zone) : null;
    if (zoneId && !told) return;
    for (const place of this.form.querySelectorAll("[data-preview]")) {
      const sees = who === "members" || who === place.dataset.preview;
      place.textContent = sees && told ? told : this.data.words.nobody;
    }
  }

  told(zone) {
    const words = this.data.words;
    return (DEPTH[zone.level] > DEPTH.region ? words.pin : words.badge).replace("{zone}", this.title(zone));
  }
}

// Two digits, the rest zero: the figure shown is a lower bound.
export function roundedDown(people) {
  const step = 10 ** Math.max(String(people).length - 2, 0);
  return Math.floor(people / step) * step;
}

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
