// The table of figures: the regions of a country are folded away until somebody asks for them.
// Without this script all rows are open.

const list = document.getElementById("figures-list");

for (const body of list?.querySelectorAll(".figures-regions") ?? []) {
  if (!body.rows.length) continue;
  const name = document.querySelector(`[data-zone="${CSS.escape(body.dataset.country)}"]`);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "figures-fold";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-label", list.dataset.show.replace("{name}", name.textContent));
  button.addEventListener("click", () => {
    body.hidden = !body.hidden;
    button.setAttribute("aria-expanded", String(!body.hidden));
  });
  name.after(button);
  body.hidden = true;
}
