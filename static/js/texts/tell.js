// The form of a text: what is typed is kept as a draft, as the button does without this script.
const WAIT_MS = 2_000;

const form = document.getElementById("tell");
const button = document.getElementById("keep");
const note = document.getElementById("kept");

const typed = () => {
  const fields = new FormData(form);
  for (const name of ["csrf_token", "operation"]) fields.delete(name);
  return new URLSearchParams(fields).toString();
};

let kept = typed();
let timer = 0;
let isLeaving = false;

const keep = async () => {
  clearTimeout(timer);
  const now = typed();
  if (isLeaving || now === kept) return;
  try {
    const answer = await fetch(button.formAction, {
      method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, keepalive: true,
    });
    if (!answer.ok) throw new Error(String(answer.status));
    kept = now;
    note.textContent = note.dataset.kept;
  } catch {
    note.textContent = note.dataset.lost;
  }
};

form.addEventListener("submit", () => {
  isLeaving = true;
  clearTimeout(timer);
});
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(keep, WAIT_MS);
});
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
