// A page that the browser brings back from its memory is loaded again: no box may show a tick of the time before,
// which the member has perhaps withdrawn since.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.replace(location.pathname + location.search);
});
