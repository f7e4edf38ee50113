// The card of a person on a page of its own: it goes as soon as the person is not shown any more.
"use strict";

{
  const card = document.getElementById("card");
  let askedAt = Date.now();
  let isCleared = false;

  const clear = (words) => {
    isCleared = true;
    const note = document.createElement("p");
    note.setAttribute("role", "status");
    note.textContent = words;
    card.replaceChildren(note);
    document.title = card.dataset.title;
  };

  const refresh = async () => {
    const at = Date.now();
    try {
      await Mapservice.ask(card.dataset.again);
      askedAt = at;
      if (isCleared) location.reload();
      card.classList.remove("table-covered");
    } catch (problem) {
      if (problem.status === 404) clear(card.dataset.gone);
    }
  };

  Mapservice.keepFresh({
    age: () => Date.now() - askedAt,
    refresh,
    cover: () => card.classList.add("table-covered"),
    clear: () => clear(card.dataset.stale),
  });
}
