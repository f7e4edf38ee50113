// What a page of figures loads, once for all its parts: the map and the table read the same release.
const answers = new Map(); // address → the promise of its content

/** Return the content of an address of ours; what failed is asked for again the next time. */
export function released(address) {
  if (!answers.has(address)) {
    answers.set(address, load(address));
    answers.get(address).catch(() => answers.delete(address));
  }
  return answers.get(address);
}

async function load(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw answer;
  return answer.json();
}
