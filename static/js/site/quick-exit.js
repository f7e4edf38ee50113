// "Leave quickly": empties the page at once and puts the neutral page in its place, so that "back" does not return to it.
import { leave } from "./session.js";

const link = document.getElementById("leave");

link?.addEventListener("click", (event) => {
  event.preventDefault();
  // Our own address forgets this device; nobody waits for it.
  fetch(link.href, { keepalive: true, redirect: "manual" }).catch(() => {});
  leave(link.dataset.away);
});
