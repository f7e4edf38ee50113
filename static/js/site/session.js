// All tabs of a browser have one login. When it ends in one of them, or somebody leaves quickly there, the others must
// not go on showing people.

// viewer: "yes", "no", or nothing where that is not known
const { viewer, signIn } = document.querySelector("script[data-sign-in]").dataset;
const tabs = new BroadcastChannel("mapservice");

const blank = () => {
  document.title = "…";
  document.body.hidden = true;
};

let isLeaving = false;

/** Empty this page and go on to sign in, once, where a sentence says why; `next` is where to come back to. */
export function signedOut(next = "") {
  if (isLeaving) return;
  isLeaving = true;
  blank();
  location.replace(`${signIn}${next && `?${new URLSearchParams({ next })}`}#signed-out`);
}

/** Empty this page, put another in its place, and tell the other tabs of this browser to do the same. */
export function leave(address, { isFirst = true } = {}) {
  if (isFirst) tabs.postMessage({ left: address });
  blank();
  location.replace(address);
}

tabs.addEventListener("message", ({ data }) => {
  if (data.left) leave(data.left, { isFirst: false });
  else if (data.signedOut && viewer === "yes") signedOut();
});
// A copy out of the browser's cache, as "back" may show it, does not know who is signed in now.
const [asked] = performance.getEntriesByType("navigation");
if (viewer === "no" && asked?.transferSize !== 0) tabs.postMessage({ signedOut: true });

// A page that was kept in memory comes back as it was: it knew somebody who may have signed out, or it was emptied.
addEventListener("pageshow", (event) => {
  if (!event.persisted || (viewer !== "yes" && !document.body.hidden)) return;
  blank();
  location.reload();
});
