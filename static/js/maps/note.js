// A line on the map that says what is going on, with a button where something can be tried again.
import { button, element } from "../site/dom.js";

export class Note {
  #element;

  constructor(map) {
    this.#element = element("div", "map-note");
    this.#element.setAttribute("role", "status");
    map.getContainer().append(this.#element);
    L.DomEvent.disableClickPropagation(this.#element);
  }

  /** Say something, or nothing; `again` is what the button is called and what it does. */
  write(text, again = null) {
    const hasButton = this.#element.querySelector("button") !== null;
    if (this.#element.firstChild?.textContent === text && hasButton === Boolean(again)) return; // said already
    this.#element.replaceChildren(...(text ? [element("span", "", text)] : []));
    if (text && again) this.#element.append(button("map-button", again.words, again.act));
  }

  remove() {
    this.#element.remove();
  }
}
