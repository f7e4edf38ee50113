// A first message that is being written is kept on this device until it is sent or saved as a draft.
import { keepTyped, recallTyped } from "../site/session.js";

const form = document.getElementById("first-message");

if (form) {
  const message = form.elements.namedItem("text");
  const name = new URL(form.action).pathname;
  let isSent = false;
  // What the page has itself, a saved draft or what came back with an error, is newer.
  if (!message.value) message.value = recallTyped(name);
  message.addEventListener("input", () => !isSent && keepTyped(name, message.value));
  form.addEventListener("submit", () => {
    isSent = true;
    keepTyped(name, "");
  });
}
