// All tabs of a browser have one login. When it ends in one of them, or somebody leaves quickly there, the others must
// not go on showing people.

// viewer: "yes", "no", or nothing where that is not known
const { viewer, signIn } = document.querySelector("script[data-sign-in]").dataset;
const tabs = new BroadcastChannel("mapservice");

// What was typed in a form and not sent is kept in this tab of this device only, and not after signing out.
const TYPED = "typed:";

// A browser that keeps nothing for us refuses all of this.
const carefully = (act) => {
  try {
    return act();
  } catch {
    return null;
  }
};

/** Return what was typed for a form and not sent, or an empty text. */
export function recallTyped(form) {
  return carefully(() => sessionStorage.getItem(TYPED + form)) ?? "";
}

/** Keep what was typed for a form; an empty text is forgotten. */
export function keepTyped(form, words) {
  carefully(() => (words ? sessionStorage.setItem(TYPED + form, words) : sessionStorage.removeItem(TYPED + form)));
}

const forgetTyped = () =>
  carefully(() => {
    const kept = Object.keys(sessionStorage).filter((name) => name.startsWith(TYPED));
    kept.forEach((name) => sessionStorage.removeItem(name));
  });

const blank = () => {
  document.title = "…";
  document.body.hidden = true;
};

let isLeaving = false;

/** Empty this page and go on to sign in, once, where a sentence says why; `next` is where to come back to. */
export function signedOut(next = "") {
  if (isLeaving) return;
  isLeaving = true;
  forgetTyped();
  blank();
  location.replace(`${signIn}${next && `?${new URLSearchParams({ next })}`}#signed-out`);
}

/** Empty this page, put another in its place, and tell the other tabs of this browser to do the same. */
export function leave(address, { isFirst = true } = {}) {
  if (isFirst) tabs.postMessage({ left: address });
  forgetTyped();
  blank();
  location.replace(address);
}

tabs.addEventListener("message", ({ data }) => {
  if (data.left) leave(data.left, { isFirst: false });
  else if (data.signedOut && viewer === "yes") signedOut();
});
if (viewer === "no") forgetTyped();
// A copy out of the browser's cache, as "back" may show it, does not know who is signed in now.
const [asked] = performance.getEntriesByType("navigation");
if (viewer === "no" && asked?.transferSize !== 0) tabs.postMessage({ signedOut: true });

// A page that was kept in memory comes back as it was: it knew somebody who may have signed out, or it was emptied.
addEventListener("pageshow", (event) => {
  if (!event.persisted || (viewer !== "yes" && !document.body.hidden)) return;
  blank();
  location.reload();
});
