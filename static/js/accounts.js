// A button beside each password that shows what was typed. Without JavaScript there is none, and nothing is missing.
"use strict";

for (const field of document.querySelectorAll("input[data-show]")) {
  const button = document.createElement("button");
  const say = () => {
    button.textContent = field.type === "password" ? field.dataset.showWords : field.dataset.hideWords;
  };
  button.type = "button";
  button.className = "button-quiet";
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => {
    field.type = field.type === "password" ? "text" : "password";
    say();
  });
  // The browser shall remember it as a password, whatever it looked like.
  field.form.addEventListener("submit", () => { field.type = "password"; });
  say();
  field.after(button);
}
