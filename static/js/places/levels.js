// The choices of the place page: one for each level of the zone that was found, with what it would tell. What may be
// chosen, and the numbers, come from precision.js; what others would see from preview.js.
import { element } from "../site/dom.js";
import { speechOf } from "../site/speech.js";
import { changesUnderTap } from "../site/taps.js";
import { asksForConsent, choicesOf } from "./precision.js";
import { hasPin, sees } from "./preview.js";
import { isElsewhere } from "./zones.js";

export class Levels {
  constructor(form, data, changed) {
    Object.assign(this, { form, data, changed });
    this.box = form.querySelector("#level-choices");
    this.finer = form.querySelector("#finer");
    this.say = speechOf(data.words, data.locale).say;
    this.regions = new Intl.DisplayNames([data.locale], { type: "region", fallback: "none" });
    this.path = [];
    form.addEventListener("change", ({ target }) => {
      if (target.name === "zone") this.askAgain();
      changesUnderTap(); // questions come and go above what was tapped
      this.update();
    });
    this.update();
  }

  /** Offer the levels of a zone that was just found; the one suggested by rarity is marked. Who sees it stays as it is. */
  offer(path) {
    this.path = path;
    this.render(({ isSuggested }) => isSuggested);
    this.askAgain();
    this.update();
  }

  /** Show the levels of the zone that is stored, and keep what is marked in the form. */
  keep(path) {
    const marked = this.chosen;
    this.path = path;
    this.render(({ zone }) => zone.id === marked);
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

  render(isMarked) {
    this.form.querySelector("#no-zone-yet")?.remove();
    this.box.replaceChildren(...choicesOf(this.path, this.data).map((choice) => this.choice(choice, isMarked(choice))));
  }

  choice({ zone, isSuggested, isBarred, needsConsent, people, expected }, isMarked) {
    const { words } = this.data;
    const label = element("label", "choice");
    const input = Object.assign(element("input"), {
      type: "radio", name: "zone", value: zone.id, checked: isMarked && !isBarred, disabled: isBarred,
    });
    input.dataset.finer = needsConsent ? "yes" : "";
    input.dataset.figure = this.say(expected < 1 ? "figureFew" : "figure", { n: expected });
    const name = Object.assign(element("span", "", this.title(zone)), { translate: false });
    const title = element("span", "choice-title", name);
    if (isSuggested) title.append(" ", element("span", "tag", words.offered));
    const more = isBarred ? words.barred : needsConsent ? words.asksMore : "";
    const likely = this.say(expected < 1 ? "expectedFew" : "expected", { n: expected });
    const notes = [this.say("atLeast", { n: people }), likely, more];
    label.append(input, " ", title, " ", element("span", "choice-note", notes.filter(Boolean).join(" · ")));
    return label;
  }

  update() {
    const marked = this.form.querySelector("input[name=zone]:checked");
    const who = this.form.querySelector("input[name=audience]:checked")?.value ?? "nobody";
    const asks = asksForConsent({ needsConsent: marked?.dataset.finer === "yes" }, who);
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
    const hasMoved = zone !== "" && isElsewhere(zone, stored);
    box.hidden = !hasMoved && !box.dataset.asked;
  }

  preview(zoneId, who) {
    const zone = this.path.find(({ id }) => id === zoneId);
    const sentence = zone ? this.describe(zone) : null;
    if (zoneId && !sentence) return;
    for (const place of this.form.querySelectorAll("[data-preview]")) {
      place.textContent = sentence && sees(place.dataset.preview, who) ? sentence : this.data.words.nobody;
    }
  }

  describe(zone) {
    const words = this.data.words;
    return (hasPin(zone.level) ? words.pin : words.badge).replace("{zone}", this.title(zone));
  }
}
