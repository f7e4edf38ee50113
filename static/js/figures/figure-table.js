// The table of figures: the regions of a country are folded away until somebody asks for them.
// Without this script all rows are open.
import { button } from "../site/dom.js";

const list = document.getElementById("figures-list");

for (const body of list?.querySelectorAll(".figures-regions") ?? []) {
  if (!body.rows.length) continue;
  const name = document.querySelector(`[data-zone="${CSS.escape(body.dataset.country)}"]`);
  const fold = button("figures-fold", "", () => {
    body.hidden = !body.hidden;
    fold.setAttribute("aria-expanded", String(!body.hidden));
  });
  fold.setAttribute("aria-expanded", "false");
  fold.setAttribute("aria-label", list.dataset.show.replace("{name}", name.textContent));
  name.after(fold);
  body.hidden = true;
}
