import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { addressOf, countCases, SCRIPTS, wrongAnswers } from "./rules.js";

test("the scripts of the pages give the answers of Python", async () => {
  assert.ok(countCases() > 1_000);
  assert.deepEqual(await wrongAnswers(), []);
});

// Faults that nobody may put into a script unnoticed: the file, what stands in it, and what would stand there.
const FAULTS = {
  "the rule of rarity is ignored": ["places/precision.js", "expectedPeople(people, prevalence) >= enough", "true"],
  "a zone that holds just enough people is not suggested": ["places/precision.js", ">= enough", "> enough"],
  "the expected number of people is ten times too large": ["places/precision.js", "/ 100_000", "/ 10_000"],
  "the number of people is ten times too large": ["places/precision.js", "Math.floor(people / step) * step", "Math.floor(people / step) * step * 10"],
  "the number of people is rounded up": ["places/precision.js", "Math.floor(people / step)", "Math.ceil(people / step)"],
  "the area of a child can be chosen": ["places/precision.js", "return Boolean(forMinor) && isFiner(level, finestForMinors)", "return false"],
  "the area of a child is suggested": ["places/precision.js", "forMinor && isFiner(level, finestForMinors) ? finestForMinors : level", "level"],
  "the second consent is not asked for": ["places/precision.js", "return isFiner(level, suggested)", "return false"],
  "an audience needs no consent": ["places/precision.js", 'audience !== "nobody"', 'audience === "members"'],
  "a stranger sees people": ["places/preview.js", "stranger: []", 'stranger: ["members"]'],
  "other members see those of a condition": ["places/preview.js", 'members: ["members"]', 'members: ["condition", "members"]'],
  "other members see what is for contacts": ["places/preview.js", 'condition: ["condition", "members"]', 'condition: ["contacts", "condition", "members"]'],
  "a region is previewed as a pin": ["places/preview.js", 'isFiner(level, "region")', 'isFiner(level, "country")'],
  "a zone elsewhere passes for the stored one": ["places/zones.js", "pathOf(stored).includes(zoneId)", "stored.startsWith(zoneId)"],
  "a hole belongs to its zone": ["places/zone-lookup.js", "for (const ring of rings) {", "for (const ring of rings.slice(0, 1)) {"],
  "a point in water belongs to no zone": ["places/zone-lookup.js", "?? this.nearest(lng, lat)", "?? null"],
  "a half is rounded up": ["places/precision.js", "below % 2 === 0 ? below : below + 1", "below + 1"],
  "a figure at the bound of a class gets the colour of the one below": ["figures/classes.js", "shown >= smallest", "shown > smallest"],
  "the nearest zone may be far away": ["places/zone-lookup.js", "MAX_DISTANCE_KM = 30", "MAX_DISTANCE_KM = 60"],
};

let folder;
before(() => { folder = mkdtempSync(join(tmpdir(), "scripts-")); });
after(() => rmSync(folder, { recursive: true }));

Object.entries(FAULTS).forEach(([name, [file, right, wrong]], number) => {
  test(`the cases notice where ${name}`, async () => {
    const copy = join(folder, String(number));
    cpSync(fileURLToPath(SCRIPTS), copy, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"type": "module"}');
    const text = readFileSync(join(copy, file), "utf8");
    assert.equal(text.split(right).length, 2, "what the fault replaces stands in the file once");
    writeFileSync(join(copy, file), text.replace(right, wrong));
    assert.notEqual((await wrongAnswers(addressOf(copy))).length, 0);
  });
});
