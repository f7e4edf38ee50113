// A conversation: what was shown counts as read, and what is typed is kept as a draft. Both work with buttons, too.
const WAIT_MS = 2_000;

const send = (form, address) =>
  fetch(address, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, keepalive: true });

const markRead = async (form) => {
  form.hidden = true;
  try {
    const answer = await send(form, form.action);
    if (!answer.ok) form.hidden = false;
  } catch {
    form.hidden = false;
  }
};

const keepDrafts = (form) => {
  const text = form.elements.namedItem("text");
  const address = form.querySelector("button[formaction]").formAction;
  let kept = text.value;
  let timer = 0;
  let isSending = false;
  const keep = () => {
    clearTimeout(timer);
    if (isSending || text.value === kept) return;
    const typed = text.value;
    send(form, address).then((answer) => answer.ok && (kept = typed), () => {});
  };
  form.addEventListener("submit", () => {
    isSending = true;
    clearTimeout(timer);
  });
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT_MS);
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
};

const [read, reply] = ["read", "reply"].map((id) => document.getElementById(id));
if (read) markRead(read);
if (reply) keepDrafts(reply);
