// Beside the map: the choice of a role sends its form, the table stays fresh, and the legend draws the shapes of the marks.
import { roleDrawing } from "../maps/marks.js";
import "./fresh-table.js";

const form = document.getElementById("filter");
const select = form.querySelector("select");
const go = form.querySelector("button");
let byKeys = false;

// Arrow keys go through the choices one by one: who uses them says when to go on.
go.hidden = true;
select.addEventListener("pointerdown", () => { byKeys = false; });
select.addEventListener("keydown", (event) => { byKeys = event.key !== "Enter"; });
select.addEventListener("change", () => {
  if (byKeys) go.hidden = false;
  else form.requestSubmit();
});

const legend = document.getElementById("legend");
for (const shape of legend.querySelectorAll("[data-shape]")) shape.append(roleDrawing(shape.dataset.shape));
legend.hidden = false;
