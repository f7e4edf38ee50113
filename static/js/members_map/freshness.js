// What a page shows of people is asked for again while the page is visible, and at once when it is shown again. What
// could not be asked for is taken away: somebody may have hidden.
import { signedOut } from "../site/session.js";

const LOOK_MS = 5_000;
export const REFRESH_MS = 20_000; // with the time between two looks, never more than half a minute
const SOON_MS = 1_000;
const STALE_MS = 60_000;
const TIMEOUT_MS = 15_000;

/**
 * Keep something fresh. ``age()`` says how many milliseconds ago the oldest part of it was true; ``refresh()`` asks
 * for it again, ``cover()`` hides it until the answer is there, ``clear()`` takes it away.
 */
export function keepFresh({ age, refresh, cover, clear }) {
  const look = () => {
    if (document.hidden) return;
    if (age() > STALE_MS) clear();
    if (age() > REFRESH_MS) refresh();
  };
  const shownAgain = () => {
    if (document.hidden || age() < SOON_MS) return;
    if (age() > REFRESH_MS + LOOK_MS) cover();
    refresh();
  };
  setInterval(look, LOOK_MS);
  document.addEventListener("visibilitychange", shownAgain);
  addEventListener("focus", shownAgain);
  addEventListener("online", shownAgain);
  addEventListener("pageshow", (event) => event.persisted && shownAgain());
}

/**
 * Ask the service for something about people: { content, tag }. What was ``kept`` of the last answer is returned again
 * where the service says that it has not changed. An error is thrown, and who is signed out goes to sign in.
 */
export async function ask(address, { accept = "application/json", signal, kept } = {}) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), TIMEOUT_MS);
  signal?.addEventListener("abort", () => late.abort());
  try {
    const headers = { Accept: accept, ...(kept?.tag && { "If-None-Match": kept.tag }) };
    const answer = await fetch(address, { headers, credentials: "same-origin", cache: "no-store", signal: late.signal });
    if (answer.status === 401 || answer.redirected) signedOut(location.pathname);
    if (kept?.tag && answer.status === 304) return kept;
    if (!answer.ok || answer.redirected) throw answer;
    const content = accept === "application/json" ? await answer.json() : await answer.text();
    return { content, tag: answer.headers.get("ETag") };
  } finally {
    clearTimeout(timer);
  }
}
