// What a finger may not do: press what has come to lie under it. A choice changes the page (a list closes, a question
// appears, a map moves), and the second tap of a hasty or trembling hand would press whatever is there now.
const AGAIN_MS = 450; // two taps within this time may be one double tap
const AGAIN_PX = 28;
const touched = { kind: "", at: -Infinity, down: 0 };
let last = null; // the click that was let through last
let hasChanged = false; // whether it changed what lies under the finger

const touch = (event, change) => {
  touched.kind = event.pointerType;
  touched.at = event.timeStamp;
  touched.down = Math.max(touched.down + change, 0);
};
document.addEventListener("pointerdown", (event) => touch(event, 1), true);
document.addEventListener("pointerup", (event) => touch(event, -1), true);
document.addEventListener("pointercancel", (event) => touch(event, -1), true);

// The browser itself counts the clicks of a mouse that belong together.
const isAgain = (event) =>
  touched.kind === "mouse"
    ? event.detail > 1
    : event.timeStamp - last.timeStamp < AGAIN_MS && Math.hypot(event.clientX - last.clientX, event.clientY - last.clientY) < AGAIN_PX;

document.addEventListener("click", (event) => {
  if (!event.isTrusted || event.detail === 0) return; // by the keyboard, or by a script
  if (hasChanged && event.target !== last.target && isAgain(event)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  last = event;
  hasChanged = false;
}, true);

/** Say that the page changes by the click that is under way. */
export function changesUnderTap() {
  hasChanged = last !== null;
}

/** Do something that moves the page once no finger is down and no second tap is to come; at once for the keyboard. */
export function afterTaps(act) {
  const quiet = AGAIN_MS - (performance.now() - touched.at);
  if (touched.down > 0 || quiet > 0) setTimeout(() => afterTaps(act), Math.max(quiet, 50));
  else act();
}
