// An input with a list of suggestions: the pattern "editable combobox with list autocomplete" of the ARIA Authoring
// Practices. The focus stays in the input; the arrow keys mark an option, Enter takes it, Escape closes the list.
import { element } from "./dom.js";
import { speechOf } from "./speech.js";

const MIN_ANNOUNCED = 2; // letters: before, nobody has asked for anything yet

export class Combobox {
  #input;
  #list;
  #status;
  #options;
  #speech;
  #items = [];
  #active = -1; // the marked option; -1 is the input itself
  #search = new AbortController();
  #announcing = 0;

  /**
   * `list` is an empty ul with an id, `status` a live region. Options:
   * `find(words, signal)` returns the items, or a promise of them, or null where there is no answer;
   * `render(item)` returns the nodes of an option; `choose(item)` acts on one;
   * `words` are { none, found }, where `found` has the plural forms of a sentence with {n};
   * `minLetters` to search from; `pauseMs` to wait before a search, `announceMs` before its number is announced;
   * `takesFirst`: Enter without a marked option takes the first; `showsNone`: that there is none is shown to everybody.
   */
  constructor(input, list, status, options) {
    this.#input = input;
    this.#list = list;
    this.#status = status;
    this.#options = { minLetters: 1, pauseMs: 0, announceMs: 0, takesFirst: false, showsNone: false, ...options };
    this.#speech = speechOf(options.words, document.documentElement.lang);
    list.setAttribute("role", "listbox");
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    this.#listen();
  }

  /** Empty the input and forget what was found. */
  clear() {
    this.#input.value = "";
    this.#stop();
    this.#fill([]);
  }

  /** Close the list; what was said of its options goes, and that there is none stays. */
  close() {
    if (this.#items.length) {
      clearTimeout(this.#announcing);
      this.#say("");
    }
    this.#show(false);
  }

  #listen() {
    this.#input.addEventListener("input", () => this.#wait());
    this.#input.addEventListener("keydown", (event) => this.#press(event));
    this.#input.addEventListener("click", () => this.#show(this.#items.length > 0));
    this.#input.addEventListener("blur", () => {
      this.#search.abort();
      this.close();
    });
    // A press on the list must not take the focus, or the list would be gone before the click. An option is taken on the
    // click and not before: what is pressed ends where it began.
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", ({ target }) => {
      const index = [...this.#list.children].indexOf(target.closest("[role=option]"));
      if (index >= 0) this.#take(index);
    });
  }

  // End the search that is under way, and what it would announce.
  #stop() {
    this.#search.abort();
    clearTimeout(this.#announcing);
  }

  async #wait() {
    this.#stop();
    const { signal } = (this.#search = new AbortController());
    const { find, minLetters, pauseMs } = this.#options;
    const words = this.#input.value;
    this.#mark(-1);
    if (words.trim().length < minLetters) {
      this.#fill([]);
      return;
    }
    if (pauseMs) await new Promise((resolve) => { setTimeout(resolve, pauseMs); });
    const items = signal.aborted ? null : await find(words, signal);
    if (items && !signal.aborted && document.activeElement === this.#input) this.#fill(items);
  }

  #fill(items) {
    this.#items = items;
    this.#list.replaceChildren(...items.map((item, index) => this.#option(item, index)));
    this.#show(items.length > 0);
    this.#announce();
  }

  #option(item, index) {
    const option = element("li", "", ...this.#options.render(item));
    option.id = `${this.#list.id}-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    return option;
  }

  // How many there are, or that there is none, for those who do not see the list. Nobody is talked to while typing.
  #announce() {
    const { announceMs } = this.#options;
    const n = this.#items.length;
    if (this.#input.value.trim().length < MIN_ANNOUNCED) {
      this.#say("");
      return;
    }
    const said = this.#speech.say(n ? "found" : "none", { n });
    this.#announcing = setTimeout(() => this.#say(said, n === 0), announceMs);
  }

  #say(words, isNone = false) {
    this.#status.classList.toggle("visually-hidden", !(isNone && this.#options.showsNone));
    this.#status.textContent = words;
  }

  #press(event) {
    if (event.isComposing) return;
    const isOpen = !this.#list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#items.length) {
      if (!isOpen) this.#show(true);
      this.#mark(this.#next(step));
    } else if (event.key === "Enter" && isOpen && (this.#active >= 0 || this.#options.takesFirst)) {
      this.#take(Math.max(this.#active, 0));
    } else if (event.key === "Escape" && isOpen) {
      this.#search.abort();
      this.close();
    } else return;
    event.preventDefault();
  }

  // Past either end the choice returns to the input itself.
  #next(step) {
    const stops = this.#items.length + 1;
    return ((this.#active + 1 + step + stops) % stops) - 1;
  }

  #mark(index) {
    this.#active = index;
    [...this.#list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = this.#list.children[index];
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.#input.setAttribute("aria-activedescendant", option.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #take(index) {
    this.#search.abort();
    this.close();
    this.#options.choose(this.#items[index]);
  }

  #show(isOpen) {
    this.#list.hidden = !isOpen;
    this.#input.setAttribute("aria-expanded", String(isOpen));
    this.#mark(-1);
  }
}
