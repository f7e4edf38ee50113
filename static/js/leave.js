// "Leave quickly": empties the page at once and puts the neutral page in its place, so that "back" does not return to it.
"use strict";

const leave = document.getElementById("leave");

leave?.addEventListener("click", (event) => {
  event.preventDefault();
  // Our own address forgets this device; nobody waits for it.
  fetch(leave.href, { keepalive: true, redirect: "manual" }).catch(() => {});
  Mapservice.leave(leave.dataset.away);
});
