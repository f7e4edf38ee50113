// "Leave quickly": empties the page at once and puts the neutral page in its place, so that "back" does not return to it.
"use strict";

const leave = document.getElementById("leave");

leave?.addEventListener("click", (event) => {
  event.preventDefault();
  document.title = "…";
  document.body.hidden = true;
  window.location.replace(leave.href);
});

// A page kept in memory must not come back emptied, nor with what was on it.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.body.hidden) window.location.reload();
});
