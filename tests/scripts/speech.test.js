import assert from "node:assert/strict";
import { test } from "node:test";
import { SCRIPTS } from "./rules.js";

const { speechOf } = await import(new URL("site/speech.js", SCRIPTS));

const FORMS = { people: { one: "about {n} person", other: "about {n} people" } };

test("the number decides on the plural form", () => {
  const { say } = speechOf(FORMS, "en");
  assert.deepEqual([0, 1, 2, 1_000].map((n) => say("people", { n })), ["about 0 people", "about 1 person", "about 2 people", "about 1,000 people"]);
});

test("each language has its own forms and its own way to write a number", () => {
  const spanish = speechOf({ people: { one: "{n} persona", other: "{n} personas" } }, "es");
  assert.deepEqual([1, 2, 12_000, 1_000_000].map((n) => spanish.say("people", { n })), ["1 persona", "2 personas", "12.000 personas", "1.000.000 personas"]);
  const arabic = speechOf({ people: { zero: "zero", one: "one", two: "two", few: "few", many: "many", other: "other" } }, "ar");
  assert.deepEqual([0, 1, 2, 3, 11, 100].map((n) => arabic.say("people", { n })), ["zero", "one", "two", "few", "many", "other"]);
});
