// A button beside each password that shows what was typed. Without JavaScript there is none, and nothing is missing.
import { button } from "../site/dom.js";

for (const field of document.querySelectorAll("input[data-show]")) {
  const say = () => {
    show.textContent = field.type === "password" ? field.dataset.showWords : field.dataset.hideWords;
  };
  const show = button("button-quiet", "", () => {
    field.type = field.type === "password" ? "text" : "password";
    say();
  });
  show.setAttribute("aria-controls", field.id);
  // The browser remembers it as a password, whatever it looked like.
  field.form.addEventListener("submit", () => { field.type = "password"; });
  say();
  field.after(show);
}
